-- Erases people and sessions everywhere, as when they ask for it themselves.
-- $1 contacts, $2 sessions (theirs and those that belong to no contact), both arrays written as text.
-- Somebody who never began a session has only addresses; that they opted out is remembered as a hash here too.
with kept as (
    insert into frontdesk.opt_outs (address_hash, opted_out_at)
    select frontdesk.address_hash(a.brand, a.kind, a.address), a.opted_out_at
    from frontdesk.addresses a
    where a.contact_id = any ($1::text::uuid[]) and a.opted_out_at is not null
      and not exists (select from frontdesk.conversations c where c.contact_id = a.contact_id)
    on conflict do nothing
),
without_sessions as (
    delete from frontdesk.contacts k
    where k.id = any ($1::text::uuid[])
      and not exists (select from frontdesk.conversations c where c.contact_id = k.id)
)
select count(frontdesk.forget(s.id)) from unnest($2::text::uuid[]) as s (id)
