-- Who waits for whom, without need?
--
-- Weeks: making or dropping one takes the whole table for a moment, and whoever comes then queues behind it. Where a backup or a
-- long report reads the table, that moment would begin when it ends: no turn would be committed until then. So the upkeep
-- gives up soon instead; it is tried again within minutes, and the coming two weeks are there already.

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
    for old in
        select c.oid::regclass as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent in ('frontdesk.inbound'::regclass, 'frontdesk.outbox'::regclass)
          and to_date(right(c.relname, 8), 'YYYYMMDD') + 7 < (now() at time zone 'UTC')::date - 8
    loop
        execute format('drop table %s', old.name);
    end loop;
end $$;
comment on function frontdesk.make_weeks is 'Makes the partitions of the coming weeks, drops those older than 8 days.';

-- The outbox: where thousands of messages wait (a provider was away) and PostgreSQL has not yet counted them, each was
-- compared with all: a claim took longer than it may, and with it whatever shares its connection.

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
