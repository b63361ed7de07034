-- See sql/migrations/0002_turns.sql.
select row(result, outbox_ids, leased)
from frontdesk.commit_turns($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                            $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35::bigint::integer)
