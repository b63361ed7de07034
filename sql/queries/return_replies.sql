-- Replies to an input that are still leased to its response, which was never written because the worker did not hear of
-- the commit: they wait again, as if they had not been tried. A later lease, and one for a call to the provider, is of
-- somebody who may be sending them.
update frontdesk.outbox o
set state = frontdesk.state_again(o.session_id, o.created_at), lease_until = null, attempts = 0,
    is_inline = false
where o.lane = $2 and o.state = 'leased' and o.is_inline and o.message_key = $1
  and o.lease_until <= o.created_at + $3::bigint * interval '1 second'
