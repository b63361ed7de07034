-- How does a turn become durable?
--
-- commit_turns takes up to 64 turns at once (one array element a turn), each either wholly done or not at all:
-- the input recorded, the session and its conversation moved, the replies in the outbox, the effects asked for.
-- One statement does one thing for all of them, since most of a statement's cost is in starting it: its locks, its
-- partitions, its checks (measured: a third of the time of a loop over the turns).
--
-- So a batch must not hold a message or a session twice: an UPDATE joined with two rows for one session silently
-- applies only one. The gateway never sends such a batch, and commit_turns refuses it.
--
-- Each step is told which turns are still going and says which go on. A turn stops without a trace: as a duplicate
-- when its input was there before, as a conflict when somebody else was faster.

create function frontdesk.among(wanted uuid[], there uuid[]) returns boolean[]
    language plpgsql immutable as $$
begin
    if cardinality(there) = cardinality(wanted) then
        return array_fill(true, array[cardinality(wanted)]);
    end if;
    return array(select w = any (there) from unnest(wanted) with ordinality as t (w, ord) order by ord);
end $$;
comment on function frontdesk.among is 'Which of the wanted, each standing once, are there, in their order.';

create function frontdesk.take_inputs(
    keys uuid[], channels text[], sessions uuid[], kinds text[], said jsonb[], said_at timestamptz[], answers jsonb[]
) returns boolean[]
    language plpgsql as $$
declare
    fresh uuid[];
begin
    with taken as (
        insert into frontdesk.inbound (message_key, week, channel, session_id, kind, said, said_at, answer)
        select t.key, frontdesk.week_of(now()), t.channel::public.onboarding_channel, t.session, t.kind, t.said, t.said_at,
               t.answer
        from unnest(keys, channels, sessions, kinds, said, said_at, answers) with ordinality
            as t (key, channel, session, kind, said, said_at, answer, ord)
        order by t.ord
        on conflict do nothing
        returning message_key
    )
    select coalesce(array_agg(taken.message_key), '{}') into fresh from taken;
    return frontdesk.among(keys, fresh);
end $$;
comment on function frontdesk.take_inputs is 'Records inputs; gives which of them were not recorded before.';

create function frontdesk.meet_contacts(
    going boolean[], is_new_contact boolean[], contacts uuid[], brands text[], profile_names text[], phones text[],
    whatsapp_users text[]
) returns boolean[]
    language plpgsql as $$
declare
    met uuid[];
begin
    if true <> all (is_new_contact) then
        return going;
    end if;
    insert into frontdesk.contacts (id, brand, profile_name)
    select t.contact, t.brand, t.profile_name
    from unnest(going, is_new_contact, contacts, brands, profile_names) as t (going, is_new, contact, brand, profile_name)
    where t.going and t.is_new;

    -- Whoever opted out and was erased stays opted out. The phone number, where there is one, says who it is.
    with news as materialized (
        select t.contact, t.brand, a.kind, a.address, a.kind = 'phone' or t.phone is null as is_main, t.ord,
               frontdesk.address_hash(t.brand, a.kind, a.address) as hash
        from unnest(going, is_new_contact, contacts, brands, phones, whatsapp_users) with ordinality
            as t (going, is_new, contact, brand, phone, whatsapp_user, ord)
        cross join lateral (values ('phone', t.phone), ('whatsapp_user', t.whatsapp_user)) as a (kind, address)
        where t.going and t.is_new and a.address is not null
    ),
    opted_out as (
        delete from frontdesk.opt_outs o using news n where o.address_hash = n.hash
        returning o.address_hash, o.opted_out_at
    ),
    made as (
        insert into frontdesk.addresses (brand, kind, address, contact_id, opted_out_at)
        select n.brand, n.kind, n.address, n.contact, o.opted_out_at
        from news n left join opted_out o on o.address_hash = n.hash
        order by n.ord, n.kind
        on conflict do nothing
        returning contact_id, kind
    )
    select coalesce(array_agg(n.contact), '{}') into met
    from made m join news n on n.contact = m.contact_id and n.kind = m.kind
    where n.is_main;

    for i in 1 .. cardinality(going) loop
        if going[i] and is_new_contact[i] and contacts[i] <> all (met) then
            delete from frontdesk.contacts c where c.id = contacts[i];
            going[i] := false;
        end if;
    end loop;
    return going;
end $$;
comment on function frontdesk.meet_contacts is
    'Makes contacts with their addresses; who stops going was just made by another worker.';

create function frontdesk.begin_sessions(
    going boolean[], sessions uuid[], is_new boolean[], channels text[], session_keys text[], statuses text[],
    languages text[], phones text[], datas jsonb[], current_steps integer[], steps jsonb[], contacts uuid[],
    is_new_contact boolean[], flows text[]
) returns void
    language plpgsql as $$
begin
    if true <> all (is_new) then
        return;
    end if;
    for i in 1 .. cardinality(going) loop
        if going[i] and is_new[i] and not is_new_contact[i] then
            -- An operator may have finished the earlier session by hand.
            update frontdesk.conversations c set is_open = false
            from public.instant_onboarding_sessions s
            where c.contact_id = contacts[i] and c.flow = flows[i] and c.is_open
              and s.id = c.session_id and s.status in ('completed', 'failed');
        end if;
    end loop;
    insert into public.instant_onboarding_sessions
        (id, session_key, channel, status, language, user_id, phone_number, collected_data, current_step,
         steps_completed, completed_at)
    select t.session, t.session_key, t.channel::public.onboarding_channel, t.status::public.session_status, t.language,
           null, t.phone, t.data, t.current_step, t.steps,
           case when t.status in ('completed', 'failed') then now() end
    from unnest(going, sessions, is_new, channels, session_keys, statuses, languages, phones, datas, current_steps, steps)
        as t (going, session, is_new, channel, session_key, status, language, phone, data, current_step, steps)
    where t.going and t.is_new and t.session is not null;
end $$;
comment on function frontdesk.begin_sessions is 'Makes the sessions that begin with these turns.';

create function frontdesk.move_sessions(
    going boolean[], sessions uuid[], is_new boolean[], loaded_at timestamptz[], statuses text[], languages text[],
    datas jsonb[], current_steps integer[], steps jsonb[]
) returns uuid[]
    language plpgsql as $$
declare
    moved uuid[];
begin
    with moving as (
        update public.instant_onboarding_sessions s
        set status = t.status::public.session_status, language = t.language, collected_data = t.data,
            current_step = t.current_step, steps_completed = t.steps,
            completed_at = case when t.status in ('completed', 'failed') then coalesce(s.completed_at, now()) end
        from unnest(going, sessions, is_new, loaded_at, statuses, languages, datas, current_steps, steps)
            as t (going, session, is_new, loaded_at, status, language, data, current_step, steps)
        where t.going and not t.is_new and s.id = t.session and s.updated_at = t.loaded_at
          and s.id = any (sessions) -- says nothing new, but leaves the planner only look-ups by key: it knows
                                    -- neither how many turns come nor how the tables will have grown
        returning s.id
    )
    select coalesce(array_agg(id), '{}') into moved from moving;
    return moved;
end $$;
comment on function frontdesk.move_sessions is
    'Moves the sessions that are still as they were loaded; gives which those are.';

create function frontdesk.move_conversations(
    going boolean[], sessions uuid[], is_new boolean[], versions bigint[], moved uuid[], statuses text[], contacts uuid[],
    flows text[], flow_versions text[], memories jsonb[], guards jsonb[]
) returns boolean[]
    language plpgsql as $$
declare
    begun uuid[] := '{}';
    continued uuid[];
begin
    if 1 = any (versions) then
        with beginning as (
            insert into frontdesk.conversations
                (session_id, contact_id, flow, flow_version, version, is_open, memory, guard)
            select t.session, t.contact, t.flow, t.flow_version, 1, t.status not in ('completed', 'failed'), t.memory, t.guard
            from unnest(going, sessions, is_new, versions, statuses, contacts, flows, flow_versions, memories, guards)
                with ordinality
                as t (going, session, is_new, version, status, contact, flow, flow_version, memory, guard, ord)
            where t.going and t.version = 1 and t.session is not null and (t.is_new or t.session = any (moved))
            order by t.ord
            on conflict do nothing
            returning session_id
        )
        select coalesce(array_agg(session_id), '{}') into begun from beginning;
    end if;
    with continuing as (
        update frontdesk.conversations c
        set version = t.version, memory = t.memory, guard = t.guard, last_input_at = now(),
            -- What was left is not opened again by what still moves it (its key, a chart).
            is_open = c.is_open and t.status not in ('completed', 'failed')
        from unnest(sessions, versions, statuses, memories, guards) as t (session, version, status, memory, guard)
        where c.session_id = any (moved) and c.session_id = t.session and c.version = t.version - 1
        returning c.session_id
    )
    select coalesce(array_agg(session_id), '{}') into continued from continuing;

    for i in 1 .. cardinality(going) loop
        continue when not going[i] or sessions[i] is null or sessions[i] = any (begun || continued);
        if sessions[i] = any (moved) then
            -- Every turn moves both rows, so this is somebody's hand: start the batch again from the load.
            raise exception 'the conversation of session % moved without its session', sessions[i]
                using errcode = 'serialization_failure';
        elsif is_new[i] then
            delete from public.instant_onboarding_sessions s where s.id = sessions[i];
        end if;
        going[i] := false;
    end loop;
    return going;
end $$;
comment on function frontdesk.move_conversations is
    'Begins or moves the conversations of new and moved sessions; who stops going lost its session to somebody else.';

-- An SMS can be answered in the webhook's response, at once; what was said to the same person before may still wait for its
-- call of the provider. Then the reply waits too, and leaves by a call, behind it. Replies in the response of an earlier
-- webhook don't count: they left when it was answered. Nor does what a call hears.
--
-- People answer in bubbles: "Asha", "15 aug 1990", "pune". Where the next message of a person waits already when the
-- question to the one before is written, that question is held for a moment (mode `held`). The next turn, should it ask
-- something itself, says it better and supersedes the held one in its own commit (effect `overtakes`); else the held one
-- leaves when the moment is over.
create function frontdesk.put_replies(
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
                                        and e.channel <> 'voice' and (e.state = 'waiting' or not e.is_inline)
                                      limit 1), 'leased')
                        when out_turns[o.ord - 1] = o.turn then 'waiting'
                        -- No EXISTS: the planner would rather hash every message that waits.
                        else coalesce((select 'waiting' from frontdesk.outbox e
                                       where e.lane = o.lane and e.state in ('waiting', 'leased') limit 1), 'leased')
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

create function frontdesk.link_addresses(going boolean[], contacts uuid[], effects jsonb[]) returns void
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
end $$;
comment on function frontdesk.link_addresses is 'Gives contacts the further addresses that a signed webhook showed.';

-- What this very turn says (created_at is the transaction's time) is the answer to the wish itself, and goes out.
create function frontdesk.hold_back(of_contact uuid) returns void
    language sql
begin atomic
    update frontdesk.outbox o set state = 'superseded', settled_at = now()
    from frontdesk.conversations c
    where c.contact_id = of_contact and o.session_id = c.session_id and o.state = 'waiting' and o.created_at < now();
end;
comment on function frontdesk.hold_back is 'Withdraws what still waits for somebody who wants to hear no more.';

create function frontdesk.apply_effects(of_session uuid, of_contact uuid, effects jsonb) returns void
    language plpgsql as $$
begin
    if effects ? 'opts_out' then
        update frontdesk.addresses set opted_out_at = coalesce(opted_out_at, now()) where contact_id = of_contact;
        perform frontdesk.hold_back(of_contact);
    end if;
    if effects ? 'opts_in' then
        update frontdesk.addresses set opted_out_at = null where contact_id = of_contact;
    end if;
    if effects ? 'profile' then
        -- One a session, whatever happens: a second chart of the same session leaves the first as it is.
        with made as (
            insert into public.instant_onboarding_profiles (session_id, user_id, profile_id, channel, time_taken_seconds)
            select s.id, s.user_id, (effects #>> '{profile,id}')::uuid, s.channel,
                   greatest(0, extract(epoch from now() - s.created_at))::integer
            from public.instant_onboarding_sessions s where s.id = of_session
            on conflict (session_id) do nothing
            returning profile_id
        )
        insert into frontdesk.charts (profile_id, chart)
        select made.profile_id, effects #> '{profile,chart}' from made;
        update public.instant_onboarding_sessions set chart_generated = true where id = of_session;
    end if;
    if effects ? 'jobs' then
        insert into frontdesk.jobs (kind, session_id, payload)
        select job.key, of_session, job.value from jsonb_each(effects -> 'jobs') job
        -- A chart is asked for again when its person had to say which of two moments was meant: a job of another name,
        -- so that what is still being done about the first can't settle it.
        on conflict (session_id, kind) where kind <> 'transcribe' do update
            set id = gen_random_uuid(), payload = excluded.payload, state = 'waiting', attempts = 0, due_at = now(),
                lease_until = null, last_error = null
            where jobs.kind = 'chart';
    end if;
    if effects ? 'ticket' then
        perform frontdesk.move_ticket(of_session, effects -> 'ticket');
    end if;
    if effects ? 'audit' then
        perform frontdesk.audit(effects #>> '{audit,operator}', effects #>> '{audit,action}', of_session,
                                effects #>> '{audit,why}', effects #> '{audit,detail}');
    end if;
    if effects ? 'erases' then
        perform frontdesk.forget(of_session);
    end if;
end $$;
comment on function frontdesk.apply_effects is 'The rarer consequences of a turn.';

create function frontdesk.forget(of_session uuid) returns void
    language plpgsql as $$
declare
    person uuid := (select contact_id from frontdesk.conversations where session_id = of_session);
    theirs uuid[] := array(select session_id from frontdesk.conversations where contact_id = person)
                     || of_session;
begin
    insert into frontdesk.opt_outs (address_hash, opted_out_at)
    select frontdesk.address_hash(brand, kind, address), opted_out_at
    from frontdesk.addresses where contact_id = person and opted_out_at is not null
    on conflict do nothing;
    update frontdesk.inbound set said = null, answer = null, session_id = null where session_id = any (theirs);
    -- A farewell that the response itself says is not waited for.
    delete from frontdesk.outbox where session_id = any (theirs) and not (is_farewell and state in ('waiting', 'leased'));
    update frontdesk.outbox set session_id = null where session_id = any (theirs);
    delete from public.instant_onboarding_sessions where id = any (theirs);
    delete from frontdesk.contacts where id = person;
end $$;
comment on function frontdesk.forget is
    'Erases one person everywhere: leaves hashes of message ids, of opted-out addresses, and the farewell until sent.';

create function frontdesk.commit_turns(
    keys uuid[], channels text[], kinds text[], said jsonb[], said_at timestamptz[], answers jsonb[],
    sessions uuid[], is_new boolean[], versions bigint[], loaded_at timestamptz[],
    session_keys text[], statuses text[], languages text[], datas jsonb[], current_steps integer[], steps jsonb[],
    phones text[],
    contacts uuid[], is_new_contact boolean[], brands text[], profile_names text[], contact_phones text[],
    contact_users text[],
    flows text[], flow_versions text[], memories jsonb[], guards jsonb[], effects jsonb[],
    out_turns integer[], out_lanes bigint[], out_accounts text[], out_recipients jsonb[], out_payloads jsonb[],
    out_modes text[], lease_seconds integer
) returns table (result text, outbox_ids text, leased text)
    language plpgsql as $$
declare
    fresh boolean[];
    going boolean[];
    moved uuid[];
    ids bigint[];
    is_leased boolean[];
    next_out integer := 1;
    next_id integer := 1;
begin
    if (select count(s) <> count(distinct s) from unnest(sessions) s) then
        raise exception 'a session stands twice in one batch';
    end if;
    fresh := frontdesk.take_inputs(keys, channels, sessions, kinds, said, said_at, answers);
    going := frontdesk.meet_contacts(fresh, is_new_contact, contacts, brands, profile_names, contact_phones, contact_users);
    perform frontdesk.leave_sessions(going, effects);
    perform frontdesk.begin_sessions(going, sessions, is_new, channels, session_keys, statuses, languages, phones, datas,
                                     current_steps, steps, contacts, is_new_contact, flows);
    moved := frontdesk.move_sessions(going, sessions, is_new, loaded_at, statuses, languages, datas, current_steps, steps);
    going := frontdesk.move_conversations(going, sessions, is_new, versions, moved, statuses, contacts, flows,
                                          flow_versions, memories, guards);
    select r.ids, r.leased into ids, is_leased
    from frontdesk.put_replies(going, keys, channels, sessions, effects, out_turns, out_lanes, out_accounts,
                               out_recipients, out_payloads, out_modes, lease_seconds) r;
    perform frontdesk.link_addresses(going, contacts, effects);
    perform frontdesk.plan_wakes(going, sessions, effects);

    for i in 1 .. cardinality(keys) loop
        result := case when going[i] then 'committed' when fresh[i] then 'conflict' else 'duplicate' end;
        outbox_ids := '';
        leased := '';
        while next_out <= cardinality(out_turns) and out_turns[next_out] = i loop
            if going[i] then
                outbox_ids := outbox_ids || ids[next_id] || ' ';
                leased := leased || case when is_leased[next_id] then 'y' else 'n' end;
                next_id := next_id + 1;
            end if;
            next_out := next_out + 1;
        end loop;
        if result = 'conflict' then
            delete from frontdesk.inbound b where b.message_key = keys[i] and b.week = frontdesk.week_of(now());
            delete from frontdesk.contacts c where c.id = contacts[i] and is_new_contact[i];
        elsif result = 'committed' and effects[i] ?| '{opts_out, opts_in, profile, jobs, audit, ticket, erases}' then
            perform frontdesk.apply_effects(sessions[i], contacts[i], effects[i]);
        end if;
        return next;
    end loop;
end $$;
comment on function frontdesk.commit_turns is
    'Commits a batch of turns; one row a turn, in order: what became of it (committed; duplicate: this input was taken before; '
    'conflict: somebody else moved the session or made the contact since it was loaded), and the ids of its replies.';
