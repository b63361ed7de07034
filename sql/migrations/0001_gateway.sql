-- What does the gateway remember that nobody else may see?
--
-- Tables of schema frontdesk: who wrote (contacts, addresses, opt-outs), where each conversation stands, every
-- input of the last days (for deduplication and the transcript), everything that still has to be said (outbox) or
-- done (jobs, waits). No API role may use this schema.
--
-- inbound and outbox are partitioned by week and dropped, not deleted: deleting millions of rows is what makes
-- such tables slow.

create schema if not exists frontdesk;
revoke all on schema frontdesk from public;

-- People ----------------------------------------------------------------------------------------------------

create table frontdesk.contacts (
    id           uuid        primary key,
    brand        text        not null,
    profile_name text,
    created_at   timestamptz not null default now()
);
comment on table frontdesk.contacts is 'A person as far as we know: a set of addresses, within one brand.';
comment on column frontdesk.contacts.id is 'Made by the gateway.';
comment on column frontdesk.contacts.brand is 'Whose person this is; brands share nothing.';
comment on column frontdesk.contacts.profile_name is 'The name the provider shows for them, when it tells one.';
comment on column frontdesk.contacts.created_at is 'When they first wrote.';

create table frontdesk.addresses (
    brand        text        not null,
    kind         text        not null check (kind in ('phone', 'whatsapp_user')),
    address      text        not null check (char_length(address) <= 160),
    contact_id   uuid        not null references frontdesk.contacts (id) on delete cascade,
    opted_out_at timestamptz,
    created_at   timestamptz not null default now(),
    primary key (brand, kind, address)
);
create index addresses_contact on frontdesk.addresses (contact_id);
comment on table frontdesk.addresses is 'A device that people write from. Only a signed webhook makes or links one.';
comment on column frontdesk.addresses.brand is 'The brand of its contact.';
comment on column frontdesk.addresses.kind is 'phone: E.164, shared by WhatsApp, SMS and voice. whatsapp_user: business-scoped user id.';
comment on column frontdesk.addresses.address is 'The number with its plus, or the id as the provider writes it.';
comment on column frontdesk.addresses.contact_id is 'Whose it is.';
comment on column frontdesk.addresses.opted_out_at is 'Since when nothing may be sent to it; null: it may.';
comment on column frontdesk.addresses.created_at is 'When it first wrote.';

create table frontdesk.secrets (
    name  text  primary key,
    value bytea not null
);
insert into frontdesk.secrets (name, value)
values ('opt_out_key', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
comment on table frontdesk.secrets is 'Keys that belong to this database.';
comment on column frontdesk.secrets.name is 'What it is for.';
comment on column frontdesk.secrets.value is 'Random bytes.';

create table frontdesk.opt_outs (
    address_hash bytea       primary key,
    opted_out_at timestamptz not null
);
comment on table frontdesk.opt_outs is
    'Addresses that opted out and then had everything erased: only a keyed hash stays, so that they stay opted out.';
comment on column frontdesk.opt_outs.address_hash is 'frontdesk.address_hash() of brand, kind and address.';
comment on column frontdesk.opt_outs.opted_out_at is 'Since when.';

create function frontdesk.address_hash(brand text, kind text, address text) returns bytea
    language sql stable
    return (select sha256(s.value || sha256(s.value || convert_to(concat_ws(E'\n', brand, kind, address), 'UTF8')))
            from frontdesk.secrets s where s.name = 'opt_out_key');
comment on function frontdesk.address_hash is 'Names an address without telling it to whoever lacks the key.';

-- Conversations ---------------------------------------------------------------------------------------------

create table frontdesk.conversations (
    session_id    uuid        primary key references public.instant_onboarding_sessions (id) on delete cascade,
    contact_id    uuid        references frontdesk.contacts (id) on delete cascade,
    flow          text        not null,
    flow_version  text        not null,
    version       bigint      not null default 1,
    is_open       boolean     not null default true,
    memory        jsonb       not null default '{}',
    guard         jsonb,
    last_input_at timestamptz not null default now()
) with (fillfactor = 70);
create unique index conversations_one_open on frontdesk.conversations (contact_id, flow) where is_open;
create index conversations_contact on frontdesk.conversations (contact_id);
comment on table frontdesk.conversations is 'What the public session row has no room for. Made when first needed.';
comment on column frontdesk.conversations.session_id is 'The session.';
comment on column frontdesk.conversations.contact_id is 'Whose it is; null for a session that only its key opens.';
comment on column frontdesk.conversations.flow is 'Which flow is asked.';
comment on column frontdesk.conversations.flow_version is 'Digest of that flow''s file when the session began.';
comment on column frontdesk.conversations.version is 'Grows by one with each turn; a commit is conditional on it.';
comment on column frontdesk.conversations.is_open is 'At most one conversation of a contact in a flow is open.';
comment on column frontdesk.conversations.memory is 'The conversation''s own: the open question, misses, candidates.';
comment on column frontdesk.conversations.guard is 'What the loop guard counts: repeated texts, replies of the last hour.';
comment on column frontdesk.conversations.last_input_at is 'When the person last said something.';

-- Messages --------------------------------------------------------------------------------------------------

create function frontdesk.week_of(at timestamptz) returns date
    language sql immutable
    return date_trunc('week', at at time zone 'UTC')::date;
comment on function frontdesk.week_of is 'The Monday (UTC) of the week that a moment lies in: the partition it belongs to.';

create table frontdesk.inbound (
    message_key uuid                      not null,
    week        date                      not null,
    received_at timestamptz               not null default now(),
    channel     public.onboarding_channel not null,
    session_id  uuid,
    kind        text                      not null,
    said        jsonb,
    said_at     timestamptz,
    answer      jsonb,
    primary key (message_key, week)
) partition by range (week);
create index inbound_session on frontdesk.inbound (session_id);
comment on table frontdesk.inbound is 'Every input taken: a redelivery finds itself here. Also the transcript''s half.';
comment on column frontdesk.inbound.message_key is 'First 16 bytes of SHA-256 of channel and the provider''s message id.';
comment on column frontdesk.inbound.week is 'Monday of the week it was received in (UTC).';
comment on column frontdesk.inbound.received_at is 'When the turn was committed.';
comment on column frontdesk.inbound.channel is 'By which door.';
comment on column frontdesk.inbound.session_id is 'The session it moved; null when none.';
comment on column frontdesk.inbound.kind is 'text, choice, location …';
comment on column frontdesk.inbound.said is 'What was said; null once the person had it erased.';
comment on column frontdesk.inbound.said_at is 'When the provider says it was said; null when it does not tell.';
comment on column frontdesk.inbound.answer is 'The answer given in the response itself, for an API call''s repetition.';

create table frontdesk.outbox (
    id          bigint                    generated always as identity,
    week        date                      not null,
    created_at  timestamptz               not null default now(),
    lane        bigint                    not null,
    session_id  uuid,
    message_key uuid,
    channel     public.onboarding_channel not null,
    account     text                      not null,
    recipient   jsonb                     not null,
    payload     jsonb                     not null,
    state       text                      not null
        check (state in ('waiting', 'leased', 'sent', 'delivered', 'read', 'failed', 'superseded')),
    attempts    integer                   not null default 0,
    due_at      timestamptz               not null default now(),
    lease_until timestamptz,
    settled_at  timestamptz,
    provider_id text,
    error_code  bigint,
    error_title text,
    is_farewell boolean                   not null default false,
    is_inline   boolean                   not null default false,
    yields      boolean                   not null default false,
    primary key (id, week)
) partition by range (week);
create index outbox_pending on frontdesk.outbox (lane, id) where state in ('waiting', 'leased');
create index outbox_failed on frontdesk.outbox (id) where state = 'failed';
create index outbox_provider on frontdesk.outbox (provider_id) where provider_id is not null;
create index outbox_session on frontdesk.outbox (session_id);
comment on table frontdesk.outbox is
    'Everything to be said, written in the same transaction as the state it belongs to. Sent at least once, in order in each lane.';
comment on column frontdesk.outbox.id is 'Order within a lane.';
comment on column frontdesk.outbox.week is 'Monday of the week it was written in (UTC).';
comment on column frontdesk.outbox.created_at is 'When the turn was committed.';
comment on column frontdesk.outbox.lane is 'Hash of our number and the person''s address: one message at a time in each.';
comment on column frontdesk.outbox.session_id is 'The session that says it.';
comment on column frontdesk.outbox.message_key is 'The input that it answers.';
comment on column frontdesk.outbox.channel is 'By which door it leaves.';
comment on column frontdesk.outbox.account is 'Our number: the one that was written to.';
comment on column frontdesk.outbox.recipient is 'to, user_id: as the provider wrote them.';
comment on column frontdesk.outbox.payload is 'The message, before any channel has shaped it.';
comment on column frontdesk.outbox.state is
    'waiting, leased (a worker is sending it), then sent, delivered, read, failed or superseded; statuses move forward only.';
comment on column frontdesk.outbox.attempts is 'How often it was tried.';
comment on column frontdesk.outbox.due_at is 'Not to be tried before.';
comment on column frontdesk.outbox.lease_until is 'When somebody else may try it, should the worker have died.';
comment on column frontdesk.outbox.settled_at is 'When the provider took it, or it was given up.';
comment on column frontdesk.outbox.provider_id is 'The provider''s id of it.';
comment on column frontdesk.outbox.error_code is 'Why it failed, in the provider''s numbers.';
comment on column frontdesk.outbox.error_title is 'Why it failed, in the provider''s words.';
comment on column frontdesk.outbox.is_farewell is 'Last words to somebody whose data was erased: deleted once settled.';
comment on column frontdesk.outbox.is_inline is 'Said by the response to the input, not by a call of the provider.';
comment on column frontdesk.outbox.yields is
    'A later message of the person waited already: the question that answers it supersedes this one, if it comes first.';

-- Things to do ----------------------------------------------------------------------------------------------

create table frontdesk.jobs (
    id          uuid        primary key default gen_random_uuid(),
    kind        text        not null check (kind in ('chart', 'webhook', 'transcribe')),
    session_id  uuid        not null references public.instant_onboarding_sessions (id) on delete cascade,
    payload     jsonb       not null,
    state       text        not null default 'waiting' check (state in ('waiting', 'leased', 'done', 'failed')),
    attempts    integer     not null default 0,
    due_at      timestamptz not null default now(),
    lease_until timestamptz,
    last_error  text,
    created_at  timestamptz not null default now()
);
-- A person may say several things before the first is written down: jobs of kind transcribe are as many as they like.
create unique index jobs_one_of_a_kind on frontdesk.jobs (session_id, kind) where kind <> 'transcribe';
create index jobs_of_session on frontdesk.jobs (session_id); -- deleting a session looks for all of them
create index jobs_failed on frontdesk.jobs (kind) where state = 'failed'; -- counted at each scrape of the metrics
create index jobs_pending on frontdesk.jobs (kind, due_at) where state in ('waiting', 'leased');
comment on table frontdesk.jobs is
    'Work that a turn asked for: a birth chart, an operator''s webhook (one of each for a session), a voice note to be written down.';
comment on column frontdesk.jobs.id is 'Also what the work''s result is known by.';
comment on column frontdesk.jobs.kind is 'What is to be done.';
comment on column frontdesk.jobs.session_id is 'For which session.';
comment on column frontdesk.jobs.payload is 'All that the work needs.';
comment on column frontdesk.jobs.state is 'waiting, leased, done or failed.';
comment on column frontdesk.jobs.attempts is 'How often it was tried.';
comment on column frontdesk.jobs.due_at is 'Not to be tried before.';
comment on column frontdesk.jobs.lease_until is 'When somebody else may try it.';
comment on column frontdesk.jobs.last_error is 'Why the last try failed.';
comment on column frontdesk.jobs.created_at is 'When it was asked for.';

create table frontdesk.waits (
    session_id uuid        not null references public.instant_onboarding_sessions (id) on delete cascade,
    kind       text        not null check (kind in ('nudge', 'expiry')),
    due_at     timestamptz not null,
    primary key (session_id, kind)
);
create index waits_due on frontdesk.waits (due_at);
comment on table frontdesk.waits is 'What happens to a silent session, and when.';
comment on column frontdesk.waits.session_id is 'The session.';
comment on column frontdesk.waits.kind is 'nudge: ask once more; expiry: close it.';
comment on column frontdesk.waits.due_at is 'When.';

create table frontdesk.charts (
    profile_id uuid        primary key references public.instant_onboarding_profiles (profile_id) on delete cascade,
    chart      jsonb       not null,
    created_at timestamptz not null default now()
);
comment on table frontdesk.charts is 'The computed birth charts.';
comment on column frontdesk.charts.profile_id is 'Whose.';
comment on column frontdesk.charts.chart is 'Positions, houses and texts as the chart program gave them.';
comment on column frontdesk.charts.created_at is 'When it was computed.';

create table frontdesk.upkeep (
    task    text        primary key,
    done_at timestamptz not null
);
comment on table frontdesk.upkeep is 'When each regular task last ran, on whichever node.';
comment on column frontdesk.upkeep.task is 'Which.';
comment on column frontdesk.upkeep.done_at is 'When.';
