-- Jobs by kind and by the states that an operator acts on; each state is an index of its own. Where there are
-- none it is 0.
select kind, state, coalesce(count, 0)
from (values ('chart'), ('webhook'), ('transcribe')) as kinds (kind)
cross join (values ('waiting'), ('leased'), ('failed')) as states (state)
left join (
    select kind, state, count(*) from frontdesk.jobs where state in ('waiting', 'leased') group by kind, state
    union all
    select kind, state, count(*) from frontdesk.jobs where state = 'failed' group by kind, state
) as counted using (kind, state)
