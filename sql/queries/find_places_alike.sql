-- Which places sound like these spans? $1: the spans' numbers, $2 their sounds, $3 for each every sound that is one slip away,
-- with blanks between. Trigrams find what is further away, where nothing is that near. As find_places, and the sound.
with asked as materialized (
    select t.span, t.sound, string_to_array(t.slips, ' ') as slips, t.ord
    from unnest($1::int[], $2::text[], $3::text[]) with ordinality t (span, sound, slips, ord)
),
regions as materialized (
    select a.span, g.*
    from asked a
    cross join lateral (
        select distinct on (g.country, g.admin1_code) g.country, g.admin1_code, g.name, g.sound
        from frontdesk.regions g where length(a.sound) > 4 and g.sound <> '' and g.sound = any(a.slips)
        order by g.country, g.admin1_code, g.sound = a.sound desc limit 4
    ) g
),
one_slip as materialized (
    select a.span, n.*
    from asked a
    cross join lateral (
        select n.sound, n.place_id, n.population, row_number() over (order by n.sound = a.sound desc, n.population desc) as rank
        from frontdesk.place_sounds n where n.sound = any(a.slips)
        order by n.sound = a.sound desc, n.population desc limit 20
    ) n
),
more_slips as materialized (
    select a.span, n.sound, n.place_id, n.population, row_number() over (partition by a.span) as rank
    from asked a
    cross join lateral frontdesk.sounds_like(a.sound) n
    where a.ord = 1 and length(a.sound) >= 7 and not exists (select from one_slip)
),
places as (
    select n.span, n.sound, n.rank, p.*
    from (select * from one_slip union all select * from more_slips) n
    -- limit 1: each by its key, whatever the planner thinks of so many.
    cross join lateral (select t.* from frontdesk.places t where t.id = n.place_id limit 1) p
    order by n.rank, n.span limit 40
)
select false, p.span::bigint, p.id, p.name, p.admin1, p.admin1_code, p.country::text,
       (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1),
       p.latitude, p.longitude, p.population, p.timezone, p.sound
from places p
union all
(select true, r.span::bigint, null, r.name, null, r.admin1_code, r.country::text, null, null, null, null, null, r.sound
from regions r order by r.span limit 24)
