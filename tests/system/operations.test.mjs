// Does the gateway start, reload, drain, lose its database and come back as an operator would have it?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { assertDiscreet, freePort, openHouse, runAnyhow } from '../support/gateway.mjs';
import { newSid, postMeta, postTwilio, restClient, smsParams, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const API = '/api/v2/instant-onboarding';
const PATIENCE_MS = 9000;     // less than it has for leaving: drain_ms

let house;
before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

async function withGateway(options, task) {
    const gateway = await house.start(options);
    await task(gateway);
    await gateway.stop();
    assertDiscreet(gateway);
}

test('with the feature switched off its endpoints answer 404 and say so, and its flow takes no new session', async () => {
    await withGateway({ env: { FEATURE_INSTANT_ONBOARDING: null } }, async (gateway) => {
        const rest = restClient(gateway);
        for (const answer of [await rest.get('/'), await rest.start(), await rest.session('x'.repeat(32)), await rest.get('/places?q=p')]) {
            assert.equal(answer.status, 404);
            assert.match(answer.json().detail, /FEATURE_INSTANT_ONBOARDING/);
        }
        const { status, said } = await smsPerson(gateway, '+919812400001').says('hi');
        assert.deepEqual([status, said], [200, []]);
        const asha = whatsappPerson(gateway, '919812400002');
        assert.equal((await asha.says('hi')).status, 200);
        assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), 0);
    });
});

test('a channel without credentials is off, with one warning; its webhook answers 404', async () => {
    const env = { TWILIO_AUTH_TOKEN: null, WHATSAPP_APP_SECRET: null };
    await withGateway({ env }, async (gateway) => {
        assert.equal((await postTwilio(gateway, '/webhooks/twilio/sms', smsParams(gateway, '+919812400003', 'hi'))).status, 404);
        assert.equal((await postTwilio(gateway, '/webhooks/twilio/sms/status?id=1', smsParams(gateway, '+919812400003', ''))).status, 404);
        for (const where of [`${API}/whatsapp/webhook`, '/webhooks/whatsapp'])
            assert.equal((await postMeta(gateway, {}, { path: where })).status, 404);
        for (const channel of ['whatsapp', 'sms'])
            assert.equal(gateway.log.split(`a channel is off: its credentials are not set channel="${channel}"`).length, 2, channel);
        assert.equal((await restClient(gateway).start()).status, 200);
    });
});

test('statistics are not there where no admin token is set', async () => {
    await withGateway({ env: { ADMIN_TOKEN: null } }, async (gateway) => {
        for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${gateway.secrets.adminToken}` }])
            assert.equal((await restClient(gateway).get('/stats', headers)).status, 404);
    });
});

test('where ADMIN_BIND is set, metrics and statistics answer only there', async () => {
    const adminPort = await freePort();
    await withGateway({ env: { ADMIN_BIND: `127.0.0.1:${adminPort}` } }, async (gateway) => {
        assert.equal((await ask(`${gateway.url}/metrics`)).status, 404);
        const authorization = `Bearer ${gateway.secrets.adminToken}`;
        assert.equal((await restClient(gateway).get('/stats', { authorization })).status, 404);
        assert.equal((await ask(`http://127.0.0.1:${adminPort}/metrics`)).status, 200);
    });
});

test('where PORT is 0 any free port is taken, and the log says which', async () => {
    const gateway = await house.start({ env: { PORT: '0' }, isReady: false });
    await until(() => gateway.log.includes('frontdesk serves'), 'the start');
    const [, port] = /frontdesk serves .*port=(\d+)/.exec(gateway.log);
    gateway.url = `http://127.0.0.1:${port}`;
    await gateway.isReady();
    await gateway.stop();
});

test('a configuration with mistakes: exit 2 before listening, each with file, line and column', async () => {
    const gateway = await house.start();
    await gateway.stop();
    const file = path.join(gateway.home, 'config/frontdesk.yaml');
    const flow = path.join(gateway.home, 'config/flows/appointment.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('max_connections: 4000', 'max_connections: many').replace('default_language: en', 'default_langauge: en'));
    const settings = runAnyhow(gateway.home, ['serve'], gateway.env);
    assert.equal(settings.status, 2);
    assert.match(settings.stderr, /^config\/frontdesk\.yaml:\d+:\d+: .*max_connections/m);
    assert.match(settings.stderr, /^config\/frontdesk\.yaml:\d+:\d+: .*default_langauge/m);

    writeFileSync(file, good);
    const { PORT, ...noPort } = gateway.env;
    assert.ok(PORT);
    assert.equal(runAnyhow(gateway.home, ['serve'], { ...noPort, PORT: '70000' }).status, 2);
    assert.equal(runAnyhow(gateway.home, ['serve'], { ...gateway.env, ADMIN_TOKEN: 'short' }).status, 2);
    assert.equal(runAnyhow(gateway.home, ['serve'], { ...gateway.env, LOG_LEVEL: 'loud' }).status, 2);
    assert.equal(runAnyhow(gateway.home, ['serve', '--workers', 'x'], gateway.env).status, 2);
    const origins = (list) => runAnyhow(gateway.home, ['check'], { ...gateway.env, ALLOWED_ORIGINS: list });
    for (const list of ['shop.example', '*', 'https://shop.example/page', 'https://'])
        assert.match(origins(list).stderr, /^config\/frontdesk\.yaml:\d+:\d+: allowed_origins must be .*https:\/\/shop\.example/, list);
    for (const [name, number] of [['TWILIO_FROM', '15550100001'], ['TWILIO_FROM', '+1 555 010 0001'],
        ['TWILIO_FROM', '(555) 010-00011'], ['WHATSAPP_PHONE_NUMBER_ID', '+15550100001']]) {
        const refused = runAnyhow(gateway.home, ['check'], { ...gateway.env, [name]: number });
        assert.equal(refused.status, 2, number);
        assert.match(refused.stderr, /^config\/frontdesk\.yaml:\d+:\d+: .*(with \+ and without spaces|phone number id)/m);
    }
    assert.equal(runAnyhow(gateway.home, ['check'], { ...gateway.env, TWILIO_FROM: '56161' }).status, 0);
    assert.equal(origins('https://shop.example/, http://localhost:3000, capacitor://localhost,').status, 0);
    assert.equal(runAnyhow(gateway.home, ['serve', '--config', 'none.yaml'], gateway.env).status, 2);

    appendFileSync(flow, '  - id: nothing\n    kind: wrong\n  - id: [\n');
    const flows = runAnyhow(gateway.home, ['serve'], gateway.env);
    assert.equal(flows.status, 2);
    assert.match(flows.stderr, /^config\/flows\/appointment\.yaml:\d+:\d+: /m);
    const check = runAnyhow(gateway.home, ['check'], gateway.env);
    assert.equal(check.status, 2);
});

test('SIGTERM: what was received is answered, and then it ends', async () => {
    const gateway = await house.start({ workers: 2 });
    const asha = smsPerson(gateway, '+919812400004');
    await asha.says('hi');
    const letGo = await gateway.holds('frontdesk.inbound');
    const answer = asha.says('Asha Rao');
    await gateway.waitsForLock();
    const began = Date.now();
    const stopped = gateway.stop();
    await sleep(500);
    await letGo();
    assert.deepEqual([(await answer).status, (await answer).said.length], [200, 1]);
    await stopped;
    assert.ok(Date.now() - began < PATIENCE_MS, 'it does not wait for its whole patience');
    const rows = await gateway.rows("select state from frontdesk.outbox order by id desc limit 1");
    assert.deepEqual(rows, [{ state: 'sent' }], 'what was said in the answer is settled');
    await assert.rejects(ask(`${gateway.url}/healthz`));
    assertDiscreet(gateway);
});

test('SIGTERM: a send under way is waited for; an idle connection is not', async () => {
    const gateway = await house.start();
    const idle = connect(gateway.port, '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => {});
    const asha = whatsappPerson(gateway, '919812400005');
    gateway.providers.graph.next(async () => { await sleep(1000); return null; });
    await asha.says('hi');
    await gateway.providers.graph.called(1);
    const began = Date.now();
    await gateway.stop();
    assert.ok(Date.now() - began < PATIENCE_MS, `it took ${Date.now() - began} ms`);
    assert.deepEqual(await gateway.rows('select state from frontdesk.outbox'), [{ state: 'sent' }]);
});

test('SIGTERM: messages that wait for a channel do not keep it from ending', async () => {
    const gateway = await house.start();
    gateway.providers.graph.always({ status: 429, headers: { 'retry-after': '60' }, body: { error: { code: 80007, message: 'slow' } } });
    for (const number of ['919812400006', '919812400007', '919812400008']) await whatsappPerson(gateway, number).says('hi');
    await gateway.providers.graph.called(1);
    await sleep(300);
    const began = Date.now();
    await gateway.stop();
    assert.ok(Date.now() - began < PATIENCE_MS, `it took ${Date.now() - began} ms`);
    const states = (await gateway.rows('select distinct state from frontdesk.outbox')).map(({ state }) => state);
    assert.deepEqual(states, ['waiting'], 'another node can send them at once');
});

test('SIGHUP: new words are used at once; a bad file keeps the old ones and is told in /readyz', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const file = path.join(gateway.home, 'config/lang/en.yaml');
        const words = readFileSync(file, 'utf8');
        const change = async (text, isTrue) => {
            writeFileSync(file, text);
            gateway.signal('SIGHUP');
            // Both workers must have it: each is asked several times.
            await until(async () => {
                for (let i = 0; i < 6; i++) if (!await isTrue()) return false;
                return true;
            }, 'the change to be taken');
        };
        let next = 0;
        const newcomer = () => smsPerson(gateway, `+91981240${String(1000 + next++)}`);
        const firstWords = async () => (await newcomer().says('hi')).said[0];
        const readiness = async () => (await ask(`${gateway.url}/readyz`)).json();
        const asha = newcomer();
        await asha.says('hi');

        await change(words.replaceAll("What's your name?", 'How are you called?'), async () => /How are you called\?$/.test(await firstWords()));
        await change(words.replace('greet:', 'great: ['), async () => (await readiness()).status === 'degraded');
        const { why } = await readiness();
        assert.match(why.join(), /config\/lang\/en\.yaml:\d+:\d+: /);
        assert.match(await firstWords(), /How are you called\?$/);
        const told = () => gateway.log.match(/^.*the new flows or words have mistakes/gm).map((line) => line.match(/error|debug/i)[0].toLowerCase());
        await until(() => told().length === 2, 'both workers to have told');
        assert.deepEqual(told().sort(), ['debug', 'error'], 'as an error once, not once a worker');
        assert.match((await asha.saysAll('Asha'))[0], /When were you born\?/, 'who was under way goes on');
        await change(words, async () => (await readiness()).status === 'ready');
        assert.match(await firstWords(), /What's your name\?$/);
    });
});

test('PostgreSQL away, and no spool: webhooks and API answer 503 and nothing is lost; back: all goes on', async () => {
    const own = await openHouse();
    try {
        const gateway = await own.start({ workers: 2, settings: (yaml) => yaml.replace(/folder: .*/, "folder: ''") });
        const asha = smsPerson(gateway, '+919812400009');
        const ravi = whatsappPerson(gateway, '919812400010');
        const rest = restClient(gateway);
        await asha.saysAll('hi', 'Asha');
        await ravi.talks('hi');
        const { session_key: key } = await rest.begin();
        await own.postgres.kill();
        await gateway.isReady(503);
        const sid = newSid();
        const event = ravi.text('Ravi');
        const answers = await Promise.all([asha.says('15 August 1990', { MessageSid: sid }), ravi.sends(event),
            rest.collect({ session_key: key, text: 'Uma' }), rest.start(), rest.session(key)]);
        for (const answer of answers) {
            assert.equal(answer.status, 503, answer.text);
            assert.ok(Number(answer.headers['retry-after']) >= 1);
        }
        assert.equal((await ask(`${gateway.url}/healthz`)).status, 200);
        assert.match((await ask(`${gateway.url}/metrics`)).text, /^frontdesk_database_up 0$/m);

        await own.postgres.restart();
        await gateway.isReady(200);
        const again = await until(async () => {
            const answer = await asha.says('15 August 1990', { MessageSid: sid });
            return answer.status === 200 && answer;
        }, 'the redelivery to be taken');
        assert.match(again.said[0], /What time were you born\?/);
        await until(async () => (await ravi.sends(event)).status === 200);
        assert.match(wordsOf(await ravi.hears(2)), /When were you born\?/);
        assert.equal((await rest.collect({ session_key: key, text: 'Uma' })).status, 200);
        await gateway.stop();
        assertDiscreet(gateway);
    } finally {
        await own.close();
    }
});

test('a database that is not migrated is not ready, and becomes so', async () => {
    await house.postgres.psql('create database empty_one;');
    const gateway = await house.start({ database: house.postgres.urlFor('empty_one'), isReady: false });
    await until(async () => /not migrated/.test((await gateway.isReady(503)).json().why.join()), 'it to be noticed');
    const migrated = runAnyhow(gateway.home, ['migrate'], gateway.env);
    assert.equal(migrated.status, 0, migrated.stderr);
    await gateway.isReady(200);
    assert.equal((await restClient(gateway).start()).status, 200);
    await gateway.stop();
});

test('a subcommand takes no argument that it does not know, and prints into no socket', async () => {
    const gateway = await house.start();
    for (const [args, words] of [[['version', 'extra'], /unexpected argument extra/], [['migrate', '--status', 'extra'], /--status or --rollback/],
        [['understand', '--kind', 'date', '--lang', 'xx'], /like en or hi/], [['outbox', 'drop', '--channel', 'fax'], /--help/],
        [['chat', 'sms', '--from', 'abc'], /like \+15550110001/], [['check', '--config=/nonexistent'], /\/nonexistent:0:0/], [['check', '--config='], /needs a file/]]) {
        const { status, stdout, stderr } = runAnyhow(gateway.home, args, gateway.env);
        assert.deepEqual([status, stdout], [2, ''], args.join(' '));
        assert.match(stderr, words);
    }
    for (const args of ['sessions export', 'flow graph']) {
        const closed = spawnSync('sh', ['-c', `"$0" ${args} >&-`, process.env.FRONTDESK ?? fileURLToPath(new URL('../../build/debug/frontdesk', import.meta.url))], { cwd: gateway.home, env: gateway.env, encoding: 'utf8' });
        assert.equal(closed.status, 1, closed.stderr);
        assert.match(closed.stderr, /standard output/);
    }
    await gateway.stop();
});

test('where a newer version has migrated the database, this one says so, keeps what comes, and does not take it back', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812400012');
    await asha.says('hi');
    const newest = await gateway.value("select max(name) from frontdesk.migrations where name <> 'public'");
    const mark = (name) => gateway.sql(`comment on table frontdesk.migrations is 'What \`frontdesk migrate\` has applied. Newest: ${name}';`);
    await gateway.sql("insert into frontdesk.migrations (name, digest) values ('9999_later', 'd');");
    await mark('9999_later');
    const why = async () => JSON.parse((await ask(`${gateway.url}/readyz`)).text).why.join();
    await until(async () => /for another version; WhatsApp and SMS are spooled/.test(await why()), 'it to be noticed');
    assert.match(gateway.log, new RegExp(`error the database is not migrated, or for another version of this program needs="${newest}"`));
    assert.equal((await asha.says('Asha Rao')).status, 200);
    const { status, stderr } = runAnyhow(gateway.home, ['migrate'], gateway.env);
    assert.equal(status, 1);
    assert.match(stderr, /a newer version has migrated this database \(to 9999_later; this one knows \d+_\w+\): nothing was changed/);
    await sleep(1500);
    assert.match(await why(), /another version/);
    await gateway.sql("delete from frontdesk.migrations where name = '9999_later';");
    await mark(newest);
    await until(async () => await gateway.value('select count(*)::int from frontdesk.inbound') === 2, 'what was spooled to be handled');
    await gateway.stop();
});

test('a worker that was killed is replaced, counted and logged; the others serve meanwhile', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const before = gateway.workers();
        await gateway.kill9('worker');
        assert.equal((await smsPerson(gateway, '+919812400011').says('hi')).status, 200);
        await until(() => gateway.workers().length === 2 && !gateway.workers().includes(before[0]), 'a new worker');
        assert.equal(await gateway.metric('frontdesk_worker_restarts_total'), 1);
        assert.match(gateway.log, /a worker died and is started again/);
    });
});

test('a stranger can\'t fill the log: one event has so many lines a minute, and what was left out is counted', async () => {
    const gateway = await house.start({ env: { LOG_LEVEL: 'info' } });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let i = 0; i < 100; i++)
        assert.equal((await ask(`${gateway.url}/webhooks/twilio/sms`, { method: 'POST', headers, body: 'From=x' })).status, 403);
    assert.equal(gateway.log.match(/a webhook is refused/g).length, 30);
    assert.equal(await gateway.metric('frontdesk_unauthentic_total'), 100);
    assert.equal(await gateway.metric('frontdesk_channel_unauthentic_total{channel="sms"}'), 100);
    if (process.env.FRONTDESK_TEST_ALL)
        await until(() => /lines of one event were left out of="a webhook is refused" lines=70/.test(gateway.log), 'the minute to be over', 90_000);
    await gateway.stop();
});

test('while PostgreSQL is away a worker says so once a minute, however often it tries', async () => {
    const gateway = await house.start({ env: { LOG_LEVEL: 'info' } });
    await house.postgres.psql(`alter database ${gateway.name} with allow_connections false;
        select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}';`);
    await until(() => /not currently accepting connections/.test(gateway.log), 'it to try again');
    await sleep(3000);
    assert.equal(gateway.log.match(/not currently accepting connections/g).length, 1);
    assert.doesNotMatch(gateway.log.match(/.*not currently accepting.*/)[0], /\\u00/);
    await house.postgres.psql(`alter database ${gateway.name} with allow_connections true;`);
    await gateway.isReady();
    await gateway.stop();
});

test('/metrics is what Prometheus reads: every sample has its type, every name its prefix', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        await smsPerson(gateway, '+919812400012').saysAll('hi', 'Asha');
        const { session_id: id } = await restClient(gateway).begin();
        await gateway.sql(`insert into frontdesk.jobs (kind, session_id, payload, state, due_at) values
            ('webhook', '${id}', '{}', 'failed', now()), ('chart', '${id}', '{}', 'waiting', now() + interval '1 hour');`);
        const { text, headers } = await ask(`${gateway.url}/metrics`);
        assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
        const types = new Map();
        for (const line of text.trimEnd().split('\n')) {
            if (line.startsWith('# HELP ')) continue;
            const [, , name, type] = line.match(/^# (TYPE) (\S+) (counter|gauge|histogram)$/) ?? [];
            if (name) {
                assert.ok(!types.has(name), `${name} twice`);
                types.set(name, type);
                continue;
            }
            const [, sample] = line.match(/^(frontdesk_[a-z0-9_]+)(?:\{(?:[a-z_]+="[^"\\]*",?)+\})? [0-9.e+-]+$/) ?? [];
            assert.ok(sample, `unreadable: ${line}`);
            assert.ok(types.has(sample) || types.has(sample.replace(/_(bucket|sum|count)$/, '')), `${sample} has no type`);
        }
        assert.match(text, /^frontdesk_jobs\{kind="webhook",state="failed"\} 1$/m);
        assert.match(text, /^frontdesk_jobs\{kind="chart",state="waiting"\} 1$/m);
        assert.match(text, /^frontdesk_jobs\{kind="transcribe",state="running"\} 0$/m, 'none is a number too');
        for (const state of ['waiting', 'leased', 'failed'])
            assert.match(text, new RegExp(`^frontdesk_outbox\\{state="${state}"\\} \\d+$`, 'm'));
        assert.equal(await gateway.metric('frontdesk_turns_total'), 3);
        assert.match(text, /^frontdesk_channel_turns_total\{channel="sms"\} 2$/m);
        const counts = [...text.matchAll(/^frontdesk_turn_seconds_bucket\{le="[^"]+"\} (\d+)$/gm)].map(([, n]) => Number(n));
        assert.deepEqual(counts, [...counts].sort((a, b) => a - b), 'buckets are cumulative');
        assert.equal(counts.at(-1), 3);
    });
});

test('each rule of deploy/alerts.yaml asks for metrics that there are', async () => {
    await withGateway({}, async (gateway) => {
        const { text } = await ask(`${gateway.url}/metrics`);
        const there = new Set([...text.matchAll(/^# TYPE (frontdesk_\w+)/gm)].map(([, name]) => name));
        const rules = readFileSync(new URL('../../deploy/alerts.yaml', import.meta.url), 'utf8');
        const asked = [...rules.matchAll(/^\s+expr: (.*)$/gm)].flatMap(([, expr]) => expr.match(/frontdesk_\w+/g) ?? []);
        assert.ok(asked.length > 10);
        assert.deepEqual(asked.filter((name) => !there.has(name.replace(/_bucket$/, ''))), []);
    });
});
