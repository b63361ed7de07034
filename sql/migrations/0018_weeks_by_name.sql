-- Which partitions are old? Only the weeks' names are read as dates: where the planner began at pg_class, every table's name
-- was, and with the first that is no date no week was made or dropped any more.
create or replace function frontdesk.make_weeks() returns void
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
