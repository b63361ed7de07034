-- Retries or drops messages for an operator, or counts them. $1 retry or drop; which: $2 id, $3 error code (-1: none),
-- $4 channel, each may be empty; $5 how many the operator has seen (empty: only count); $6 who, $7 why.
select frontdesk.desk_outbox($1::text, nullif($2::text, '')::bigint, nullif($3::text, '')::bigint, nullif($4::text, ''),
                             nullif($5::text, '')::bigint, $6::text, $7::text)::text
