select frontdesk.settle_job($1::uuid, $2::text, $3::bigint, $4::text)
