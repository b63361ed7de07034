-- How far did people come, where did they give up, how long did it take? One JSON document.
-- $1 flow · $2 its steps, comma separated · $3, $4 first and last day of beginning (UTC) · $5 channel, $6 language: empty
-- means all. A session that nobody has a conversation for counts as of any flow. Given up: not finished, and untouched
-- for an hour.
with s as (
    select (s.created_at at time zone 'UTC')::date as day, s.channel, s.language, s.status, s.current_step, s.steps_completed,
           s.chart_generated, coalesce(p.viewed_chart, false) as viewed, coalesce(p.shared_chart, false) as shared,
           coalesce(p.converted_to_full_user, false) as converted, extract(epoch from s.completed_at - s.created_at) as seconds,
           s.status not in ('completed', 'failed') and s.updated_at < now() - interval '1 hour' as is_left
    from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    left join public.instant_onboarding_profiles p on p.session_id = s.id
    where s.created_at >= $3::text::date::timestamp at time zone 'UTC' and s.created_at < ($4::text::date + 1)::timestamp at time zone 'UTC'
      and coalesce(c.flow, $1::text) = $1::text
      and ($5::text = '' or s.channel::text = $5::text) and ($6::text = '' or s.language = $6::text)
    union all
    select g.day, g.channel, g.language, g.status, g.current_step, g.steps_completed, g.chart_generated, g.viewed, g.shared,
           g.converted, g.seconds, g.status not in ('completed', 'failed')
    from frontdesk.gone_sessions g
    where g.day between $3::text::date and $4::text::date and coalesce(g.flow, $1::text) = $1::text
      and ($5::text = '' or g.channel::text = $5::text) and ($6::text = '' or g.language = $6::text)
),
steps as (
    select step, (n - 1)::integer as index from unnest(string_to_array($2::text, ',')) with ordinality as t (step, n)
),
at_steps as (
    select t.index, t.step,
           count(*) filter (where s.current_step >= t.index or s.steps_completed ? t.step) as asked,
           count(*) filter (where s.steps_completed ? t.step) as answered,
           count(*) filter (where s.is_left and s.status <> 'generating_chart' and s.current_step = t.index) as gave_up
    from steps t left join s on true group by t.index, t.step
),
times as (
    select width_bucket(seconds::float8, array[0, 60, 120, 180, 300, 600, 1800, 3600]::float8[]) as bucket, count(*) as sessions
    from s where status = 'completed' and seconds is not null group by 1
)
select jsonb_build_object(
    'began', (select count(*) from s),
    'steps', (select coalesce(jsonb_agg(jsonb_build_object('step', step, 'asked', asked, 'answered', answered, 'gave_up', gave_up)
                                        order by index), '[]') from at_steps),
    'gave_up_confirming', (select count(*) from s where is_left and status <> 'generating_chart' and current_step >= (select count(*) from steps)),
    'gave_up_waiting', (select count(*) from s where is_left and status = 'generating_chart'),
    'completed', (select count(*) from s where status = 'completed'),
    'failed', (select count(*) from s where status = 'failed'),
    'chart', (select count(*) from s where chart_generated),
    'viewed', (select count(*) from s where viewed),
    'shared', (select count(*) from s where shared),
    'converted', (select count(*) from s where converted),
    'by_channel', (select coalesce(jsonb_agg(x order by x.channel), '[]')
                   from (select channel, count(*) as began, count(*) filter (where status = 'completed') as completed,
                                count(*) filter (where is_left) as gave_up,
                                percentile_cont(0.5) within group (order by seconds) filter (where status = 'completed') as seconds
                         from s group by channel) x),
    'by_language', (select coalesce(jsonb_agg(x order by x.began desc), '[]')
                    from (select language, count(*) as began, count(*) filter (where status = 'completed') as completed,
                                 count(*) filter (where is_left) as gave_up,
                                 percentile_cont(0.5) within group (order by seconds) filter (where status = 'completed') as seconds
                          from s group by language order by count(*) desc limit 50) x),
    'by_day', (select coalesce(jsonb_agg(x order by x.day), '[]')
               from (select d.day::date as day, count(s.day) as began, count(*) filter (where s.status = 'completed') as completed,
                            count(*) filter (where s.is_left) as gave_up
                     from generate_series($3::text::date, $4::text::date, interval '1 day') d (day) left join s on s.day = d.day::date
                     group by d.day) x),
    'seconds', (select jsonb_build_object('p50', percentile_cont(0.5) within group (order by seconds),
                                          'p90', percentile_cont(0.9) within group (order by seconds))
                from s where status = 'completed' and seconds is not null),
    'times', (select coalesce(jsonb_agg(jsonb_build_object('bucket', bucket, 'sessions', sessions) order by bucket), '[]') from times))::text
