-- Messages by the states that an operator acts on; each count is an index of its own. A state without any is 0:
-- an alarm on a number that is not there never rings.
select state, coalesce(count, 0)
from (values ('waiting'), ('leased'), ('failed')) as states (state)
left join (
    select state, count(*) from frontdesk.outbox where state in ('waiting', 'leased') group by state
    union all
    select state, count(*) from frontdesk.outbox where state = 'failed' group by state
) as counted using (state)
