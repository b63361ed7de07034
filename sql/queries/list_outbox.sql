-- Messages that wait, are being sent, or were given up; newest last, as lines of text. Recipients are masked.
select string_agg(line, E'\n' order by id) from (
    select o.id, format('%s  %s  %s  %s  tries %s  due %s  to …%s%s', o.id, o.state, o.channel, o.account, o.attempts,
                        to_char(o.due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
                        right(coalesce(o.recipient ->> 'to', o.recipient ->> 'user_id', ''), 2),
                        case when o.error_title is not null then format('  error %s %s', coalesce(o.error_code::text, '-'), o.error_title) else '' end)
           as line
    from frontdesk.outbox o
    where ($1 = 'all' and o.state in ('waiting', 'leased', 'failed')) or o.state = $1
    order by o.id desc
    limit 1000
) x
