-- How does a web chat know what it has missed?
--
-- In a session of the web chat each message, said or heard, has a number: 1, 2, 3 …, its `seq`. The gateway counts
-- on from what it loaded and writes the numbers with the turn; since a commit is conditional on the conversation's
-- version, two workers can't give the same number, nor leave one out. "Everything after 17" is one look-up.
--
-- The numbers stand in the JSON that the gateway writes anyway (members `seq`); the columns are read from there.

alter table frontdesk.conversations
    add column last_seq bigint not null generated always as (coalesce((guard ->> 'seq')::bigint, 0)) stored;
comment on column frontdesk.conversations.guard is
    'The gateway''s own: what the loop guard counts (repeated texts, replies of the last hour), and the last seq.';
comment on column frontdesk.conversations.last_seq is 'Number of the newest message of a web chat; 0: none.';

alter table frontdesk.outbox add column seq bigint generated always as ((payload ->> 'seq')::bigint) stored;
comment on column frontdesk.outbox.seq is 'Its number in its session, in a web chat; else null.';
drop index frontdesk.outbox_session;
create index outbox_session on frontdesk.outbox (session_id, seq);

alter table frontdesk.inbound add column seq bigint generated always as ((said ->> 'seq')::bigint) stored;
comment on column frontdesk.inbound.seq is 'Its number in its session, in a web chat; else null.';
drop index frontdesk.inbound_session;
create index inbound_session on frontdesk.inbound (session_id, seq);
