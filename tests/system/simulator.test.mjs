// Does a fresh copy without any provider account get its messages off, and can its simulated people talk with it?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newWamid, nowSeconds, postMeta, smsPerson, metaEvent } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;

const own = (port) => ({
    SIMULATOR: 'true',
    SMS_REPLY: 'api',
    WHATSAPP_GRAPH_URL: `http://127.0.0.1:${port}/simulator/graph`,
    TWILIO_API_URL: `http://127.0.0.1:${port}/simulator/twilio`,
});

before(async () => {
    house = await openHouse();
    gateway = await house.start({ isReady: false });
    await gateway.isReady();
    await gateway.stop();
    Object.assign(gateway.env, own(gateway.port));
    await gateway.run();
});
after(async () => { await house?.close(); });

const outbox = () => gateway.rows("select channel::text, state, provider_id, error_title from frontdesk.outbox order by id");
const deliver = (where, body, headers = {}) => ask(`${where.url}/simulator/deliver`, { method: 'POST', body, headers });
const news = async (where, number, headers = {}) => {
    const answer = await ask(`${where.url}/simulator/news?number=${encodeURIComponent(number)}`, { headers });
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
};
const heard = (where, number, count, headers) => until(async () => {
    const { outbox: rows } = await news(where, number, headers);
    const arrived = rows.filter(({ state }) => ['sent', 'delivered', 'read'].includes(state));
    return arrived.length >= count && arrived;
}, `${count} messages on the phone of ${number}`);

test('an SMS by the API is taken by the simulator, under an id of its own', async () => {
    await smsPerson(gateway, '+15550100142').says('hi');
    const [row] = await until(async () => {
        const rows = (await outbox()).filter((each) => each.channel === 'sms' && each.state === 'sent');
        return rows.length && rows;
    }, 'the SMS to be sent');
    assert.match(row.provider_id, /^SM[0-9a-f]{32}$/);
});

test('a WhatsApp message is taken too', async () => {
    const from = '15550100143';
    const message = { from, id: newWamid(), timestamp: String(nowSeconds()), type: 'text', text: { body: 'hi' } };
    assert.equal((await postMeta(gateway, metaEvent(gateway, { messages: [message] }))).status, 200);
    const [row] = await until(async () => {
        const rows = (await outbox()).filter((each) => each.channel === 'whatsapp' && each.state === 'sent');
        return rows.length && rows;
    }, 'the WhatsApp message to be sent');
    assert.match(row.provider_id, /^wamid\.simulated\./);
});

test('without the credentials the simulator takes nothing', async () => {
    for (const path of ['/simulator/graph/1/messages', '/simulator/twilio/2010-04-01/Accounts/AC1/Messages.json']) {
        const answer = await ask(`${gateway.url}${path}`, {
            method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer guess' }, body: '{}' });
        assert.equal(answer.status, 401);
    }
});

test('what is said on WhatsApp comes as Meta brings it, and its statuses move the outbox', async () => {
    const from = '+15550123456';
    const answer = (await deliver(gateway, { channel: 'whatsapp', from, message: { type: 'text', text: { body: 'hi' } } })).json();
    assert.equal(answer.answer.status, 200);
    assert.match(answer.request.headers['X-Hub-Signature-256'], /^sha256=[0-9a-f]{64}$/);
    const { metadata, contacts, messages } = JSON.parse(answer.request.body).entry[0].changes[0].value;
    assert.deepEqual([metadata.phone_number_id, contacts[0].wa_id, messages[0].from], [gateway.whatsappId, '15550123456', '15550123456']);
    const [row] = await heard(gateway, from, 1);
    const body = JSON.parse(row.bodies[0]);
    assert.deepEqual([body.to, body.biz_opaque_callback_data], ['15550123456', String(row.id)]);
    for (const status of ['delivered', 'read']) {
        const told = await deliver(gateway, { channel: 'whatsapp', from, id: row.provider_id, status: { status, outbox_id: String(row.id) } });
        assert.equal(told.json().answer.status, 200);
        await until(async () => (await news(gateway, from)).outbox[0].state === status, status);
    }
});

test('delivered twice, a message is one', async () => {
    const from = '+15550123457';
    const said = { channel: 'sms', from, id: `SM${'a'.repeat(32)}`, message: { Body: 'hi' } };
    const first = (await deliver(gateway, said)).json();
    assert.deepEqual([first.segments, first.encoding, first.answer.status], [1, 'GSM-7', 200]);
    await heard(gateway, from, 1);
    assert.equal((await deliver(gateway, said)).json().answer.status, 200);
    const { session, outbox: rows } = await news(gateway, from);
    assert.deepEqual([session.turns, rows.length, rows[0].segments, rows[0].encoding], [1, 1, 1, 'GSM-7']);
});

test('a call is answered with TwiML', async () => {
    const from = '+15550123458';
    const ring = (await deliver(gateway, { channel: 'voice', from, message: { CallStatus: 'ringing' } })).json();
    assert.match(ring.answer.type, /^text\/xml/);
    assert.match(ring.answer.body, /<Gather/);
    const [, action] = ring.answer.body.match(/action="[^"]*(\/webhooks\/[^"]*)"/);
    const target = action.replaceAll('&amp;', '&');
    const next = (await deliver(gateway, { channel: 'voice', from, id: ring.id, target, message: { Digits: '1' } })).json();
    assert.match(next.answer.body, /<Say/);
    assert.equal(new URLSearchParams(next.request.body).get('Digits'), '1');
});

test('only simulated people can be spoken as, by our own channels, to our own webhooks', async () => {
    const message = { Body: 'hi' };
    const from = '+15550123459';
    for (const [wrong, field] of [
        [{ channel: 'sms', from: '+919812345678', message }, 'from'],
        [{ channel: 'sms', from: '+1555012345', message }, 'from'],
        [{ channel: 'sms', from: '15550123459', message }, 'from'],
        [{ channel: 'sms', from: '+15550123459x', message }, 'from'],
        [{ channel: 'fax', from, message }, 'channel'],
        [{ channel: 'web', from, message }, 'channel'],
        [{ channel: 'sms', from }, 'message'],
        [{ channel: 'sms', from, id: 'x'.repeat(129), message }, 'id'],
        [{ channel: 'voice', from, target: '/admin', message }, 'target'],
        [{ channel: 'voice', from, target: '/webhooks/twilio/voice/../../admin', message }, 'target'],
        ['not json', 'from'],
    ]) {
        const headers = { 'content-type': 'application/json' };
        const answer = await deliver(gateway, wrong, headers);
        assert.equal(answer.status, 422, JSON.stringify(wrong));
        assert.equal(answer.json().errors[0].field, field, JSON.stringify(wrong));
    }
    const sneaky = { type: 'text', text: { body: 'hi' }, from: '919812345678' };
    const { request } = (await deliver(gateway, { channel: 'whatsapp', from, message: sneaky })).json();
    assert.equal(JSON.parse(request.body).entry[0].changes[0].value.messages[0].from, '15550123459');
    const posing = (await deliver(gateway, { channel: 'sms', from, message: { Body: 'hi', From: '+919812345678' } })).json();
    assert.deepEqual(new URLSearchParams(posing.request.body).getAll('From'), [from]);
    assert.equal((await ask(`${gateway.url}/simulator/news?number=%2B919812345678`)).status, 422);
});

const control = (what, body, headers = {}) => ask(`${gateway.url}/simulator/${what}`,
    { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

test('trouble and death are for who may use the simulator, and asked for in so many words', async () => {
    for (const [what, body, field] of [
        ['trouble', { answers: '418', calls: 1 }, 'answers'],
        ['trouble', { answers: '429', calls: 0 }, 'calls'],
        ['trouble', { answers: '429', calls: 100 }, 'calls'],
        ['trouble', 'not json', 'answers'],
        ['kill', { when: 'later' }, 'when'],
        ['kill', {}, 'when'],
    ]) {
        const answer = await control(what, body);
        assert.equal(answer.status, 422, JSON.stringify(body));
        assert.equal(answer.json().errors[0].field, field);
    }
    const stranger = { 'x-forwarded-for': '203.0.113.7' };
    assert.equal((await control('kill', { when: 'now' }, stranger)).status, 401);
    assert.equal((await control('trouble', { answers: '429', calls: 9 }, stranger)).status, 401);
    const { restarts, trouble } = await news(gateway, '+15550123463');
    assert.deepEqual([restarts, trouble], [0, { answers: 'none', calls: 0 }]);
});

test('a provider that does not answer costs one try; who leaves meanwhile is not kept, and it is sent after that', async () => {
    const from = '+15550123464';
    assert.deepEqual((await control('trouble', { answers: 'timeout', calls: 1 })).json(), { answers: 'timeout', calls: 1 });
    assert.equal((await deliver(gateway, { channel: 'sms', from, message: { Body: 'hi' } })).status, 200);
    await until(async () => (await news(gateway, from)).trouble.calls === 0, 'the call that hears nothing');
    await gateway.stop();
    await gateway.run();
    const [row] = await heard(gateway, from, 1);
    assert.ok(row.attempts >= 1);
});

test('a worker that is killed is started again', async () => {
    const before = await news(gateway, '+15550123465');
    const { pid } = (await control('kill', { when: 'now' })).json();
    assert.ok(before.workers.some((worker) => worker.pid === pid));
    const now = await until(async () => {
        const latest = await news(gateway, '+15550123465').catch(() => null);
        return latest?.restarts === 1 && latest.workers.every((worker) => worker.pid) && latest;
    }, 'another worker');
    assert.ok(!now.workers.some((worker) => worker.pid === pid));
});

test('through a proxy it wants the token', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const said = { channel: 'sms', from: '+15550123460', message: { Body: 'hi' } };
    assert.equal((await deliver(gateway, said, headers)).status, 401);
    assert.equal((await deliver(gateway, said, { ...headers, authorization: `Bearer ${gateway.secrets.adminToken}` })).status, 200);
});

test('with credentials of a provider, what goes to simulated people goes to the simulator all the same', async () => {
    const real = await house.start({ workers: 2, env: { SIMULATOR: 'true', SMS_REPLY: 'api', BIND_ADDRESS: '0.0.0.0' } });
    const headers = { authorization: `Bearer ${real.secrets.adminToken}` };
    const said = { channel: 'whatsapp', from: '+15550123461', message: { type: 'text', text: { body: 'hi' } } };
    assert.equal((await deliver(real, said)).status, 401);
    assert.equal((await deliver(real, said, headers)).json().answer.status, 200);
    assert.equal((await deliver(real, { channel: 'sms', from: '+15550123462', message: { Body: 'hi' } }, headers)).json().answer.status, 200);
    assert.match((await heard(real, '+15550123461', 1, headers))[0].provider_id, /^wamid\.simulated\./);
    assert.match((await heard(real, '+15550123462', 1, headers))[0].provider_id, /^SM/);
    await smsPerson(real, '+919812345999').says('hi');
    await until(() => real.providers.twilio.calls.length === 1, 'the real person’s SMS to reach the provider');
    assert.deepEqual([real.providers.twilio.calls[0].content.To, real.providers.graph.calls.length], ['+919812345999', 0]);
    await real.stop();
});

test('without SIMULATOR there is none', async () => {
    const plain = await house.start();
    for (const path of ['/simulator/graph/1/messages', '/simulator/deliver', '/simulator/trouble', '/simulator/kill'])
        assert.equal((await ask(`${plain.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status, 404);
    for (const path of ['/simulator', '/simulator/simulator.js', '/simulator/news', '/simulator/recording'])
        assert.equal((await ask(`${plain.url}${path}`)).status, 404);
    await plain.stop();
});

test('no secret and no whole number got into the log', () => assertDiscreet(gateway));
