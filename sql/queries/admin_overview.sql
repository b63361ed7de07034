-- How do outbox, jobs and tickets stand, as one JSON document? Asked every two seconds while somebody looks: each count is
-- of an index that holds only such rows, and ends at 100,000.
with pending as (
    select state, channel, created_at, due_at, error_code, error_title from frontdesk.outbox
    where state in ('waiting', 'leased') limit 100000
),
failed as (
    select channel, error_code, error_title,
           settled_at > now() - interval '1 hour' and error_title is distinct from 'dropped by the operator' as is_news
    from frontdesk.outbox where state = 'failed' order by id desc limit 100000
),
troubled as (
    select 'failed' as state, channel, error_code as code, min(error_title) as title, count(*) as count,
           count(*) filter (where is_news) as this_hour
    from failed group by channel, error_code
    union all
    select 'waiting', channel, error_code, min(error_title), count(*), 0
    from pending where error_code is not null group by channel, error_code
)
select jsonb_build_object(
    'outbox', jsonb_build_object(
        'waiting', (select count(*) from pending where state = 'waiting'),
        'sending', (select count(*) from pending where state = 'leased'),
        'failed', (select count(*) from failed),
        'failed_this_hour', (select count(*) from failed where is_news),
        'late', (select count(*) from pending where state = 'waiting' and due_at < now() - interval '1 minute'),
        'oldest_seconds', (select round(extract(epoch from now() - min(created_at))) from pending)),
    'send_errors', (select coalesce(jsonb_agg(e order by e.count desc), '[]')
                    from (select * from troubled order by count desc limit 50) e),
    'jobs', (select coalesce(jsonb_agg(j order by j.kind, j.state), '[]')
             from (select kind, state, count(*) from (select kind, state from frontdesk.jobs where state in ('waiting', 'leased', 'failed') limit 100000) x
                   group by kind, state) j),
    'tickets', (select jsonb_build_object('waiting', count(*), 'oldest_seconds', round(extract(epoch from now() - min(opened_at))))
                from (select opened_at from frontdesk.tickets where closed_at is null and operator is null limit 100000) t))::text
