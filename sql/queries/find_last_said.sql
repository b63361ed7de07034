-- The newest thing said in a session: its open question.
select payload from frontdesk.outbox where session_id = $1::uuid order by id desc limit 1
