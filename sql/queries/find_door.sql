-- By which door does a session hear something that it did not just ask for? By the one it heard last: replies leave
-- where their person wrote. While a person at the dashboard answers there may be none of those, but a ticket. Nothing,
-- where nothing was said yet, or not for long. Beside it the conversation's version, up to which that holds.
select door.channel::text, door.account, door.recipient, door.lane,
       coalesce((select c.version from frontdesk.conversations c where c.session_id = $1::uuid), 0)
from (
    (select 1 as place, t.channel, t.account, t.recipient, t.lane from frontdesk.tickets t
     where t.session_id = $1::uuid and t.closed_at is null)
    union all
    (select 2, o.channel, o.account, o.recipient, o.lane from frontdesk.outbox o
     where o.session_id = $1::uuid order by o.id desc limit 1)
) door
order by door.place
limit 1
