-- How do the operator's own names get beside those of the gazetteer? They replace the operator's earlier ones. A name that is
-- not among them any more stays until the next import of places, which knows whether the gazetteer has it too.
delete from frontdesk.place_aliases o
where not exists (select from new_names n where n.folded = o.folded and n.place_id = o.place_id);
insert into frontdesk.place_aliases (folded, place_id, sound)
select distinct folded, place_id, sound from new_names
on conflict (folded, place_id) do update set sound = excluded.sound;

insert into frontdesk.place_names (folded, place_id, population)
select a.folded, a.place_id, p.population
from frontdesk.place_aliases a join frontdesk.places p on p.id = a.place_id
on conflict (folded, place_id) do nothing;
insert into frontdesk.place_sounds (sound, place_id, population)
select distinct a.sound, a.place_id, p.population
from frontdesk.place_aliases a join frontdesk.places p on p.id = a.place_id
where a.sound <> ''
on conflict (sound, place_id) do nothing;
