-- Writes down who signed in to the dashboard. $1 the operator (empty: somebody who was refused), $2 from where, masked.
select to_json(frontdesk.audit_sign_in(nullif($1::text, ''), $2::text, 30))::text
