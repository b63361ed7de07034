// What a provider tells of our messages, in its answers and its statuses: does the right one of them count?
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { graphError, twilioError } from '../support/providers.mjs';
import { metaEvent, nowSeconds, postMeta, smsPerson, tellStatus, whatsappPerson, wordsOf } from '../support/people.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway; // answers texts by API
let inline;  // in the response

before(async () => {
    house = await openHouse();
    gateway = await house.start({ env: { SMS_REPLY: 'api' } });
    inline = await house.start();
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

test('a failure that a provider tells of is tried again as often, and as late, as it may pass', async () => {
    const whenAgain = (number) => gateway.value(`select extract(epoch from due_at - now())::int from frontdesk.outbox
        where recipient ->> 'to' = '${number}' and state = 'waiting'`);
    const failing = async (number, code) => {
        const person = smsPerson(gateway, number);
        await person.says('hi');
        await endsAs(number, 'sent');
        return () => tellStatus(gateway, gateway.providers.twilio.to(number).at(-1).content.StatusCallback, 'SM3', 'undelivered', { ErrorCode: code });
    };
    const tellCap = await failing('+919812390006', '30023'); // the cap of the day
    await tellCap();
    assert.ok(await whenAgain('+919812390006') > 23 * 3600);
    const tellUnknown = await failing('+919812390007', '30008'); // once more, not twice
    await tellUnknown();
    assert.ok(await whenAgain('+919812390007') > 500);
    await gateway.sql("update frontdesk.outbox set due_at = now() where recipient ->> 'to' = '+919812390007'");
    await gateway.providers.twilio.called(2, '+919812390007');
    await endsAs('+919812390007', 'sent');
    await tellUnknown();
    assert.deepEqual((await outboxOf('+919812390007')).map(({ state, error_code }) => [state, error_code]), [['failed', 30008]]);
});

test('what is to be tried again much later holds up nothing that its person is told meanwhile', async () => {
    const nila = smsPerson(gateway, '+919812390014');
    await nila.says('hi');
    await endsAs(nila.number, 'sent');
    const [{ content }] = gateway.providers.twilio.to(nila.number);
    await tellStatus(gateway, content.StatusCallback, 'SM4', 'undelivered', { ErrorCode: '30003' });
    await nila.says('Nila');
    await gateway.providers.twilio.called(2, nila.number);
    await endsAs(nila.number, 'sent');
    await gateway.sql("update frontdesk.outbox set due_at = now() where recipient ->> 'to' = '+919812390014'");
    await until(async () => (await outboxOf(nila.number))[0].state === 'superseded', 'the first to be overtaken');
    assert.equal(gateway.providers.twilio.to(nila.number).length, 2);
});

test('nor does it keep an answer out of the response', async () => {
    const nila = smsPerson(inline, '+919812390015');
    const first = await nila.says('hi');
    const [, callback] = first.text.match(/statusCallback="([^"]+)"/);
    await until(async () => (await inline.value('select state from frontdesk.outbox')) === 'sent', 'the reply to be settled');
    await tellStatus(inline, callback.replaceAll('&amp;', '&'), 'SM5', 'undelivered', { ErrorCode: '30003' });
    assert.equal(await inline.value('select state from frontdesk.outbox'), 'waiting');
    const second = await nila.says('Nila');
    assert.match(second.said.join(), /When were you born\?/);
});

test('a picture that Meta cannot fetch does not hold up its person for hours', async () => {
    const asha = whatsappPerson(gateway, '919812390008');
    const refused = graphError(131053);
    gateway.providers.graph.nextTo(asha.number, refused, refused, refused);
    await asha.says('hi');
    for (const tries of [2, 3]) {
        await until(async () => (await outboxOf(asha.number))[0].state === 'waiting', 'the message to be put off');
        await gateway.sql(`update frontdesk.outbox set due_at = now() where recipient ->> 'to' = '${asha.number}'`);
        await gateway.providers.graph.called(tries, asha.number);
    }
    await endsAs(asha.number, 'failed');
});

test('an account that is blocked is an alarm, also where only the fate of a message tells', async () => {
    const asha = whatsappPerson(gateway, '919812390009');
    await asha.says('hi');
    await endsAs(asha.number, 'sent');
    const [{ provider_id: id }] = await outboxOf(asha.number);
    await postMeta(gateway, metaEvent(gateway, { statuses: [{ id, status: 'failed', timestamp: nowSeconds(),
        recipient_id: asha.number, errors: [{ code: 131042, title: 'Business eligibility payment issue' }] }] }));
    await until(() => /no longer delivers for our account or number.*code=131042/.test(gateway.log), 'the alarm');
});

test('what is ignored is told with the reason, and without a word of who sent it', async () => {
    const asha = whatsappPerson(gateway, '919812390016');
    const foreign = metaEvent(gateway, { messages: [asha.text('hi')] }, '999999999999999');
    const trouble = metaEvent(gateway);
    trouble.entry[0].changes[0].value.errors = [{ code: 0, title: 'AuthException of 919812390016' }];
    for (const event of [foreign, trouble]) assert.equal((await postMeta(gateway, event)).status, 200);
    for (const why of ['not one of our numbers', 'AuthException of …'])
        await until(() => gateway.log.includes(`part of a webhook is ignored channel="whatsapp" why="${why}"`), `the reason: ${why}`);
});

test('who changes their number is known by the new one, and whoever gets the old one is a stranger', async () => {
    const asha = whatsappPerson(gateway, '919812390010');
    await asha.talks('hi', 'Asha', '15 August 1990');
    await asha.sends(asha.message('system', { type: 'user_changed_number', body: 'changed', wa_id: '919812390011' }));
    const moved = whatsappPerson(gateway, '919812390011');
    assert.match(wordsOf(await moved.talks('6:30 pm')), /town or city were you born in/, 'the conversation goes on');
    const stranger = whatsappPerson(gateway, asha.number, 'Ravi');
    assert.match(wordsOf(await stranger.talks('hi')), /What's your name\?/);
    const people = await gateway.rows(`select contact_id from frontdesk.addresses where address in ('+919812390010', '+919812390011')`);
    assert.equal(new Set(people.map(({ contact_id }) => contact_id)).size, 2);
});

test('a number that opted out stays so when it is changed, the old one as well as the new', async () => {
    const asha = whatsappPerson(gateway, '919812390012');
    await asha.talks('hi', 'stop');
    await asha.sends(asha.message('system', { type: 'user_changed_number', body: 'changed', wa_id: '919812390013' }));
    for (const number of ['919812390012', '919812390013']) {
        const before = gateway.providers.graph.to(number).length;
        const person = whatsappPerson(gateway, number);
        await person.says('what is this?');
        await until(async () => (await gateway.rows(`select 1 from frontdesk.outbox where recipient ->> 'to' = '${number}'
            and state in ('waiting', 'leased')`)).length === 0, 'nothing to be under way');
        assert.equal(gateway.providers.graph.to(number).length, before, number);
    }
});

test('no sanitizer complained, and no secret and no whole number got into a log', async () => {
    await assertDiscreet(gateway);
    await assertDiscreet(inline);
});
