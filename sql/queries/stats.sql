-- The operator's numbers, as one JSON document.
with s as (select * from public.instant_onboarding_sessions),
     p as (select * from public.instant_onboarding_profiles),
     done as (select extract(epoch from completed_at - created_at) as seconds from s
              where status = 'completed' and completed_at is not null)
select jsonb_build_object(
    'total_sessions', (select count(*) from s),
    'completed_sessions', (select count(*) from s where status = 'completed'),
    'completion_rate', coalesce((select round(100.0 * count(*) filter (where status = 'completed') / nullif(count(*), 0), 2) from s), 0),
    'average_time_seconds', coalesce((select round(avg(seconds)::numeric, 2) from done), 0),
    'by_status', (select coalesce(jsonb_object_agg(status, n), '{}') from (select status, count(*) n from s group by status) x),
    'by_channel', (select coalesce(jsonb_object_agg(channel, jsonb_build_object('sessions', n, 'completed', c)), '{}')
                   from (select channel, count(*) n, count(*) filter (where status = 'completed') c from s group by channel) x),
    'by_language', (select coalesce(jsonb_object_agg(language, jsonb_build_object('sessions', n, 'completed', c)), '{}')
                    from (select language, count(*) n, count(*) filter (where status = 'completed') c from s group by language) x),
    'funnel', jsonb_build_object(
        'started', (select count(*) from s),
        'name', (select count(*) from s where collected_data ? 'name'),
        'birth_date', (select count(*) from s where collected_data ? 'birth_date'),
        'birth_time', (select count(*) from s where collected_data ? 'birth_time'),
        'birth_place', (select count(*) from s where collected_data ? 'birth_place'),
        'chart', (select count(*) from s where chart_generated),
        'viewed', (select count(*) from p where viewed_chart),
        'shared', (select count(*) from p where shared_chart),
        'converted', (select count(*) from p where converted_to_full_user)))::text
