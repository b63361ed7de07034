-- Has anything happened to the tickets? Told to everybody who looks at them, who then ask for what they may see.
select jsonb_build_object(
    'open', count(*) filter (where closed_at is null),
    'waiting', count(*) filter (where closed_at is null and operator is null),
    'changed_at', max(greatest(opened_at, heard_at, taken_at, answered_at, closed_at)))::text
from frontdesk.tickets
where closed_at is null or closed_at > now() - interval '1 hour'
