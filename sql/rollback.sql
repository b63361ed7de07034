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
begin
    -- An extension that lives in schema frontdesk would go with the schema: it moves out first.
    for guest in
        select e.extname from pg_catalog.pg_extension e
        join pg_catalog.pg_namespace s on s.oid = e.extnamespace
        where s.nspname = 'frontdesk'
    loop
        execute format('alter extension %I set schema public', guest);
    end loop;
    drop schema if exists frontdesk cascade;

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
