// Does everything that is to be said leave at least once, in order, whatever the provider answers?
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import pg from 'pg';
import twilio from 'twilio';
import { assertDiscreet, openHouse, runIn } from '../support/gateway.mjs';
import { graphError, twilioError } from '../support/providers.mjs';
import { metaEvent, newSid, nowSeconds, postMeta, smsParams, smsPerson, tellStatus, whatsappPerson, wordsOf } from '../support/people.mjs';
import { sleep, until } from '../support/until.mjs';

const HANGING = '919812380001';

let house;
let gateway; // answers by API on both channels
let inline;  // answers SMS in the response; gives up after two attempts

before(async () => {
    // Who waits looks for a deadlock once, after so long: time enough for a test to make one.
    house = await openHouse({ postgres: { settings: { deadlock_timeout: '3s' } } });
    gateway = await house.start({ env: { SMS_REPLY: 'api' } });
    inline = await house.start({ settings: (yaml) => yaml.replace('attempts: 20', 'attempts: 2') });
    // A call that gets no answer is given up after 15 seconds: it is looked at when the others are done.
    gateway.providers.graph.nextTo(HANGING, 'hang');
    await whatsappPerson(gateway, HANGING).says('hi');
});
after(async () => { await house?.close(); });

const outboxOf = (number, of = gateway) => of.rows(`select id, state, attempts, error_code, provider_id, session_id,
    payload ->> 'text' as text from frontdesk.outbox where recipient ->> 'to' = '${number}' order by id`);
const hasState = (number, state, of = gateway) =>
    until(async () => (await outboxOf(number, of)).at(-1)?.state === state, `the last message to be ${state}`);

test('4: a person\'s replies leave in order: what was refused for now goes first, and holds up nobody else', async () => {
    const asha = whatsappPerson(gateway, '919812380002');
    const ravi = whatsappPerson(gateway, '919812380003');
    let refuse;
    gateway.providers.graph.nextTo(asha.number, new Promise((resolve) => { refuse = () => resolve({ status: 500, body: '<html>oops' }); }));
    for (const text of ['hi', 'Asha Rao', '15 August 1990']) await asha.says(text);
    await ravi.talks('hi', 'Ravi');
    assert.equal(gateway.providers.graph.to(asha.number).length, 1, 'nothing overtakes the first');
    const refusedAt = Date.now();
    refuse();
    const calls = await gateway.providers.graph.called(4, asha.number);
    const words = calls.map(({ content }) => wordsOf(content));
    assert.equal(words[0], words[1]);
    assert.match(words[1], /What's your name\?/);
    assert.match(words[2], /When were you born\?/);
    assert.match(words[3], /What time were you born\?/);
    const pause = calls[1].at - refusedAt;
    assert.ok(pause >= 1400, `a first retry waits 1.5 to 2.5 s, this one ${pause} ms`);
});

test('4: at no moment are two messages of one person under way', async () => {
    const asha = whatsappPerson(gateway, '919812380004');
    let underWay = 0;
    let most = 0;
    const slowly = async () => {
        most = Math.max(most, ++underWay);
        await sleep(150);
        underWay--;
        return null;
    };
    gateway.providers.graph.nextTo(asha.number, slowly, slowly, slowly, slowly);
    for (const text of ['hi', 'Asha', '15 August 1990', '6:30 pm']) await asha.says(text);
    await gateway.providers.graph.called(4, asha.number);
    assert.equal(most, 1);
});

test('4: a broken connection, an unreadable 503 and a temporary code are tried again until taken', async () => {
    const asha = whatsappPerson(gateway, '919812380005');
    const ravi = whatsappPerson(gateway, '919812380006');
    const uma = whatsappPerson(gateway, '919812380007');
    gateway.providers.graph.nextTo(asha.number, 'reset');
    gateway.providers.graph.nextTo(ravi.number, { status: 503, body: '\x00\xff{' });
    gateway.providers.graph.nextTo(uma.number, graphError(131000, 500));
    for (const person of [asha, ravi, uma]) await person.says('hi');
    for (const person of [asha, ravi, uma]) {
        await gateway.providers.graph.called(2, person.number);
        await hasState(person.number, 'sent');
    }
    // A connection that broke while it was reused is tried anew by libcurl itself: no attempt of ours.
    const [{ attempts, provider_id: id }] = await outboxOf(ravi.number);
    assert.equal(attempts, 2);
    assert.match(id, /^wamid\.OUT/);
});

test('4: a 200 with rubbish in it is still a message that was taken', async () => {
    const bodies = ['', 'OK', '{}', '{"messages":[]}', '{"messages":[null]}', '[1]', '{"messages":[{"id":7}]}', '{"contacts":null}'];
    for (const [i, body] of bodies.entries()) {
        const asha = whatsappPerson(gateway, `91981238010${i}`);
        gateway.providers.graph.nextTo(asha.number, { status: 200, body });
        await asha.says('hi');
        await hasState(asha.number, 'sent');
    }
});

test('4: a 200 that breaks off or says too much is still a message that was taken', async () => {
    const answers = [
        { raw: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{"messages":[{"id"' },
        { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"sid"' },
        { status: 200, body: `{"messages":[],"more":"${'x'.repeat(2 * 1024 * 1024)}"}` },
    ];
    for (const [i, answer] of answers.entries()) {
        const asha = whatsappPerson(gateway, `91981238020${i}`);
        const ravi = smsPerson(gateway, `+91981238021${i}`);
        gateway.providers.graph.nextTo(asha.number, answer);
        gateway.providers.twilio.nextTo(ravi.number, answer);
        for (const person of [asha, ravi]) await person.says('hi');
        for (const person of [asha, ravi]) await hasState(person.number, 'sent');
        assert.equal((await outboxOf(asha.number)).at(-1).attempts, 1);
        assert.equal((await outboxOf(ravi.number)).at(-1).attempts, 1);
    }
});

test('4: a permanent refusal ends as failed with its code, and the next message leaves', async () => {
    const asha = whatsappPerson(gateway, '919812380008');
    const ravi = smsPerson(gateway, '+919812380009');
    gateway.providers.graph.nextTo(asha.number, graphError(131026));
    gateway.providers.twilio.nextTo(ravi.number, twilioError(21211));
    await asha.says('hi');
    await ravi.says('hi');
    await hasState(asha.number, 'failed');
    await hasState(ravi.number, 'failed');
    assert.equal((await outboxOf(asha.number))[0].error_code, 131026);
    assert.equal((await outboxOf(ravi.number))[0].error_code, 21211);
    assert.match(wordsOf((await asha.says('Asha'), await asha.hears(2))), /When were you born\?/);
});

test('4: 21610 opts the person out, in the answer or in a status', async () => {
    const asha = smsPerson(gateway, '+919812380010');
    const ravi = smsPerson(gateway, '+919812380011');
    const isOut = (number) => gateway.value(
        `select opted_out_at is not null from frontdesk.addresses where address = '${number}'`);
    gateway.providers.twilio.nextTo(asha.number, twilioError(21610));
    await asha.says('hi');
    await until(() => isOut(asha.number), 'the opt-out');
    await asha.says('Asha');
    await ravi.says('hi');
    const [call] = await gateway.providers.twilio.called(1, ravi.number);
    const { sid } = call.answer.body;
    await tellStatus(gateway, call.content.StatusCallback, sid, 'undelivered', { ErrorCode: '21610', To: ravi.number });
    assert.equal(await isOut(ravi.number), true);
    await ravi.says('Ravi');
    await sleep(300);
    assert.equal(gateway.providers.twilio.to(asha.number).length, 1);
    assert.equal(gateway.providers.twilio.to(ravi.number).length, 1);
});

test('4: a status that comes before the provider\'s answer finds its message, and is not undone by it', async () => {
    const asha = smsPerson(gateway, '+919812380012');
    let sid;
    gateway.providers.twilio.nextTo(asha.number, async (call) => {
        sid = `SM${'e'.repeat(32)}`;
        const told = await tellStatus(gateway, call.content.StatusCallback, sid, 'delivered', { To: asha.number });
        assert.equal(told.status, 200);
        return { status: 201, body: { sid, status: 'queued', error_code: null } };
    });
    await asha.says('hi');
    await hasState(asha.number, 'delivered');
    await sleep(300);
    const [row] = await outboxOf(asha.number);
    assert.deepEqual([row.state, row.provider_id], ['delivered', sid]);
    const [{ content }] = gateway.providers.twilio.to(asha.number);
    for (const status of ['sent', 'failed', 'queued', 'nonsense'])
        await tellStatus(gateway, content.StatusCallback, sid, status, { To: asha.number });
    assert.equal((await outboxOf(asha.number))[0].state, 'delivered');
});

test('4: a status with a failure is kept with its code', async () => {
    const asha = whatsappPerson(gateway, '919812380013');
    await asha.talks('hi');
    await hasState(asha.number, 'sent');
    const [{ provider_id: id }] = await outboxOf(asha.number);
    const errors = [{ code: 131047, title: 'Re-engagement message' }];
    await postMeta(gateway, metaEvent(gateway, { statuses: [{ id, status: 'failed', timestamp: nowSeconds(), errors }] }));
    const [row] = await outboxOf(asha.number);
    assert.deepEqual([row.state, row.error_code], ['failed', 131047]);
});

test('4: receipts that are the victim of a deadlock are taken all the same', async () => {
    const people = ['919812380029', '919812380030'].map((number) => whatsappPerson(gateway, number));
    for (const person of people) {
        await person.talks('hi');
        await hasState(person.number, 'sent');
    }
    const [first, second] = await Promise.all(people.map(async ({ number }) => (await outboxOf(number))[0]));
    const other = new pg.Client(gateway.database);
    const takes = ({ id }) => other.query(`select from frontdesk.outbox where id = ${id} for update`);
    await other.connect();
    try {
        await other.query("set deadlock_timeout = '1min'; begin");     // so that it is not this one that finds it
        await takes(second);
        const told = postMeta(gateway, metaEvent(gateway, {
            statuses: [first, second].map(({ provider_id: id }) => ({ id, status: 'delivered', timestamp: nowSeconds() })),
        }));
        await gateway.waitsForLock();
        await takes(first);
        await other.query('commit');
        assert.equal((await told).status, 200);
    } finally {
        await other.end();
    }
    for (const { number } of people) assert.equal((await outboxOf(number))[0].state, 'delivered');
    assert.match(gateway.log, /PostgreSQL refused a statement code="40P01"/);
});

test('4: a 429 is tried again no sooner than Retry-After asks', async () => {
    const asha = smsPerson(gateway, '+919812380014');
    gateway.providers.twilio.nextTo(asha.number, { ...twilioError(20429, 429), headers: { 'retry-after': '3' } });
    await asha.says('hi');
    const [first, second] = await gateway.providers.twilio.called(2, asha.number);
    assert.ok(second.at - first.at >= 2900, `again after ${second.at - first.at} ms`);
    await hasState(asha.number, 'sent');
});

test('4: an inline reply that nobody took is said by API once its lease has run out, and only once', async () => {
    const asha = smsPerson(inline, '+919812380015');
    await asha.says('hi');
    const letGo = await inline.holds('frontdesk.inbound');
    await sendAndLeave(inline, smsParams(inline, asha.number, 'Asha'));
    await letGo();
    const rows = await until(async () => {
        const found = await outboxOf(asha.number, inline);
        return found.length === 2 && found;
    }, 'the turn to be committed');
    assert.equal(rows[1].state, 'leased');
    await sleep(200);
    assert.equal((await outboxOf(asha.number, inline))[1].state, 'leased');
    await inline.sql(`update frontdesk.outbox set lease_until = now() - interval '1 second' where id = ${rows[1].id};`);
    const [call] = await inline.providers.twilio.called(1, asha.number);
    assert.equal(call.content.Body, rows[1].text);
    await hasState(asha.number, 'sent', inline);
    await sleep(300);
    assert.equal(inline.providers.twilio.to(asha.number).length, 1);
});

test('4: an inline reply overtakes nothing that still waits for the provider: it leaves by API, behind it', async () => {
    const asha = smsPerson(inline, '+919812380021');
    await asha.says('hi');
    await hasState(asha.number, 'sent', inline);
    /* What was said first is put off, as after a refusal. */
    await inline.sql(`update frontdesk.outbox set state = 'waiting', attempts = 0, settled_at = null, is_inline = false,
        due_at = now() + interval '1 hour' where recipient ->> 'to' = '${asha.number}';`);
    const MessageSid = newSid();
    assert.deepEqual((await asha.says('Asha', { MessageSid })).said, []);
    assert.deepEqual((await asha.says('Asha', { MessageSid })).said, [], 'a redelivery gets the same document');
    await inline.sql(`update frontdesk.outbox set due_at = now() where recipient ->> 'to' = '${asha.number}';`);
    const calls = await inline.providers.twilio.called(2, asha.number);
    assert.match(calls[0].content.Body, /What's your name\?/);
    assert.match(calls[1].content.Body, /^Nice to meet you, Asha!/);
    await hasState(asha.number, 'sent', inline);
    assert.match((await asha.says('15 August 1990')).said[0], /What time were you born\?/, 'nothing waits: inline again');
});

/* A signed webhook whose connection is reset before the answer, while its turn waits for the database. */
async function sendAndLeave(of, params) {
    const path = '/webhooks/twilio/sms';
    const body = new URLSearchParams(params).toString();
    const signature = twilio.getExpectedTwilioSignature(of.secrets.twilioToken, of.publicUrl + path, params);
    const socket = connect(of.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `X-Twilio-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await of.waitsForLock();
    socket.resetAndDestroy();
}

test('4: what a dead worker was sending is sent again by the one that takes its place, and what was taken is not', async () => {
    const asha = whatsappPerson(inline, '919812380016');
    const ravi = whatsappPerson(inline, '919812380028');
    const backend = (where) => until(async () => (await inline.rows(`select pid from pg_stat_activity
        where datname = current_database() and ${where}`))[0]?.pid, where);
    inline.providers.graph.nextTo(asha.number, 'hang');
    await asha.says('hi');
    await inline.providers.graph.called(1, asha.number);
    // Ravi's message is taken by the provider, but that can't be written down yet.
    let held;
    inline.providers.graph.nextTo(ravi.number, async () => {
        held = inline.sql(`begin; select from frontdesk.outbox where recipient ->> 'to' = '${ravi.number}' for update;
            select pg_sleep(60);`).catch(() => {});
        await backend(`wait_event = 'PgSleep'`);
        return null;
    });
    await ravi.says('hi');
    const settling = await backend(`wait_event_type = 'Lock' and query like '%settle_outbox%'`);

    const [worker] = inline.workers();
    await inline.kill9('worker');
    await until(() => inline.workers().length === 1 && inline.workers()[0] !== worker, 'another worker');
    await until(async () => !(await inline.rows(`select pid from pg_stat_activity where pid = ${settling}`)).length, 'its backend to end');
    await inline.sql(`select pg_terminate_backend(${await backend(`wait_event = 'PgSleep'`)});`);
    await held;
    // Long before the leases run out.
    const calls = await inline.providers.graph.called(2, asha.number);
    assert.equal(wordsOf(calls[1].content), wordsOf(calls[0].content));
    await hasState(asha.number, 'sent', inline);
    await hasState(ravi.number, 'sent', inline);
    assert.equal(inline.providers.graph.to(ravi.number).length, 1);
});

test('4: what is refused for now too often ends as failed; the operator sees it, and gives it another round', async () => {
    const asha = whatsappPerson(inline, '919812380017');
    inline.providers.graph.nextTo(asha.number, graphError(131016, 503), graphError(131016, 503));
    await asha.says('hi');
    await hasState(asha.number, 'failed', inline);
    const [{ id, attempts, error_code: code }] = await outboxOf(asha.number, inline);
    assert.deepEqual([attempts, code], [2, 131016]);
    const listed = runIn(inline.home, ['outbox', 'list'], inline.env);
    assert.match(listed, new RegExp(`^${id}\\b.*failed.*131016`, 'm'));
    assert.ok(!listed.includes(asha.number), 'the recipient is masked');
    runIn(inline.home, ['outbox', 'retry', String(id)], inline.env);
    await hasState(asha.number, 'sent', inline);
});

test('4: refused credentials stop the channel with an alarm, and its messages wait', async () => {
    const asha = whatsappPerson(inline, '919812380018');
    const ravi = whatsappPerson(inline, '919812380019');
    inline.providers.graph.nextTo(asha.number, graphError(190, 401));
    await asha.says('hi');
    await inline.providers.graph.called(1, asha.number);
    await until(() => /refuses our credentials/.test(inline.log), 'the alarm');
    const refused = (channel) => inline.metric(`frontdesk_channel_sends_total{channel="${channel}",end="refused"}`);
    assert.deepEqual([await refused('whatsapp'), await refused('sms')], [1, 0], 'what an alert rings for');
    await hasState(asha.number, 'waiting', inline);
    await ravi.says('hi');
    await sleep(500);
    assert.equal(inline.providers.graph.to(ravi.number).length, 0);
    assert.notEqual((await outboxOf(ravi.number, inline))[0].state, 'failed');
});

test('4: thousands that wait are claimed as fast as a few, also before PostgreSQL has counted them', async () => {
    // As the gateway's own connection: planned while there was next to nothing.
    const claimed = await gateway.sql(`set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;
        set enable_hashjoin = off; set enable_mergejoin = off; set statement_timeout = '5s';
        begin;
        select count(*) from frontdesk.claim_outbox(1, 40);
        insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state)
            select frontdesk.week_of(now()), lane, 'sms', 'nobody', '{}', '{}', 'waiting' from generate_series(1, 8000) lane;
        select count(*) from frontdesk.claim_outbox(200, 40);
        rollback`);
    assert.match(String(claimed), /200/);
});

test('4: a call without an answer is tried again after its deadline', { timeout: 60_000 }, async () => {
    const [first, second] = await gateway.providers.graph.called(2, HANGING, 30_000);
    assert.ok(second.at - first.at >= 15_000);
    await hasState(HANGING, 'sent');
});

test('no sanitizer complained, and no secret and no whole number got into a log', async () => {
    for (const each of [gateway, inline]) {
        await each.stop();
        assertDiscreet(each);
    }
});
