-- What pgbench runs beside the gateway: the statements of one message, on the same tables, as one call.
--
-- This is the best that one transaction a message can do: no round trip between loading and committing, the plans
-- cached in the function, no JSON to build. A conversation is begin_conversation, then take_turn 1 to 5.

create schema bench;

-- Loads what a turn needs: was this message taken before, who is it, where does their conversation stand?
create function bench.load_turn(key uuid, phone text, out person uuid, out session public.instant_onboarding_sessions,
                                out conversation frontdesk.conversations)
    language plpgsql as $$
begin
    perform from frontdesk.inbound i where i.message_key = key and i.week >= frontdesk.week_of(now()) - 14;
    if found then
        raise exception 'message % was taken before', key;
    end if;
    select a.contact_id into person from frontdesk.addresses a
    where a.brand = 'default' and a.kind = 'phone' and a.address = phone;
    if not found then
        perform from frontdesk.opt_outs o where o.address_hash = frontdesk.address_hash('default', 'phone', phone);
        return;
    end if;
    select * into conversation from frontdesk.conversations c
    where c.contact_id = person and c.flow = 'instant_onboarding' and c.is_open;
    select * into session from public.instant_onboarding_sessions s where s.id = conversation.session_id;
end $$;

-- Records the input and the reply, and settles the reply as if it had been sent at once.
create function bench.record_message(key uuid, session uuid, phone text, said jsonb, payload jsonb) returns void
    language plpgsql as $$
declare
    this_week constant date := frontdesk.week_of(now());
    new_id bigint;
begin
    insert into frontdesk.inbound (message_key, week, channel, session_id, kind, said)
    values (key, this_week, 'sms', session, 'text', said)
    on conflict do nothing;
    insert into frontdesk.outbox
        (week, lane, session_id, message_key, channel, account, recipient, payload, state, attempts, lease_until)
    values (this_week, hashtextextended(phone, 0), session, key, 'sms', '+15550100001',
            jsonb_build_object('to', phone), payload, 'leased', 1, now() + interval '40 seconds')
    returning id into new_id;
    update frontdesk.outbox o set state = 'sent', lease_until = null, settled_at = now()
    where o.id = new_id and o.week = this_week and o.state = 'leased';
end $$;

create function bench.message_key(person bigint, step integer) returns uuid
    language sql immutable
    return md5(person::text || step)::uuid;

create function bench.begin_conversation(person bigint) returns void
    language plpgsql as $$
declare
    key constant uuid := bench.message_key(person, 0);
    phone constant text := '+' || person;
    contact constant uuid := gen_random_uuid();
    new_session constant uuid := gen_random_uuid();
    found_already record;
begin
    select * into found_already from bench.load_turn(key, phone);
    insert into frontdesk.contacts (id, brand) values (contact, 'default');
    insert into frontdesk.addresses (brand, kind, address, contact_id) values ('default', 'phone', phone, contact);
    insert into public.instant_onboarding_sessions (id, session_key, channel, status, language)
    values (new_session, md5(phone || random()), 'sms', 'collecting_data', 'en');
    insert into frontdesk.conversations (session_id, contact_id, flow, flow_version, memory, guard)
    values (new_session, contact, 'instant_onboarding', '0123456789abcdef',
            '{"asked": "name", "question": 1, "misses": 0}', '{"replies": [1795000000]}');
    perform bench.record_message(key, new_session, phone, '{"text": "hi"}',
                                 '{"text": "Welcome! Let us create your birth chart in 90 seconds. What is your name?"}');
end $$;

create function bench.take_turn(person bigint, step integer) returns void
    language plpgsql as $$
declare
    key constant uuid := bench.message_key(person, step);
    phone constant text := '+' || person;
    is_last constant boolean := step = 5;
    now_at record;
begin
    select * into now_at from bench.load_turn(key, phone);
    update public.instant_onboarding_sessions s
    set status = case when is_last then 'generating_chart' else 'collecting_data' end::public.session_status,
        language = 'en', current_step = step,
        collected_data = (now_at.session).collected_data
            || '{"name": "Asha Rao", "birth_date": "1990-08-15", "birth_time": "18:30:00"}',
        steps_completed = (now_at.session).steps_completed || '["name"]'
    where s.id = (now_at.session).id and s.updated_at = (now_at.session).updated_at;
    if not found then
        raise exception 'the session of % moved', person;
    end if;
    update frontdesk.conversations c
    set version = c.version + 1, memory = (now_at.conversation).memory || '{"question": 2}',
        guard = '{"replies": [1795000000, 1795000001]}', last_input_at = now(), is_open = true
    where c.session_id = (now_at.session).id and c.version = (now_at.conversation).version;
    perform bench.record_message(key, (now_at.session).id, phone, '{"text": "15 August 1990"}',
                                 '{"text": "What time were you born? For example 6:30 in the morning."}');
    if is_last then
        insert into frontdesk.jobs (kind, session_id, payload)
        values ('chart', (now_at.session).id, (now_at.session).collected_data)
        on conflict (session_id, kind) where kind <> 'transcribe' do nothing;
    end if;
end $$;

grant usage on schema bench to frontdesk;
