-- What was wrong after everything had been off, or a clock astray.

-- What is deleted by age is deleted by a clock that can be trusted.
--
-- A server whose clock jumps ahead by a month, for a minute, would have dropped every week of messages and every open session in
-- that minute: the upkeep runs every ten. So it notes when it last saw the clock. Where that is longer ago than a gateway is
-- usually off, or lies ahead, it deletes nothing until the clock has gone on for a day without another jump. A gateway that was
-- off for longer than two days keeps what is due a day longer, which costs nothing.

create function frontdesk.clock_is_steady() returns boolean
    language plpgsql as $$
declare
    seen  timestamptz := (select done_at from frontdesk.upkeep where task = 'clock seen');
    since timestamptz := (select done_at from frontdesk.upkeep where task = 'clock steady since');
begin
    if seen is null then
        since := '-infinity';
    elsif now() not between seen - interval '1 hour' and seen + interval '2 days' then
        since := now();
    end if;
    insert into frontdesk.upkeep (task, done_at) values ('clock seen', now()), ('clock steady since', since)
    on conflict (task) do update set done_at = excluded.done_at;
    return since < now() - interval '1 day';
end $$;
comment on function frontdesk.clock_is_steady is
    'Has the clock gone on for a day without a jump? To be asked at every upkeep: notes when it was asked.';

create or replace function frontdesk.make_weeks() returns void
    language plpgsql set lock_timeout = '2s' as $$
declare
    week date;
    part text;
    old record;
begin
    if not pg_try_advisory_xact_lock(hashtext('frontdesk.make_weeks')) then
        return;
    end if;
    for ahead in -1 .. 2 loop
        week := frontdesk.week_of(now()) + 7 * ahead;
        foreach part in array array['inbound', 'outbox'] loop
            execute format('create table if not exists frontdesk.%I partition of frontdesk.%I for values from (%L) to (%L) '
                           'with (fillfactor = %s)',
                           part || '_' || to_char(week, 'YYYYMMDD'), part, week, week + 7,
                           case part when 'outbox' then 80 else 100 end);
        end loop;
    end loop;
    if not frontdesk.clock_is_steady() then
        return;
    end if;
    for old in
        with weeks as materialized (
            select c.oid, c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent in ('frontdesk.inbound'::regclass, 'frontdesk.outbox'::regclass)
        )
        select w.oid::regclass as name from weeks w
        where to_date(right(w.relname, 8), 'YYYYMMDD') + 7 < (now() at time zone 'UTC')::date - 8
    loop
        execute format('drop table %s', old.name);
    end loop;
end $$;

create or replace function frontdesk.maintain() returns text
    language plpgsql as $$
declare
    expired integer;
begin
    if not pg_try_advisory_xact_lock(hashtext('frontdesk.maintain')) then
        return 'busy';
    end if;
    if exists (select from frontdesk.upkeep
               where task = 'daily' and done_at > now() - interval '1 day' and done_at < now() + interval '1 hour') then
        return 'done';
    end if;
    if not frontdesk.clock_is_steady() then
        return 'unsteady';
    end if;
    expired := public.cleanup_expired_onboarding_sessions();
    delete from frontdesk.contacts c
    where c.created_at < now() - interval '8 days'
      and not exists (select from frontdesk.conversations v where v.contact_id = c.id)
      and not exists (select from frontdesk.addresses a where a.contact_id = c.id and a.opted_out_at is not null);
    delete from frontdesk.gone_sessions where day < current_date - 400;
    insert into frontdesk.upkeep (task, done_at) values ('daily', now())
    on conflict (task) do update set done_at = now();
    return format('expired %s', expired);
end $$;
comment on function frontdesk.maintain is
    'The daily upkeep; does nothing when it was done within a day, another node is at it, or the clock has jumped.';

-- Leases up to `most` messages that may be sent now: due, and the first of their lane that is not settled.
--
-- Something that was tried before may have been overtaken: an answer that no response brought since its worker died, or
-- a message that the provider took and then could not deliver. Meanwhile the person went on, and was told something
-- newer, which says it better. Where all was off for longer than a lease, what is newer may have to be tried again as well; and
-- what was said in the same turn says something else.
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
                                            and l.message_key is distinct from o.message_key
                                            and (l.state in ('leased', 'sent', 'delivered', 'read')
                                                 or (l.state = 'waiting' and l.attempts > 0))) as is_overtaken
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
