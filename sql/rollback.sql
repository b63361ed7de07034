-- How does Frontdesk leave a database?
--
-- Removes everything that it made, with all data: schema frontdesk, the public tables, views, function and
-- types, and its own stand-in for auth.uid(). Never a role, never an extension, never a real Supabase schema.
-- May be run again, and on a database where Frontdesk never was.
--
-- One block: all or nothing. Without CASCADE on what is public: if something of yours is built on it (a view, a
-- foreign key), PostgreSQL names it and nothing is removed.

do $$
declare
    guest name;
    removal text;
    stays boolean := false;
begin
    -- An extension that lives in schema frontdesk would go with the schema: it moves out first. Where an owner who
    -- is no superuser made it, its functions are the superuser's and only a superuser can move them: then the
    -- schema stays, emptied of all else, and a later migration finds both.
    for guest in
        select e.extname from pg_catalog.pg_extension e
        join pg_catalog.pg_namespace s on s.oid = e.extnamespace
        where s.nspname = 'frontdesk'
    loop
        begin
            execute format('alter extension %I set schema public', guest);
        exception when insufficient_privilege then
            stays := true;
            raise notice 'schema frontdesk stays, with nothing but the extension % in it: only a superuser can move it', guest;
        end;
    end loop;
    if stays then
        foreach removal in array array(
            select format('drop %s if exists frontdesk.%I cascade',
                          case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.relname)
            from pg_catalog.pg_class c
            where c.relnamespace = 'frontdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
              and (c.relkind <> 'S' -- a table's own sequence goes with it
                   or not exists (select from pg_catalog.pg_depend d
                                  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'a')))
            union all
            select format('drop routine if exists frontdesk.%I(%s) cascade', f.proname,
                          pg_catalog.pg_get_function_identity_arguments(f.oid))
            from pg_catalog.pg_proc f
            where f.pronamespace = 'frontdesk'::regnamespace
              and not exists (select from pg_catalog.pg_depend d
                              where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')
            union all
            select format('drop type if exists frontdesk.%I cascade', t.typname)
            from pg_catalog.pg_type t
            where t.typnamespace = 'frontdesk'::regnamespace and t.typtype in ('c', 'd', 'e')
              and (t.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
              and not exists (select from pg_catalog.pg_depend d
                              where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'))
        loop
            execute removal;
        end loop;
    else
        drop schema if exists frontdesk cascade;
    end if;

    drop view if exists public.instant_onboarding_session_stats;
    drop view if exists public.instant_onboarding_conversion_metrics;
    drop function if exists public.cleanup_expired_onboarding_sessions();
    drop table if exists public.instant_onboarding_profiles;
    drop table if exists public.instant_onboarding_sessions;
    drop type if exists public.session_status;
    drop type if exists public.onboarding_channel;
end $$;

-- The stand-in is ours if it carries our comment. If policies or tables of yours have come to use it, it stays.
do $$
declare
    mark constant text := 'Frontdesk: stands in for Supabase%';
begin
    if exists (select from pg_catalog.pg_proc f join pg_catalog.pg_namespace s on s.oid = f.pronamespace
               where s.nspname = 'auth' and f.proname = 'uid' and f.pronargs = 0
                 and obj_description(f.oid, 'pg_proc') like mark) then
        drop function auth.uid();
    end if;
    if exists (select from pg_catalog.pg_namespace
               where nspname = 'auth' and obj_description(oid, 'pg_namespace') like mark) then
        drop schema auth;
    end if;
exception when dependent_objects_still_exist then
    raise notice 'auth.uid() or schema auth stays: other objects use it (%)', sqlerrm;
end $$;
