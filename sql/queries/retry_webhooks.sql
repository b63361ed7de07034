-- Gives the webhooks of ours that were given up another round: all, since one receiver's trouble is all of theirs.
with again as (
    update frontdesk.jobs set state = 'waiting', attempts = 0, due_at = now()
    where kind = 'webhook' and state = 'failed'
    returning 1
)
select count(*)::text from again
