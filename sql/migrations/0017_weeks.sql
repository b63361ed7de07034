-- Weeks are made and dropped while people talk.
--
-- Making or dropping one takes the whole table for a moment, and whoever comes then queues behind it. Where a backup or a
-- long report reads the table, that moment would begin when it ends: no turn would be committed until then. So the upkeep
-- gives up soon instead; it is tried again within minutes, and the coming two weeks are there already.
--
-- Only the weeks' names are read as dates: where the planner began at pg_class, every table's name was, and with the first that
-- is no date no week was made or dropped any more.

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
comment on function frontdesk.make_weeks is 'Makes the partitions of the coming weeks, drops those older than 8 days.';
