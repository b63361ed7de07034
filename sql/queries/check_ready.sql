-- Has the newest migration been applied? Asked of the catalogue, so that an empty database is an answer, not an error.
select coalesce(obj_description(to_regnamespace('frontdesk'), 'pg_namespace') like '%: ' || $1::text, false)
