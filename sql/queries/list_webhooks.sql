-- Webhooks of ours that wait, are under way, or were given up; newest last, as lines of text. What they tell is left out.
select string_agg(line, E'\n' order by created_at, id) from (
    select j.created_at, j.id,
           format('%s  %s  %s  session %s  tries %s  due %s%s', j.id, j.state, j.payload ->> 'flow', j.session_id, j.attempts,
                  to_char(j.due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '  error ' || j.last_error) as line
    from frontdesk.jobs j
    where j.kind = 'webhook' and j.state in ('waiting', 'leased', 'failed')
    order by j.created_at desc
    limit 1000
) x
