-- What was said to this input, for its repetition: with the ids, which stand in the document too.
select payload || jsonb_build_object('id', id::text) from frontdesk.outbox
where message_key = $1 and session_id = (
    select session_id from frontdesk.inbound where message_key = $1 and week >= frontdesk.week_of(now()) - 14 limit 1)
  and channel = (
    select channel from frontdesk.inbound where message_key = $1 and week >= frontdesk.week_of(now()) - 14 limit 1)
order by id
