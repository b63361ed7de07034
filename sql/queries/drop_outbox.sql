-- Gives messages up that wait: one by id, or all of a channel.
with gone as (
    update frontdesk.outbox o
    set state = 'failed', settled_at = now(), lease_until = null, error_title = 'dropped by the operator'
    where o.state = 'waiting' and (o.id = nullif($1, '')::bigint or o.channel::text = nullif($2, ''))
    returning 1
) select count(*)::text from gone
