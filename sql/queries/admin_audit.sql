-- The audit log, the newest first, a hundred at a time, as one JSON document.
-- $1 only those before this id · $2 operator · $3 action · $4 session: null means all.
with found as (
    select * from frontdesk.audit a
    where ($1::text::bigint is null or a.id < $1::text::bigint) and ($2::text is null or a.operator = $2::text)
      and ($3::text is null or a.action = $3::text) and ($4::text::uuid is null or a.session_id = $4::text::uuid)
    order by a.id desc limit 101
),
shown as (
    select * from found order by id desc limit 100
)
select jsonb_build_object(
    'rows', (select coalesce(jsonb_agg(to_jsonb(s) order by s.id desc), '[]') from shown s),
    'has_more', (select count(*) > 100 from found),
    'operators', (select coalesce(jsonb_agg(distinct operator), '[]') from frontdesk.audit),
    'actions', (select coalesce(jsonb_agg(distinct action), '[]') from frontdesk.audit))
