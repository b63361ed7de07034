-- The smallest thing that has to become durable: a note in the log of changes that no table knows and nobody reads.
select pg_logical_emit_message(true, 'frontdesk', '')
