-- How does what is to be said leave, and how does its fate come back?

-- Whoever opted out after a message was written must not get it by a later try.
create function frontdesk.state_again(of_session uuid, written_at timestamptz) returns text
    language sql stable
    return case when exists (
        select from frontdesk.conversations c join frontdesk.addresses a on a.contact_id = c.contact_id
        where c.session_id = of_session and a.opted_out_at > written_at
    ) then 'superseded' else 'waiting' end;
comment on function frontdesk.state_again is 'The state of a message that is to be tried again.';

-- Leases up to `most` messages that may be sent now: due, and the first of their lane that is not settled.
--
-- Something that was tried before may have been overtaken: an answer that no response brought since its worker died, or
-- a message that the provider took and then could not deliver. Meanwhile the person went on, and was told something
-- newer, which says it better.
create function frontdesk.claim_outbox(most integer, lease_seconds integer)
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
          and not exists (select from frontdesk.outbox e
                          where e.lane = o.lane and e.id < o.id and e.state in ('waiting', 'leased'))
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

create function frontdesk.settle_leased(
    first_week date, last_week date, ids bigint[], outcomes text[], provider_ids text[], delays bigint[],
    error_codes bigint[], error_titles text[], tries bigint[]
) returns table (id bigint, is_farewell boolean)
    language plpgsql as $$
declare
    -- As a variable: with the word itself the planner may read the whole index of pending messages instead.
    from_state constant text := 'leased';
begin
    return query
    update frontdesk.outbox o
    set state = case when t.outcome in ('waiting', 'returned') then frontdesk.state_again(o.session_id, o.created_at)
                     else t.outcome end,
        attempts = o.attempts - case t.outcome when 'returned' then 1 else 0 end,
        provider_id = coalesce(t.provider_id, o.provider_id),
        lease_until = null,
        due_at = case when t.outcome in ('waiting', 'returned') then now() + make_interval(secs => t.delay / 1000.0)
                      else o.due_at end,
        settled_at = case when t.outcome not in ('waiting', 'returned') then now() end,
        error_code = t.error_code,
        error_title = t.error_title
    from unnest(ids, outcomes, provider_ids, delays, error_codes, error_titles, tries)
        as t (id, outcome, provider_id, delay, error_code, error_title, try)
    where o.id = t.id and o.week between first_week and last_week and o.state = from_state
      -- Whoever comes after their lease ran out has only the news that it was sent: the next holder decides.
      and (o.attempts = t.try or t.outcome = 'sent')
      and o.id = any (ids) -- says nothing new, but leaves the planner only look-ups by key
    returning o.id, o.is_farewell;
end $$;
comment on function frontdesk.settle_leased is 'Settles those of the messages that are leased and were written in these weeks.';

-- What came of sending: sent, failed, superseded (its time has passed), waiting (again, after delays[i] ms), returned (as
-- waiting, but it was not tried, which costs it none of its attempts).
create function frontdesk.settle_outbox(
    ids bigint[], outcomes text[], provider_ids text[], delays bigint[], error_codes bigint[], error_titles text[],
    opt_outs boolean[], tries bigint[]
) returns void
    language plpgsql as $$
declare
    this_week constant date := frontdesk.week_of(now());
    settled bigint[];
    settled_before bigint[] := '{}';
    has_farewell boolean;
begin
    if (select count(*) <> count(distinct id) from unnest(ids) id) then
        -- An UPDATE would apply only one of two for the same message.
        for i in 1 .. cardinality(ids) loop
            perform frontdesk.settle_outbox(ids[i:i], outcomes[i:i], provider_ids[i:i], delays[i:i], error_codes[i:i],
                                            error_titles[i:i], opt_outs[i:i], tries[i:i]);
        end loop;
        return;
    end if;
    -- Nearly all were written this week: the other weeks' partitions are not looked at for them.
    select coalesce(array_agg(s.id), '{}'), bool_or(s.is_farewell) into settled, has_farewell
    from frontdesk.settle_leased(this_week, this_week, ids, outcomes, provider_ids, delays, error_codes, error_titles, tries) s;
    if cardinality(settled) < cardinality(ids) then
        select coalesce(array_agg(s.id), '{}'), bool_or(s.is_farewell) or has_farewell into settled_before, has_farewell
        from frontdesk.settle_leased('-infinity', 'infinity', ids, outcomes, provider_ids, delays, error_codes, error_titles, tries) s;
        -- A status came before the provider's answer was stored: only the id is news.
        update frontdesk.outbox o set provider_id = t.provider_id
        from unnest(ids, provider_ids) as t (id, provider_id)
        where o.id = t.id and t.id <> all (settled || settled_before) and o.provider_id is null
          and o.state in ('sent', 'delivered', 'read', 'failed');
    end if;
    if true = any (opt_outs) then
        perform frontdesk.opt_out_of(t.id) from unnest(ids, opt_outs) as t (id, is_opt_out) where t.is_opt_out;
    end if;
    if has_farewell then
        delete from frontdesk.outbox o
        where o.id = any (ids) and o.is_farewell and o.state in ('sent', 'delivered', 'read', 'failed');
    end if;
end $$;
comment on function frontdesk.settle_outbox is 'Records what came of sending a batch of leased messages.';

create function frontdesk.opt_out_of(outbox_id bigint) returns void
    language sql
begin atomic
    update frontdesk.addresses a set opted_out_at = coalesce(a.opted_out_at, now())
    from frontdesk.outbox o join frontdesk.conversations c on c.session_id = o.session_id
    where o.id = outbox_id and a.contact_id = c.contact_id;
    select frontdesk.hold_back(c.contact_id)
    from frontdesk.outbox o join frontdesk.conversations c on c.session_id = o.session_id
    where o.id = outbox_id;
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
        select o.id, o.week, o.state, o.attempts, o.is_farewell, o.session_id, o.created_at into message from frontdesk.outbox o
        where (o.provider_id = provider_ids[i] or (outbox_ids[i] is not null and o.id = outbox_ids[i]))
          and o.channel = channels[i]::public.onboarding_channel
        limit 1 for update;
        continue when not found;
        known := known + 1;
        new_state := case
            when statuses[i] = 'failed' and message.state in ('waiting', 'leased', 'sent') then
                case when retryable[i] and message.attempts < 3
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
            due_at = case when new_state = 'waiting' then now() + interval '10 minutes' * o.attempts else o.due_at end,
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
