-- Until when every text was heard; whoever looked for them ($2 is 1) gives that task back. Not later than now: a node whose
-- clock is ahead must not make others pass over what comes until then.
with given_back as (
    delete from frontdesk.upkeep where task = 'look for unheard texts' and $2::bigint = 1
)
insert into frontdesk.upkeep as u (task, done_at) values ('texts heard until', least(to_timestamp($1::bigint / 1000.0), now()))
on conflict (task) do update set done_at = excluded.done_at where u.done_at < excluded.done_at or u.done_at > now()
