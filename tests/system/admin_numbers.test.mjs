// Do the dashboard's overview, funnel and audit log say what happened, and what does it cost to look at them?
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { listen } from '../support/events.mjs';
import { openHouse } from '../support/gateway.mjs';
import { smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start();
});
after(() => house?.close());

const asAdmin = () => ({ authorization: `Bearer ${gateway.secrets.adminToken}` });
const get = (path) => ask(`${gateway.url}/admin/api/${path}`, { headers: asAdmin() });
const look = (what = 'overview') => listen(`${gateway.url}/admin/api/live?what=${what}`, asAdmin());
const utcDay = () => new Date().toISOString().slice(0, 10);

/* A session as it would stand had its person come that far. */
const session = (columns, values) => gateway.value(`insert into instant_onboarding_sessions
    (session_key, channel, ${columns}) values ('key-of-the-test-' || gen_random_uuid(), 'whatsapp', ${values}) returning id`);

test('the overview is told at once, and again when something happens', async () => {
    const stream = await look();
    assert.equal(stream.status, 200);
    assert.match(stream.headers['content-type'], /^text\/event-stream/);
    const before = await stream.next();
    assert.equal(before.needs.postgres, 'well');
    assert.equal(before.needs.workers, 1);
    assert.deepEqual(before.outbox, { waiting: 0, sending: 0, failed: 0, failed_this_hour: 0, late: 0, oldest_seconds: null });
    assert.deepEqual(before.tickets, { waiting: 0, oldest_seconds: null });
    assert.ok(before.node);
    assert.deepEqual(before.channels.map(({ channel, health }) => [channel, health]).sort(),
        [['sms', 'quiet'], ['voice', 'none'], ['web', 'none'], ['whatsapp', 'quiet']]);
    await smsPerson(gateway, '+919812345601').says('hi');
    const now = await stream.next(({ turns_this_hour: turns }) => turns > 0);
    const sms = now.channels.find(({ channel }) => channel === 'sms');
    assert.ok(sms.turns_a_minute > 0 && sms.messages_a_minute > 0);
    assert.ok(now.latencies.turn.count === 1 && now.latencies.turn.p50 > 0);
    stream.close();
});

test('messages that failed, or wait after an error, are counted by channel and code', async () => {
    await gateway.sql(`insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state, error_code, error_title, settled_at)
        select frontdesk.week_of(now()), n, 'whatsapp', '1', '{}', '{}', 'failed', 131047, 'Re-engagement message', now() - make_interval(hours => n)
        from generate_series(0, 2) n;
        insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state, error_code, error_title, due_at)
        values (frontdesk.week_of(now()), 4, 'sms', '1', '{}', '{}', 'waiting', 20429, 'Too many requests', now() + interval '1 day')`);
    const stream = await look();
    const now = await stream.next(({ outbox }) => outbox.failed === 3);
    assert.equal(now.outbox.failed_this_hour, 1);
    assert.deepEqual(now.send_errors, [
        { state: 'failed', channel: 'whatsapp', code: 131047, title: 'Re-engagement message', count: 3, this_hour: 1 },
        { state: 'waiting', channel: 'sms', code: 20429, title: 'Too many requests', count: 1, this_hour: 0 }]);
    stream.close();
});

test('thirty who look cost what one costs, and nobody costs none', async () => {
    const asked = async () => Number(await gateway.value(`select xact_commit from pg_stat_database where datname = current_database()`));
    const questions = async (patienceMs) => {
        const [from, start] = [await asked(), Date.now()];
        await new Promise((resolve) => { setTimeout(resolve, patienceMs); });
        return { count: await asked() - from, seconds: (Date.now() - start) / 1000 };
    };
    const alone = await questions(3000);
    const streams = await Promise.all(Array.from({ length: 30 }, () => look()));
    await Promise.all(streams.map((stream) => stream.next()));
    const together = await questions(3000);
    const more = together.count / together.seconds - alone.count / alone.seconds;
    // One asks every two seconds; PostgreSQL tells its counts late, so that some of another time may be among them.
    assert.ok(more < 5, `thirty dashboards ask ${more.toFixed(2)} questions a second more`);
    for (const stream of streams) stream.close();
});

test('what is not there, or not for everybody, is refused in words', async () => {
    assert.equal((await listen(`${gateway.url}/admin/api/live?what=overview`)).status, 401);
    const answer = await get('live?what=nothing');
    assert.equal(answer.status, 404);
    assert.match(answer.json().detail, /nothing live of that name/);
});

test('who asks for the head of a stream gets no stream', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    const headers = Object.entries({ host: hostname, connection: 'close', ...asAdmin() }).map(([name, value]) => `${name}: ${value}\r\n`);
    let heard = '';
    socket.on('data', (text) => { heard += text; });
    socket.write(`HEAD /admin/api/live?what=overview HTTP/1.1\r\n${headers.join('')}\r\n`);
    await once(socket, 'end');
    assert.match(heard, /^HTTP\/1.1 200 OK\r\n[^]*text\/event-stream[^]*\r\n\r\n$/);
});

test('the funnel tells how far people came, by channel and day, those deleted since included', async () => {
    const today = utcDay();
    await gateway.sql('delete from instant_onboarding_sessions; delete from frontdesk.gone_sessions');
    const done = '\'["name", "birth_date", "birth_time", "birth_place"]\'';
    const finished = await session('status, current_step, steps_completed, chart_generated, completed_at',
        `'completed', 4, ${done}, true, now() + interval '100 seconds'`);
    await gateway.sql(`insert into instant_onboarding_profiles (session_id, channel, time_taken_seconds, viewed_chart) values ('${finished}', 'whatsapp', 60, true)`);
    await session('current_step, steps_completed, updated_at', "1, '[\"name\"]', now() - interval '2 hours'");
    await session('current_step, steps_completed', "1, '[\"name\"]'");
    const gone = await session('current_step, steps_completed', "2, '[\"name\", \"birth_date\"]'");
    await gateway.sql(`delete from instant_onboarding_sessions where id in ('${gone}', '${finished}')`);
    const found = (await get(`funnel?from=${today}&to=${today}&channel=whatsapp`)).json();
    assert.deepEqual(found.steps, [
        { step: 'name', asked: 4, answered: 4, gave_up: 0 }, { step: 'birth_date', asked: 4, answered: 2, gave_up: 1 },
        { step: 'birth_time', asked: 2, answered: 1, gave_up: 1 }, { step: 'birth_place', asked: 1, answered: 1, gave_up: 0 }]);
    const { began, completed, chart, viewed, shared, converted, seconds } = found;
    assert.deepEqual({ began, completed, chart, viewed, shared, converted }, { began: 4, completed: 1, chart: 1, viewed: 1, shared: 0, converted: 0 });
    assert.deepEqual(seconds, { p50: 100, p90: 100 });
    assert.deepEqual(found.times, [{ bucket: 2, sessions: 1 }]);
    assert.deepEqual(found.by_day, [{ day: today, began: 4, completed: 1, gave_up: 2 }]);
    assert.equal((await get(`funnel?from=${today}&to=${today}&channel=sms`)).json().began, 0);
    assert.deepEqual(await gateway.rows('select count(*)::int as gone from frontdesk.gone_sessions'), [{ gone: 2 }]);
});

test('a question that makes no sense is answered in words', async () => {
    const today = utcDay();
    for (const [query, words] of [['from=yesterday', /days such as/], [`from=${today}&to=2020-01-01`, /from comes before to/],
        ['from=0001-01-01', /at most 400 days/], ['flow=none', /no flow of that name/]]) {
        const answer = await get(`funnel?${query}`);
        assert.equal(answer.status, 422, query);
        assert.match(answer.json().detail, words);
    }
    assert.equal((await get('audit?before=x')).status, 422);
    assert.match((await get('audit?session=12')).json().detail, /its whole id/);
});

test('the audit log is read a hundred rows at a time, and by who and what', async () => {
    await gateway.sql(`select frontdesk.audit('Priya', 'reveal', null, 'number ' || n) from generate_series(1, 120) n`);
    await gateway.sql(`select frontdesk.audit('admin', 'resend', gen_random_uuid(), '<b>asked</b>', '{"count": 2}')`);
    const newest = (await get('audit')).json();
    assert.equal(newest.rows.length, 100);
    assert.equal(newest.has_more, true);
    assert.deepEqual([newest.rows[0].operator, newest.rows[0].why, newest.rows[0].detail], ['admin', '<b>asked</b>', { count: 2 }]);
    const older = (await get(`audit?before=${newest.rows.at(-1).id}`)).json();
    assert.deepEqual([older.rows.length, older.has_more], [21, false]);
    assert.deepEqual((await get('audit?operator=admin&action=resend')).json().rows.length, 1);
    assert.deepEqual(newest.actions, ['resend', 'reveal']);
});

test('while PostgreSQL is away the overview says so, and goes on by itself', async () => {
    const stream = await look();
    await stream.next(({ needs }) => needs.postgres === 'well');
    await house.postgres.kill();
    const away = await stream.next(({ needs }) => needs.postgres === 'away');
    assert.equal(away.outbox, undefined);
    await house.postgres.restart();
    await stream.next(({ needs }) => needs.postgres === 'well');
    await gateway.isReady();
    gateway.signal('SIGTERM');
    await until(() => stream.ended, 'the stream to end with the gateway');
    await gateway.stop();
});
