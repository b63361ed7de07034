-- How does what is to be said leave, and how does its fate come back?

-- Leases up to `most` messages that may be sent now: due, and the first of their lane that is not settled.
create function frontdesk.claim_outbox(most integer, lease_seconds integer)
    returns table (id bigint, channel text, account text, recipient jsonb, payload jsonb, attempts integer,
                   age_seconds integer)
    language plpgsql as $$
begin
    -- Whose worker died is anybody's again.
    update frontdesk.outbox o set state = 'waiting', lease_until = null
    where o.state = 'leased' and o.lease_until < now();
    return query
    with due as (
        select o.id, o.week from frontdesk.outbox o
        where o.state = 'waiting' and o.due_at <= now()
          and not exists (select from frontdesk.outbox e
                          where e.lane = o.lane and e.id < o.id and e.state in ('waiting', 'leased'))
        order by o.due_at, o.id
        limit most
        for update skip locked
    )
    update frontdesk.outbox o
    set state = 'leased', lease_until = now() + make_interval(secs => lease_seconds), attempts = o.attempts + 1
    from due where o.id = due.id and o.week = due.week and o.state = 'waiting'
    returning o.id, o.channel::text, o.account, o.recipient, o.payload, o.attempts,
              extract(epoch from now() - o.created_at)::integer;
end $$;
comment on function frontdesk.claim_outbox is 'Leases messages to the calling worker; each lane gives one at a time.';

-- What came of sending: sent, waiting (again, after delays[i] ms), failed.
create function frontdesk.settle_outbox(
    ids bigint[], outcomes text[], provider_ids text[], delays bigint[], error_codes bigint[], error_titles text[],
    opt_outs boolean[]
) returns void
    language plpgsql as $$
begin
    for i in 1 .. cardinality(ids) loop
        update frontdesk.outbox o
        set state = outcomes[i],
            provider_id = coalesce(provider_ids[i], o.provider_id),
            lease_until = null,
            due_at = case when outcomes[i] = 'waiting' then now() + make_interval(secs => delays[i] / 1000.0) else o.due_at end,
            settled_at = case when outcomes[i] <> 'waiting' then now() end,
            error_code = error_codes[i],
            error_title = error_titles[i]
        where o.id = ids[i] and o.state = 'leased';
        if not found then
            -- A status came before the provider's answer was stored: only the id is news.
            update frontdesk.outbox o set provider_id = coalesce(o.provider_id, provider_ids[i])
            where o.id = ids[i] and o.state in ('sent', 'delivered', 'read', 'failed');
        end if;
        if opt_outs[i] then
            perform frontdesk.opt_out_of(ids[i]);
        end if;
        delete from frontdesk.outbox o
        where o.id = ids[i] and o.is_farewell and o.state in ('sent', 'delivered', 'read', 'failed');
    end loop;
end $$;
comment on function frontdesk.settle_outbox is 'Records what came of sending a batch of leased messages.';

create function frontdesk.opt_out_of(outbox_id bigint) returns void
    language sql
begin atomic
    update frontdesk.addresses a set opted_out_at = coalesce(a.opted_out_at, now())
    from frontdesk.outbox o join frontdesk.conversations c on c.session_id = o.session_id
    where o.id = outbox_id and a.contact_id = c.contact_id;
end;
comment on function frontdesk.opt_out_of is 'The provider refused a message because its recipient told it to stop us.';

-- Statuses move forward only: waiting, leased < sent < delivered < read; failed never undoes delivered or read.
-- A retryable failure after the provider had accepted goes back to waiting, twice at most.
create function frontdesk.take_receipts(
    channels text[], provider_ids text[], outbox_ids bigint[], statuses text[], error_codes bigint[],
    error_titles text[], retryable boolean[], opt_outs boolean[]
) returns integer
    language plpgsql as $$
declare
    known integer := 0;
    message record;
    new_state text;
begin
    for i in 1 .. cardinality(statuses) loop
        select o.id, o.week, o.state, o.attempts into message from frontdesk.outbox o
        where (o.provider_id = provider_ids[i] or (outbox_ids[i] is not null and o.id = outbox_ids[i]))
          and o.channel = channels[i]::public.onboarding_channel
        limit 1 for update;
        continue when not found;
        known := known + 1;
        new_state := case
            when statuses[i] = 'failed' and message.state in ('waiting', 'leased', 'sent') then
                case when retryable[i] and message.attempts < 3 then 'waiting' else 'failed' end
            when statuses[i] = 'sent' and message.state in ('waiting', 'leased') then 'sent'
            when statuses[i] = 'delivered' and message.state in ('waiting', 'leased', 'sent', 'failed') then 'delivered'
            when statuses[i] = 'read' and message.state in ('waiting', 'leased', 'sent', 'delivered', 'failed') then 'read'
        end;
        update frontdesk.outbox o
        set state = coalesce(new_state, o.state),
            provider_id = coalesce(o.provider_id, provider_ids[i]),
            settled_at = case when new_state = 'waiting' then null else coalesce(o.settled_at, now()) end,
            lease_until = null,
            due_at = case when new_state = 'waiting' then now() + interval '10 minutes' * o.attempts else o.due_at end,
            error_code = case when statuses[i] = 'failed' then error_codes[i] else o.error_code end,
            error_title = case when statuses[i] = 'failed' then error_titles[i] else o.error_title end
        where o.id = message.id and o.week = message.week and (new_state is not null or o.provider_id is null);
        if opt_outs[i] then
            perform frontdesk.opt_out_of(message.id);
        end if;
    end loop;
    return known;
end $$;
comment on function frontdesk.take_receipts is 'Takes a provider''s delivery statuses; gives how many were of messages that we know.';
