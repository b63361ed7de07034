-- Gives messages up that wait: one by id, or all of a channel.
-- Of last words to somebody whose data was erased nothing stays.
with wanted as materialized (
    select o.id, o.week, o.is_farewell from frontdesk.outbox o
    where o.state = 'waiting' and (o.id = nullif($1, '')::bigint or o.channel::text = nullif($2, ''))
    for update
),
forgotten as (
    delete from frontdesk.outbox o using wanted w where o.id = w.id and o.week = w.week and w.is_farewell
),
given_up as (
    update frontdesk.outbox o
    set state = 'failed', settled_at = now(), lease_until = null, error_title = 'dropped by the operator'
    from wanted w where o.id = w.id and o.week = w.week and not w.is_farewell
)
select count(*)::text from wanted
