// Guarantee 5: does losing Redis, at any moment and in any way, lose nothing and stop nobody, and is nothing personal in it?
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { restClient, smsPerson, whatsappPerson } from '../support/people.mjs';
import { startLiar, startRedis } from '../support/redis.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const SOON_MS = 5_000;       // a turn while Redis misbehaves, on a busy machine with sanitizers: who waited for it would wait for good
const SEES_AWAY_MS = 15_000; // it takes half a second to miss an answer, where nothing else runs
const SEES_BACK_MS = 20_000;
const START_BURST = 60;      // new sessions of one client
const START_PER_SECOND = 2;
const LONGEST_KEY_MS = 60_000;

let house;
let redis;
let serial = 1000;

before(async () => {
    house = await openHouse();
    redis = await startRedis();
});
after(async () => {
    await redis?.stop();
    await house?.close();
});

const newNumber = () => `+91981239${++serial}`;
const readiness = async (gateway) => (await ask(`${gateway.url}/readyz`)).json();
const why = async (gateway) => (await readiness(gateway)).why;
const isReady = (gateway) => until(async () => (await readiness(gateway)).status === 'ready', 'Redis to be seen', SEES_BACK_MS);
const isAway = (gateway) => until(async () => (await why(gateway)).includes('Redis is away'), 'Redis to be missed', SEES_AWAY_MS);

/** A whole turn, in time. */
async function speaksAtOnce(person, text) {
    const began = Date.now();
    const { status, said } = await person.says(text);
    assert.equal(status, 200);
    assert.ok(Date.now() - began < SOON_MS, `it took ${Date.now() - began} ms`);
    return said;
}

async function beginsAtOnce(gateway) {
    const asha = smsPerson(gateway, newNumber());
    const [name] = await speaksAtOnce(asha, 'hi');
    assert.match(name, /name/i);
    await speaksAtOnce(asha, 'Asha Rao');
    return asha;
}

test('without REDIS_URL it works, degraded, and says so', async () => {
    const gateway = await house.start({ env: { REDIS_URL: '' } });
    assert.deepEqual(await readiness(gateway), { status: 'degraded', why: ['REDIS_URL is not set'] });
    assert.equal(await gateway.metric('frontdesk_redis_up'), 0);
    await beginsAtOnce(gateway);
    await gateway.stop();
});

test('a REDIS_URL that means nothing is a configuration error, and its password is not repeated', async () => {
    const gateway = await house.start({ env: { REDIS_URL: 'redis://:hunter2@' }, isReady: false });
    const [code] = await gateway.exited;
    assert.equal(code, 2);
    assert.match(gateway.log, /redis_url: the host is missing/);
    assert.doesNotMatch(gateway.log, /hunter2/);
});

for (const kind of ['unixUrl', 'tcpUrl']) {
    test(`by ${kind}: killed in the middle of a conversation, it goes on; Redis back, all is well again`, async () => {
        const gateway = await house.start({ env: { REDIS_URL: redis[kind] } });
        await isReady(gateway);
        assert.equal(await gateway.metric('frontdesk_redis_up'), 1);
        const asha = await beginsAtOnce(gateway);
        await redis.kill9();
        await speaksAtOnce(asha, '15 August 1990');
        await isAway(gateway);
        assert.deepEqual(await readiness(gateway), { status: 'degraded', why: ['Redis is away'] });
        assert.equal(await gateway.metric('frontdesk_redis_up'), 0);
        assert.equal((await restClient(gateway).start()).status, 200);
        await speaksAtOnce(asha, '6:30 pm');
        await redis.restart();
        await isReady(gateway);
        assert.match((await speaksAtOnce(asha, 'Pune')).join(' '), /Is this right\?/);
        await gateway.stop();
    });
}

test('a Redis that has stopped answering holds nobody up', async () => {
    const gateway = await house.start({ env: { REDIS_URL: redis.unixUrl } });
    await isReady(gateway);
    redis.signal('SIGSTOP');
    try {
        const asha = await beginsAtOnce(gateway);
        const began = Date.now();
        for (let i = 0; i < 5; i++) assert.equal((await restClient(gateway).start()).status, 200);
        assert.ok(Date.now() - began < SOON_MS);
        await isAway(gateway);
        await speaksAtOnce(asha, '15 August 1990');
    } finally {
        redis.signal('SIGCONT');
    }
    await isReady(gateway);
    await gateway.stop();
});

test('a Redis that takes no writes (a replica, out of memory or of disk) is told of as soon as it refuses one, and holds nobody up', async () => {
    const gateway = await house.start({ env: { REDIS_URL: redis.tcpUrl } });
    await isReady(gateway);
    const waysToRefuse = [
        [['replicaof', '127.0.0.1', '1'], ['replicaof', 'no', 'one']],
        [['config', 'set', 'maxmemory', '1'], ['config', 'set', 'maxmemory', '0']],
    ];
    for (const [worse, better] of waysToRefuse) {
        await redis.cli(...worse);
        assert.equal((await restClient(gateway).start()).status, 200);
        await until(async () => (await why(gateway)).includes('Redis refuses to be written to'), 'it to be told', SEES_AWAY_MS);
        assert.equal(await gateway.metric('frontdesk_redis_up'), 0);
        await beginsAtOnce(gateway);
        await redis.cli(...better);
        await isReady(gateway);
    }
    assert.equal(gateway.log.match(/Redis refused a command/g).length, waysToRefuse.length, 'it is said once each time');
    await gateway.stop();
});

test('with a password: the right one is taken, a wrong one is told without repeating it', async () => {
    const locked = await startRedis({ password: 'open sesame' });
    try {
        const good = await house.start({ env: { REDIS_URL: locked.unixUrl } });
        await isReady(good);
        await good.stop();
        const bad = await house.start({ env: { REDIS_URL: locked.tcpUrl.replace('sesame', 'barley') } });
        await until(() => bad.log.includes('it does not take our password'), 'the refusal to be told');
        assert.doesNotMatch(bad.log, /barley|sesame/);
        assert.deepEqual(await why(bad), ['Redis is away']);
        await bad.stop();
    } finally {
        await locked.stop();
    }
});

test('a host name is looked up while everything goes on', async () => {
    const named = await house.start({ env: { REDIS_URL: redis.tcpUrl.replace('127.0.0.1', 'localhost') } });
    await isReady(named);
    await named.stop();
    const nowhere = await house.start({ env: { REDIS_URL: 'redis://redis.invalid:6379' } });
    await beginsAtOnce(nowhere);
    assert.deepEqual(await why(nowhere), ['Redis is away']);
    await nowhere.stop();
});

// ---- Lies ----

const pong = (asked) => (/PING/i.test(asked) ? '+PONG\r\n' : null);
const lies = {
    'closes at once': () => 'close',
    'says nothing': () => null,
    'is something else': () => 'HTTP/1.1 400 Bad Request\r\n\r\n',
    'says OK to everything': () => '+OK\r\n',
    'refuses everything': () => '-ERR max number of clients reached\r\n',
    'announces a list of two thousand million': () => '*2000000000\r\n',
    'announces two gigabytes': () => `$2000000000\r\n${'x'.repeat(200_000)}`,
    'answers more than was asked': (asked) => (pong(asked) ? '+PONG\r\n+PONG\r\n:1\r\n' : ':1\r\n'),
    'tells a listener nonsense': (asked) => pong(asked) ?? '*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n*2\r\n*1\r\n:1\r\n:2\r\n',
    'knows limits that cannot be': (asked) => pong(asked) ?? (/EVAL/.test(asked) ? ':999999999999\r\n' : null),
    'knows limits below nothing': (asked) => pong(asked) ?? (/EVAL/.test(asked) ? ':-1\r\n' : null),
    'knows no scripts': (asked) => pong(asked) ?? '-ERR unknown command\r\n',
};

test('a Redis that lies stops no worker and refuses nobody', async (t) => {
    const liar = await startLiar();
    const gateway = await house.start({ workers: 2, env: { REDIS_URL: liar.url } });
    const workers = gateway.workers();
    for (const [name, lie] of Object.entries(lies)) {
        await t.test(name, async () => {
            const before = liar.connections();
            liar.behave(lie);
            await until(() => liar.connections() >= before + 4, 'both workers to have tried');
            await beginsAtOnce(gateway);
            for (let i = 0; i < 3; i++) {
                assert.equal((await restClient(gateway).start()).status, 200);
                await sleep(50);
            }
            assert.deepEqual(gateway.workers(), workers);
        });
    }
    await gateway.stop();
    await liar.stop();
});

test('a Redis that says a client has nothing left costs it its burst, not its rate', async () => {
    const liar = await startLiar();
    liar.behave((asked) => pong(asked) ?? (/EVAL/.test(asked) ? ':0\r\n' : null));
    const gateway = await house.start({ env: { REDIS_URL: liar.url } });
    await isReady(gateway);
    const client = restClient(gateway);
    let allowed = 0;
    const began = Date.now();
    while (Date.now() - began < 4000) {
        if ((await client.start()).status === 200) allowed++;
        await sleep(50);
    }
    assert.ok(allowed >= 2 && allowed <= 20, `${allowed} in four seconds at ${START_PER_SECOND} a second`);
    await gateway.stop();
    await liar.stop();
});

// ---- What it is for ----

async function startsAllowed(gateway, count, address) {
    let allowed = 0;
    for (let i = 0; i < count; i++) {
        const { status, headers } = await restClient(gateway).start(undefined, { 'x-forwarded-for': address });
        if (status === 200) allowed++;
        else assert.ok(status === 429 && Number(headers['retry-after']) > 0, `status ${status}`);
    }
    return allowed;
}

test('two workers share one limit of a client, and others are not touched', async () => {
    await redis.cli('flushall');
    const gateway = await house.start({ workers: 2, env: { REDIS_URL: redis.unixUrl, TRUSTED_PROXIES: '127.0.0.0/8' } });
    await until(async () => (await redis.cli('pubsub', 'numsub', 'frontdesk:wake')).endsWith('2'), 'both workers to listen');
    const common = async () => redis.cli('hmget', await redis.cli('keys', 'frontdesk:limit:*'), 'tokens', 'at');
    const began = Date.now();
    const first = await gateway.onlyWorker(0, async () => {
        const allowed = await startsAllowed(gateway, START_BURST + 10, '203.0.113.7');
        await until(async () => Number.parseFloat(await common()) < 10, 'Redis to be told of all');
        return allowed;
    });
    assert.ok(first >= START_BURST);
    const second = await gateway.onlyWorker(1, async () => {
        const before = await common();
        await startsAllowed(gateway, 1, '203.0.113.7');
        await until(async () => (await common()) !== before, 'Redis to be told by the other, too');
        await sleep(200);
        return startsAllowed(gateway, START_BURST, '203.0.113.7');
    });
    const seconds = (Date.now() - began) / 1000;
    const fair = START_BURST + seconds * START_PER_SECOND + 10;
    assert.ok(first + second <= fair, `${first} and ${second} in ${seconds} s`);
    assert.equal(await startsAllowed(gateway, 5, '203.0.113.8'), 5);
    await gateway.stop();
});

test('a word on the channel makes a worker look at once, not at its next round', async () => {
    const gateway = await house.start({ env: { REDIS_URL: redis.tcpUrl } });
    await isReady(gateway);
    const asha = whatsappPerson(gateway, '919812380001');
    await asha.talks('hi');
    await until(async () => (await gateway.value("select count(*)::int from frontdesk.outbox where state = 'sent'")) >= 1);
    await until(async () => (await redis.cli('pubsub', 'numsub', 'frontdesk:wake')).endsWith('1'), 'it to listen');
    const rounds = 8;
    let spent = 0;
    for (let i = 1; i <= rounds; i++) {
        const calls = gateway.providers.graph.to(asha.number).length;
        await gateway.sql("update frontdesk.outbox set state = 'waiting', due_at = now(), attempts = 0");
        const began = Date.now();
        await redis.cli('publish', 'frontdesk:wake', 'somebody else');
        await gateway.providers.graph.called(calls + 1, asha.number);
        spent += Date.now() - began;
        await until(async () => (await gateway.value("select count(*)::int from frontdesk.outbox where state = 'sent'")) >= 1);
        await sleep(150);
    }
    // Without a word each takes more than 700 ms: a round begins when the one before has ended.
    assert.ok(spent / rounds < 500, `${spent / rounds} ms each; a round is a second`);
    await gateway.stop();
});

test('who has a message waiting behind another tells the others, and nothing more', async () => {
    const gateway = await house.start({ env: { REDIS_URL: redis.tcpUrl } });
    await isReady(gateway);
    const ear = spawn('redis-cli', ['-p', String(redis.port), 'subscribe', 'frontdesk:wake'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let heard = '';
    ear.stdout.setEncoding('utf8').on('data', (text) => { heard += text; });
    try {
        await until(() => heard.includes('subscribe'), 'the ear to listen');
        const asha = whatsappPerson(gateway, '919812380002');
        gateway.providers.graph.next('hang');
        await asha.says('hi');
        await asha.says('Asha Rao');
        await until(() => heard.includes('message'), 'a word');
        assert.match(heard, /^subscribe\nfrontdesk:wake\n1\n(message\nfrontdesk:wake\n[0-9a-f]{16}\n)+$/);
    } finally {
        ear.kill('SIGKILL');
    }
    await gateway.abandon();
});

test('nothing personal is in Redis, and everything in it goes away by itself', async () => {
    await redis.cli('flushall');
    const gateway = await house.start({ env: { REDIS_URL: redis.unixUrl, TRUSTED_PROXIES: '127.0.0.0/8' } });
    await isReady(gateway);
    const recorded = spawn('redis-cli', ['-p', String(redis.port), 'monitor'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let seen = '';
    recorded.stdout.setEncoding('utf8').on('data', (text) => { seen += text; });
    await until(() => seen.startsWith('OK'), 'the record to begin');
    try {
        const client = restClient(gateway);
        const address = { 'x-forwarded-for': '203.0.113.77' };
        const { session_key: key, session_id: id } = (await client.start({ channel: 'web', language: 'en' }, address)).json();
        await client.collect({ session_key: key, data: { name: 'Padmavati', birth_date: '1990-08-15', birth_place: 'Jaipur' } }, address);
        await whatsappPerson(gateway, '919812380003', 'Padmavati').talks('hi', 'Padmavati', '15 August 1990');
        await until(() => seen.includes('EVAL') && seen.includes('HSET'), 'the limits to be told');
        const keys = (await redis.cli('keys', '*')).split('\n').filter(Boolean);
        assert.ok(keys.length > 0);
        for (const name of keys) {
            assert.match(name, /^frontdesk:limit:[0-9a-f]{32}$/);
            const endsInMs = Number(await redis.cli('pttl', name));
            assert.ok(endsInMs > 0 && endsInMs <= LONGEST_KEY_MS, `it ends in ${endsInMs} ms`);
            seen += await redis.cli('hgetall', name);
        }
        for (const secret of ['Padmavati', '1990-08-15', 'Jaipur', '203.0.113', '9812380003', key, id, ...Object.values(gateway.secrets)])
            assert.ok(!seen.includes(secret), `${secret} went to Redis`);
    } finally {
        recorded.kill('SIGKILL');
    }
    await gateway.stop();
});
