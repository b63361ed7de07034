-- A person may say several things before the first is written down: jobs of kind transcribe are as many as they like.

alter table frontdesk.jobs drop constraint jobs_kind_check;
alter table frontdesk.jobs add constraint jobs_kind_check check (kind in ('chart', 'webhook', 'transcribe'));
alter table frontdesk.jobs drop constraint jobs_session_id_kind_key;
create unique index jobs_one_of_a_kind on frontdesk.jobs (session_id, kind) where kind <> 'transcribe';
-- Deleting a session looks for all of its jobs.
create index jobs_of_session on frontdesk.jobs (session_id);
comment on table frontdesk.jobs is
    'Work that a turn asked for: a birth chart, an operator''s webhook (one of each for a session), a voice note to be written down.';

create or replace function frontdesk.apply_effects(of_session uuid, of_contact uuid, effects jsonb) returns void
    language plpgsql as $$
begin
    if effects ? 'opts_out' then
        update frontdesk.addresses set opted_out_at = coalesce(opted_out_at, now()) where contact_id = of_contact;
        perform frontdesk.hold_back(of_contact);
    end if;
    if effects ? 'opts_in' then
        update frontdesk.addresses set opted_out_at = null where contact_id = of_contact;
    end if;
    if effects ? 'profile' then
        -- One a session, whatever happens: a second chart of the same session leaves the first as it is.
        with made as (
            insert into public.instant_onboarding_profiles (session_id, user_id, profile_id, channel, time_taken_seconds)
            select s.id, s.user_id, (effects #>> '{profile,id}')::uuid, s.channel,
                   greatest(0, extract(epoch from now() - s.created_at))::integer
            from public.instant_onboarding_sessions s where s.id = of_session
            on conflict (session_id) do nothing
            returning profile_id
        )
        insert into frontdesk.charts (profile_id, chart)
        select made.profile_id, effects #> '{profile,chart}' from made;
        update public.instant_onboarding_sessions set chart_generated = true where id = of_session;
    end if;
    if effects ? 'jobs' then
        insert into frontdesk.jobs (kind, session_id, payload)
        select job.key, of_session, job.value from jsonb_each(effects -> 'jobs') job
        -- A chart is asked for again when its person had to say which of two moments was meant: a job of another name,
        -- so that what is still being done about the first can't settle it.
        on conflict (session_id, kind) where kind <> 'transcribe' do update
            set id = gen_random_uuid(), payload = excluded.payload, state = 'waiting', attempts = 0, due_at = now(),
                lease_until = null, last_error = null
            where jobs.kind = 'chart';
    end if;
    if effects ? 'erases' then
        perform frontdesk.forget(of_session);
    end if;
end $$;
