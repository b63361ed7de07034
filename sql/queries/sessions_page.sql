-- The next sessions of an export, oldest first, as one JSON list. An empty parameter fits everything.
-- $1 status, $2 channel, $3 flow, $4 day (UTC) since which they began, $5 created_at and $6 id of the last one of the
-- page before (empty: the first page), $7 how many at most.
-- What strangers may have written (through PostgREST) comes as text: one row nested too deeply must not stop the rest.
-- The rows are chosen before anything is looked up for them: many may have begun at one moment (an import), and all of
-- those are sorted for each page.
with chosen as materialized (
    select s.id, s.created_at, c.flow, c.contact_id
    from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    where ($1::text = '' or s.status = nullif($1, '')::public.session_status)
      and ($2::text = '' or s.channel = nullif($2, '')::public.onboarding_channel)
      and ($3::text = '' or c.flow = $3)
      and ($4::text = '' or s.created_at >= nullif($4, '')::timestamp at time zone 'UTC')
      and ($5::text = '' or (s.created_at, s.id) > (nullif($5, '')::timestamptz, nullif($6::text, '')::uuid))
    order by s.created_at, s.id
    limit $7::text::integer
)
select coalesce(json_agg(page order by page.created_at, page.id), '[]') from (
    select s.id, s.session_key, s.channel, s.status, s.language, h.flow, s.user_id,
           (select a.address from frontdesk.addresses a where a.contact_id = h.contact_id order by a.kind limit 1) as address,
           s.phone_number, s.current_step, s.steps_completed::text as steps_completed, s.chart_generated,
           to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
           to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at,
           to_char(s.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as completed_at,
           p.profile_id, p.viewed_chart, p.shared_chart, p.converted_to_full_user,
           s.collected_data::text as collected_data
    from chosen h
    join public.instant_onboarding_sessions s on s.id = h.id
    left join public.instant_onboarding_profiles p on p.session_id = h.id
) page
