-- A page of the sessions that an operator looks for, newest first, as one JSON list. An empty parameter fits everything.
-- $1 an id, $2 a key, $3 a whole phone number, $4 the beginning and $5 the end of one (both or none); $6 status,
-- $7 channel, $8 created_at and $9 id of the last session of the page before, $10 how many at most.
-- An id may also be somebody's key, so any one of $1 to $5 that fits is enough. Whoever looks for nothing in particular
-- walks down the index of created_at; whoever looks for somebody starts from who that is.
with people as materialized (
    select a.contact_id from frontdesk.addresses a where $3::text <> '' and a.kind = 'phone' and a.address = $3
    union
    select a.contact_id from frontdesk.addresses a
    where $4::text <> '' and starts_with(a.address, $4) and right(a.address, char_length($5::text)) = $5
),
named as materialized (
    select s.id from public.instant_onboarding_sessions s where s.id = nullif($1::text, '')::uuid
    union
    select s.id from public.instant_onboarding_sessions s where s.session_key = nullif($2::text, '')
    union
    select s.id from public.instant_onboarding_sessions s where s.phone_number = nullif($3, '')
    union
    select s.id from public.instant_onboarding_sessions s
    where $4 <> '' and starts_with(s.phone_number, $4) and right(s.phone_number, char_length($5)) = $5
    union
    select c.session_id from frontdesk.conversations c join people p on p.contact_id = c.contact_id
),
fitting as not materialized (
    select s.id, s.created_at from public.instant_onboarding_sessions s
    where ($6::text = '' or s.status = nullif($6, '')::public.session_status)
      and ($7::text = '' or s.channel = nullif($7, '')::public.onboarding_channel)
      and ($8::text = '' or (s.created_at, s.id) < (nullif($8, '')::timestamptz, nullif($9::text, '')::uuid))
),
chosen as materialized (
    (select f.id from fitting f where concat($1, $2, $3, $4) = ''
     order by f.created_at desc, f.id desc limit $10::text::integer)
    union all
    (select f.id from named n join fitting f on f.id = n.id where concat($1, $2, $3, $4) <> ''
     order by f.created_at desc, f.id desc limit $10::text::integer)
)
select coalesce(json_agg(json_build_object(
    'id', s.id, 'channel', s.channel, 'status', s.status, 'language', s.language, 'flow', c.flow,
    'answers', case jsonb_typeof(s.steps_completed) when 'array' then jsonb_array_length(s.steps_completed) end,
    'current_step', s.current_step, 'turns', c.version,
    'created_at', to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'updated_at', to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'address', coalesce((select a.address from frontdesk.addresses a where a.contact_id = c.contact_id order by a.kind limit 1),
                        s.phone_number),
    'name', left(s.collected_data ->> 'name', 100)) order by s.created_at desc, s.id desc), '[]')::text
from chosen h
join public.instant_onboarding_sessions s on s.id = h.id
left join frontdesk.conversations c on c.session_id = s.id
