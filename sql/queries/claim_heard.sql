-- Which node looks for texts that were not heard? The lease is a row that says until when it is taken; whoever has it
-- renews it by naming that time ($2, in microseconds; 0: a new lease).
with ours as (
    insert into frontdesk.upkeep as u (task, done_at)
    values ('look for unheard texts', now() + $1::bigint * interval '1 second')
    on conflict (task) do update set done_at = excluded.done_at
    where u.done_at < now() or extract(epoch from u.done_at) * 1000000 = $2::bigint
    returning done_at
)
select (select done_at from ours), (select h.done_at from frontdesk.upkeep h where h.task = 'texts heard until')
