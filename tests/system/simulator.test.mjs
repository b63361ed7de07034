// Does a fresh copy without any provider account get its messages off?
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

test('without SIMULATOR there is none', async () => {
    const plain = await house.start();
    const answer = await ask(`${plain.url}/simulator/graph/1/messages`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.equal(answer.status, 404);
    await plain.stop();
});

test('no secret and no whole number got into the log', () => assertDiscreet(gateway));
