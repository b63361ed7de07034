-- What was said and heard in each of these web chats after that seq, in order, and where they stand now. Sessions in
-- which nothing is new give no row. At most 200 messages each: who asks again from there gets the rest.
select t.ord::integer, s.status::text, m.seq, m.is_heard, m.body, m.title
from unnest($1::uuid[], $2::bigint[]) with ordinality as t (session_id, seq, ord)
join frontdesk.conversations c on c.session_id = t.session_id and c.last_seq > t.seq
join public.instant_onboarding_sessions s on s.id = t.session_id
cross join lateral (
    select o.seq, false as is_heard, o.payload as body, null::text as title
    from frontdesk.outbox o
    where o.session_id = t.session_id and o.seq > t.seq
    union all
    -- A choice is told by the title of the button that offered it.
    select i.seq, true, i.said, (
        select offered.choice ->> 'title'
        from frontdesk.outbox q cross join lateral jsonb_array_elements(q.payload -> 'choices') as offered (choice)
        where q.session_id = t.session_id and q.seq < i.seq and offered.choice ->> 'id' = i.said ->> 'choice'
        order by q.seq desc
        limit 1)
    from frontdesk.inbound i
    where i.session_id = t.session_id and i.seq > t.seq
    order by seq
    limit 200
) m
order by t.ord, m.seq
