-- How do jobs find a worker, and come to an end?

create function frontdesk.claim_jobs(of_kind text, most integer, lease_seconds integer)
    returns table (id uuid, payload jsonb, attempts integer)
    language sql
begin atomic
    update frontdesk.jobs j
    set state = 'leased', lease_until = now() + make_interval(secs => lease_seconds), attempts = j.attempts + 1
    from (
        select d.id from frontdesk.jobs d
        where d.kind = of_kind
          and ((d.state = 'waiting' and d.due_at <= now()) or (d.state = 'leased' and d.lease_until < now()))
        order by d.due_at
        limit most
        for update skip locked
    ) due
    where j.id = due.id
    returning j.id, j.payload, j.attempts;
end;
comment on function frontdesk.claim_jobs is 'Leases jobs of a kind to the calling worker; a dead worker''s come again.';

create function frontdesk.settle_job(job uuid, new_state text, delay_ms bigint, error text) returns void
    language sql
begin atomic
    update frontdesk.jobs
    set state = new_state, lease_until = null, last_error = error, due_at = now() + make_interval(secs => delay_ms / 1000.0)
    where id = job;
end;
comment on function frontdesk.settle_job is 'Records what came of a job: done, failed, or waiting for another try.';
