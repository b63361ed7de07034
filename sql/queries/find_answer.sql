-- What the response to this input said, for its repetition: with the ids, which stand in the document too. What waited
-- behind an earlier message was not in it.
select payload || jsonb_build_object('id', id::text) from frontdesk.outbox
where message_key = $1 and is_inline and session_id = (
    select session_id from frontdesk.inbound where message_key = $1 and week >= frontdesk.week_of(now()) - 14 limit 1)
  and channel = (
    select channel from frontdesk.inbound where message_key = $1 and week >= frontdesk.week_of(now()) - 14 limit 1)
order by id
