-- By which door does a session hear something that it did not just ask for? By the one it heard last: replies leave
-- where their person wrote. Nothing, where nothing was said yet, or not for long.
select channel::text, account, recipient, lane from frontdesk.outbox where session_id = $1::uuid order by id desc limit 1
