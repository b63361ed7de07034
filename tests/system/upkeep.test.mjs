// What does the gateway tidy up by itself, and does only one node do it? Weeks that are over go as whole partitions;
// sessions that nobody came back to go as cleanup_expired_onboarding_sessions() says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

const LONG_AGO = '20200106'; // a Monday
const AT_IT = `select pg_advisory_xact_lock(hashtext('frontdesk.maintain'))`;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
});
after(async () => {
    await gateway.stop();
    await house.close();
});

const weeks = async () => (await gateway.rows(`select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('frontdesk.inbound'::regclass, 'frontdesk.outbox'::regclass) order by 1`)).map(({ name }) => name);

/** An old week of both tables, a session of eight days ago, and a day since the last upkeep. */
const letTimePass = () => gateway.sql(`
    create table frontdesk.inbound_${LONG_AGO} partition of frontdesk.inbound for values from ('2020-01-06') to ('2020-01-13');
    create table frontdesk.outbox_${LONG_AGO} partition of frontdesk.outbox for values from ('2020-01-06') to ('2020-01-13');
    set session_replication_role = replica;
    insert into instant_onboarding_sessions (session_key, channel, updated_at)
        values ('nobody-came-back-to-this', 'web', now() - interval '8 days');
    update frontdesk.upkeep set done_at = now() - interval '25 hours' where task = 'daily';`);

const abandoned = () => gateway.value(`select count(*)::int from instant_onboarding_sessions where session_key = 'nobody-came-back-to-this'`);

test('weeks older than eight days are dropped, the coming ones made, abandoned sessions deleted, by the gateway itself', async () => {
    await letTimePass();
    await gateway.signal('SIGTERM');
    await gateway.exited;
    await gateway.run();
    await until(async () => (await abandoned()) === 0, 'the abandoned session to be deleted');
    const kept = await weeks();
    assert.ok(!kept.some((name) => name.endsWith(LONG_AGO)), `${kept}`);
    const monday = (ahead) => gateway.value(`select to_char(frontdesk.week_of(now()) + 7 * ${ahead}, 'YYYYMMDD')`);
    for (const ahead of [-1, 0, 1, 2])
        for (const table of ['inbound', 'outbox']) assert.ok(kept.includes(`frontdesk.${table}_${await monday(ahead)}`), `${kept}`);
});

test('a week is kept until its last day is eight days past', async () => {
    const days = `frontdesk.week_of(now()) - 7`;
    const [{ name, may_go }] = await gateway.rows(`select 'frontdesk.inbound_' || to_char(${days}, 'YYYYMMDD') as name,
        ${days} + 7 < (now() at time zone 'UTC')::date - 8 as may_go`);
    assert.equal(may_go, false);
    await gateway.sql('select frontdesk.make_weeks()');
    assert.ok((await weeks()).includes(name));
});

test("weeks are told by the weeks' names, whichever table the planner begins at", async () => {
    await gateway.sql(`set enable_nestloop = off; set enable_indexscan = off; select frontdesk.make_weeks()`);
});

test('the upkeep is done once a day, and by one node at a time', async () => {
    assert.equal(await gateway.value('select frontdesk.maintain() as said'), 'done');
    await gateway.sql(`update frontdesk.upkeep set done_at = now() - interval '25 hours' where task = 'daily'`);
    const atIt = gateway.sql(`begin; ${AT_IT}; select pg_sleep(3); commit`);
    await until(() => gateway.value(`select exists (select from pg_locks where locktype = 'advisory' and granted
        and objid = (hashtext('frontdesk.maintain')::bigint & 4294967295)::oid) as is_held`), 'the other node to be at it');
    assert.equal(await gateway.value('select frontdesk.maintain() as said'), 'busy');
    await atIt;
    assert.match(await gateway.value('select frontdesk.maintain() as said'), /^expired \d+$/);
});

test('a clock that jumps ahead deletes nothing, also when it comes back, until it has gone on for a day', async () => {
    const seen = (when, task = 'clock seen') => gateway.sql(`update frontdesk.upkeep set done_at = now() + interval '${when}' where task = '${task}'`);
    const upkeep = async () => {
        await gateway.sql(`update frontdesk.upkeep set done_at = now() - interval '25 hours' where task = 'daily'; select frontdesk.make_weeks()`);
        const hasOld = (await weeks()).includes(`frontdesk.inbound_${LONG_AGO}`);
        return [hasOld, await gateway.value('select frontdesk.maintain() as said')];
    };
    await letTimePass();
    await seen('-30 days');
    assert.deepEqual(await upkeep(), [true, 'unsteady']);
    await seen('30 days');
    assert.deepEqual(await upkeep(), [true, 'unsteady']);
    assert.equal(await abandoned(), 1);
    // A day noted by the clock that was ahead keeps no later upkeep from being done.
    await seen('-25 hours', 'clock steady since');
    await seen('30 days', 'daily');
    assert.match(await gateway.value('select frontdesk.maintain() as said'), /^expired \d+$/);
    assert.equal((await upkeep())[0], false);
});

test('weeks that are missing are made at once, not at the next upkeep', async () => {
    await gateway.sql((await weeks()).map((table) => `drop table ${table};`).join(''));
    assert.equal((await smsPerson(gateway, '+919812370076').says('hi')).status, 200, 'it waits on disk');
    await until(async () => (await weeks()).length >= 8, 'them to be made');
    assert.match(gateway.log, /no tables for this week/);
    await until(async () => (await ask(`${gateway.url}/readyz`)).json().status === 'ready', 'it to work again');
    assert.equal(await gateway.value('select count(*)::int as n from frontdesk.inbound'), 1);
});

test('while a backup reads, weeks that are over wait for the next time, and nobody waits for them', async () => {
    const readers = `from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and wait_event = 'PgSleep'`;
    await letTimePass();
    const backup = gateway.sql('begin; select count(*) from frontdesk.outbox; select pg_sleep(60)').catch(() => 'ended');
    await until(() => gateway.value(`select exists (select ${readers})`), 'the backup to be at it');
    const made = gateway.sql('select frontdesk.make_weeks()').then(() => 'made', String);
    const nila = smsPerson(gateway, '+919812391001');
    const began = Date.now();
    const { said } = await nila.says('hi');
    assert.match(said.join(), /What's your name\?/, `the answer took ${Date.now() - began} ms`);
    assert.match(await made, /lock timeout/);
    await gateway.rows(`select pg_terminate_backend(pid) ${readers}`);
    assert.equal(await backup, 'ended');
    await gateway.sql('select frontdesk.make_weeks()');
    assert.ok(!(await weeks()).some((name) => name.endsWith(LONG_AGO)));
});
