-- Has the newest migration been applied, and can anything be written? Asked of the catalogue, so that an empty database
-- is an answer, not an error.
select coalesce(obj_description(to_regclass('frontdesk.migrations'), 'pg_class') like '%: ' || $1::text, false),
       not current_setting('transaction_read_only')::boolean
