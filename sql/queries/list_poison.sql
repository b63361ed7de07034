-- Inputs set aside because workers died on them, as lines of text; what was said stays in the database.
select string_agg(line, E'\n' order by at) from (
    select i.received_at as at, format('%s  %s  %s', i.message_key, i.channel,
                                       to_char(i.received_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) as line
    from frontdesk.inbound i
    where i.kind = 'poison'
    order by i.received_at desc
    limit 1000
) x
