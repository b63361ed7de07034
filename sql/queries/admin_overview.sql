-- How do outbox and jobs stand, as one JSON document? Asked every two seconds while somebody looks: each count is of an
-- index that holds only such rows, and ends at 100,000.
with pending as (
    select state, channel, created_at, due_at from frontdesk.outbox where state in ('waiting', 'leased') limit 100000
),
failed as (
    select channel, error_code, error_title from frontdesk.outbox where state = 'failed' order by id desc limit 100000
)
select jsonb_build_object(
    'outbox', jsonb_build_object(
        'waiting', (select count(*) from pending where state = 'waiting'),
        'sending', (select count(*) from pending where state = 'leased'),
        'failed', (select count(*) from failed),
        'oldest_seconds', (select round(extract(epoch from now() - min(created_at))) from pending)),
    'send_errors', (select coalesce(jsonb_agg(e order by e.count desc), '[]')
                    from (select channel, error_code as code, min(error_title) as title, count(*)
                          from failed group by channel, error_code order by count(*) desc limit 50) e),
    'jobs', (select coalesce(jsonb_agg(j order by j.kind, j.state), '[]')
             from (select kind, state, count(*) from (select kind, state from frontdesk.jobs where state in ('waiting', 'leased', 'failed') limit 100000) x
                   group by kind, state) j))
