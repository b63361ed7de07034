-- How does a session stand that an operator wants to move? One JSON object, or null when there is none. $1 its id.
select json_build_object(
    'version', coalesce(c.version, 0), 'status', s.status, 'is_open', coalesce(c.is_open, true), 'flow', c.flow,
    'is_opted_out', exists (select from frontdesk.addresses a where a.contact_id = c.contact_id and a.opted_out_at is not null),
    'last', (select json_build_object('payload', o.payload, 'state', o.state, 'channel', o.channel, 'account', o.account)
             from frontdesk.outbox o where o.session_id = s.id order by o.id desc limit 1))::text
from public.instant_onboarding_sessions s
left join frontdesk.conversations c on c.session_id = s.id
where s.id = $1::text::uuid
