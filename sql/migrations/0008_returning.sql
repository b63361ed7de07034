-- How does somebody have several sessions, one after the other or side by side, of which one is open?
--
-- Who comes back to an unfinished session may begin another. The one that is left stays as it is, but is no longer the
-- one that their address opens: the turn that begins the new one says so in its effects (`leaves`), in the same commit.

-- Only as the turn found it: where it has moved meanwhile it stays open, and the new one can't begin (a conflict, so
-- that the turn is taken again). Both rows move, so that whoever is at the left one notices.
create function frontdesk.leave_sessions(going boolean[], effects jsonb[]) returns void
    language plpgsql as $$
declare
    leaving record;
begin
    if not exists (select from unnest(effects) e where e ? 'leaves') then
        return;
    end if;
    for leaving in
        select (t.effects #>> '{leaves,session}')::uuid as session, (t.effects #>> '{leaves,version}')::bigint as version
        from unnest(going, effects) as t (going, effects)
        where t.going and t.effects ? 'leaves'
    loop
        update public.instant_onboarding_sessions s set status = s.status
        where s.id = leaving.session
          and (select c.version from frontdesk.conversations c where c.session_id = s.id) = leaving.version;
        update frontdesk.conversations c set is_open = false, version = c.version + 1
        where c.session_id = leaving.session and c.version = leaving.version;
        delete from frontdesk.waits w where w.session_id = leaving.session;
    end loop;
end $$;
comment on function frontdesk.leave_sessions is 'Closes the unfinished sessions whose people begin another with these turns.';

-- As before, but a conversation that was left is not opened again by what still moves it (its key, a chart).
create or replace function frontdesk.move_conversations(
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

-- ---- Silence ----
--
-- The first thing said in a session asks to be woken (effect `wakes`, at_ms). Whatever is said later leaves the row alone:
-- the turn that the waking is finds out how long its person has really been silent, and puts the row off, or is the last.

create function frontdesk.plan_wakes(going boolean[], sessions uuid[], effects jsonb[]) returns void
    language plpgsql as $$
begin
    if not exists (select from unnest(effects) e where e ? 'wakes') then
        return;
    end if;
    delete from frontdesk.waits w
    using unnest(going, sessions, effects) as t (going, session, effects)
    where t.going and t.effects ? 'wakes' and not t.effects -> 'wakes' ? 'at_ms'
      and w.session_id = t.session and w.session_id = any (sessions) and w.kind = 'nudge';
    insert into frontdesk.waits (session_id, kind, due_at)
    select t.session, 'nudge', to_timestamp((t.effects #>> '{wakes,at_ms}')::bigint / 1000.0)
    from unnest(going, sessions, effects) as t (going, session, effects)
    where t.going and t.session is not null and t.effects -> 'wakes' ? 'at_ms'
    on conflict (session_id, kind) do update set due_at = excluded.due_at;
end $$;
comment on function frontdesk.plan_wakes is 'Notes when the sessions of these turns are to be looked at, should they be silent.';

-- A row that is taken is put off by the lease: the turn that it leads to settles it for good.
create function frontdesk.claim_waits(most integer, lease_seconds integer)
    returns table (session_id uuid, version bigint)
    language sql
begin atomic
    with due as (
        select w.session_id, w.kind from frontdesk.waits w
        where w.due_at <= now()
        order by w.due_at
        limit most
        for update skip locked
    ),
    standing as (
        select d.session_id, d.kind, c.version,
               coalesce(c.is_open and s.status = 'collecting_data', false) as is_open
        from due d
        left join frontdesk.conversations c on c.session_id = d.session_id
        left join public.instant_onboarding_sessions s on s.id = d.session_id
    ),
    gone as (
        delete from frontdesk.waits w using standing t
        where w.session_id = t.session_id and w.kind = t.kind and not t.is_open
    )
    update frontdesk.waits w set due_at = now() + make_interval(secs => lease_seconds)
    from standing t
    where w.session_id = t.session_id and w.kind = t.kind and t.is_open
    returning t.session_id, t.version;
end;
comment on function frontdesk.claim_waits is
    'Leases the sessions that are due to be looked at to the calling worker; forgets those that nobody waits for any more.';

-- As before, but sessions are left first, and silence is waited for.
create or replace function frontdesk.commit_turns(
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
        elsif result = 'committed' and effects[i] ?| '{opts_out, opts_in, profile, jobs, erases}' then
            perform frontdesk.apply_effects(sessions[i], contacts[i], effects[i]);
        end if;
        return next;
    end loop;
end $$;
