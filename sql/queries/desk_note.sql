-- Writes down what an operator is about to see. $1 who, $2 what, $3 of which session (may be empty), $4 why,
-- $5 more (a JSON object).
select to_json(true)::text from frontdesk.audit($1::text, $2::text, nullif($3::text, '')::uuid, $4::text, $5::text::jsonb)
