-- Which question need not be asked any more?
--
-- People answer in bubbles: "Asha", "15 aug 1990", "pune". Where the next message of a person waits already when the
-- question to the one before is written, that question is held for a moment. The next turn, should it ask something
-- itself, says it better and supersedes the held one in its own commit; else the held one leaves when the moment is over.

alter table frontdesk.outbox add column yields boolean not null default false;
comment on column frontdesk.outbox.yields is
    'A later message of the person waited already: the question that answers it supersedes this one, if it comes first.';

create or replace function frontdesk.put_replies(
    going boolean[], keys uuid[], channels text[], sessions uuid[], effects jsonb[],
    out_turns integer[], out_lanes bigint[], out_accounts text[], out_recipients jsonb[], out_payloads jsonb[],
    out_modes text[], lease_seconds integer, out ids bigint[], out leased boolean[]
)
    language plpgsql as $$
begin
    if cardinality(out_turns) = 0 then
        return;
    end if;
    if exists (select from unnest(effects) e where e ? 'overtakes') then
        update frontdesk.outbox o set state = 'superseded', settled_at = now()
        from unnest(going, sessions, effects) as t (going, session, effects)
        where t.going and t.effects ? 'overtakes' and o.session_id = t.session and o.yields and o.state = 'waiting'
          and o.session_id = any (sessions); -- says nothing new, but leaves the planner only look-ups by key
    end if;
    with replies as (
        insert into frontdesk.outbox
            (week, lane, session_id, message_key, channel, account, recipient, payload, state, attempts, lease_until,
             settled_at, is_farewell, is_inline, yields, due_at)
        select frontdesk.week_of(now()), o.lane, sessions[o.turn], keys[o.turn],
               case when o.mode = 'text' then 'sms' else channels[o.turn] end::public.onboarding_channel,
               o.account, o.recipient, o.payload, first.state,
               case when first.state = 'waiting' then 0 else 1 end,
               case when first.state = 'leased' then now() + make_interval(secs => lease_seconds) end,
               case when first.state = 'sent' then now() end,
               coalesce(effects[o.turn] ? 'erases', false),
               o.mode = 'reply' and first.state = 'leased',
               o.mode = 'held',
               case when o.mode = 'held' then now() + interval '2 seconds' else now() end
        from unnest(out_turns, out_lanes, out_accounts, out_recipients, out_payloads, out_modes) with ordinality
            as o (turn, lane, account, recipient, payload, mode, ord)
        cross join lateral (
            select case when o.mode = 'said' then 'sent'
                        when o.mode = 'held' then 'waiting'
                        when o.mode = 'reply' and channels[o.turn] = 'voice' then 'leased'
                        -- The replies of one turn leave together; none of them is seen here yet.
                        when o.mode = 'reply' then
                            coalesce((select 'waiting' from frontdesk.outbox e
                                      where e.lane = o.lane and e.state in ('waiting', 'leased')
                                        and e.channel <> 'voice' and (e.state = 'waiting' or e.is_inline is not true)
                                      limit 1), 'leased')
                        when out_turns[o.ord - 1] = o.turn then 'waiting'
                        -- No EXISTS: the planner would rather hash every message that waits.
                        else coalesce((select 'waiting' from frontdesk.outbox e
                                       where e.lane = o.lane and e.state in ('waiting', 'leased') limit 1), 'leased')
                   end as state
            offset 0 -- worked out once, not at each use
        ) first
        where going[o.turn]
        order by o.ord
        returning id, state = 'leased' as is_leased
    )
    select array_agg(r.id), array_agg(r.is_leased) into ids, leased from replies r;
end $$;
