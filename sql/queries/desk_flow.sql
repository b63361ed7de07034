-- How far have the sessions come that began today (UTC)? One JSON object: flow → {sessions, asked, by_status, here, steps}.
-- `here`: the place of the open question → how many stand at it. `steps`: a step → how many answered it, did not know, or
-- skipped it.
with today as (
    select s.*, coalesce(c.flow, '') as flow from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    where s.created_at >= date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'
),
passed as (
    select t.flow, step.id, t.collected_data -> step.id as answer
    from today t
    cross join lateral jsonb_array_elements_text(
        case jsonb_typeof(t.steps_completed) when 'array' then t.steps_completed else '[]' end) as step (id)
)
select coalesce(json_object_agg(f.flow, json_build_object(
    'sessions', f.sessions, 'asked', f.asked,
    'by_status', (select json_object_agg(status, n) from (
        select t.status, count(*) as n from today t where t.flow = f.flow group by t.status) x),
    'here', (select coalesce(json_object_agg(current_step, n), '{}') from (
        select t.current_step, count(*) as n from today t
        where t.flow = f.flow and t.status = 'collecting_data' group by t.current_step) x),
    'steps', (select coalesce(json_object_agg(id, json_build_object('answered', answered, 'unknown', unknown, 'skipped', skipped)), '{}')
              from (select p.id, count(*) filter (where p.answer <> 'null') as answered,
                           count(*) filter (where p.answer = 'null') as unknown, count(*) filter (where p.answer is null) as skipped
                    from passed p where p.flow = f.flow group by p.id) x))), '{}')::text
from (select t.flow, count(*) as sessions, count(*) filter (where t.status <> 'started') as asked from today t group by t.flow) f
