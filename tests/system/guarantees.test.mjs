// Are the contract's guarantees about messages kept, with two workers, redeliveries, and crashes?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { metaEvent, newSid, postMeta, restClient, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
});
after(async () => { await house?.close(); });

const sessionOf = async (number) => (await gateway.rows(`select s.*, s.status::text, c.version from instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a on a.contact_id = c.contact_id
    where a.address = '${number}'`))[0];

const outboxOf = (number) => gateway.rows(`select id, state, payload ->> 'text' as text from frontdesk.outbox
    where recipient ->> 'to' in ('${number}', '${number.slice(1)}') order by id`);

test('1: once a webhook is answered 200, what it said is in the database', async () => {
    const asha = smsPerson(gateway, '+919812370001');
    const sid = newSid();
    assert.equal((await asha.says('hi')).status, 200);
    assert.equal((await asha.says('Asha Rao', { MessageSid: sid })).status, 200);
    assert.equal((await sessionOf(asha.number)).collected_data.name, 'Asha Rao');
    const said = await gateway.rows("select said ->> 'text' as text from frontdesk.inbound where said ->> 'text' = 'Asha Rao'");
    assert.equal(said.length, 1);
});

test('1: a 200 means durable even when every worker is killed right after it', async () => {
    const asha = smsPerson(gateway, '+919812370002');
    await asha.says('hi');
    for (const text of ['Asha Rao', '15 August 1990', '6:30 pm']) {
        await until(async () => (await asha.says(text).catch(() => null))?.status === 200, 'a worker to be there');
        for (const pid of gateway.workers()) process.kill(pid, 'SIGKILL');
    }
    const { collected_data: data } = await sessionOf(asha.number);
    assert.deepEqual([data.name, data.birth_date, data.birth_time], ['Asha Rao', '1990-08-15', '18:30:00']);
    await until(() => gateway.workers().length === 2, 'two workers again');
    await gateway.isReady();
    const [next] = await asha.saysAll('Pune');
    assert.match(next, /Is this right\?/);
});

test('2: a redelivery on either worker changes nothing and gets the same document', async () => {
    const asha = smsPerson(gateway, '+919812370003');
    await asha.says('hi');
    const sid = newSid();
    const first = await asha.says('Asha Rao', { MessageSid: sid });
    const before = await sessionOf(asha.number);
    for (const worker of [0, 1, 0]) {
        const again = await gateway.onlyWorker(worker, () => asha.says('Asha Rao', { MessageSid: sid }));
        assert.equal(again.status, 200);
        assert.equal(again.text, first.text);
    }
    assert.deepEqual(await sessionOf(asha.number), before);
    assert.equal((await outboxOf(asha.number)).length, 2);
});

test('2: ten copies at once are one message, each answered alike', async () => {
    const asha = smsPerson(gateway, '+919812370004');
    await asha.says('hi');
    const sid = newSid();
    const answers = await Promise.all(Array.from({ length: 10 }, () => asha.says('Asha Rao', { MessageSid: sid })));
    for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, answers[0].text]);
    assert.equal(answers[0].said.length, 1);
    assert.equal((await sessionOf(asha.number)).version, 2);
    assert.equal((await outboxOf(asha.number)).length, 2);
});

test('2: ten copies at once of somebody\'s very first message make one person and one session', async () => {
    const asha = smsPerson(gateway, '+919812370005');
    const sid = newSid();
    const answers = await Promise.all(Array.from({ length: 10 }, () => asha.says('hi', { MessageSid: sid })));
    for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, answers[0].text]);
    assert.equal(await gateway.value(`select count(*) from frontdesk.conversations c join frontdesk.addresses a
        on a.contact_id = c.contact_id where a.address = '${asha.number}'`), 1);
});

test('2: a redelivered WhatsApp webhook is said to only once, even beside new messages', async () => {
    const asha = whatsappPerson(gateway, '919812370006');
    const hi = asha.text('hi');
    const name = asha.text('Asha');
    await asha.sends(hi);
    await asha.sends(hi, name);
    await asha.sends(name, hi, asha.text('15 August 1990'));
    assert.match(wordsOf(await asha.hears(3)), /What time were you born\?/);
    await until(async () => (await outboxOf('+919812370006')).every(({ state }) => state === 'sent'));
    assert.equal(gateway.providers.graph.to(asha.number).length, 3);
});

test('3: twenty messages of one person at once, on two workers: one at a time, none lost', async () => {
    const asha = smsPerson(gateway, '+919812370007');
    await asha.saysAll('hi', 'Asha');
    const { version } = await sessionOf(asha.number);
    const texts = Array.from({ length: 20 }, (_, i) => `what is this ${i}`);
    const answers = await Promise.all(texts.map((text) => asha.says(text)));
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    assert.equal((await sessionOf(asha.number)).version, version + 20);
    const said = await gateway.value("select count(*) from frontdesk.inbound where said ->> 'text' like 'what is this %'");
    assert.equal(said, 20);
});

test('3: first messages of one person at once, on both workers, make one session that took them all', async () => {
    const asha = whatsappPerson(gateway, '919812370008');
    const answers = await Promise.all(Array.from({ length: 12 }, () => asha.says('hello there')));
    for (const answer of answers) assert.equal(answer.status, 200);
    assert.equal((await sessionOf('+919812370008')).version, 12);
});

test('3: messages in one webhook are taken in array order, over entries and changes too', async () => {
    const asha = whatsappPerson(gateway, '919812370009');
    const event = metaEvent(gateway, { messages: [asha.text('hi'), asha.text('Asha Rao')] });
    event.entry[0].changes.push(metaEvent(gateway, { messages: [asha.text('15 August 1990')] }).entry[0].changes[0]);
    event.entry.push(metaEvent(gateway, { messages: [asha.text('6:30 pm'), asha.text('Pune')] }).entry[0]);
    assert.equal((await postMeta(gateway, event)).status, 200);
    const heard = wordsOf(await asha.hears(1));
    for (const part of ['Asha Rao', '15 August 1990', '6:30 in the evening', 'Pune', 'Is this right?']) assert.ok(heard.includes(part));
});

test('3: one session at two doors at once: by key and by number, nothing is lost', async () => {
    const rest = restClient(gateway);
    const asha = smsPerson(gateway, '+919812370010');
    await asha.says('hi');
    const { session_key: key } = await sessionOf(asha.number);
    const statuses = await Promise.all([
        ...Array.from({ length: 5 }, async (_, i) => (await asha.says(`sms ${i}?`)).status),
        ...Array.from({ length: 5 }, async () => (await rest.collect({ session_key: key, data: { birth_date: '1990-08-15' } })).status),
    ]);
    assert.deepEqual(statuses, Array(10).fill(200));
    const { version, collected_data: data } = await sessionOf(asha.number);
    assert.equal(version, 11);
    assert.equal(data.birth_date, '1990-08-15');
});

test('3: a row of one person that somebody holds keeps nobody else waiting', async () => {
    const alone = await house.start({ workers: 1 });
    const [asha, ...others] = Array.from({ length: 9 }, (_, i) => smsPerson(alone, `+91981237003${i}`));
    await Promise.all([asha, ...others].map((person) => person.says('hi')));
    const hand = new pg.Client(alone.database);
    await hand.connect();
    await hand.query('begin');
    const { rowCount } = await hand.query(`select from frontdesk.conversations
        where contact_id = (select contact_id from frontdesk.addresses where address = $1) for update`, [asha.number]);
    assert.equal(rowCount, 1);
    let isAnswered = false;
    const answer = asha.says('Asha Rao').finally(() => { isAnswered = true; });
    // Who came in one batch with her would wait along.
    await alone.waitsForLock();
    const heard = await Promise.all(others.map((person) => person.saysAll('Ravi Kumar', '15 August 1990', '6:30 pm')));
    for (const replies of heard) assert.match(replies[0], /born in/i);
    assert.equal(isAnswered, false);
    await hand.query('commit');
    await hand.end();
    assert.equal((await answer).status, 200);
    await alone.stop();
});

test('5: Redis killed in the middle: conversations go on, and /readyz says degraded until it is back', async () => {
    const asha = smsPerson(gateway, '+919812370011');
    const readiness = async () => (await ask(`${gateway.url}/readyz`)).json();
    await until(async () => (await readiness()).status === 'ready', '/readyz to say ready');
    await asha.saysAll('hi', 'Asha');
    await house.redis.kill9();
    assert.match((await asha.saysAll('15 August 1990'))[0], /What time were you born\?/);
    await until(async () => (await readiness()).status === 'degraded', '/readyz to say degraded');
    const ravi = whatsappPerson(gateway, '919812370013');
    await ravi.talks('hi', 'Ravi');
    await house.redis.restart();
    assert.match((await asha.saysAll('6:30 pm'))[0], /born in\?/);
    await until(async () => (await readiness()).status === 'ready', '/readyz to say ready again');
});

test('5: without Redis, or with one that is never there, everything goes on', async () => {
    for (const REDIS_URL of [null, `unix://${house.folder}/no-redis.sock`]) {
        const lonely = await house.start({ workers: 2, env: { REDIS_URL } });
        const asha = smsPerson(lonely, '+919812370014');
        assert.match((await asha.saysAll('hi', 'Asha'))[0], /When were you born\?/);
        const ravi = whatsappPerson(lonely, '919812370015');
        assert.match(wordsOf(await ravi.talks('hi', 'Ravi')), /When were you born\?/);
        assert.equal((await ask(`${lonely.url}/readyz`)).json().status, 'degraded');
        await lonely.stop();
        assertDiscreet(lonely);
    }
});

test('5: Redis holds no personal data, and nothing for ever', async () => {
    await smsPerson(gateway, '+919812370016').saysAll('hi', 'Aishwarya Inredis');
    const { session_key: key } = await restClient(gateway).begin();
    await restClient(gateway).collect({ session_key: key, text: 'Aishwarya Inredis' });
    const names = (await house.redis.cli('--raw', 'keys', '*')).split('\n').filter(Boolean);
    for (const name of names) {
        const dump = `${name} ${await house.redis.cli('dump', name)}`;
        for (const secret of ['9812370016', 'Aishwarya', '127.0.0.1', key]) assert.ok(!dump.includes(secret), `${name} tells ${secret}`);
        assert.ok(Number(await house.redis.cli('ttl', name)) > 0, `${name} has an end`);
    }
});

test('a person goes on where the gateway was killed and started again', async () => {
    const asha = smsPerson(gateway, '+919812370012');
    await asha.saysAll('hi', 'Asha Rao');
    const workers = gateway.workers();
    await gateway.kill9('supervisor');
    await until(() => workers.every((pid) => !isAlive(pid)), 'the workers to die with their supervisor');
    await gateway.run();
    const [next] = await asha.saysAll('15 August 1990');
    assert.match(next, /What time were you born\?/);
});

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
