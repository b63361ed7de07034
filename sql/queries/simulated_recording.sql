-- What a simulated person said and was answered, turn by turn, as one JSON document; and the towns that were spoken of, each
-- with the names that were used for it and for where it lies, so that the conversation can be held elsewhere. $1 their
-- number, E.164; $2 the key of their web chat's session: another conversation, asked for by itself. Of the two one is empty.
with theirs as (
    select c.session_id as id, c.is_open, s.created_at, s.updated_at, s.channel, s.language, s.status, s.collected_data,
           c.flow
    from frontdesk.addresses a
    join frontdesk.conversations c on c.contact_id = a.contact_id
    join public.instant_onboarding_sessions s on s.id = c.session_id
    where a.kind = 'phone' and a.address = $1::text
    union
    select c.session_id, c.is_open, s.created_at, s.updated_at, s.channel, s.language, s.status, s.collected_data, c.flow
    from public.instant_onboarding_sessions s join frontdesk.conversations c on c.session_id = s.id
    where s.session_key = $2::text
),
turns as (
    select i.message_key, i.received_at, i.channel, i.kind, i.said, i.session_id
    from frontdesk.inbound i join theirs t on t.id = i.session_id
    order by i.received_at limit 300
),
-- All words that were said, with a space before and behind each.
heard as (
    select ' ' || regexp_replace(coalesce(lower(string_agg(t.said ->> 'text', ' ')), ''), '[[:punct:][:space:]]+', ' ', 'g') || ' '
           as words
    from turns t
),
-- Where somebody was born, and the town nearest to each pin.
meant as (
    select p.id
    from theirs t join frontdesk.places p on p.name = split_part(t.collected_data ->> 'birth_place', ',', 1)
                                          and abs(p.latitude - (t.collected_data ->> 'latitude')::float8) < 0.0001
                                          and abs(p.longitude - (t.collected_data ->> 'longitude')::float8) < 0.0001
    union
    select near.id
    from turns t
    cross join lateral (select (t.said #>> '{location,latitude}')::float8 as latitude,
                               (t.said #>> '{location,longitude}')::float8 as longitude) pin
    cross join lateral (
        select p.id from frontdesk.places p
        where p.population >= 10000 and p.latitude between pin.latitude - 0.5 and pin.latitude + 0.5
          and p.longitude between pin.longitude - 0.5 and pin.longitude + 0.5
        order by (p.latitude - pin.latitude) ^ 2 + (p.longitude - pin.longitude) ^ 2 > 0.01, p.population desc, p.id
        limit 1) near
),
-- Others are called the same: the person may have been asked which one is meant.
named as (
    select n.place_id, n.folded
    from frontdesk.place_names n
    where n.folded in (select own.folded from frontdesk.place_names own join meant m on m.id = own.place_id)
),
towns as (
    select p.*, array(select distinct n.folded from frontdesk.place_names n, heard h
                      where n.place_id = p.id and (n.folded = lower(p.name) or position(' ' || n.folded || ' ' in h.words) > 0)
                      order by n.folded limit 20) as names
    from frontdesk.places p
    where p.id in (select n.place_id from named n join heard h on position(' ' || n.folded || ' ' in h.words) > 0
                   union select m.id from meant m)
    order by p.population desc, p.id limit 20
),
latest as (
    select * from theirs order by is_open desc, updated_at desc limit 1
)
select jsonb_build_object(
    'first', (select jsonb_build_object('channel', f.channel, 'flow', f.flow) from theirs f order by f.created_at limit 1),
    'last', (select jsonb_build_object('status', l.status, 'language', l.language, 'collected_data', l.collected_data) from latest l),
    'turns', (select coalesce(jsonb_agg(jsonb_build_object(
                  'at_ms', round(extract(epoch from t.received_at) * 1000), 'channel', t.channel, 'kind', t.kind, 'said', t.said,
                  'chart', case when t.kind = 'chart' then (
                      select k.chart from public.instant_onboarding_profiles r join frontdesk.charts k on k.profile_id = r.profile_id
                      where r.session_id = t.session_id) end,
                  'replies', (select coalesce(jsonb_agg(o.payload order by o.id), '[]')
                              from frontdesk.outbox o where o.message_key = t.message_key))
                                         order by t.received_at), '[]') from turns t),
    'towns', (select coalesce(jsonb_agg(jsonb_build_object(
                  'names', w.names, 'name', w.name, 'admin1', w.admin1, 'admin1_code', w.admin1_code,
                  'country_code', w.country, 'country',
                  (select g.name from frontdesk.regions g where g.country = w.country and g.admin1_code = '' limit 1),
                  'latitude', w.latitude, 'longitude', w.longitude, 'population', w.population, 'timezone', w.timezone,
                  'lies_in', (select coalesce(jsonb_agg(distinct g.folded), '[]') from frontdesk.regions g, heard h
                              where g.country = w.country and g.admin1_code = w.admin1_code and w.admin1_code <> ''
                                and position(' ' || g.folded || ' ' in h.words) > 0),
                  'in_country', (select coalesce(jsonb_agg(distinct g.folded), '[]') from frontdesk.regions g, heard h
                                 where g.country = w.country and g.admin1_code = '' and position(' ' || g.folded || ' ' in h.words) > 0))
                                         order by w.population desc, w.id), '[]') from towns w))
