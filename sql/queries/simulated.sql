-- What is known of a simulated person, as one JSON document. $1 their number, E.164; $2 the key of their web chat's session,
-- or nothing.
-- The last two hundred messages of the outbox are looked through for a farewell: it belongs to no session any more.
with theirs as (
    select c.session_id as id, c.flow, c.version, c.is_open
    from frontdesk.addresses a join frontdesk.conversations c on c.contact_id = a.contact_id
    where a.kind = 'phone' and a.address = $1::text
    union
    select c.session_id, c.flow, c.version, c.is_open
    from public.instant_onboarding_sessions s join frontdesk.conversations c on c.session_id = s.id
    where s.session_key = $2::text
),
newest as (
    select * from frontdesk.outbox order by id desc limit 200
),
told as (
    select o.* from frontdesk.outbox o join theirs t on o.session_id = t.id
    union
    select n.* from newest n where n.is_farewell and n.recipient ->> 'to' in ($1::text, ltrim($1::text, '+'))
),
latest as (
    select * from told order by id desc limit 60
)
select jsonb_build_object(
    'session', (select jsonb_build_object(
                    'id', s.id, 'status', s.status, 'channel', s.channel, 'language', s.language, 'flow', t.flow,
                    'turns', t.version, 'is_open', t.is_open, 'current_step', s.current_step,
                    'steps_completed', s.steps_completed, 'collected_data', s.collected_data,
                    'chart_generated', s.chart_generated, 'created_at', s.created_at, 'updated_at', s.updated_at)
                from public.instant_onboarding_sessions s join theirs t on t.id = s.id
                order by t.is_open desc, s.updated_at desc limit 1),
    'outbox', (select coalesce(jsonb_agg(jsonb_build_object(
                   'id', l.id, 'channel', l.channel, 'account', l.account, 'recipient', l.recipient,
                   'payload', l.payload, 'state', l.state, 'attempts', l.attempts, 'provider_id', l.provider_id,
                   'error', l.error_title, 'created_at', l.created_at,
                   'settled_ms', round(extract(epoch from l.settled_at - l.created_at) * 1000),
                   'is_farewell', l.is_farewell, 'code', l.error_code,
                   'again_ms', case when l.state in ('waiting', 'leased') then
                       greatest(0, round(extract(epoch from coalesce(l.lease_until, l.due_at) - now()) * 1000)) end)
                                         order by l.id), '[]')
               from latest l))
