// Does the public migration make what the contract names, wherever and however it is run, and go without a trace?

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startPostgres } from '../support/postgres.mjs';

const sqlFile = (name) => new URL(`../../sql/${name}`, import.meta.url);
const MIGRATION = { file: sqlFile('supabase_migration_instant_onboarding.sql') };
const VERIFY = { file: sqlFile('verify.sql') };
const ROLLBACK = { file: sqlFile('rollback.sql') };
const COMPLETE = 'Migration Complete!|2|13|9';

// Everything that a rollback could leave behind; roles are the cluster's and stay.
const LEFT_BEHIND = `
    select 'schema ' || nspname from pg_namespace where nspname in ('frontdesk', 'auth')
    union all select 'relation ' || relname from pg_class where relnamespace = 'public'::regnamespace
    union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace`;

let pg;
let databases = 0;

before(async () => {
    pg = await startPostgres();
    await pg.psql('create role shop_owner login createrole nosuperuser');
});
after(() => pg?.stop());

/* A fresh database of an ordinary owner, and that owner's way to it. */
async function freshDatabase() {
    const db = `shop_${++databases}`;
    await pg.createDatabase(db, { owner: 'shop_owner' });
    return { db, user: 'shop_owner' };
}

test('an owner who is no superuser migrates an empty cluster, and verify prints exactly its row', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    assert.equal(await pg.psql(VERIFY, shop), COMPLETE);
    assert.equal(await pg.psql(`select string_agg(rolname, ' ' order by rolname) from pg_roles
        where rolname in ('anon', 'authenticated', 'service_role') and not rolcanlogin and not rolsuper`),
        'anon authenticated service_role');
});

test('the migration may be run again, as a script, as one query and inside a transaction, and changes nothing', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, { ...shop, asOneQuery: true });
    await pg.psql(`insert into instant_onboarding_sessions (session_key, channel) values ('a-key-of-22-characters', 'sms')`, shop);
    const before = await describeAll(shop);
    await pg.psql(MIGRATION, shop);
    await pg.psql(MIGRATION, { ...shop, asOneQuery: true });
    await pg.psql(`begin;\n${await readFile(MIGRATION.file, 'utf8')}\ncommit;`, shop);
    assert.deepEqual(await describeAll(shop), before);
    assert.equal(await pg.psql(VERIFY, shop), COMPLETE);
    assert.equal(await pg.psql('select count(*) from instant_onboarding_sessions', shop), '1');
});

test('there is not one psql command in the migration, the rollback and the verification', async () => {
    for (const { file } of [MIGRATION, VERIFY, ROLLBACK]) {
        assert.doesNotMatch(await readFile(file, 'utf8'), /^\s*\\|\\[a-z]+\s*$/m, file.pathname);
    }
});

test('types and columns are those of the contract, in its order', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    const labels = (type) => pg.psql(`select string_agg(enumlabel, ' ' order by enumsortorder)
        from pg_enum where enumtypid = 'public.${type}'::regtype`, shop);
    const columns = (table) => pg.psql(`select string_agg(attname || ' ' || format_type(atttypid, null), ', ' order by attnum)
        from pg_attribute where attrelid = 'public.${table}'::regclass and attnum > 0`, shop);

    assert.equal(await labels('session_status'), 'started collecting_data generating_chart completed failed');
    assert.equal(await labels('onboarding_channel'), 'whatsapp web voice sms');
    assert.equal(await columns('instant_onboarding_sessions'),
        'id uuid, session_key text, channel onboarding_channel, status session_status, language text, user_id uuid, '
        + 'phone_number text, collected_data jsonb, current_step integer, steps_completed jsonb, '
        + 'chart_generated boolean, created_at timestamp with time zone, updated_at timestamp with time zone, '
        + 'completed_at timestamp with time zone');
    assert.equal(await columns('instant_onboarding_profiles'),
        'id uuid, session_id uuid, user_id uuid, profile_id uuid, channel onboarding_channel, '
        + 'time_taken_seconds integer, viewed_chart boolean, shared_chart boolean, converted_to_full_user boolean, '
        + 'created_at timestamp with time zone');
});

test('indexes, trigger and views are those of the contract', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    const indexes = await pg.psql(`
        select concat_ws(' ', replace(indrelid::regclass::text, 'instant_onboarding_', ''),
            case when indisprimary then 'primary' when indisunique then 'unique' end,
            (select string_agg(pg_get_indexdef(indexrelid, n, true), ',' order by n) from generate_series(1, indnkeyatts) n))
        from pg_index where indrelid in ('instant_onboarding_sessions'::regclass, 'instant_onboarding_profiles'::regclass)
        order by 1`, shop);
    assert.deepEqual(indexes.split('\n'), [
        'profiles created_at', 'profiles primary id', 'profiles unique profile_id', 'profiles unique session_id',
        'profiles user_id', 'sessions channel,created_at', 'sessions completed_at', 'sessions created_at',
        'sessions phone_number', 'sessions primary id', 'sessions status', 'sessions unique session_key',
        'sessions user_id',
    ]);
    assert.equal(await pg.psql('select tgname from pg_trigger where not tgisinternal', shop),
        'instant_onboarding_sessions_updated_at');
    assert.equal(await pg.psql(`select string_agg(relname || ' ' || reloptions::text, ' ' order by relname)
        from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace`, shop),
        'instant_onboarding_conversion_metrics {security_invoker=true} instant_onboarding_session_stats {security_invoker=true}');
});

test('every table, column, view, function and type of ours has a comment', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    const silent = await pg.psql(`
        select c.relname || coalesce('.' || a.attname, '')
        from pg_class c
        left join lateral (select null::name as attname, 0 as attnum
            union all select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0) a on true
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
          and coalesce(col_description(c.oid, nullif(a.attnum, 0)), obj_description(c.oid, 'pg_class')) is null
           or (c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0
               and col_description(c.oid, a.attnum) is null)
        union all select proname from pg_proc
        where pronamespace in ('public'::regnamespace, 'frontdesk'::regnamespace, 'auth'::regnamespace)
          and obj_description(oid, 'pg_proc') is null
        union all select typname from pg_type
        where typnamespace = 'public'::regnamespace and typtype = 'e' and obj_description(oid, 'pg_type') is null`, shop);
    assert.equal(silent, '');
});

test('our functions have a fixed search_path and none is SECURITY DEFINER', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    const functions = await pg.psql(`select proname, prosecdef, proconfig from pg_proc
        where pronamespace in ('public'::regnamespace, 'frontdesk'::regnamespace, 'auth'::regnamespace) order by 1`, shop);
    assert.deepEqual(functions.split('\n'), [
        'cleanup_expired_onboarding_sessions|f|{"search_path=\\"\\""}',
        'touch_updated_at|f|{"search_path=\\"\\""}',
        'uid|f|{"search_path=\\"\\""}',
    ]);
});

test('rollback leaves no trace but the roles, may be run again, and the migration works afterwards', async () => {
    const shop = await freshDatabase();
    await pg.psql(ROLLBACK, shop);
    await pg.psql(MIGRATION, shop);
    await pg.psql('create table frontdesk.conversations (session_id uuid references instant_onboarding_sessions, status session_status)', shop);
    await pg.psql(ROLLBACK, { ...shop, asOneQuery: true });
    assert.equal(await pg.psql(LEFT_BEHIND, shop), '');
    assert.equal(await pg.psql(VERIFY, shop), 'Migration incomplete|0|0|0');
    assert.equal(await pg.psql(`select count(*) from pg_roles where rolname in ('anon', 'authenticated', 'service_role')`), '3');

    await pg.psql(ROLLBACK, shop);
    await pg.psql(MIGRATION, shop);
    assert.equal(await pg.psql(VERIFY, shop), COMPLETE);
});

test('rollback takes nothing that others made: it names what stands in the way, or leaves the stand-in', async () => {
    const shop = await freshDatabase();
    await pg.psql(MIGRATION, shop);
    await pg.psql('create view my_report as select count(*) from instant_onboarding_sessions', shop);
    await assert.rejects(pg.psql(ROLLBACK, shop), /my_report depends on/);
    assert.equal(await pg.psql(VERIFY, shop), COMPLETE, 'all or nothing');

    await pg.psql('drop view my_report; create table mine (owner uuid default auth.uid())', shop);
    await pg.psql(ROLLBACK, shop);
    assert.equal(await pg.psql(`select to_regprocedure('auth.uid()') is not null, to_regclass('mine') is not null`, shop), 't|t');
});

test('rollback never drops an extension, not even one that somebody put into schema frontdesk', async () => {
    const db = `shop_${++databases}`;
    await pg.createDatabase(db);
    await pg.psql(MIGRATION, { db });
    await pg.psql('create extension pg_trgm schema frontdesk', { db });
    await pg.psql(ROLLBACK, { db });
    assert.equal(await pg.psql(`select nspname from pg_extension e join pg_namespace n on n.oid = extnamespace
        where extname = 'pg_trgm'`, { db }), 'public');
});

test('an owner who is no superuser can not move the extension: it stays in its schema, and everything else goes', async () => {
    const shop = await freshDatabase();
    const folder = sqlFile('migrations/');
    const migrateAll = async () => {
        await pg.psql(MIGRATION, shop);
        for (const name of (await readdir(folder)).sort()) await pg.psql({ file: new URL(name, folder) }, { ...shop, asOneQuery: true });
    };
    await migrateAll();
    await pg.psql(ROLLBACK, shop);
    assert.equal(await pg.psql(LEFT_BEHIND, shop), 'schema frontdesk');
    assert.equal(await pg.psql(`select count(*) from (
            select 'pg_class'::regclass as catalogue, oid from pg_class where relnamespace = 'frontdesk'::regnamespace
            union all select 'pg_proc'::regclass, oid from pg_proc where pronamespace = 'frontdesk'::regnamespace
            union all select 'pg_type'::regclass, oid from pg_type where typnamespace = 'frontdesk'::regnamespace and typelem = 0
        ) as left_over
        where not exists (select from pg_depend where classid = catalogue and objid = left_over.oid and deptype = 'e')`, shop), '0');
    await pg.psql(ROLLBACK, shop);
    await migrateAll();
    assert.equal(await pg.psql(VERIFY, shop), COMPLETE);
});

test('on Supabase the existing roles and auth.uid() are used, left as they are, and survive a rollback', async () => {
    const supabase = await startPostgres({ superuser: 'supabase_admin' });
    try {
        await supabase.createDatabase('project');
        await supabase.psql({ file: new URL('fixtures/supabase.sql', import.meta.url) }, { db: 'project' });
        await supabase.psql('alter database project owner to postgres');
        const owner = { db: 'project', user: 'postgres' };
        const theirs = `select proname, proowner::regrole, prosrc, obj_description(oid) from pg_proc
            where pronamespace = 'auth'::regnamespace
            union all select rolname, oid::regrole, rolbypassrls::text || rolinherit::text, null from pg_roles
            where rolname in ('anon', 'authenticated', 'service_role') order by 1`;
        const before = await supabase.psql(theirs, { db: 'project' });

        await supabase.psql(MIGRATION, { ...owner, asOneQuery: true });
        await supabase.psql(MIGRATION, { ...owner, asOneQuery: true });
        assert.equal(await supabase.psql(VERIFY, owner), COMPLETE);
        const reach = await readFile(new URL('fixtures/reach.sql', import.meta.url), 'utf8');
        const reached = (await supabase.psql(reach, { db: 'project' })).split('\n');
        assert.ok(reached.includes('anon|relation|public.instant_onboarding_sessions|select'));
        assert.deepEqual(reached.filter((line) => /delete|truncate|trigger\b|_stats|_metrics|cleanup|frontdesk/.test(line)), [],
            'what Supabase grants by default is taken back');

        await supabase.psql(ROLLBACK, { ...owner, asOneQuery: true });
        assert.equal(await supabase.psql(theirs, { db: 'project' }), before);
        assert.equal(await supabase.psql(LEFT_BEHIND, owner), 'schema auth');
    } finally {
        await supabase.stop();
    }
});

/* Whatever a second run could change: definitions, grants, policies, comments. */
function describeAll(shop) {
    return pg.rows(`
        select c.relname, c.relacl::text, c.reloptions::text, c.relrowsecurity, pg_get_viewdef(c.oid) as view,
            (select string_agg(attname || coalesce(attacl::text, '') || coalesce(col_description(c.oid, attnum), ''), ' ' order by attnum)
             from pg_attribute where attrelid = c.oid and attnum > 0) as columns,
            (select string_agg(pg_get_constraintdef(oid), ' ' order by conname) from pg_constraint where conrelid = c.oid) as constraints,
            (select string_agg(pg_get_triggerdef(oid), ' ') from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers,
            (select string_agg(concat_ws(' ', policyname, roles::text, cmd, qual, with_check), ' ' order by policyname)
             from pg_policies where tablename = c.relname) as policies
        from pg_class c where relnamespace = 'public'::regnamespace
        union all
        select proname, proacl::text, proconfig::text, prosecdef, prosrc, null, null, null, null
        from pg_proc where pronamespace in ('public'::regnamespace, 'frontdesk'::regnamespace, 'auth'::regnamespace)
        order by 1`, shop);
}
