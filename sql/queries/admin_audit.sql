-- The audit log, the newest first, a hundred at a time, as one JSON document.
-- $1 only those before this id · $2 operator · $3 action · $4 session: empty means all.
with found as (
    select * from frontdesk.audit a
    where ($1::text = '' or a.id < nullif($1, '')::bigint) and ($2::text = '' or a.operator = $2)
      and ($3::text = '' or a.action = $3) and ($4::text = '' or a.session_id = nullif($4, '')::uuid)
    order by a.id desc limit 101
),
shown as (
    select * from found order by id desc limit 100
)
select jsonb_build_object(
    'rows', (select coalesce(jsonb_agg(to_jsonb(s) order by s.id desc), '[]') from shown s),
    'has_more', (select count(*) > 100 from found),
    'operators', (select coalesce(jsonb_agg(distinct operator), '[]') from frontdesk.audit),
    'actions', (select coalesce(jsonb_agg(distinct action), '[]') from frontdesk.audit))::text
