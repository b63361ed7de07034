-- Who changed or revealed what, when, and why? Written in the same transaction as the change; never rewritten.

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
