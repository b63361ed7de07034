-- What the gazetteer has for spans of folded words: places by exact name and regions. Of one name's places those come
-- first that lie in a state that another span names ("Madison, New Hampshire, USA"), then those in its country, then those by
-- a town that another span names ("Fatehpur, Barabanki"), then the most populous; every span's first come before any span's
-- second, so that a common name doesn't crowd out the others.
with spans as materialized (
    select t.span, t.ord - 1 as ord from unnest($1::text[]) with ordinality t (span, ord)
),
regions as materialized (
    select s.ord, g.country, g.admin1_code, g.name
    from spans s
    cross join lateral (select * from frontdesk.regions g where g.folded = s.span order by g.admin1_code limit 8) g
),
named as materialized (
    select s.ord, t.*, row_number() over (partition by s.ord order by t.population desc, t.id) as size
    from spans s
    join frontdesk.place_names n on n.folded = s.span
    -- limit 1: each by its key, whatever the planner thinks of so many.
    cross join lateral (select p.* from frontdesk.places p where p.id = n.place_id limit 1) t
),
anchors as materialized (
    select n.ord, n.id, n.latitude, n.longitude from named n where n.size <= 3
),
places as (
    select q.*, row_number() over (partition by q.ord order by q.fits desc, q.is_near desc, q.population desc, q.id) as rank
    from (
        select n.*,
               coalesce((select max(case when r.admin1_code = '' then 1 else 2 end) from regions r
                         where r.ord <> n.ord and r.country = n.country and r.admin1_code in ('', n.admin1_code)), 0) as fits,
               exists (select from anchors o
                       where o.ord <> n.ord and o.id <> n.id
                         and o.latitude between n.latitude - 0.7 and n.latitude + 0.7
                         and o.longitude between n.longitude - 1 and n.longitude + 1) as is_near
        from named n
    ) q
)
select false, p.ord, p.id, p.name, p.admin1, p.admin1_code, p.country::text,
       (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1),
       p.latitude, p.longitude, p.population, p.timezone
from (select * from places where rank <= 10 order by rank, ord limit 40) p
union all
(select true, r.ord, null, r.name, null, r.admin1_code, r.country::text, null, null, null, null, null
from regions r order by r.ord limit 24)
