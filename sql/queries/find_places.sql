-- What the gazetteer has for spans of folded words: places by exact name and regions. Of one name's places those come
-- first that lie in a state that another span names ("Madison, New Hampshire, USA"), then those in its country, then the most
-- populous; every span's first come before any span's second, so that a common name doesn't crowd out the others.
with spans as materialized (
    select t.span, t.ord - 1 as ord from unnest($1::text[]) with ordinality t (span, ord)
),
regions as materialized (
    select s.ord, g.country, g.admin1_code, g.name
    from spans s
    cross join lateral (select * from frontdesk.regions g where g.folded = s.span order by g.admin1_code limit 8) g
),
places as (
    select s.ord, p.*
    from spans s
    cross join lateral (
        select q.*, row_number() over (order by q.fits desc, q.population desc, q.id) as rank
        from (
            select t.*, coalesce((select max(case when r.admin1_code = '' then 1 else 2 end) from regions r
                                  where r.ord <> s.ord and r.country = t.country and r.admin1_code in ('', t.admin1_code)),
                                 0) as fits
            from frontdesk.place_names n join frontdesk.places t on t.id = n.place_id
            where n.folded = s.span
        ) q
        order by rank limit 10
    ) p
    order by p.rank, s.ord limit 40
)
select false, p.ord, p.id, p.name, p.admin1, p.admin1_code, p.country::text,
       (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1),
       p.latitude, p.longitude, p.population, p.timezone
from places p
union all
(select true, r.ord, null, r.name, null, r.admin1_code, r.country::text, null, null, null, null, null
from regions r order by r.ord limit 24)
