-- The town that somebody means who sends the point $1 (latitude), $2 (longitude): within some ten kilometres the most
-- populous, so that a suburb is its city; else the nearest within half a degree of latitude. No row where there is none.
-- Columns as find_places.sql.
with pin as materialized (
    select $1::text::float8 as latitude, $2::text::float8 as longitude,
           greatest(cosd($1::text::float8), 0.01) as shrink
)
select false, 0, p.id, p.name, p.admin1, p.admin1_code, p.country::text,
       (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1),
       p.latitude, p.longitude, p.population, p.timezone
from pin
cross join lateral (
    select t.*, sqrt((t.latitude - pin.latitude) ^ 2 + ((t.longitude - pin.longitude) * pin.shrink) ^ 2) as away
    from frontdesk.places t
    where t.population >= 10000
      and t.latitude between pin.latitude - 0.5 and pin.latitude + 0.5
      and t.longitude between pin.longitude - 0.5 / pin.shrink and pin.longitude + 0.5 / pin.shrink
) p
order by p.away > 0.1, case when p.away <= 0.1 then -p.population end, p.away, p.id limit 1
