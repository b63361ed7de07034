-- Who came in to the dashboard, and who tried?
--
-- Every sign-in is noted. Of the refused ones only as many as an operator would read: whoever guesses tokens must not be
-- able to fill a table from which nothing is ever deleted.

create index audit_refused_sign_ins on frontdesk.audit (at) where action = 'sign_in_refused';

create function frontdesk.audit_sign_in(by_operator text, client text, most_refusals_an_hour bigint) returns boolean
    language plpgsql as $$
declare
    noted bigint;
begin
    if by_operator is not null then
        perform frontdesk.audit(by_operator, 'sign_in', null, 'Signed in with a token.', jsonb_build_object('client', client));
        return true;
    end if;
    -- One after the other, so that many at once don't each see room for one more.
    perform pg_advisory_xact_lock(hashtextextended('frontdesk refused sign-ins', 0));
    select count(*) into noted from frontdesk.audit a
    where a.action = 'sign_in_refused' and a.at > now() - interval '1 hour';
    if noted >= most_refusals_an_hour then
        return false;
    end if;
    perform frontdesk.audit('(unknown)', 'sign_in_refused', null, 'No operator has the token that was tried.',
        jsonb_build_object('client', client)
        || case when noted + 1 = most_refusals_an_hour then '{"more": "not noted for up to an hour"}' else '{}' end::jsonb);
    return true;
end $$;
comment on function frontdesk.audit_sign_in is
    'Notes that an operator signed in, or (null) that somebody could not; false where that is not noted any more in this hour.';
comment on column frontdesk.audit.operator is 'Who: a name from ADMIN_TOKENS_FILE, admin, or (unknown) who could not sign in.';
comment on column frontdesk.audit.why is 'The reason given, at most 500 characters; of a sign-in what happened.';
