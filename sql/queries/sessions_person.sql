-- Whom would `sessions forget` erase, and how much is there of them? One JSON object.
-- $1 a session's id or empty, $2 a session's key or empty, $3 a phone number or empty, $4 the number's brand (empty: any).
-- A number that stands in a session only as a note (given to the API, not written from) makes nobody its owner:
-- those sessions are counted, not taken.
with named as (
    select s.id, c.contact_id
    from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    where s.id = nullif($1::text, '')::uuid or s.session_key = nullif($2::text, '')
    order by s.id = nullif($1, '')::uuid desc
    limit 1
),
people as (
    select contact_id from named where contact_id is not null
    union
    select a.contact_id from frontdesk.addresses a
    where a.kind = 'phone' and a.address = nullif($3::text, '') and ($4::text = '' or a.brand = $4)
),
theirs as (
    select id from named
    union
    select c.session_id from frontdesk.conversations c join people k on k.contact_id = c.contact_id
)
select json_build_object(
    'contacts', (select coalesce(array_agg(contact_id), '{}') from people)::text,
    'sessions', (select coalesce(array_agg(id), '{}') from theirs)::text,
    'session_count', (select count(*) from theirs),
    'said_count', (select count(*) from frontdesk.inbound i join theirs t on i.session_id = t.id),
    'outbox_count', (select count(*) from frontdesk.outbox o join theirs t on o.session_id = t.id where not o.is_farewell),
    'chart_count', (select count(*) from public.instant_onboarding_profiles p join theirs t on p.session_id = t.id),
    'job_count', (select count(*) from frontdesk.jobs j join theirs t on j.session_id = t.id),
    'contact_count', (select count(*) from people),
    'address_count', (select count(*) from frontdesk.addresses a join people k on k.contact_id = a.contact_id),
    'opted_out_count', (select count(*) from frontdesk.addresses a join people k on k.contact_id = a.contact_id
                        where a.opted_out_at is not null),
    'note_count', (select count(*) from public.instant_onboarding_sessions s
                   where s.phone_number = nullif($3, '') and s.id not in (select id from theirs)))
