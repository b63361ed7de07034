-- Gives messages that were given up another round: one by id, or all with an error code.
select frontdesk.retry_outbox(array(
    select o.id from frontdesk.outbox o
    where o.state = 'failed' and (o.id = nullif($1, '')::bigint or o.error_code = nullif($2, '')::bigint)))::text
