// What a provider tells of our messages, in its answers and its statuses: does the right one of them count?
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { twilioError } from '../support/providers.mjs';
import { smsPerson, tellStatus, whatsappPerson } from '../support/people.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ env: { SMS_REPLY: 'api' } });
});
after(async () => { await house?.close(); });

const outboxOf = (number) => gateway.rows(`select id, state, attempts, provider_id, error_code from frontdesk.outbox
    where recipient ->> 'to' = '${number}' order by id`);
const endsAs = (number, state) =>
    until(async () => (await outboxOf(number)).at(-1)?.state === state, `the last message to be ${state}`);

/* Something to be said that no flow is long-winded enough to say. */
const writeDown = (number, text) => gateway.sql(`insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state)
    select frontdesk.week_of(now()), 1, 'sms', account, '{"to": "${number}"}', '${JSON.stringify({ text, input: 'none' })}', 'waiting'
    from frontdesk.outbox where channel = 'sms' limit 1`);

test('an id of a provider that no index would hold keeps no message from being settled', async () => {
    const asha = whatsappPerson(gateway, '919812390001');
    const ravi = whatsappPerson(gateway, '919812390002');
    const nila = smsPerson(gateway, '+919812390003');
    const id = randomBytes(24_000).toString('base64');
    gateway.providers.graph.nextTo(asha.number, { status: 200, body: { messages: [{ id }] } });
    gateway.providers.twilio.nextTo(nila.number, { status: 201, body: { sid: id, error_code: null } });
    await asha.says('hi');
    await nila.says('hi');
    await ravi.says('hi');
    for (const person of [asha, nila, ravi]) await endsAs(person.number, 'sent');
});

test('what becomes of the first part of a long message says nothing of those still to be sent', async () => {
    const nila = smsPerson(gateway, '+919812390004');
    const part = (letter) => `${letter.repeat(9)} `.repeat(159).trim();
    await smsPerson(gateway, '+919812390005').says('hi');
    const tellFirst = async (call) => {
        if (call.content.StatusCallback) await tellStatus(gateway, call.content.StatusCallback, 'SM1', 'sent');
        return null;
    };
    gateway.providers.twilio.nextTo(nila.number, tellFirst, twilioError(20429, 429));
    await writeDown(nila.number, [part('a'), part('b'), part('c')].join('\n'));
    const calls = await gateway.providers.twilio.called(5, nila.number);
    assert.deepEqual(calls.map(({ content }) => content.Body[0]), ['a', 'b', 'a', 'b', 'c']);
    await endsAs(nila.number, 'sent');
    const last = gateway.providers.twilio.to(nila.number).at(-1);
    await tellStatus(gateway, last.content.StatusCallback, 'SM2', 'delivered');
    await endsAs(nila.number, 'delivered');
});

test('no sanitizer complained, and no secret and no whole number got into a log', async () => {
    await assertDiscreet(gateway);
});
