select frontdesk.mark_profile($1::uuid, $2::uuid, $3::text)
