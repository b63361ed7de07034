-- The links of a session's chart; of one that is only being made, as they will be: $2 is then its profile.
select p.profile_id, l.owner_token, l.shared_token
from (select coalesce((select o.profile_id from public.instant_onboarding_profiles o where o.session_id = $1::uuid),
                      $2::uuid) as profile_id) p,
     frontdesk.chart_link(p.profile_id) l
