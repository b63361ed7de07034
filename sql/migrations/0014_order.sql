-- Does a reply that a response brings wait its turn?
--
-- An SMS can be answered in the webhook's response, at once; what was said to the same person before may still wait for
-- its call of the provider. Then the reply waits too, and leaves by a call, behind it. Replies in the response of an
-- earlier webhook don't count: they left when it was answered. Nor does what a call hears.

alter table frontdesk.outbox add column is_inline boolean;
comment on column frontdesk.outbox.is_inline is 'Said by the response to the input, not by a call of the provider; null: of before this was kept.';

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
    with replies as (
        insert into frontdesk.outbox
            (week, lane, session_id, message_key, channel, account, recipient, payload, state, attempts, lease_until,
             settled_at, is_farewell, is_inline)
        select frontdesk.week_of(now()), o.lane, sessions[o.turn], keys[o.turn],
               case when o.mode = 'text' then 'sms' else channels[o.turn] end::public.onboarding_channel,
               o.account, o.recipient, o.payload, first.state,
               case when first.state = 'waiting' then 0 else 1 end,
               case when first.state = 'leased' then now() + make_interval(secs => lease_seconds) end,
               case when first.state = 'sent' then now() end,
               coalesce(effects[o.turn] ? 'erases', false),
               o.mode = 'reply' and first.state = 'leased'
        from unnest(out_turns, out_lanes, out_accounts, out_recipients, out_payloads, out_modes) with ordinality
            as o (turn, lane, account, recipient, payload, mode, ord)
        cross join lateral (
            select case when o.mode = 'said' then 'sent'
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

-- Failed jobs are counted at each scrape of the metrics.
create index jobs_failed on frontdesk.jobs (kind) where state = 'failed';
