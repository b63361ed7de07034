-- Who may open the page of a chart?
--
-- Whoever has its link: the owner's shows everything, the shared one what may be handed on. A link's token is
-- derived, not drawn: a keyed hash of the profile, of whose link it is, and of that link's generation. So the same
-- link can be said again and again (after a crash, to who asks for their chart once more) though no token is stored
-- anywhere, and it is revoked by raising the generation. The key never leaves the database.

insert into frontdesk.secrets (name, value)
values ('chart_link_key', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')))
on conflict do nothing;

create table frontdesk.chart_links (
    profile_id        uuid    primary key references public.instant_onboarding_profiles (profile_id) on delete cascade,
    owner_generation  integer not null default 1,
    shared_generation integer not null default 1,
    is_shared         boolean not null default true,
    shows_birth       boolean not null default false
);
comment on table frontdesk.chart_links is 'What the owner of a chart has changed about its links; no row: nothing.';
comment on column frontdesk.chart_links.profile_id is 'Whose chart.';
comment on column frontdesk.chart_links.owner_generation is 'Grows by one when the owner''s link is made anew: the old one is dead then.';
comment on column frontdesk.chart_links.shared_generation is 'Likewise for the shared link.';
comment on column frontdesk.chart_links.is_shared is 'Whether there is a shared link at all.';
comment on column frontdesk.chart_links.shows_birth is 'Whether the shared page also tells date, time and place of birth.';

-- 144 bits in base64url, 24 characters.
create function frontdesk.chart_token(profile uuid, whose text, generation integer) returns text
    language sql stable
    return (select translate(encode(substr(sha256(s.value || sha256(s.value ||
                   convert_to(concat_ws(E'\n', whose, profile::text, generation::text), 'UTF8'))), 1, 18), 'base64'), '+/', '-_')
            from frontdesk.secrets s where s.name = 'chart_link_key');
comment on function frontdesk.chart_token is 'The token of one link of a chart: whose is owner or shared.';

create function frontdesk.chart_link(of_profile uuid, out owner_token text, out shared_token text, out shows_birth boolean)
    language sql stable
begin atomic
    select frontdesk.chart_token(of_profile, 'owner', coalesce(l.owner_generation, 1)),
           case when coalesce(l.is_shared, true)
                then frontdesk.chart_token(of_profile, 'shared', coalesce(l.shared_generation, 1)) end,
           coalesce(l.shows_birth, false)
    from (select of_profile as profile_id) p left join frontdesk.chart_links l using (profile_id);
end;
comment on function frontdesk.chart_link is 'The tokens of a chart that open its pages now; shared_token is null where it is not shared.';

-- The token is proved inside, so that of two wishes with one token only the first can take it away.
create function frontdesk.change_chart_link(of_profile uuid, token text, wish text, out owner_token text)
    language plpgsql as $$
begin
    perform from public.instant_onboarding_profiles where profile_id = of_profile for update;
    if not found or sha256(convert_to(token, 'UTF8'))
            <> sha256(convert_to((select k.owner_token from frontdesk.chart_link(of_profile) k), 'UTF8')) then
        return;
    end if;
    insert into frontdesk.chart_links (profile_id) values (of_profile) on conflict do nothing;
    update frontdesk.chart_links l set
        owner_generation = l.owner_generation + case when wish = 'renew_owner' then 1 else 0 end,
        shared_generation = l.shared_generation + case when wish = 'renew_shared' then 1 else 0 end,
        is_shared = case wish when 'renew_shared' then true when 'revoke_shared' then false else l.is_shared end,
        shows_birth = case wish when 'show_birth' then true when 'hide_birth' then false else l.shows_birth end
    where l.profile_id = of_profile;
    owner_token := (select k.owner_token from frontdesk.chart_link(of_profile) k);
end $$;
comment on function frontdesk.change_chart_link is
    'Does what the owner wishes with the links of a chart: renew_owner, renew_shared, revoke_shared, show_birth, hide_birth. '
    'Gives the owner''s token that holds from now on; null where the given one opens nothing.';

-- Only ever from false to true, and without a write where it is so already.
create function frontdesk.mark_profile(of_profile uuid, of_session uuid, mark text) returns boolean
    language plpgsql as $$
begin
    update public.instant_onboarding_profiles p set
        viewed_chart = p.viewed_chart or mark = 'viewed',
        shared_chart = p.shared_chart or mark = 'shared',
        converted_to_full_user = p.converted_to_full_user or mark = 'converted'
    where (p.profile_id = of_profile or p.session_id = of_session)
      and not case mark when 'viewed' then p.viewed_chart when 'shared' then p.shared_chart
                        else p.converted_to_full_user end;
    return exists (select from public.instant_onboarding_profiles p
                   where p.profile_id = of_profile or p.session_id = of_session);
end $$;
comment on function frontdesk.mark_profile is
    'Notes that a chart was viewed, shared, or its person converted; false where there is no such profile. By profile or session.';
