-- What may an operator do at the desk, such that the deed and the word of it are one?
--
-- Each of these functions writes its row of the audit log itself, in the transaction of what it does: neither is there
-- without the other. What moves a conversation is no function here: it is a turn like any other, whose effects name
-- the operator (commit_turns, effect `audit`).

create function frontdesk.retry_outbox(wanted bigint[]) returns bigint
    language sql
begin atomic
    with again as (
        update frontdesk.outbox o
        set state = 'waiting', attempts = 0, due_at = now(), settled_at = null, error_code = null, error_title = null
        where o.id = any (wanted) and o.state = 'failed'
          and frontdesk.state_again(o.session_id, o.created_at) = 'waiting'
        returning 1
    )
    select count(*) from again;
end;
comment on function frontdesk.retry_outbox is
    'Gives messages that were given up another round, but not those of people who have opted out since.';

create function frontdesk.drop_outbox(wanted bigint[]) returns bigint
    language sql
begin atomic
    with chosen as materialized (
        select o.id, o.week, o.is_farewell from frontdesk.outbox o
        where o.id = any (wanted) and o.state = 'waiting'
        for update
    ),
    forgotten as (
        delete from frontdesk.outbox o using chosen c where o.id = c.id and o.week = c.week and c.is_farewell
    ),
    given_up as (
        update frontdesk.outbox o
        set state = 'failed', settled_at = now(), lease_until = null, error_title = 'dropped by the operator'
        from chosen c where o.id = c.id and o.week = c.week and not c.is_farewell
    )
    select count(*) from chosen;
end;
comment on function frontdesk.drop_outbox is
    'Gives up messages that wait. Of last words to somebody whose data was erased nothing stays.';

-- Which messages retrying or dropping would be about. An error code of -1: those that have none.
create function frontdesk.choose_outbox(deed text, wanted_id bigint, wanted_code bigint, wanted_channel text)
    returns bigint[]
    language sql stable
begin atomic
    select coalesce(array_agg(o.id order by o.id), '{}') from frontdesk.outbox o
    where o.state = case deed when 'retry' then 'failed' else 'waiting' end
      and (wanted_id is null or o.id = wanted_id)
      and (wanted_code is null or coalesce(o.error_code, -1) = wanted_code)
      and (wanted_channel is null or o.channel::text = wanted_channel)
      and (deed <> 'retry' or frontdesk.state_again(o.session_id, o.created_at) = 'waiting');
end;
comment on function frontdesk.choose_outbox is 'The messages for which retry or drop can be done, of those that are wanted.';

-- Without `expected` it only counts. The number that the operator has seen must still be the number, else nothing is done.
create function frontdesk.desk_outbox(
    deed text, wanted_id bigint, wanted_code bigint, wanted_channel text, expected bigint, by_operator text, for_reason text
) returns jsonb
    language plpgsql as $$
declare
    chosen bigint[] := frontdesk.choose_outbox(deed, wanted_id, wanted_code, wanted_channel);
    of_session uuid;
    done bigint;
begin
    if expected is null or expected <> cardinality(chosen) or expected = 0 then
        return jsonb_build_object('count', cardinality(chosen), 'is_done', false);
    end if;
    if wanted_id is not null then
        select o.session_id into of_session from frontdesk.outbox o where o.id = wanted_id;
    end if;
    done := case deed when 'retry' then frontdesk.retry_outbox(chosen) else frontdesk.drop_outbox(chosen) end;
    perform frontdesk.audit(by_operator, 'outbox_' || deed, of_session, for_reason,
                            jsonb_strip_nulls(jsonb_build_object('count', done, 'message', wanted_id, 'error_code', wanted_code,
                                                                 'channel', wanted_channel)));
    return jsonb_build_object('count', done, 'is_done', true);
end $$;
comment on function frontdesk.desk_outbox is 'Retries or drops messages for an operator who has seen how many they are.';

create function frontdesk.desk_erase(of_session uuid, by_operator text, for_reason text) returns boolean
    language plpgsql as $$
declare
    person uuid;
    others bigint;
begin
    -- Turns lock a session's row first, too.
    perform from public.instant_onboarding_sessions s where s.id = of_session for update;
    if not found then
        return false;
    end if;
    select c.contact_id into person from frontdesk.conversations c where c.session_id = of_session;
    select count(*) into others from frontdesk.conversations c where c.contact_id = person and c.session_id <> of_session;
    perform frontdesk.forget(of_session);
    perform frontdesk.audit(by_operator, 'erase', of_session, for_reason, jsonb_build_object('sessions', others + 1));
    return true;
end $$;
comment on function frontdesk.desk_erase is 'Erases the person of a session everywhere, as frontdesk.forget() does.';
