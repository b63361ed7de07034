-- Who waits for a person, the longest first; or, with $1 'closed', the last hundred who did, the latest first. One JSON
-- list. Names and addresses are masked by the gateway.
select coalesce(json_agg(ticket order by ord), '[]')::text
from (
    select row_number() over (order by case when t.closed_at is null then t.opened_at end, t.closed_at desc) as ord,
           json_build_object(
               'id', t.id, 'session_id', t.session_id, 'channel', t.channel, 'language', s.language, 'status', s.status,
               'name', coalesce(s.collected_data ->> 'name', k.profile_name),
               'address', coalesce(t.recipient ->> 'to', t.recipient ->> 'user_id'),
               'opened_at', t.opened_at, 'heard_at', t.heard_at, 'operator', t.operator, 'taken_at', t.taken_at,
               'answered_at', t.answered_at, 'closed_at', t.closed_at, 'closed_by', t.closed_by,
               'is_unanswered', t.answered_at is null or t.heard_at > t.answered_at) as ticket
    from frontdesk.tickets t
    join public.instant_onboarding_sessions s on s.id = t.session_id
    left join frontdesk.conversations c on c.session_id = t.session_id
    left join frontdesk.contacts k on k.id = c.contact_id
    where (t.closed_at is not null) = ($1::text = 'closed')
    order by ord
    limit 100
) listed
