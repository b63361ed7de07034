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

-- Whose phone was off when we wrote may write while that still waits: what they are told then must not wait behind it.
create function frontdesk.is_repeat(state text, provider_id text, due_at timestamptz) returns boolean
    language sql stable
    return state = 'waiting' and provider_id is not null and due_at > now();
comment on function frontdesk.is_repeat is
    'Was that message taken by its provider in its turn, and is only later to be tried again? Then none waits for it.';

-- Leases up to `most` messages that may be sent now: due, and the first of their lane that is not settled.
--
-- Something that was tried before may have been overtaken: an answer that no response brought since its worker died, or
-- a message that the provider took and then could not deliver. Meanwhile the person went on, and was told something
-- newer, which says it better.
create or replace function frontdesk.claim_outbox(most integer, lease_seconds integer)
    returns table (id bigint, channel text, account text, recipient jsonb, payload jsonb, attempts integer,
                   age_seconds integer)
    language plpgsql as $$
begin
    -- Whose worker died is anybody's again.
    update frontdesk.outbox o set state = frontdesk.state_again(o.session_id, o.created_at), lease_until = null
    where o.state = 'leased' and o.lease_until < now();
    return query
    with due as (
        select o.id, o.week,
               o.attempts > 0 and exists (select from frontdesk.outbox l
                                          where l.session_id = o.session_id and l.id > o.id
                                            and l.state in ('leased', 'sent', 'delivered', 'read')) as is_overtaken
        from frontdesk.outbox o
        where o.state = 'waiting' and o.due_at <= now()
          -- No NOT EXISTS: planned while there are few messages, it would compare each with all when there are many.
          and (select e.id from frontdesk.outbox e
               where e.lane = o.lane and e.id < o.id and e.state in ('waiting', 'leased')
                 and not frontdesk.is_repeat(e.state, e.provider_id, e.due_at) limit 1) is null
        order by o.due_at, o.id
        limit most
        for update skip locked
    ),
    overtaken as (
        update frontdesk.outbox o set state = 'superseded', settled_at = now()
        from due where o.id = due.id and o.week = due.week and o.state = 'waiting' and due.is_overtaken
    )
    update frontdesk.outbox o
    set state = 'leased', lease_until = now() + make_interval(secs => lease_seconds), attempts = o.attempts + 1
    from due where o.id = due.id and o.week = due.week and o.state = 'waiting' and not due.is_overtaken
    returning o.id, o.channel::text, o.account, o.recipient, o.payload, o.attempts,
              extract(epoch from now() - o.created_at)::integer;
end $$;
comment on function frontdesk.claim_outbox is 'Leases messages to the calling worker; each lane gives one at a time.';

-- An SMS can be answered in the webhook's response, at once; what was said to the same person before may still wait for its
-- call of the provider. Then the reply waits too, and leaves by a call, behind it. Replies in the response of an earlier
-- webhook don't count: they left when it was answered. Nor does what a call hears.
--
-- People answer in bubbles: "Asha", "15 aug 1990", "pune". Where the next message of a person waits already when the
-- question to the one before is written, that question is held for a moment (mode `held`). The next turn, should it ask
-- something itself, says it better and supersedes the held one in its own commit (effect `overtakes`); else the held one
-- leaves when the moment is over.
create or replace function frontdesk.put_replies(
    going boolean[], keys uuid[], channels text[], sessions uuid[], effects jsonb[],
    out_turns integer[], out_lanes bigint[], out_accounts text[], out_recipients jsonb[], out_payloads jsonb[],
    out_modes text[], lease_seconds integer, out ids bigint[], out leased boolean[]
)
    language plpgsql as $$
begin
    if cardinality(out_turns) = 0 then
        return;
    end if;
    if exists (select from unnest(effects) e where e ? 'overtakes') then
        update frontdesk.outbox o set state = 'superseded', settled_at = now()
        from unnest(going, sessions, effects) as t (going, session, effects)
        where t.going and t.effects ? 'overtakes' and o.session_id = t.session and o.yields and o.state = 'waiting'
          and o.session_id = any (sessions); -- says nothing new, but leaves the planner only look-ups by key
    end if;
    with replies as (
        insert into frontdesk.outbox
            (week, lane, session_id, message_key, channel, account, recipient, payload, state, attempts, lease_until,
             settled_at, is_farewell, is_inline, yields, due_at)
        select frontdesk.week_of(now()), o.lane, sessions[o.turn], keys[o.turn],
               case when o.mode = 'text' then 'sms' else channels[o.turn] end::public.onboarding_channel,
               o.account, o.recipient, o.payload, first.state,
               case when first.state = 'waiting' then 0 else 1 end,
               case when first.state = 'leased' then now() + make_interval(secs => lease_seconds) end,
               case when first.state = 'sent' then now() end,
               coalesce(effects[o.turn] ? 'erases', false),
               o.mode = 'reply' and first.state = 'leased',
               o.mode = 'held',
               case when o.mode = 'held' then now() + interval '2 seconds' else now() end
        from unnest(out_turns, out_lanes, out_accounts, out_recipients, out_payloads, out_modes) with ordinality
            as o (turn, lane, account, recipient, payload, mode, ord)
        cross join lateral (
            select case when o.mode = 'said' then 'sent'
                        when o.mode = 'held' then 'waiting'
                        when o.mode = 'reply' and channels[o.turn] = 'voice' then 'leased'
                        -- The replies of one turn leave together; none of them is seen here yet.
                        when o.mode = 'reply' then
                            coalesce((select 'waiting' from frontdesk.outbox e
                                      where e.lane = o.lane and e.state in ('waiting', 'leased')
                                        and not frontdesk.is_repeat(e.state, e.provider_id, e.due_at)
                                        and e.channel <> 'voice' and (e.state = 'waiting' or not e.is_inline)
                                      limit 1), 'leased')
                        when out_turns[o.ord - 1] = o.turn then 'waiting'
                        -- No EXISTS: the planner would rather hash every message that waits.
                        else coalesce((select 'waiting' from frontdesk.outbox e
                                       where e.lane = o.lane and e.state in ('waiting', 'leased')
                                         and not frontdesk.is_repeat(e.state, e.provider_id, e.due_at)
                                       limit 1), 'leased')
                   end as state
            offset 0 -- worked out once, not at each use
        ) first
        where going[o.turn]
        order by o.ord
        returning id, state = 'leased' as is_leased
    )
    select array_agg(r.id), array_agg(r.is_leased) into ids, leased from replies r;
end $$;
comment on function frontdesk.put_replies is
    'Puts the replies of the turns into the outbox; gives their ids and which are leased to the caller, in their order.';

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
