-- One ticket, and what an answer to it depends on, as one JSON object; null when there is none. $1 its id (text).
select json_build_object(
    'id', t.id, 'session_id', t.session_id, 'channel', t.channel, 'account', t.account, 'recipient', t.recipient::text,
    'lane', t.lane::text, 'opened_at', t.opened_at, 'heard_at', t.heard_at, 'operator', t.operator, 'taken_at', t.taken_at,
    'answered_at', t.answered_at, 'closed_at', t.closed_at, 'closed_by', t.closed_by,
    'window_until', case when t.channel = 'whatsapp' then t.heard_at + interval '24 hours' end,
    'is_window_closed', t.channel = 'whatsapp' and t.heard_at + interval '24 hours' <= now(),
    'is_opted_out', exists (select from frontdesk.addresses a
                            where a.contact_id = c.contact_id and a.opted_out_at is not null),
    'version', c.version)::text
from frontdesk.tickets t
left join frontdesk.conversations c on c.session_id = t.session_id
where t.id = $1::text::uuid
