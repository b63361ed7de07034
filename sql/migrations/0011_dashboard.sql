-- What does the dashboard need to remember? What operators did, and how far those people came whose session is gone.

-- Audit -----------------------------------------------------------------------------------------------------

create table frontdesk.audit (
    id         bigint      generated always as identity primary key,
    at         timestamptz not null default now(),
    operator   text        not null check (char_length(operator) between 1 and 100),
    action     text        not null check (action ~ '^[a-z][a-z_]{1,39}$'),
    session_id uuid,
    why        text        not null check (char_length(why) between 1 and 500),
    detail     jsonb       not null default '{}'
);
create index audit_session on frontdesk.audit (session_id) where session_id is not null;
comment on table frontdesk.audit is
    'What operators did in the dashboard. Rows are only ever added: neither update, delete nor truncate passes.';
comment on column frontdesk.audit.id is 'Order.';
comment on column frontdesk.audit.at is 'When.';
comment on column frontdesk.audit.operator is 'Who: a name from ADMIN_TOKENS_FILE, or admin.';
comment on column frontdesk.audit.action is 'What: reveal, resend, drop_messages …';
comment on column frontdesk.audit.session_id is 'To which session; it may be gone by now. Null: to none in particular.';
comment on column frontdesk.audit.why is 'The reason given, at most 500 characters.';
comment on column frontdesk.audit.detail is 'What else describes it: counts, states, codes. Never personal data.';

create function frontdesk.keep_audit() returns trigger
    language plpgsql as $$
begin
    raise exception 'frontdesk.audit is only ever added to';
end $$;
comment on function frontdesk.keep_audit is 'Refuses whatever would rewrite frontdesk.audit.';
create trigger audit_is_kept before update or delete or truncate on frontdesk.audit
    for each statement execute function frontdesk.keep_audit();

create function frontdesk.audit(operator text, action text, session_id uuid, why text, detail jsonb default '{}')
    returns bigint
    language sql
    begin atomic
        insert into frontdesk.audit (operator, action, session_id, why, detail)
        values (operator, action, session_id, why, coalesce(detail, '{}'))
        returning id;
    end;
comment on function frontdesk.audit is
    'Notes an operator''s action. To be called in the transaction, at best the statement, of the action itself.';

-- The funnel ------------------------------------------------------------------------------------------------

create table frontdesk.gone_sessions (
    day             date                      not null,
    flow            text,
    channel         public.onboarding_channel not null,
    language        text                      not null,
    status          public.session_status     not null,
    current_step    integer                   not null,
    steps_completed jsonb                     not null,
    chart_generated boolean                   not null,
    viewed          boolean                   not null,
    shared          boolean                   not null,
    converted       boolean                   not null,
    seconds         integer
);
create index gone_sessions_day on frontdesk.gone_sessions (day);
comment on table frontdesk.gone_sessions is
    'How far a conversation came whose session was deleted: without it, nobody would ever have given up before last week. '
    'Nothing in it leads to a person. Kept for 400 days.';
comment on column frontdesk.gone_sessions.day is 'When it began (UTC).';
comment on column frontdesk.gone_sessions.flow is 'Which flow was asked; null where nobody was asked anything.';
comment on column frontdesk.gone_sessions.channel is 'By which door.';
comment on column frontdesk.gone_sessions.language is 'In which language.';
comment on column frontdesk.gone_sessions.status is 'Where it stood.';
comment on column frontdesk.gone_sessions.current_step is 'Index of the step that was asked last.';
comment on column frontdesk.gone_sessions.steps_completed is 'Which steps were answered: names of steps, no answers.';
comment on column frontdesk.gone_sessions.chart_generated is 'Whether there was a chart.';
comment on column frontdesk.gone_sessions.viewed is 'Whether its person looked at it.';
comment on column frontdesk.gone_sessions.shared is 'Whether they shared it.';
comment on column frontdesk.gone_sessions.converted is 'Whether they became a full user.';
comment on column frontdesk.gone_sessions.seconds is 'From the beginning to the end; null where it was not finished.';

-- Whoever deletes a session need not be allowed to see this schema.
create function frontdesk.count_gone() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    insert into frontdesk.gone_sessions (day, flow, channel, language, status, current_step, steps_completed,
                                         chart_generated, viewed, shared, converted, seconds)
    select (old.created_at at time zone 'UTC')::date, c.flow, old.channel, old.language, old.status, old.current_step,
           old.steps_completed, old.chart_generated, coalesce(p.viewed_chart, false), coalesce(p.shared_chart, false),
           coalesce(p.converted_to_full_user, false),
           least(extract(epoch from old.completed_at - old.created_at), 2147483647)::integer
    from (values (1)) one
    left join frontdesk.conversations c on c.session_id = old.id
    left join public.instant_onboarding_profiles p on p.session_id = old.id;
    return old;
end $$;
comment on function frontdesk.count_gone is 'Keeps of a session that is deleted how far it came.';
revoke all on function frontdesk.count_gone() from public;
create trigger sessions_count_gone before delete on public.instant_onboarding_sessions
    for each row execute function frontdesk.count_gone();
