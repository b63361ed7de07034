-- Jobs by kind and by the states that an operator acts on; each state is an index of its own.
select kind, state, count(*) from frontdesk.jobs where state in ('waiting', 'leased') group by kind, state
union all
select kind, state, count(*) from frontdesk.jobs where state = 'failed' group by kind, state
