// Who may see and change what, through PostgREST? Each test speaks as PostgREST does: one transaction, the role
// set, the request's headers and the token's claims as settings.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { startPostgres } from '../support/postgres.mjs';

const MIGRATION = { file: new URL('../../sql/supabase_migration_instant_onboarding.sql', import.meta.url) };
const ASHA = '11111111-1111-4111-8111-111111111111';
const BILAL = '22222222-2222-4222-8222-222222222222';
const KEY = 'key-of-nobody-in-particular';
const ASHAS_KEY = 'key-of-asha-aaaaaaaaaaaaaaa';
const BILALS_KEY = 'key-of-bilal-bbbbbbbbbbbbbb';

let pg;

before(async () => {
    pg = await startPostgres();
    await pg.psql(MIGRATION);
});
after(() => pg?.stop());

beforeEach(() => pg.psql(`
    truncate instant_onboarding_sessions cascade;
    insert into instant_onboarding_sessions (session_key, channel, user_id, phone_number) values
        ('${KEY}', 'web', null, '+15550100'), ('${ASHAS_KEY}', 'web', '${ASHA}', null), ('${BILALS_KEY}', 'sms', '${BILAL}', null);
    insert into instant_onboarding_profiles (session_id, user_id, channel)
        select id, user_id, channel from instant_onboarding_sessions;`));

/* Runs the statement as one PostgREST request; gives what it printed. */
function request(role, { key, claims }, sql) {
    const setting = (name, value) => value === undefined ? '' : `set local ${name} = '${JSON.stringify(value)}';`;
    return pg.psql(`begin; set local role ${role};
        ${setting('request.headers', key === undefined ? {} : { 'x-session-key': key })}
        ${setting('request.jwt.claims', claims)}
        ${sql}; commit;`);
}

const anon = (key, sql) => request('anon', { key }, sql);
const signedIn = (user, sql) => request('authenticated', { claims: { sub: user, role: 'authenticated' } }, sql);
const service = (sql) => request('service_role', { claims: { role: 'service_role' } }, sql);
const DENIED = /permission denied/;
const NOT_THEIRS = /row-level security/;

test('anon without a key sees and changes nothing', async () => {
    for (const key of [undefined, '', 'a-key-that-nobody-was-given']) {
        assert.equal(await anon(key, 'select count(*) from instant_onboarding_sessions'), '0');
        assert.equal(await anon(key, `update instant_onboarding_sessions set language = 'hi' returning id`), '');
    }
    assert.equal(await pg.psql(`begin; set local role anon; select count(*) from instant_onboarding_sessions; commit`), '0',
        'no headers at all');
    assert.equal(await pg.psql(`begin; set local role anon; set local request.headers = '';
        select count(*) from instant_onboarding_sessions; commit`), '0', 'empty headers');
});

test('anon with a key sees and updates just that row', async () => {
    assert.equal(await anon(KEY, 'select session_key, phone_number from instant_onboarding_sessions'), `${KEY}|+15550100`);
    assert.equal(await anon(KEY, `update instant_onboarding_sessions
        set language = 'hi', collected_data = '{"name": "Meera"}' returning session_key`), KEY);
    assert.equal(await pg.psql(`select session_key from instant_onboarding_sessions where language = 'hi'`), KEY);
});

test('anon may write its granted columns only', async () => {
    const columns = await pg.rows(`select attname as name, format_type(atttypid, null) as type from pg_attribute
        where attrelid = 'instant_onboarding_sessions'::regclass and attnum > 0`);
    const writable = ['language', 'collected_data'];
    for (const { name, type } of columns.filter((column) => !writable.includes(column.name))) {
        await assert.rejects(anon(KEY, `update instant_onboarding_sessions set ${name} = null::${type}`), DENIED, name);
        await assert.rejects(signedIn(ASHA, `update instant_onboarding_sessions set ${name} = null::${type}`), DENIED, name);
    }
    await assert.rejects(anon(KEY, 'delete from instant_onboarding_sessions'), DENIED);
    await assert.rejects(anon(KEY, 'truncate instant_onboarding_sessions'), DENIED);
});

test('anon starts a session and gets it back with its key', async () => {
    const key = 'test_9f0cf4be-0e4b-4a4e-9d6b-2f3b8b1f6a11';
    const insert = `insert into instant_onboarding_sessions (session_key, channel, language, collected_data)
        values ('${key}', 'web', 'en', '{"name": "Test User"}')`;
    assert.equal(await anon(key, `${insert} returning status, current_step, steps_completed, user_id is null`), 'started|0|[]|t');
    await anon(undefined, insert.replace(key, `${key}-minimal`));
    await anon(undefined, `insert into instant_onboarding_sessions (session_key, channel)
        values ('test_' || gen_random_uuid()::text, 'web')`);
    await assert.rejects(anon(key, insert), /duplicate key/);
    await assert.rejects(anon('short', insert.replace(key, 'short')), /session_key_length/);
});

test('nobody inserts as somebody else, nor what is not theirs to say', async () => {
    const insert = (columns, values) =>
        `insert into instant_onboarding_sessions (session_key, channel, ${columns}) values ('another-key-of-somebody', 'web', ${values})`;
    await assert.rejects(anon(undefined, insert('user_id', `'${ASHA}'`)), DENIED);
    await assert.rejects(anon(undefined, insert('status', `'completed'`)), DENIED);
    await assert.rejects(anon(undefined, insert('phone_number', `'+15550101'`)), DENIED);
    await assert.rejects(signedIn(ASHA, insert('user_id', `'${BILAL}'`)), NOT_THEIRS);
    await assert.rejects(signedIn(ASHA, insert('user_id', 'null')), NOT_THEIRS);
    await assert.rejects(signedIn(ASHA, insert('status', `'completed'`)), DENIED);
    await assert.rejects(request('anon', { claims: { sub: ASHA } },
        `insert into instant_onboarding_sessions (session_key, channel) values ('another-key-of-somebody', 'web')`), NOT_THEIRS);
    assert.equal(await pg.psql('select count(*) from instant_onboarding_sessions'), '3');
});

test('an upsert takes over nobody\'s session', async () => {
    const upsert = (key) => `insert into instant_onboarding_sessions (session_key, channel, collected_data)
        values ('${key}', 'web', '{"name": "Mallory"}') on conflict (session_key) do update set collected_data = excluded.collected_data`;
    await assert.rejects(anon(undefined, upsert(ASHAS_KEY)), NOT_THEIRS);
    await assert.rejects(signedIn(BILAL, upsert(ASHAS_KEY)), NOT_THEIRS);
});

test('a signed-in user sees, inserts and updates only their own', async () => {
    assert.equal(await signedIn(ASHA, 'select session_key from instant_onboarding_sessions'), ASHAS_KEY);
    assert.equal(await signedIn(ASHA, `update instant_onboarding_sessions set language = 'hi' returning session_key`), ASHAS_KEY);
    assert.equal(await signedIn(ASHA, 'select user_id from instant_onboarding_profiles'), ASHA);
    assert.equal(await request('authenticated', { claims: { sub: ASHA }, key: BILALS_KEY },
        'select session_key from instant_onboarding_sessions'), ASHAS_KEY, 'a key adds nothing to a signed-in user');
    const insert = 'insert into instant_onboarding_sessions (session_key, channel, user_id) values';
    assert.equal(await signedIn(ASHA, `${insert} ('first-key-of-her-own-xx', 'web', '${ASHA}') returning user_id`), ASHA);
    assert.equal(await signedIn(ASHA, `insert into instant_onboarding_sessions (session_key, channel)
        values ('second-key-of-her-own-x', 'web') returning user_id`), ASHA, 'theirs by default');
    for (const nobody of [{}, { claims: {} }, { claims: { sub: '' } }]) {
        assert.equal(await request('authenticated', nobody, 'select count(*) from instant_onboarding_sessions'), '0');
    }
});

test('a key opens an unfinished session for 7 days, a completed one for 30 and only for reading', async () => {
    const age = (status, days) => pg.psql(`begin; set local session_replication_role = replica;
        update instant_onboarding_sessions set status = '${status}', updated_at = now() - interval '${days}'
        where session_key = '${KEY}'; commit`);
    const may = async () => [
        await anon(KEY, 'select count(*) from instant_onboarding_sessions') === '1',
        await anon(KEY, `update instant_onboarding_sessions set language = 'hi' returning 1`) === '1',
    ];
    for (const [status, days, sees, updates] of [
        ['collecting_data', '6 days 23 hours', true, true], ['collecting_data', '7 days 1 hour', false, false],
        ['completed', '29 days 23 hours', true, false], ['completed', '30 days 1 hour', false, false],
        ['failed', '6 days 23 hours', true, false], ['failed', '7 days 1 hour', false, false],
    ]) {
        await age(status, days);
        assert.deepEqual(await may(), [sees, updates], `${status}, ${days}`);
    }
    await pg.psql(`update instant_onboarding_sessions set status = 'completed' where user_id is not null`);
    assert.equal(await signedIn(ASHA, 'select session_key from instant_onboarding_sessions'), ASHAS_KEY);
    assert.equal(await signedIn(ASHA, `update instant_onboarding_sessions set language = 'hi' returning 1`), '');
});

test('the service role reads and writes everything, through row-level security', async () => {
    assert.equal(await service('select count(*) from instant_onboarding_sessions'), '3');
    assert.equal(await service('select sum(session_count) from instant_onboarding_session_stats'), '3');
    assert.equal(await service('select sum(total_profiles) from instant_onboarding_conversion_metrics'), '3');
    assert.equal(await service('select cleanup_expired_onboarding_sessions()'), '0');
    assert.equal(await service(`insert into instant_onboarding_sessions (session_key, channel, status, phone_number)
        values ('a-key-by-the-service-role', 'voice', 'collecting_data', '+15550102') returning status`), 'collecting_data');
    assert.equal(await service(`with gone as (delete from instant_onboarding_sessions returning 1) select count(*) from gone`), '4');
});

test('views and cleanup are closed to the API roles, and so is schema frontdesk', async () => {
    for (const role of ['anon', 'authenticated']) {
        const as = (sql) => request(role, { key: KEY, claims: role === 'anon' ? {} : { sub: ASHA } }, sql);
        await assert.rejects(as('select * from instant_onboarding_session_stats'), DENIED);
        await assert.rejects(as('select * from instant_onboarding_conversion_metrics'), DENIED);
        await assert.rejects(as('select cleanup_expired_onboarding_sessions()'), DENIED);
    }
    await pg.psql('create table if not exists frontdesk.secret ()');
    for (const role of ['anon', 'authenticated', 'service_role']) {
        await assert.rejects(request(role, {}, 'select * from frontdesk.secret'), /permission denied for schema frontdesk/);
    }
    await pg.psql('drop table frontdesk.secret');
});

test('by the catalogue, anon and authenticated reach these columns and nothing else', async () => {
    const reach = await readFile(new URL('fixtures/reach.sql', import.meta.url), 'utf8');
    const sessions = 'public.instant_onboarding_sessions';
    const column = (role, name, ...privileges) => privileges.map((privilege) => `${role}|column|${sessions}.${name}|${privilege}`);
    const common = (role) => [
        ...column(role, 'channel', 'insert'),
        ...column(role, 'collected_data', 'insert', 'update'),
        ...column(role, 'language', 'insert', 'update'),
        ...column(role, 'session_key', 'insert'),
        `${role}|function|auth.uid()|execute`,
        `${role}|relation|${sessions}|select`,
        `${role}|schema|auth|usage`,
        `${role}|schema|public|usage`,
    ];
    const allowed = [
        ...common('anon'),
        ...common('authenticated'),
        ...column('authenticated', 'user_id', 'insert'),
        'authenticated|relation|public.instant_onboarding_profiles|select',
    ].sort();
    assert.deepEqual((await pg.psql(reach)).split('\n').sort(), allowed);

    await pg.psql('create function forgotten() returns int language sql as $$ select 1 $$');
    assert.ok((await pg.psql(reach)).includes('anon|function|public.forgotten()|execute'), 'the query does find what was forgotten');
    await pg.psql('drop function forgotten()');
});
