-- Which node looks for texts that were not heard? The lease is a row that says until when it is taken.
with ours as (
    insert into frontdesk.upkeep as u (task, done_at)
    values ('look for unheard texts', now() + $1::bigint * interval '1 second')
    on conflict (task) do update set done_at = excluded.done_at where u.done_at < now()
    returning task
)
select exists (select from ours), (select h.done_at from frontdesk.upkeep h where h.task = 'texts heard until')
