-- What a provider tells of our messages and of people's numbers.

drop function frontdesk.take_receipts(text[], text[], bigint[], text[], bigint[], text[], boolean[], boolean[]);

-- Statuses move forward only: waiting, leased < sent < delivered < read; failed never undoes delivered or read.
-- A failure after the provider had accepted goes back to waiting as often as its error may pass by then (`tries`, 0: it
-- never does), and for no less than it takes: a cap of the day is not lifted within minutes.
create function frontdesk.take_receipts(
    channels text[], provider_ids text[], outbox_ids bigint[], statuses text[], error_codes bigint[],
    error_titles text[], tries integer[], wait_seconds integer[], opt_outs boolean[]
) returns integer
    language plpgsql as $$
declare
    known integer := 0;
    message record;
    new_state text;
begin
    for i in 1 .. cardinality(statuses) loop
        select o.id, o.week, o.state, o.attempts, o.is_farewell, o.session_id, o.created_at into message from frontdesk.outbox o
        where (o.provider_id = provider_ids[i] or (outbox_ids[i] is not null and o.id = outbox_ids[i]))
          and o.channel = channels[i]::public.onboarding_channel
        limit 1 for update;
        continue when not found;
        known := known + 1;
        new_state := case
            when statuses[i] = 'failed' and message.state in ('waiting', 'leased', 'sent') then
                case when message.attempts < tries[i]
                     then frontdesk.state_again(message.session_id, message.created_at) else 'failed' end
            when statuses[i] = 'sent' and message.state in ('waiting', 'leased') then 'sent'
            when statuses[i] = 'delivered' and message.state in ('waiting', 'leased', 'sent', 'failed') then 'delivered'
            when statuses[i] = 'read' and message.state in ('waiting', 'leased', 'sent', 'delivered', 'failed') then 'read'
        end;
        update frontdesk.outbox o
        set state = coalesce(new_state, o.state),
            provider_id = coalesce(o.provider_id, provider_ids[i]),
            settled_at = case when new_state = 'waiting' then null else coalesce(o.settled_at, now()) end,
            lease_until = null,
            due_at = case when new_state = 'waiting'
                          then now() + greatest(interval '10 minutes' * o.attempts, make_interval(secs => wait_seconds[i]))
                          else o.due_at end,
            error_code = case when statuses[i] = 'failed' then error_codes[i] else o.error_code end,
            error_title = case when statuses[i] = 'failed' then error_titles[i] else o.error_title end
        where o.id = message.id and o.week = message.week and (new_state is not null or o.provider_id is null);
        if opt_outs[i] then
            perform frontdesk.opt_out_of(message.id);
        end if;
        if message.is_farewell then
            delete from frontdesk.outbox o
            where o.id = message.id and o.week = message.week and o.state not in ('waiting', 'leased');
        end if;
    end loop;
    return known;
end $$;
comment on function frontdesk.take_receipts is 'Takes a provider''s delivery statuses; gives how many were of messages that we know.';

-- Whoever changed their number is known by the new one from then on. The old one is given to a stranger some day, who must
-- not find somebody else's conversation under it.
create or replace function frontdesk.link_addresses(going boolean[], contacts uuid[], effects jsonb[]) returns void
    language plpgsql as $$
begin
    if exists (select from unnest(effects) e where e ?| '{link_user, link_phone}') then
        -- Whoever opted out by one address is out by the new one too, and so is an address that was out before.
        with news as materialized (
            select n.*, frontdesk.address_hash(n.brand, n.kind, n.address) as hash
            from (
                select c.brand, l.kind, t.effects ->> l.effect as address, c.id as contact
                from unnest(going, contacts, effects) as t (going, contact, effects)
                cross join (values ('link_user', 'whatsapp_user'), ('link_phone', 'phone')) as l (effect, kind)
                join frontdesk.contacts c on c.id = t.contact
                where t.going and t.effects ? l.effect and c.id = any (contacts) -- as above: only look-ups by key
            ) n
            -- No NOT EXISTS, for the same reason: it becomes a join.
            where (select a.contact_id from frontdesk.addresses a
                   where a.brand = n.brand and a.kind = n.kind and a.address = n.address limit 1) is null
        ),
        opted_out as (
            delete from frontdesk.opt_outs o using news n where o.address_hash = n.hash
            returning o.address_hash, o.opted_out_at
        )
        insert into frontdesk.addresses (brand, kind, address, contact_id, opted_out_at)
        select n.brand, n.kind, n.address, n.contact,
               coalesce((select min(a.opted_out_at) from frontdesk.addresses a where a.contact_id = n.contact),
                        o.opted_out_at)
        from news n left join opted_out o on o.address_hash = n.hash
        on conflict do nothing;
    end if;
    if exists (select from unnest(effects) e where e ? 'drops_phone') then
        -- Only who has the new number gives the old one up. It stays opted out, whoever gets it next.
        with dropped as (
            delete from frontdesk.addresses a
            using unnest(going, contacts, effects) as t (going, contact, effects), frontdesk.addresses n
            where t.going and a.contact_id = t.contact and a.kind = 'phone' and a.address = t.effects ->> 'drops_phone'
              and n.contact_id = t.contact and n.kind = 'phone' and n.address = t.effects ->> 'link_phone'
              and a.contact_id = any (contacts) -- as above: only look-ups by key
            returning a.brand, a.kind, a.address, a.opted_out_at
        )
        insert into frontdesk.opt_outs (address_hash, opted_out_at)
        select frontdesk.address_hash(d.brand, d.kind, d.address), d.opted_out_at
        from dropped d where d.opted_out_at is not null
        on conflict do nothing;
    end if;
end $$;
comment on function frontdesk.link_addresses is 'Gives contacts the further addresses that a signed webhook showed, and takes from them the number that they have changed.';
