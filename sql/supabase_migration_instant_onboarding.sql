-- What do other programs see of Frontdesk's data?
--
-- Everything public: two tables, two views, one function, and who may touch what. Runs as it stands in psql
-- and in the Supabase SQL editor, as the owner of the database (no superuser needed), and may be run again at
-- any time. There is no BEGIN and no COMMIT in it, so that a migration tool can wrap it in a transaction of
-- its own.
--
-- Order: roles and auth.uid() where missing, types, tables, indexes, trigger, views, function, access,
-- comments.
-- The gateway's private tables are not here: they live in schema frontdesk.
-- sql/verify.sql counts what came out of it, sql/rollback.sql removes it, docs/database.md explains it.


-- Roles and auth.uid() --------------------------------------------------------------------------------------
-- Supabase has them; a plain PostgreSQL gets just enough for PostgREST and for the policies below.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;  -- roles belong to the whole cluster: another database was migrated at this moment
            end;
        end if;
    end loop;
end $$;

-- The comments mark what is ours: by them sql/rollback.sql knows that it may remove it.
do $$
begin
    if exists (select from pg_catalog.pg_proc f join pg_catalog.pg_namespace s on s.oid = f.pronamespace
               where s.nspname = 'auth' and f.proname = 'uid' and f.pronargs = 0) then
        return;
    end if;

    if not exists (select from pg_catalog.pg_namespace where nspname = 'auth') then
        create schema auth;
        grant usage on schema auth to anon, authenticated, service_role;
        comment on schema auth is 'Frontdesk: stands in for Supabase''s schema of this name.';
    end if;

    create function auth.uid() returns uuid
        language sql stable parallel safe
        set search_path = ''
        return nullif(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub', '')::uuid;
    revoke all on function auth.uid() from public;
    grant execute on function auth.uid() to anon, authenticated, service_role;
    comment on function auth.uid() is
        'Frontdesk: stands in for Supabase''s function. Who is signed in, by PostgREST''s claims; else null.';
end $$;


-- Types -----------------------------------------------------------------------------------------------------

do $$
begin
    create type public.session_status as enum
        ('started', 'collecting_data', 'generating_chart', 'completed', 'failed');
exception when duplicate_object then
    null;
end $$;

do $$
begin
    create type public.onboarding_channel as enum ('whatsapp', 'web', 'voice', 'sms');
exception when duplicate_object then
    null;
end $$;


-- Tables ----------------------------------------------------------------------------------------------------
-- Defaults make a row inserted by hand a good session. The checks bound what strangers may store, and keep out
-- infinite times, with which the views could not reckon.
--
-- A turn writes collected_data, current_step, steps_completed and updated_at, of which none is indexed: with
-- the room that fillfactor leaves on each page the update stays HOT (no index is touched).

create table if not exists public.instant_onboarding_sessions (
    id              uuid                      primary key default gen_random_uuid(),
    session_key     text                      not null,
    channel         public.onboarding_channel not null,
    status          public.session_status     not null default 'started',
    language        text                      not null default 'en',
    user_id         uuid                      default auth.uid(),
    phone_number    text,
    collected_data  jsonb                     not null default '{}',
    current_step    integer                   not null default 0,
    steps_completed jsonb                     not null default '[]',
    chart_generated boolean                   not null default false,
    created_at      timestamptz               not null default now(),
    updated_at      timestamptz               not null default now(),
    completed_at    timestamptz,

    constraint instant_onboarding_sessions_session_key_key unique (session_key),
    constraint instant_onboarding_sessions_session_key_length
        check (char_length(session_key) between 22 and 255),
    constraint instant_onboarding_sessions_language_tag
        check (char_length(language) <= 35 and language ~ '^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$'),
    constraint instant_onboarding_sessions_phone_number_length
        check (char_length(phone_number) <= 64),
    constraint instant_onboarding_sessions_collected_data_object
        check (jsonb_typeof(collected_data) = 'object' and pg_column_size(collected_data) <= 16384),
    constraint instant_onboarding_sessions_current_step_positive
        check (current_step >= 0),
    constraint instant_onboarding_sessions_steps_completed_array
        check (jsonb_typeof(steps_completed) = 'array' and pg_column_size(steps_completed) <= 8192),
    constraint instant_onboarding_sessions_times_finite
        check (isfinite(created_at) and isfinite(updated_at) and isfinite(completed_at))
) with (fillfactor = 70);

create table if not exists public.instant_onboarding_profiles (
    id                     uuid                      primary key default gen_random_uuid(),
    session_id             uuid                      not null,
    user_id                uuid,
    profile_id             uuid                      not null default gen_random_uuid(),
    channel                public.onboarding_channel not null,
    time_taken_seconds     integer,
    viewed_chart           boolean                   not null default false,
    shared_chart           boolean                   not null default false,
    converted_to_full_user boolean                   not null default false,
    created_at             timestamptz               not null default now(),

    constraint instant_onboarding_profiles_session_id_key unique (session_id),
    constraint instant_onboarding_profiles_profile_id_key unique (profile_id),
    constraint instant_onboarding_profiles_session_id_fkey
        foreign key (session_id) references public.instant_onboarding_sessions (id) on delete cascade,
    constraint instant_onboarding_profiles_time_taken_positive
        check (time_taken_seconds >= 0),
    constraint instant_onboarding_profiles_time_finite
        check (isfinite(created_at))
) with (fillfactor = 90);


-- Indexes ---------------------------------------------------------------------------------------------------
-- Eight here, five more by the primary keys and unique constraints above. Columns that are null in most rows
-- are indexed only where they are not: a new session then writes fewer indexes.

create index if not exists instant_onboarding_sessions_user_id_idx
    on public.instant_onboarding_sessions (user_id) where user_id is not null;
create index if not exists instant_onboarding_sessions_phone_number_idx
    on public.instant_onboarding_sessions (phone_number) where phone_number is not null;
create index if not exists instant_onboarding_sessions_status_idx
    on public.instant_onboarding_sessions (status);
create index if not exists instant_onboarding_sessions_created_at_idx
    on public.instant_onboarding_sessions (created_at);
create index if not exists instant_onboarding_sessions_channel_created_at_idx
    on public.instant_onboarding_sessions (channel, created_at);
create index if not exists instant_onboarding_sessions_completed_at_idx
    on public.instant_onboarding_sessions (completed_at) where completed_at is not null;
create index if not exists instant_onboarding_profiles_user_id_idx
    on public.instant_onboarding_profiles (user_id) where user_id is not null;
create index if not exists instant_onboarding_profiles_created_at_idx
    on public.instant_onboarding_profiles (created_at);


-- Trigger ---------------------------------------------------------------------------------------------------
-- The gateway commits a turn only if updated_at is still what it loaded. So every change must move it, also a
-- second one in the same transaction, after the clock was set back, or of a row dated into the future.

create schema if not exists frontdesk;
revoke all on schema frontdesk from public, anon, authenticated, service_role;

create or replace function frontdesk.touch_updated_at() returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    return new;
end $$;

create or replace trigger instant_onboarding_sessions_updated_at
    before update on public.instant_onboarding_sessions
    for each row execute function frontdesk.touch_updated_at();


-- Views -----------------------------------------------------------------------------------------------------
-- Live, and with the reader's rights (security_invoker), so that row-level security holds through them.

create or replace view public.instant_onboarding_session_stats
    with (security_invoker = true)
as
select
    channel,
    status,
    language,
    count(*) as session_count,
    round(avg(extract(epoch from completed_at - created_at)), 2) as avg_duration_seconds,
    count(*) filter (where chart_generated) as charts_generated,
    (created_at at time zone 'UTC')::date as date
from public.instant_onboarding_sessions
where created_at >= now() - interval '30 days'
group by (created_at at time zone 'UTC')::date, channel, status, language;

create or replace view public.instant_onboarding_conversion_metrics
    with (security_invoker = true)
as
select
    profile.channel,
    session.language,
    count(*) as total_profiles,
    count(*) filter (where profile.viewed_chart) as viewed_count,
    count(*) filter (where profile.shared_chart) as shared_count,
    count(*) filter (where profile.converted_to_full_user) as converted_count,
    round(avg(profile.time_taken_seconds), 2) as avg_time_seconds,
    round(100.0 * count(*) filter (where profile.viewed_chart) / count(*), 2) as view_rate,
    round(100.0 * count(*) filter (where profile.shared_chart) / count(*), 2) as share_rate,
    round(100.0 * count(*) filter (where profile.converted_to_full_user) / count(*), 2) as conversion_rate,
    (profile.created_at at time zone 'UTC')::date as date
from public.instant_onboarding_profiles profile
join public.instant_onboarding_sessions session on session.id = profile.session_id
group by (profile.created_at at time zone 'UTC')::date, profile.channel, session.language;


-- Function --------------------------------------------------------------------------------------------------

create or replace function public.cleanup_expired_onboarding_sessions() returns integer
    language plpgsql
    set search_path = ''
as $$
declare
    deleted integer;
begin
    delete from public.instant_onboarding_sessions
    where status in ('started', 'collecting_data', 'generating_chart')
      and updated_at < now() - interval '7 days';
    get diagnostics deleted = row_count;
    return deleted;
end $$;


-- Access ----------------------------------------------------------------------------------------------------
-- Two fences, both needed: grants say which columns, policies which rows. Supabase grants everything in public
-- to the API roles as it is made, so each object is first closed to all and then opened by name.
--
-- One block, so that a second run leaves no moment in which a grant or a policy is missing.
--
-- The policies ask for the header and for auth.uid() in a subselect: PostgreSQL then evaluates it once a
-- statement, not once a row, and finds the row by index. A key opens what it opens in the gateway: an
-- unfinished session for 7 days after the last activity, a completed one for 30, and that only for reading.

do $$
declare
    api_role text;
begin
    foreach api_role in array array['anon', 'authenticated', 'service_role'] loop
        if not has_schema_privilege(api_role, 'public', 'usage') then
            execute format('grant usage on schema public to %I', api_role);
        end if;
    end loop;

    revoke all on
        public.instant_onboarding_sessions,
        public.instant_onboarding_profiles,
        public.instant_onboarding_session_stats,
        public.instant_onboarding_conversion_metrics
        from public, anon, authenticated, service_role;
    revoke all on function
        public.cleanup_expired_onboarding_sessions(),
        frontdesk.touch_updated_at()
        from public, anon, authenticated, service_role;

    grant select,
          insert (session_key, channel, language, collected_data),
          update (language, collected_data)
        on public.instant_onboarding_sessions to anon;
    grant select,
          insert (session_key, channel, language, collected_data, user_id),
          update (language, collected_data)
        on public.instant_onboarding_sessions to authenticated;
    grant select on public.instant_onboarding_profiles to authenticated;
    grant select, insert, update, delete
        on public.instant_onboarding_sessions, public.instant_onboarding_profiles to service_role;
    grant select
        on public.instant_onboarding_session_stats, public.instant_onboarding_conversion_metrics to service_role;
    grant execute on function public.cleanup_expired_onboarding_sessions() to service_role;

    alter table public.instant_onboarding_sessions enable row level security;
    alter table public.instant_onboarding_profiles enable row level security;

    drop policy if exists sessions_anon_insert on public.instant_onboarding_sessions;
    create policy sessions_anon_insert on public.instant_onboarding_sessions
        for insert to anon
        with check (user_id is null);

    drop policy if exists sessions_anon_select on public.instant_onboarding_sessions;
    create policy sessions_anon_select on public.instant_onboarding_sessions
        for select to anon
        using (
            session_key =
                (select nullif(current_setting('request.headers', true), '')::json ->> 'x-session-key')
            and updated_at > now() - case status when 'completed' then interval '30 days'
                                                 else interval '7 days' end
        );

    drop policy if exists sessions_anon_update on public.instant_onboarding_sessions;
    create policy sessions_anon_update on public.instant_onboarding_sessions
        for update to anon
        using (
            session_key =
                (select nullif(current_setting('request.headers', true), '')::json ->> 'x-session-key')
            and status not in ('completed', 'failed')
            and updated_at > now() - interval '7 days'
        );

    drop policy if exists sessions_authenticated_insert on public.instant_onboarding_sessions;
    create policy sessions_authenticated_insert on public.instant_onboarding_sessions
        for insert to authenticated
        with check (user_id = (select auth.uid()));

    drop policy if exists sessions_authenticated_select on public.instant_onboarding_sessions;
    create policy sessions_authenticated_select on public.instant_onboarding_sessions
        for select to authenticated
        using (user_id = (select auth.uid()));

    drop policy if exists sessions_authenticated_update on public.instant_onboarding_sessions;
    create policy sessions_authenticated_update on public.instant_onboarding_sessions
        for update to authenticated
        using (user_id = (select auth.uid()) and status not in ('completed', 'failed'));

    drop policy if exists sessions_service_role_all on public.instant_onboarding_sessions;
    create policy sessions_service_role_all on public.instant_onboarding_sessions
        for all to service_role
        using (true) with check (true);

    drop policy if exists profiles_authenticated_select on public.instant_onboarding_profiles;
    create policy profiles_authenticated_select on public.instant_onboarding_profiles
        for select to authenticated
        using (user_id = (select auth.uid()));

    drop policy if exists profiles_service_role_all on public.instant_onboarding_profiles;
    create policy profiles_service_role_all on public.instant_onboarding_profiles
        for all to service_role
        using (true) with check (true);
end $$;


-- Comments --------------------------------------------------------------------------------------------------

comment on schema frontdesk is 'Frontdesk''s own: no API role may use it.';
comment on function frontdesk.touch_updated_at() is
    'Trigger: moves updated_at at every change, always to a later moment than before.';

comment on type public.session_status is
    'How far a session is. Goes only forward: started, collecting_data, generating_chart, then completed '
    'or failed.';
comment on type public.onboarding_channel is 'The door that a session came in by.';

comment on table public.instant_onboarding_sessions is
    'One row a conversation, from the first word to the finished chart.';
comment on column public.instant_onboarding_sessions.id is 'Names the session; no secret.';
comment on column public.instant_onboarding_sessions.session_key is
    'Secret that opens the session, 22 characters or more: at least 128 random bits in base64url. '
    'A temporary token, not an identity.';
comment on column public.instant_onboarding_sessions.channel is 'The door that the session came in by.';
comment on column public.instant_onboarding_sessions.status is 'How far the session is.';
comment on column public.instant_onboarding_sessions.language is
    'Language of the conversation, as a BCP 47 tag such as en or hi.';
comment on column public.instant_onboarding_sessions.user_id is
    'Signed-in user who owns the session (Supabase''s auth.users); null if nobody is.';
comment on column public.instant_onboarding_sessions.phone_number is
    'A note: never an identity, never resumed from, never sent to.';
comment on column public.instant_onboarding_sessions.collected_data is
    'Answers so far: name, birth_date (YYYY-MM-DD), birth_time (HH:MM:SS, null if unknown), birth_place, '
    'latitude, longitude, timezone. At most 16 kB.';
comment on column public.instant_onboarding_sessions.current_step is 'Steps answered so far; 0 at the start.';
comment on column public.instant_onboarding_sessions.steps_completed is
    'Names of the steps answered, in order, as a JSON array. At most 8 kB.';
comment on column public.instant_onboarding_sessions.chart_generated is 'Whether the chart was made.';
comment on column public.instant_onboarding_sessions.created_at is 'When the session began.';
comment on column public.instant_onboarding_sessions.updated_at is
    'Last change; set by a trigger, always later than before.';
comment on column public.instant_onboarding_sessions.completed_at is
    'When the session was completed; null until then.';

comment on table public.instant_onboarding_profiles is
    'One row a chart made, and what became of it. Goes with its session.';
comment on column public.instant_onboarding_profiles.id is 'Names the row.';
comment on column public.instant_onboarding_profiles.session_id is
    'The session that led here; it has at most one profile.';
comment on column public.instant_onboarding_profiles.user_id is
    'Signed-in user who owns the profile (Supabase''s auth.users); null if nobody does.';
comment on column public.instant_onboarding_profiles.profile_id is
    'Names the profile to the outside: it stands in the chart''s address.';
comment on column public.instant_onboarding_profiles.channel is 'The door that the session came in by.';
comment on column public.instant_onboarding_profiles.time_taken_seconds is
    'Seconds from the first word to the chart.';
comment on column public.instant_onboarding_profiles.viewed_chart is 'Whether somebody saw the chart.';
comment on column public.instant_onboarding_profiles.shared_chart is 'Whether the owner shared it.';
comment on column public.instant_onboarding_profiles.converted_to_full_user is 'Whether the owner signed up.';
comment on column public.instant_onboarding_profiles.created_at is 'When the chart was made.';

comment on view public.instant_onboarding_session_stats is
    'Sessions of the last 30 days: a row per UTC day, channel, status and language.';
comment on column public.instant_onboarding_session_stats.channel is 'The door that the sessions came in by.';
comment on column public.instant_onboarding_session_stats.status is 'How far they are.';
comment on column public.instant_onboarding_session_stats.language is 'Language of the conversation.';
comment on column public.instant_onboarding_session_stats.session_count is
    'How many sessions began that day.';
comment on column public.instant_onboarding_session_stats.avg_duration_seconds is
    'Average from beginning to completion; null if none was completed.';
comment on column public.instant_onboarding_session_stats.charts_generated is
    'How many of them have a chart.';
comment on column public.instant_onboarding_session_stats.date is 'UTC day on which the sessions began.';

comment on view public.instant_onboarding_conversion_metrics is
    'What became of the charts: a row per UTC day, channel and language.';
comment on column public.instant_onboarding_conversion_metrics.channel is
    'The door that the sessions came in by.';
comment on column public.instant_onboarding_conversion_metrics.language is 'Language of the conversation.';
comment on column public.instant_onboarding_conversion_metrics.total_profiles is
    'How many charts were made that day.';
comment on column public.instant_onboarding_conversion_metrics.viewed_count is 'How many of them were seen.';
comment on column public.instant_onboarding_conversion_metrics.shared_count is 'How many were shared.';
comment on column public.instant_onboarding_conversion_metrics.converted_count is
    'How many owners signed up.';
comment on column public.instant_onboarding_conversion_metrics.avg_time_seconds is
    'Average seconds from the first word to the chart.';
comment on column public.instant_onboarding_conversion_metrics.view_rate is
    'Seen, in percent of total_profiles.';
comment on column public.instant_onboarding_conversion_metrics.share_rate is
    'Shared, in percent of total_profiles.';
comment on column public.instant_onboarding_conversion_metrics.conversion_rate is
    'Signed up, in percent of total_profiles.';
comment on column public.instant_onboarding_conversion_metrics.date is
    'UTC day on which the charts were made.';

comment on function public.cleanup_expired_onboarding_sessions() is
    'Deletes the sessions that are neither completed nor failed and were not touched for 7 days; returns '
    'how many.';
