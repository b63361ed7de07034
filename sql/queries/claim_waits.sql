-- See sql/migrations/0008_returning.sql.
select session_id, version from frontdesk.claim_waits($1::bigint::integer, $2::bigint::integer)
