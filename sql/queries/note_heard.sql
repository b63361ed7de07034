-- Until when every text was heard; whoever looked for them ($2 is 1) gives that task back.
with given_back as (
    delete from frontdesk.upkeep where task = 'look for unheard texts' and $2::bigint = 1
)
insert into frontdesk.upkeep as u (task, done_at) values ('texts heard until', to_timestamp($1::bigint / 1000.0))
on conflict (task) do update set done_at = excluded.done_at where u.done_at < excluded.done_at
