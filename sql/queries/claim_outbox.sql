select id, channel, account, recipient, payload, attempts, age_seconds from frontdesk.claim_outbox($1::bigint::integer, $2::bigint::integer)
