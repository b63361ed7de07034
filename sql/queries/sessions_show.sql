-- All that is known of one session, as one JSON object; null when there is none.
-- $1 its id (may be empty), $2 its key (may be empty; an id may also be somebody's key).
-- What was said and answered in one turn has one time, so the person's half comes first.
with wanted as (
    select s.*, c.contact_id, c.flow, c.version, c.is_open, c.last_input_at
    from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    where s.id = nullif($1::text, '')::uuid or s.session_key = nullif($2::text, '')
    order by s.id = nullif($1, '')::uuid desc
    limit 1
),
said as (
    select i.received_at as at, 0 as half, 0::bigint as ord, 'person' as by, i.channel, i.kind, i.said as message,
           null as state, null::bigint as error_code, null as error_title
    from frontdesk.inbound i join wanted w on i.session_id = w.id
    union all
    select o.created_at, 1, o.id, 'us', o.channel, 'message', o.payload, o.state, o.error_code, o.error_title
    from frontdesk.outbox o join wanted w on o.session_id = w.id
),
latest as (
    select * from said order by at desc, half desc, ord desc limit 1000
)
select json_build_object(
    'id', w.id, 'session_key', w.session_key, 'channel', w.channel, 'status', w.status, 'language', w.language,
    'flow', w.flow, 'is_open', w.is_open, 'turns', w.version, 'user_id', w.user_id, 'phone_number', w.phone_number,
    'current_step', w.current_step, 'steps_completed', w.steps_completed::text, 'chart_generated', w.chart_generated,
    'created_at', to_char(w.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
    'updated_at', to_char(w.updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
    'completed_at', to_char(w.completed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
    'last_input_at', to_char(w.last_input_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
    'profile_name', (select k.profile_name from frontdesk.contacts k where k.id = w.contact_id),
    'addresses', (select coalesce(json_agg(json_build_object('brand', a.brand, 'kind', a.kind, 'address', a.address,
                                                             'opted_out', a.opted_out_at is not null)
                                           order by a.kind, a.address), '[]')
                  from frontdesk.addresses a where a.contact_id = w.contact_id),
    'profile_id', p.profile_id, 'viewed_chart', p.viewed_chart, 'shared_chart', p.shared_chart,
    'converted_to_full_user', p.converted_to_full_user,
    'collected_data', w.collected_data::text,
    'jobs', (select coalesce(json_agg(json_build_object('kind', j.kind, 'state', j.state, 'attempts', j.attempts,
                                                        'last_error', j.last_error) order by j.created_at), '[]')
             from frontdesk.jobs j where j.session_id = w.id),
    'transcript', (select coalesce(json_agg(json_build_object(
                              'at', to_char(l.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'by', l.by,
                              'channel', l.channel, 'kind', l.kind, 'message', l.message, 'state', l.state,
                              'error_code', l.error_code, 'error_title', l.error_title)
                                           order by l.at, l.half, l.ord), '[]') from latest l),
    'kept_since', (select to_char(min(to_date(right(k.relname, 8), 'YYYYMMDD')), 'YYYY-MM-DD')
                   from pg_inherits i join pg_class k on k.oid = i.inhrelid
                   where i.inhparent = 'frontdesk.inbound'::regclass),
    'transcript_left_out', (select count(*) from said) - (select count(*) from latest))
from wanted w
left join public.instant_onboarding_profiles p on p.session_id = w.id
