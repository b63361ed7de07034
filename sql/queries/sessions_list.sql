-- The newest sessions that fit, as one JSON list, newest last. An empty parameter fits everything.
-- $1 status, $2 channel, $3 flow, $4 day (UTC) since which they began, $5 how many at most.
select coalesce(json_agg(found order by found.created_at, found.id), '[]') from (
    select s.id, s.created_at,
           to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as began,
           s.channel, s.status, s.language, c.flow, jsonb_array_length(s.steps_completed) as answers,
           coalesce(who.address, s.phone_number) as address,
           left(s.collected_data ->> 'name', 100) as name
    from public.instant_onboarding_sessions s
    left join frontdesk.conversations c on c.session_id = s.id
    left join lateral (
        select a.address from frontdesk.addresses a where a.contact_id = c.contact_id order by a.kind limit 1
    ) who on true
    where ($1::text = '' or s.status = nullif($1, '')::public.session_status)
      and ($2::text = '' or s.channel = nullif($2, '')::public.onboarding_channel)
      and ($3::text = '' or c.flow = $3)
      and ($4::text = '' or s.created_at >= nullif($4, '')::timestamp at time zone 'UTC')
    order by s.created_at desc, s.id desc
    limit $5::text::integer
) found
