// Does the user's own SQL work as printed? Every block of their migration guide, and every block of our
// docs/database.md, runs on a migrated database with sessions in it.
//
// The guide got two statements wrong: its verification counts views as tables, and its index usage names
// columns that PostgreSQL does not have. The tests hold exactly these two, and that docs/database.md mends them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startPostgres } from '../support/postgres.mjs';

const file = (path) => new URL(path, import.meta.url);
const MIGRATION = { file: file('../../sql/supabase_migration_instant_onboarding.sql') };
const VERIFY = { file: file('../../sql/verify.sql') };
const GATEWAY_SECTION = "## The gateway's own schema";

const guide = Object.fromEntries(readFileSync(file('fixtures/guide.sql'), 'utf8')
    .split(/^-- block: /m).slice(1)
    .map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1).trim()]));

let pg;
let databases = 0;

before(async () => {
    pg = await startPostgres();
});
after(() => pg?.stop());

/* A migrated database: of four sessions two are completed, both charts seen, one shared, nobody signed up. */
async function migrated({ empty = false } = {}) {
    const db = `guide_${++databases}`;
    await pg.createDatabase(db);
    await pg.psql(MIGRATION, { db });
    if (!empty) {
        await pg.psql(`
            insert into instant_onboarding_sessions (session_key, channel, status, created_at, completed_at, chart_generated)
            select 'session-of-the-test-no-' || n, 'web', case when n <= 2 then 'completed' else 'started' end::session_status,
                now() - interval '5 minutes', case when n <= 2 then now() - interval '5 minutes' + n * interval '40 seconds' end, n <= 2
            from generate_series(1, 4) n;
            insert into instant_onboarding_profiles (session_id, channel, time_taken_seconds, viewed_chart, shared_chart)
            select id, channel, 60, true, right(session_key, 1) = '1'
            from instant_onboarding_sessions where chart_generated;`, { db });
    }
    return { db };
}

test('the fixture holds the ten blocks of the guide', () => {
    assert.deepEqual(Object.keys(guide), ['verify', 'insert test session', 'session stats', 'conversion metrics', 'rollback',
        'clean up', 'monitor', 'daily completion', 'average time', 'funnel']);
});

test('the verification works as printed, but for counting two views as tables', async () => {
    const shop = await migrated();
    assert.equal(await pg.psql(guide.verify, shop), 'Migration Complete!|4|13|9');
    assert.equal(await pg.psql(VERIFY, shop), 'Migration Complete!|2|13|9');
});

test('the test session is inserted as printed and is a whole session', async () => {
    const shop = await migrated({ empty: true });
    const [id, key, channel, status, language, user, phone, data, step, steps, chart] =
        (await pg.psql(guide['insert test session'], shop)).split('|');
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(key, /^test_[0-9a-f-]{36}$/);
    assert.deepEqual([channel, status, language, user, phone, data, step, steps, chart],
        ['web', 'collecting_data', 'en', '', '', '{"name": "Test User"}', '0', '[]', 'f']);
});

test('both views answer as printed, newest day first', async () => {
    const shop = await migrated();
    const stats = (await pg.psql(guide['session stats'], shop)).split('\n').map((line) => line.split('|').slice(0, -1).join('|'));
    assert.deepEqual(stats.sort(), ['web|completed|en|2|60.00|2', 'web|started|en|2||0']);
    const metrics = await pg.psql(guide['conversion metrics'], shop);
    assert.match(metrics, /^web\|en\|2\|2\|1\|0\|60\.00\|100\.00\|50\.00\|0\.00\|\d{4}-\d\d-\d\d$/);
});

test('the rollback works as printed, and the migration after it', async () => {
    const shop = await migrated();
    await pg.psql(guide.rollback, shop);
    assert.equal(await pg.psql(`select count(*) from pg_class where relnamespace = 'public'::regnamespace`, shop), '0');
    assert.equal(await pg.psql(`select count(*) from pg_proc where pronamespace = 'public'::regnamespace`, shop), '0');
    assert.equal(await pg.psql(`select count(*) from pg_type where typnamespace = 'public'::regnamespace`, shop), '0');
    await pg.psql(MIGRATION, shop);
    assert.equal(await pg.psql(VERIFY, shop), 'Migration Complete!|2|13|9');
});

test('the clean-up works as printed', async () => {
    assert.equal(await pg.psql(guide['clean up'], await migrated()), '0');
});

test('table sizes work as printed; index usage names columns that do not exist', async () => {
    const shop = await migrated();
    const [sizes, usage] = guide.monitor.split(/(?<=;)\s+(?=--)/);
    assert.match(await pg.psql(sizes, shop),
        /^public\|instant_onboarding_sessions\|\d+ kB\npublic\|instant_onboarding_profiles\|\d+ kB$/);
    await assert.rejects(pg.psql(usage, shop), /column "tablename" does not exist/);
});

test('daily completion, average time and funnel work as printed', async () => {
    const shop = await migrated();
    assert.match(await pg.psql(guide['daily completion'], shop), /\|2\|50\.00/);
    assert.match(await pg.psql(guide['average time'], shop), /^web\|2\|60\.0+\|40\.0+\|80\.0+$/);
    assert.deepEqual((await pg.psql(guide.funnel, shop)).split('\n'), [
        'Total Sessions|4|100.0', 'Charts Generated|2|50.00', 'Charts Viewed|2|50.00', 'Charts Shared|1|25.00',
        'Converted to Users|0|0.00',
    ]);
});

test('the funnel as printed needs a session to divide by', async () => {
    await assert.rejects(pg.psql(guide.funnel, await migrated({ empty: true })), /division by zero/);
});

test('every SQL block of docs/database.md runs, on a database with sessions and on an empty one', async () => {
    const page = readFileSync(file('../../docs/database.md'), 'utf8');
    const open = page.slice(0, page.indexOf(GATEWAY_SECTION));
    const blocks = [...open.matchAll(/^```sql\n(.*?)^```/gms)].map(([, sql]) => sql);
    assert.ok(blocks.length >= 8, `${blocks.length} blocks`);
    for (const empty of [false, true]) {
        const shop = await migrated({ empty });
        for (const sql of blocks) {
            await assert.doesNotReject(pg.psql(sql, shop), sql);
        }
    }
});

test('docs/database.md mends the two statements: their result is what the guide promised', async () => {
    const page = readFileSync(file('../../docs/database.md'), 'utf8');
    const blockAfter = (heading) => {
        const from = page.indexOf(`\n### ${heading}\n`);
        assert.ok(from > 0, heading);
        return page.slice(from).match(/^```sql\n(.*?)^```/ms)[1];
    };
    const shop = await migrated();
    assert.equal(await pg.psql(blockAfter('Verification'), shop), 'Migration Complete!|2|13|9');
    const usage = (await pg.psql(blockAfter('Index usage'), shop)).split('\n');
    assert.equal(usage.length, 13);
    assert.match(usage[0], /^public\|instant_onboarding_\w+\|instant_onboarding_\w+\|\d+\|\d+ (bytes|kB)$/);
});
