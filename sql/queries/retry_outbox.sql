-- Gives messages that were given up another round: one by id, or all with an error code. Not those of people who
-- have opted out since.
with again as (
    update frontdesk.outbox o
    set state = 'waiting', attempts = 0, due_at = now(), settled_at = null, error_code = null, error_title = null
    where o.state = 'failed' and frontdesk.state_again(o.session_id, o.created_at) = 'waiting'
      and (o.id = nullif($1, '')::bigint or o.error_code = nullif($2, '')::bigint)
    returning 1
) select count(*)::text from again
