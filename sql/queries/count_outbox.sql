-- Messages by the states that an operator acts on; each count is an index of its own.
select state, count(*) from frontdesk.outbox where state in ('waiting', 'leased') group by state
union all
select state, count(*) from frontdesk.outbox where state = 'failed' group by state
