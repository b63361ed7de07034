-- Has the newest migration been applied, can anything be written, and is there a table for what is said this week? Asked of the
-- catalogue, so that an empty database is an answer, not an error.
select coalesce(obj_description(to_regclass('frontdesk.migrations'), 'pg_class') like '%: ' || $1::text, false),
       not current_setting('transaction_read_only')::boolean,
       to_regclass('frontdesk.inbound_' || monday) is not null and to_regclass('frontdesk.outbox_' || monday) is not null
from to_char(date_trunc('week', now() at time zone 'UTC'), 'YYYYMMDD') as monday
