-- How does a new gazetteer replace the old one while people are being answered from it?
--
-- Only what differs is written, so nobody waits for a lock, and loading the same data again changes nothing.

create unique index on new_places (id);

-- GeoNames' dump has codes of provinces, not their names.
update new_places p set admin1 = r.name
from (select distinct country, admin1_code, name from new_regions where admin1_code <> '') r
where p.admin1 = '' and r.country = p.country and r.admin1_code = p.admin1_code;

-- An alias kept by hand, or by the operator, may name a place that this file doesn't have.
insert into new_names (folded, place_id, sound) select folded, place_id, sound from frontdesk.place_aliases;
create temporary table named on commit drop as
select distinct n.folded, n.place_id, p.population
from new_names n join new_places p on p.id = n.place_id;
create temporary table sounding on commit drop as
select distinct n.sound, n.place_id, p.population
from new_names n join new_places p on p.id = n.place_id where n.sound <> '';

delete from frontdesk.place_names o
where not exists (select from named n where n.folded = o.folded and n.place_id = o.place_id);
delete from frontdesk.place_sounds o
where not exists (select from sounding n where n.sound = o.sound and n.place_id = o.place_id);
delete from frontdesk.places o
where not exists (select from new_places n where n.id = o.id);
delete from frontdesk.regions o
where not exists (select from new_regions n
                  where n.folded = o.folded and n.country = o.country and n.admin1_code = o.admin1_code);

update frontdesk.places o
set name = n.name, admin1_code = n.admin1_code, admin1 = n.admin1, country = n.country, latitude = n.latitude,
    longitude = n.longitude, population = n.population, timezone = n.timezone
from new_places n
where n.id = o.id
  and (o.name, o.admin1_code, o.admin1, o.country, o.latitude, o.longitude, o.population, o.timezone)
      is distinct from
      (n.name, n.admin1_code, n.admin1, n.country, n.latitude, n.longitude, n.population, n.timezone);
insert into frontdesk.places (id, name, admin1_code, admin1, country, latitude, longitude, population, timezone)
select id, name, admin1_code, admin1, country, latitude, longitude, population, timezone
from new_places n
where not exists (select from frontdesk.places o where o.id = n.id)
order by id;

update frontdesk.place_names o set population = n.population
from named n
where n.folded = o.folded and n.place_id = o.place_id and n.population <> o.population;
insert into frontdesk.place_names (folded, place_id, population)
select folded, place_id, population
from named n
where not exists (select from frontdesk.place_names o where o.folded = n.folded and o.place_id = n.place_id)
order by folded, place_id;

update frontdesk.place_sounds o set population = n.population
from sounding n
where n.sound = o.sound and n.place_id = o.place_id and n.population <> o.population;
do $$ begin
    if not exists (select from frontdesk.place_sounds) then
        drop index frontdesk.place_sounds_trigrams;
    end if;
end $$;
insert into frontdesk.place_sounds (sound, place_id, population)
select sound, place_id, population
from sounding n
where not exists (select from frontdesk.place_sounds o where o.sound = n.sound and o.place_id = n.place_id)
order by sound, place_id;
select frontdesk.index_place_sounds();

insert into frontdesk.regions as old (folded, country, admin1_code, name, sound)
select distinct on (folded, country, admin1_code) folded, country, admin1_code, name, sound
from new_regions
order by folded, country, admin1_code, name
on conflict (folded, country, admin1_code) do update set name = excluded.name, sound = excluded.sound
where (old.name, old.sound) <> (excluded.name, excluded.sound);
