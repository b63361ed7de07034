-- What waits to be said, is being said, or was given up, as one JSON object: how much of what, and the messages,
-- newest first. $1 state, $2 channel, $3 error code (-1: none), each may be empty; $4 id before which to go on
-- (empty: the newest), $5 how many at most.
-- Counted up to a hundred thousand.
with pending as not materialized (
    select * from frontdesk.outbox o where o.state in ('waiting', 'leased', 'failed')
),
page as (
    select * from pending o
    where ($1::text = '' or o.state = $1)
      and ($2::text = '' or o.channel::text = $2)
      and ($3::text = '' or coalesce(o.error_code, -1) = nullif($3, '')::bigint)
      and ($4::text = '' or o.id < nullif($4, '')::bigint)
    order by o.id desc
    limit $5::text::integer
)
select json_build_object(
    'groups', (select coalesce(json_agg(g order by g.state, g.count desc, g.channel, g.error_code), '[]') from (
        select state, channel, error_code, min(error_title) as error_title, count(*) as count,
               to_char(min(created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as oldest
        from (select state, channel, error_code, error_title, created_at from pending limit 100000) counted
        group by state, channel, error_code) g),
    'messages', (select coalesce(json_agg(json_build_object(
            'id', o.id, 'state', o.state, 'channel', o.channel, 'account', o.account,
            'to', coalesce(o.recipient ->> 'to', o.recipient ->> 'user_id', ''), 'session_id', o.session_id,
            'attempts', o.attempts, 'error_code', o.error_code, 'error_title', o.error_title,
            'created_at', to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'due_at', to_char(o.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'why', case when o.state = 'leased' then 'sending'
                        when o.state = 'failed' and frontdesk.state_again(o.session_id, o.created_at) <> 'waiting' then 'opted_out'
                        when o.state = 'failed' then 'given_up'
                        when (select e.id from frontdesk.outbox e
                              where e.lane = o.lane and e.id < o.id and e.state in ('waiting', 'leased') limit 1) is not null
                             then 'behind'
                        when o.due_at > now() and o.yields then 'held'
                        when o.due_at > now() then 'later'
                        else 'due' end) order by o.id desc), '[]') from page o))::text
