-- Everything that the pages of a chart may show, and the tokens that open them.
-- What strangers may have written (through PostgREST) comes as text.
select p.session_id, l.owner_token, l.shared_token, l.shows_birth, s.language, coalesce(c.flow, ''),
       s.collected_data::text, h.chart, p.created_at
from public.instant_onboarding_profiles p
join public.instant_onboarding_sessions s on s.id = p.session_id
join frontdesk.charts h on h.profile_id = p.profile_id
left join frontdesk.conversations c on c.session_id = p.session_id
cross join lateral frontdesk.chart_link(p.profile_id) l
where p.profile_id = $1::uuid
