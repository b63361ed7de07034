-- Who waits for a person, where can they be answered, and who took it?
--
-- A ticket is opened, moved and closed by the turn that does so, in its commit (effect `ticket`, see commit_turns): what
-- the conversation remembers and what the dashboard shows can't differ. Personal data in it goes with its session.

create table frontdesk.tickets (
    id          uuid                      primary key default gen_random_uuid(),
    session_id  uuid                      not null references public.instant_onboarding_sessions (id) on delete cascade,
    channel     public.onboarding_channel not null,
    account     text                      not null,
    recipient   jsonb                     not null,
    lane        bigint                    not null,
    opened_at   timestamptz               not null default now(),
    heard_at    timestamptz               not null default now(),
    operator    text                      check (char_length(operator) between 1 and 100),
    taken_at    timestamptz,
    answered_at timestamptz,
    closed_at   timestamptz,
    closed_by   text
);
create unique index tickets_one_open on frontdesk.tickets (session_id) where closed_at is null;
create index tickets_open on frontdesk.tickets (opened_at) where closed_at is null;
create index tickets_closed on frontdesk.tickets (closed_at) where closed_at is not null;
create index tickets_session on frontdesk.tickets (session_id);
comment on table frontdesk.tickets is 'People who asked for a person. One open ticket of a session at most.';
comment on column frontdesk.tickets.id is 'The ticket.';
comment on column frontdesk.tickets.session_id is 'Whose conversation it is.';
comment on column frontdesk.tickets.channel is 'By which door the person was last heard, and is answered; of a caller: sms.';
comment on column frontdesk.tickets.account is 'Our number: the one that was written to.';
comment on column frontdesk.tickets.recipient is 'to, user_id: as the provider wrote them.';
comment on column frontdesk.tickets.lane is 'As of the outbox: answers take their place among the person''s messages.';
comment on column frontdesk.tickets.opened_at is 'When a person was asked for.';
comment on column frontdesk.tickets.heard_at is 'When the person last said something; WhatsApp''s 24 hours count from here.';
comment on column frontdesk.tickets.operator is 'Who took it; null: nobody yet.';
comment on column frontdesk.tickets.taken_at is 'When it was first taken.';
comment on column frontdesk.tickets.answered_at is 'When it was last answered.';
comment on column frontdesk.tickets.closed_at is 'When the bot had the conversation again; null: it is open.';
comment on column frontdesk.tickets.closed_by is 'The operator who closed it, or person: they called the bot back, or opted out.';

-- `news`: {change, operator?, door?: {channel, account, recipient}, lane, from?}.
create function frontdesk.move_ticket(of_session uuid, news jsonb) returns void
    language plpgsql as $$
declare
    change constant text := news ->> 'change';
    door constant jsonb := news -> 'door';
    by_operator constant text := news ->> 'operator';
begin
    update frontdesk.tickets t
    set session_id = of_session,
        channel = coalesce((door ->> 'channel')::public.onboarding_channel, t.channel),
        account = coalesce(door ->> 'account', t.account),
        recipient = coalesce(door -> 'recipient', t.recipient),
        heard_at = case when by_operator is null and change <> 'closed' then now() else t.heard_at end,
        operator = case when change in ('taken', 'answered') then by_operator else t.operator end,
        taken_at = case when change in ('taken', 'answered') then coalesce(t.taken_at, now()) else t.taken_at end,
        answered_at = case when change = 'answered' then now() else t.answered_at end,
        closed_at = case when change = 'closed' then now() end,
        closed_by = case when change = 'closed' then coalesce(by_operator, 'person') end
    where t.session_id = coalesce((news ->> 'from')::uuid, of_session) and t.closed_at is null;
    if not found and change = 'opened' and door is not null then
        insert into frontdesk.tickets (session_id, channel, account, recipient, lane)
        values (of_session, (door ->> 'channel')::public.onboarding_channel, door ->> 'account', door -> 'recipient',
                (news ->> 'lane')::bigint);
    end if;
end $$;
comment on function frontdesk.move_ticket is 'Notes what a turn made of its session''s ticket.';
