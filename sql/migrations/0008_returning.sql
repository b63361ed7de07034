-- How does somebody have several sessions, one after the other or side by side, of which one is open?
--
-- Who comes back to an unfinished session may begin another. The one that is left stays as it is, but is no longer the
-- one that their address opens: the turn that begins the new one says so in its effects (`leaves`), in the same commit.

-- Only as the turn found it: where it has moved meanwhile it stays open, and the new one can't begin (a conflict, so
-- that the turn is taken again). Both rows move, so that whoever is at the left one notices.
create function frontdesk.leave_sessions(going boolean[], effects jsonb[]) returns void
    language plpgsql as $$
declare
    leaving record;
begin
    if not exists (select from unnest(effects) e where e ? 'leaves') then
        return;
    end if;
    for leaving in
        select (t.effects #>> '{leaves,session}')::uuid as session, (t.effects #>> '{leaves,version}')::bigint as version
        from unnest(going, effects) as t (going, effects)
        where t.going and t.effects ? 'leaves'
    loop
        update public.instant_onboarding_sessions s set status = s.status
        where s.id = leaving.session
          and (select c.version from frontdesk.conversations c where c.session_id = s.id) = leaving.version;
        update frontdesk.conversations c set is_open = false, version = c.version + 1
        where c.session_id = leaving.session and c.version = leaving.version;
        delete from frontdesk.waits w where w.session_id = leaving.session;
    end loop;
end $$;
comment on function frontdesk.leave_sessions is 'Closes the unfinished sessions whose people begin another with these turns.';

-- ---- Silence ----
--
-- The first thing said in a session asks to be woken (effect `wakes`, at_ms). Whatever is said later leaves the row alone:
-- the turn that the waking is finds out how long its person has really been silent, and puts the row off, or is the last.

create function frontdesk.plan_wakes(going boolean[], sessions uuid[], effects jsonb[]) returns void
    language plpgsql as $$
begin
    if not exists (select from unnest(effects) e where e ? 'wakes') then
        return;
    end if;
    delete from frontdesk.waits w
    using unnest(going, sessions, effects) as t (going, session, effects)
    where t.going and t.effects ? 'wakes' and not t.effects -> 'wakes' ? 'at_ms'
      and w.session_id = t.session and w.session_id = any (sessions) and w.kind = 'nudge';
    insert into frontdesk.waits (session_id, kind, due_at)
    select t.session, 'nudge', to_timestamp((t.effects #>> '{wakes,at_ms}')::bigint / 1000.0)
    from unnest(going, sessions, effects) as t (going, session, effects)
    where t.going and t.session is not null and t.effects -> 'wakes' ? 'at_ms'
    on conflict (session_id, kind) do update set due_at = excluded.due_at;
end $$;
comment on function frontdesk.plan_wakes is 'Notes when the sessions of these turns are to be looked at, should they be silent.';

-- A row that is taken is put off by the lease: the turn that it leads to settles it for good.
create function frontdesk.claim_waits(most integer, lease_seconds integer)
    returns table (session_id uuid, version bigint)
    language sql
begin atomic
    with due as (
        select w.session_id, w.kind from frontdesk.waits w
        where w.due_at <= now()
        order by w.due_at
        limit most
        for update skip locked
    ),
    standing as (
        select d.session_id, d.kind, c.version,
               -- Who asked for a person is told when nobody comes, wherever their session stands.
               coalesce((c.is_open and s.status = 'collecting_data') or c.memory ? 'desk', false) as is_open
        from due d
        left join frontdesk.conversations c on c.session_id = d.session_id
        left join public.instant_onboarding_sessions s on s.id = d.session_id
    ),
    gone as (
        delete from frontdesk.waits w using standing t
        where w.session_id = t.session_id and w.kind = t.kind and not t.is_open
    )
    update frontdesk.waits w set due_at = now() + make_interval(secs => lease_seconds)
    from standing t
    where w.session_id = t.session_id and w.kind = t.kind and t.is_open
    returning t.session_id, t.version;
end;
comment on function frontdesk.claim_waits is
    'Leases the sessions that are due to be looked at to the calling worker; forgets those that nobody waits for any more.';
