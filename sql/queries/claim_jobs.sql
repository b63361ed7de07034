select id, payload, attempts from frontdesk.claim_jobs($1::text, $2::bigint::integer, $3::bigint::integer)
