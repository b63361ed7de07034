-- Which places may somebody mean who has typed so far? The most populous with a name that begins with $1; where a comma was
-- typed, only those in a province or country whose name begins with $2. Both folded; $2 may be empty. Cities first, from
-- their own small index; the rest only where there are not enough of them. A place has up to some dozens of names
-- with the same beginning: hence many more names than places are taken.
with cities as materialized (
    select n.place_id from frontdesk.place_names n
    where n.population >= 100000
      and $1::text <> '' and n.folded >= $1::text and n.folded < $1::text || chr(1114111)
    order by n.population desc, n.place_id limit 400
),
towns as materialized (
    select n.place_id from frontdesk.place_names n
    where (($2::text <> '' and length($1::text) > 2) or (select count(distinct c.place_id) from cities c) < 8)
      and n.population < 100000
      and $1::text <> '' and n.folded >= $1::text and n.folded < $1::text || chr(1114111)
    order by n.population desc, n.place_id limit 400
),
wanted as materialized (
    select g.country::text, g.admin1_code from frontdesk.regions g
    where $2::text <> '' and g.folded >= $2::text and g.folded < $2::text || chr(1114111)
)
select p.id, p.name, p.admin1, p.admin1_code, p.country::text,
       (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1),
       p.latitude, p.longitude, p.population, p.timezone
from (select place_id from cities union select place_id from towns) n
-- limit 1: each by its key, whatever the planner thinks of so many.
cross join lateral (select t.* from frontdesk.places t where t.id = n.place_id limit 1) p
where $2::text = ''
   or (p.country::text, '') in (select w.country, w.admin1_code from wanted w)
   or (p.country::text, p.admin1_code) in (select w.country, w.admin1_code from wanted w)
order by p.population desc, p.id limit 8
