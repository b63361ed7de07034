-- What a batch of turns needs to know: was this input taken before, who is it, where does their conversation stand?
-- One row a turn, in order, as one record: libpq takes columns apart one by one, at a price. A session is found by its key or id, or as that of the call's turn before, else as the
-- contact's open one in the flow, else as the one they finished last.
select row(
    old.message_key is not null,
    old.answer,
    who.contact_id,
    coalesce(who.opted_out_at, gone.opted_out_at) is not null,
    s.id, s.session_key, s.channel::text, s.status::text, s.language, s.collected_data, s.current_step,
    s.steps_completed, s.updated_at,
    c.flow, c.flow_version, c.version, c.memory, c.guard, c.contact_id,
    before.session_id is not null, latest.language,
    -- A webhook that shows two addresses of a person: are both known already?
    t.phone is null or t.whatsapp_user is null
        or (phone.contact_id is not null and whatsapp_user.contact_id is not null)
)
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[])
    with ordinality as t (message_key, brand, flow, phone, whatsapp_user, session_key, previous_key, session_id, ord)
left join lateral (
    select i.message_key, i.answer from frontdesk.inbound i
    where i.message_key = t.message_key and i.week >= frontdesk.week_of(now()) - 14
    limit 1
) old on true
left join lateral (
    select p.session_id from frontdesk.inbound p
    where p.message_key = t.previous_key and p.week >= frontdesk.week_of(now()) - 7 and p.session_id is not null
    limit 1
) before on true
-- LIMIT leaves the planner only a look-up by key for each turn. Of EXISTS, or of a plain join, it would make a walk over
-- all addresses, once a batch: it knows neither how many turns come nor how the table will have grown.
left join lateral (
    select a.contact_id, a.opted_out_at from frontdesk.addresses a
    where a.brand = t.brand and a.kind = 'phone' and a.address = t.phone
    limit 1
) phone on true
left join lateral (
    select a.contact_id, a.opted_out_at from frontdesk.addresses a
    where a.brand = t.brand and a.kind = 'whatsapp_user' and a.address = t.whatsapp_user
    limit 1
) whatsapp_user on true
left join lateral (
    -- The phone number, where it is known, says who it is.
    select coalesce(phone.contact_id, whatsapp_user.contact_id) as contact_id,
           case when phone.contact_id is null then whatsapp_user.opted_out_at else phone.opted_out_at end as opted_out_at
) who on true
left join lateral (
    -- Somebody unknown may have opted out and been erased.
    select o.opted_out_at from frontdesk.opt_outs o
    where who.contact_id is null and t.phone is not null
      and o.address_hash = frontdesk.address_hash(t.brand, 'phone', t.phone)
    union all
    select o.opted_out_at from frontdesk.opt_outs o
    where who.contact_id is null and t.whatsapp_user is not null
      and o.address_hash = frontdesk.address_hash(t.brand, 'whatsapp_user', t.whatsapp_user)
    limit 1
) gone on true
left join lateral (
    select v.session_id from frontdesk.conversations v
    where t.session_key is null and coalesce(t.session_id, before.session_id) is null and v.contact_id = who.contact_id and v.flow = t.flow and v.is_open
    limit 1
) open on true
left join lateral (
    -- As long as its key would open it.
    select v.session_id from frontdesk.conversations v
    join public.instant_onboarding_sessions f on f.id = v.session_id
    where open.session_id is null
      and t.session_key is null and coalesce(t.session_id, before.session_id) is null and v.contact_id = who.contact_id and v.flow = t.flow
      and f.status in ('completed', 'failed') and f.updated_at > now() - interval '30 days'
    order by v.last_input_at desc
    limit 1
) finished on true
left join lateral (
    select x.* from public.instant_onboarding_sessions x where x.session_key = t.session_key
    union all
    select x.* from public.instant_onboarding_sessions x where x.id = coalesce(t.session_id, before.session_id, open.session_id, finished.session_id)
    limit 1
) s on true
left join frontdesk.conversations c on c.session_id = s.id
left join lateral (
    -- Somebody known begins anew.
    select y.language from frontdesk.conversations l join public.instant_onboarding_sessions y on y.id = l.session_id
    where s.id is null and l.contact_id = who.contact_id
    order by l.last_input_at desc
    limit 1
) latest on true
order by t.ord
