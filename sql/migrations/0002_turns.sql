-- How does a turn become durable?
--
-- commit_turns takes up to 64 turns at once (one array element a turn), each either wholly done or not at all:
-- the input recorded, the session and its conversation moved, the replies in the outbox, the effects asked for.
-- A loop inside one call is a few percent slower than a set-based form, and right by construction
-- (a set-based UPDATE with one session twice in it silently applies only one).

create function frontdesk.take_input(
    key uuid, this_week date, by_channel public.onboarding_channel, of_session uuid, of_kind text, what jsonb,
    at timestamptz, answered jsonb
) returns boolean
    language plpgsql as $$
begin
    insert into frontdesk.inbound (message_key, week, channel, session_id, kind, said, said_at, answer)
    values (key, this_week, by_channel, of_session, of_kind, what, at, answered)
    on conflict do nothing;
    return found;
end $$;
comment on function frontdesk.take_input is 'Records an input; false when it was recorded before.';

create function frontdesk.meet_contact(new_contact uuid, of_brand text, name text, phone text, whatsapp_user text)
    returns boolean
    language plpgsql as $$
declare
    was_opted_out timestamptz;
    met boolean := true;
begin
    insert into frontdesk.contacts (id, brand, profile_name) values (new_contact, of_brand, name);
    if phone is not null then
        delete from frontdesk.opt_outs where address_hash = frontdesk.address_hash(of_brand, 'phone', phone)
            returning opted_out_at into was_opted_out;
        insert into frontdesk.addresses (brand, kind, address, contact_id, opted_out_at)
            values (of_brand, 'phone', phone, new_contact, was_opted_out)
            on conflict do nothing;
        met := found;
    end if;
    if met and whatsapp_user is not null then
        delete from frontdesk.opt_outs where address_hash = frontdesk.address_hash(of_brand, 'whatsapp_user', whatsapp_user)
            returning opted_out_at into was_opted_out;
        insert into frontdesk.addresses (brand, kind, address, contact_id, opted_out_at)
            values (of_brand, 'whatsapp_user', whatsapp_user, new_contact, was_opted_out)
            on conflict do nothing;
        met := found or phone is not null;
    end if;
    if not met then
        delete from frontdesk.contacts where id = new_contact;
    end if;
    return met;
end $$;
comment on function frontdesk.meet_contact is
    'Makes a contact with its addresses; false when another worker has just done so.';

create function frontdesk.apply_effects(of_session uuid, of_contact uuid, effects jsonb) returns void
    language plpgsql as $$
begin
    if effects ? 'opts_out' then
        update frontdesk.addresses set opted_out_at = coalesce(opted_out_at, now()) where contact_id = of_contact;
    end if;
    if effects ? 'opts_in' then
        update frontdesk.addresses set opted_out_at = null where contact_id = of_contact;
    end if;
    if effects ? 'link_user' then
        insert into frontdesk.addresses (brand, kind, address, contact_id)
        select c.brand, 'whatsapp_user', effects ->> 'link_user', c.id from frontdesk.contacts c where c.id = of_contact
        on conflict do nothing;
    end if;
    if effects ? 'link_phone' then
        insert into frontdesk.addresses (brand, kind, address, contact_id)
        select c.brand, 'phone', effects ->> 'link_phone', c.id from frontdesk.contacts c where c.id = of_contact
        on conflict do nothing;
    end if;
    insert into frontdesk.jobs (kind, session_id, payload)
    select job.key, of_session, job.value from jsonb_each(effects -> 'jobs') job
    on conflict (session_id, kind) do nothing;
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
    delete from frontdesk.outbox where session_id = any (theirs) and not is_farewell;
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
    this_week constant date := frontdesk.week_of(now());
    next_out integer := 1;
    of_channel public.onboarding_channel;
    new_status public.session_status;
    finished boolean;
    new_state text;
    new_id bigint;
begin
    for i in 1 .. cardinality(keys) loop
        result := 'committed';
        outbox_ids := '';
        leased := '';
        of_channel := channels[i];
        if is_new_contact[i] and not frontdesk.meet_contact(contacts[i], brands[i], profile_names[i],
                                                            contact_phones[i], contact_users[i]) then
            result := 'conflict';
        elsif not frontdesk.take_input(keys[i], this_week, of_channel, sessions[i], kinds[i], said[i], said_at[i], answers[i]) then
            result := 'duplicate';
            if is_new_contact[i] then
                delete from frontdesk.contacts c where c.id = contacts[i];
            end if;
        elsif sessions[i] is not null then
            new_status := statuses[i];
            finished := new_status in ('completed', 'failed');
            if is_new[i] then
                if contacts[i] is not null and not is_new_contact[i] then
                    -- An operator may have finished the earlier session by hand.
                    update frontdesk.conversations c set is_open = false
                    from public.instant_onboarding_sessions s
                    where c.contact_id = contacts[i] and c.flow = flows[i] and c.is_open
                      and s.id = c.session_id and s.status in ('completed', 'failed');
                end if;
                insert into public.instant_onboarding_sessions
                    (id, session_key, channel, status, language, user_id, phone_number, collected_data, current_step,
                     steps_completed, completed_at)
                values (sessions[i], session_keys[i], of_channel, new_status, languages[i], null, phones[i], datas[i],
                        current_steps[i], steps[i], case when finished then now() end);
            else
                update public.instant_onboarding_sessions s
                set status = new_status, language = languages[i], collected_data = datas[i],
                    current_step = current_steps[i], steps_completed = steps[i],
                    completed_at = case when finished then coalesce(s.completed_at, now()) end
                where s.id = sessions[i] and s.updated_at = loaded_at[i];
            end if;
            if not found then
                result := 'conflict';
            else
                if versions[i] = 1 then
                    insert into frontdesk.conversations
                        (session_id, contact_id, flow, flow_version, version, is_open, memory, guard)
                    values (sessions[i], contacts[i], flows[i], flow_versions[i], 1, not finished, memories[i], guards[i])
                    on conflict do nothing;
                else
                    update frontdesk.conversations c
                    set version = versions[i], memory = memories[i], guard = guards[i], last_input_at = now(),
                        is_open = not finished
                    where c.session_id = sessions[i] and c.version = versions[i] - 1;
                end if;
                if not found then
                    if not is_new[i] then
                        -- Every turn moves both rows, so this is somebody's hand: start the batch again from the load.
                        raise exception 'the conversation of session % moved without its session', sessions[i];
                    end if;
                    delete from public.instant_onboarding_sessions s where s.id = sessions[i];
                    result := 'conflict';
                end if;
            end if;
            if result = 'conflict' then
                delete from frontdesk.inbound b where b.message_key = keys[i] and b.week = this_week;
                if is_new_contact[i] then
                    delete from frontdesk.contacts c where c.id = contacts[i];
                end if;
            end if;
        end if;

        while next_out <= cardinality(out_turns) and out_turns[next_out] = i loop
            if result = 'committed' then
                new_state := case when out_modes[next_out] = 'said' then 'sent'
                                  when out_modes[next_out] = 'reply' then 'leased'
                                  when exists (select from frontdesk.outbox o
                                               where o.lane = out_lanes[next_out] and o.state in ('waiting', 'leased'))
                                      then 'waiting'
                                  else 'leased' end;
                insert into frontdesk.outbox
                    (week, lane, session_id, message_key, channel, account, recipient, payload, state, attempts,
                     lease_until, settled_at, is_farewell)
                values (this_week, out_lanes[next_out], sessions[i], keys[i], of_channel, out_accounts[next_out],
                        out_recipients[next_out], out_payloads[next_out], new_state,
                        case when new_state = 'waiting' then 0 else 1 end,
                        case when new_state = 'leased' then now() + make_interval(secs => lease_seconds) end,
                        case when new_state = 'sent' then now() end,
                        coalesce(effects[i] ? 'erases', false))
                returning id into new_id;
                outbox_ids := outbox_ids || new_id || ' ';
                leased := leased || case when new_state = 'leased' then 'y' else 'n' end;
            end if;
            next_out := next_out + 1;
        end loop;
        if result = 'committed' and effects[i] is not null then
            perform frontdesk.apply_effects(sessions[i], contacts[i], effects[i]);
        end if;
        return next;
    end loop;
end $$;
comment on function frontdesk.commit_turns is
    'Commits a batch of turns; one row a turn, in order: what became of it (committed; duplicate: this input was taken before; '
    'conflict: somebody else moved the session or made the contact since it was loaded), and the ids of its replies.';
