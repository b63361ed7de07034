-- How do old weeks go away and new ones come?

-- Eight days of message ids are kept, so that a redelivery within seven always finds itself.
-- A transaction of its own, on every node again and again: without a week to write to nothing works any more, so it
-- must not depend on the longer upkeep below.
create function frontdesk.make_weeks() returns void
    language plpgsql as $$
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

select frontdesk.make_weeks();

-- One node at a time; each task on its own day or hour, whichever node comes first.
create function frontdesk.maintain() returns text
    language plpgsql as $$
declare
    expired integer;
begin
    if not pg_try_advisory_xact_lock(hashtext('frontdesk.maintain')) then
        return 'busy';
    end if;
    if exists (select from frontdesk.upkeep where task = 'daily' and done_at > now() - interval '1 day') then
        return 'done';
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
comment on function frontdesk.maintain is 'The daily upkeep; does nothing when it was done within a day or another node is at it.';
