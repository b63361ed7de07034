// Does a person who texts get through a conversation, in the webhook's own response or by Twilio's REST API?
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse, runAnyhow, runIn } from '../support/gateway.mjs';
import { newSid, nextYear, postTwilio, smsParams, smsPerson } from '../support/people.mjs';
import { until } from '../support/until.mjs';

const APPOINTMENT_NUMBER = '+15550100002';
const ANSWERS = ['Asha Rao', '15 August 1990', '6:30 pm', 'Pune'];

/* A second number, on which appointments are made. */
const withAppointments = (yaml) => `${yaml}
  - kind: sms
    id: appointments
    flow: appointment
    account_sid: \${TWILIO_ACCOUNT_SID}
    auth_token: \${TWILIO_AUTH_TOKEN}
    number: "${APPOINTMENT_NUMBER}"
    api_url: \${TWILIO_API_URL}
`;

let house;
let gateway;
let byApi;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ settings: withAppointments });
    byApi = await house.start({ env: { SMS_REPLY: 'api' } });
});
after(async () => { await house?.close(); });

async function sessionsOf(number, of = gateway) {
    return of.rows(`select s.* from instant_onboarding_sessions s
        join frontdesk.conversations c on c.session_id = s.id
        join frontdesk.addresses a on a.contact_id = c.contact_id
        where a.address = '${number}' order by s.created_at`);
}

test('a person who texts is asked everything, hears it read back, and is stored', async () => {
    const asha = smsPerson(gateway, '+919812340001');
    const first = await asha.says('hi');
    assert.equal(first.status, 200);
    assert.match(first.headers['content-type'], /^text\/xml/);
    assert.deepEqual(first.said, ["Welcome! Let's create your birth chart in 90 seconds. What's your name?"]);
    const [readBack] = await asha.saysAll(...ANSWERS);
    for (const part of ['Asha Rao', '15 August 1990', '6:30 in the evening', 'Pune, Maharashtra, India', 'Is this right?'])
        assert.ok(readBack.includes(part), `${part} is read back in: ${readBack}`);
    await asha.saysAll('1');
    const [session] = await sessionsOf(asha.number);
    assert.equal(session.status, 'generating_chart');
    const { name, birth_date, birth_time, birth_place, timezone } = session.collected_data;
    assert.deepEqual([name, birth_date, birth_time, birth_place, timezone],
        ['Asha Rao', '1990-08-15', '18:30:00', 'Pune, Maharashtra, India', 'Asia/Kolkata']);
    const jobs = await gateway.rows(`select kind, state from frontdesk.jobs where session_id = '${session.id}'`);
    assert.deepEqual(jobs, [{ kind: 'chart', state: 'waiting' }]);
});

test('an inline reply is an outbox row, sent once the response was written, with our id in its callback', async () => {
    const ravi = smsPerson(gateway, '+919812340002');
    const { text } = await ravi.says('hi');
    const [, id] = text.match(/statusCallback="[^"]*\/webhooks\/twilio\/sms\/status\?id=(\d+)"/);
    const row = () => gateway.rows(`select state, recipient ->> 'to' as to from frontdesk.outbox where id = ${id}`);
    await until(async () => (await row())[0].state === 'sent', 'the row to be settled');
    assert.equal((await row())[0].to, ravi.number);
    assert.deepEqual(gateway.providers.twilio.to(ravi.number), []);
});

test('what was said in Hindi is answered in Hindi', async () => {
    const asha = smsPerson(gateway, '+919812340003');
    assert.deepEqual((await asha.says('नमस्ते')).said,
        ['नमस्ते! आइए, 90 सेकंड में आपकी जन्म कुंडली बनाएँ। आपका नाम क्या है?']);
    const [readBack] = await asha.saysAll('आशा राव', '15 अगस्त 1990', 'शाम 6:30 बजे', 'पुणे');
    assert.match(readBack, /15 अगस्त 1990[^]*क्या यह सही है\?/);
    await asha.saysAll('हाँ');
    const [session] = await sessionsOf(asha.number);
    assert.equal(session.language, 'hi');
    assert.equal(session.status, 'generating_chart');
    assert.equal(session.collected_data.birth_time, '18:30:00');
});

test('with sms.reply: api the webhook says nothing and the reply goes by Twilio, from the number written to', async () => {
    const asha = smsPerson(byApi, '+919812340004');
    const answer = await asha.says('hi');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.said, []);
    const [call] = await byApi.providers.twilio.called(1, asha.number);
    assert.equal(call.path, `/twilio/2010-04-01/Accounts/${byApi.secrets.accountSid}/Messages.json`);
    assert.equal(call.content.From, byApi.smsNumber);
    assert.match(call.content.Body, /What's your name\?$/);
    assert.match(call.content.StatusCallback, /\/webhooks\/twilio\/sms\/status\?id=\d+$/);
    const basic = Buffer.from(`${byApi.secrets.accountSid}:${byApi.secrets.twilioToken}`).toString('base64');
    assert.equal(call.headers.authorization, `Basic ${basic}`);
    for (const [i, text] of [...ANSWERS, '1'].entries()) {
        await asha.says(text);
        await byApi.providers.twilio.called(i + 2, asha.number);
    }
    const [session] = await sessionsOf(asha.number, byApi);
    assert.equal(session.status, 'generating_chart');
});

test('an appointment goes to completed, and its signed webhook is tried again after a 500, but not after a 200 that breaks off', async () => {
    const asha = smsPerson(gateway, '+919812340005');
    const { operator } = gateway.providers;
    operator.next({ status: 500 }, { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"ok"' });
    const texts = ['hi', 'Asha Rao', '2', nextYear('15 December'), '98765 43210', '1'];
    let answer;
    for (const text of texts) answer = await asha.says(text, { To: APPOINTMENT_NUMBER });
    assert.match(answer.said[0], /^Thank you!/);
    const [session] = await sessionsOf(asha.number);
    assert.equal(session.status, 'completed');
    assert.notEqual(session.completed_at, null);

    const [refused, taken] = await operator.called(2, null, 20_000);
    assert.equal(refused.content.id, taken.content.id, 'a repetition is known by its id');
    assert.equal(taken.content.event, 'session.completed');
    assert.equal(taken.content.session.session_id, session.id);
    assert.equal(taken.content.session.data.service, 'chart_reading');
    for (const call of [refused, taken]) {
        const [, t, v1] = call.headers['x-frontdesk-signature'].match(/^t=(\d+),v1=([0-9a-f]{64})$/);
        assert.ok(Math.abs(Date.now() / 1000 - Number(t)) < 60);
        assert.equal(v1, createHmac('sha256', gateway.secrets.webhookSecret).update(`${t}.${call.body}`).digest('hex'));
    }
    await until(async () => (await gateway.rows('select state from frontdesk.jobs where kind = \'webhook\''))[0].state === 'done');
    assert.equal(operator.calls.length, 2);
    assert.match(gateway.log, /a webhook of ours is put off job="[-0-9a-f]{36}" tries=1 why="answered 500"/);
    assert.equal(await gateway.metric('frontdesk_flow_webhooks_put_off_total'), 1);
});

test('a webhook that was given up is listed, and tried again when the operator says so', async () => {
    const outbox = (...words) => runIn(gateway.home, ['outbox', ...words], gateway.env);
    const [{ id }] = await gateway.rows('update frontdesk.jobs set state = \'failed\', attempts = 30, last_error = \'answered 410\' where kind = \'webhook\' returning id');
    assert.match(outbox('list', '--webhooks'), new RegExp(`^${id}  failed  appointment  session [-0-9a-f]{36}  tries 30  due .*  error answered 410\n$`));
    assert.equal(outbox('retry', '--webhooks'), '1 will be tried again\n');
    const again = (await gateway.providers.operator.called(3)).at(-1);
    assert.equal(again.content.id, id);
    await until(() => outbox('list', '--webhooks') === 'no webhook of ours waits or was given up\n', 'it to be taken');
    assert.equal(runAnyhow(gateway.home, ['outbox', 'retry', '--webhooks'], gateway.env).status, 1);
});

test('a webhook waits while its flow names none here: another node may, or the next settings', async () => {
    const job = async () => (await gateway.rows('select state, payload, last_error from frontdesk.jobs where kind = \'webhook\''))[0];
    await gateway.sql(`update frontdesk.jobs set state = 'waiting', attempts = 0, due_at = now(), last_error = null,
        payload = jsonb_set(payload, '{flow}', '"of_tomorrow"') where kind = 'webhook'`);
    await until(async () => (await job()).last_error !== null, 'it to be looked at');
    assert.deepEqual([(await job()).state, (await job()).last_error], ['waiting', 'its flow has no webhook here']);
    await gateway.sql(`update frontdesk.jobs set due_at = now(), payload = jsonb_set(payload, '{flow}', '"appointment"') where kind = 'webhook'`);
    await until(async () => (await job()).state === 'done', 'it to be taken');
});

test('STOP opts out in silence, nothing is answered then, START brings back', async () => {
    const asha = smsPerson(gateway, '+919812340006');
    await asha.saysAll('hi', 'Asha');
    const optedOut = () => gateway.value(
        `select opted_out_at is not null from frontdesk.addresses where address = '${asha.number}'`);
    assert.deepEqual(await asha.saysAll('STOP'), []);
    assert.equal(await optedOut(), true);
    assert.deepEqual(await asha.saysAll('15 August 1990'), []);
    const [back] = await asha.saysAll('START');
    assert.match(back, /When were you born\?/);
    assert.equal(await optedOut(), false);
    const [next] = await asha.saysAll('15 August 1990');
    assert.match(next, /What time were you born\?/);
});

test('"delete my data" asks first, then only hashes stay', async () => {
    const asha = smsPerson(gateway, '+919812340007');
    const [session] = (await asha.saysAll('hi', 'Aishwarya Erased'), await sessionsOf(asha.number));
    const [question] = await asha.saysAll('delete my data');
    assert.match(question, /can't be undone/);
    const goneAfterName = () => gateway.value(`select count(*)::int from frontdesk.gone_sessions where steps_completed = '["name"]'`);
    const gone = await goneAfterName();
    const sid = newSid();
    const last = await asha.says('1', { MessageSid: sid });
    assert.match(last.said[0], /has been deleted/);
    const left = await gateway.rows(`select
        (select count(*) from instant_onboarding_sessions where id = '${session.id}') as sessions,
        (select count(*) from frontdesk.conversations where session_id = '${session.id}') as conversations,
        (select count(*) from frontdesk.addresses where address = '${asha.number}') as addresses,
        (select count(*) from frontdesk.inbound where said::text like '%Aishwarya%' or session_id = '${session.id}') as inbound`);
    assert.deepEqual(left, [{ sessions: 0, conversations: 0, addresses: 0, inbound: 0 }]);
    assert.equal(await goneAfterName(), gone + 1, 'how far they came is counted');
    await until(async () => (await gateway.rows(
        `select 1 from frontdesk.outbox where recipient::text like '%${asha.number}%' or payload::text like '%Aishwarya%'`))
        .length === 0, 'the farewell to go once it was sent');
    assert.deepEqual((await asha.says('1', { MessageSid: sid })).status, 200);
    assert.deepEqual(await sessionsOf(asha.number), [], 'a redelivery of the last word begins nothing');
});

test('who opted out and had everything erased stays opted out, by a hash', async () => {
    const asha = smsPerson(gateway, '+919812340008');
    await asha.saysAll('hi', 'Asha', 'delete my data');
    await asha.says('1');
    await asha.says('STOP');
    const [row] = await gateway.rows(`select count(*) as n from frontdesk.addresses
        where address = '${asha.number}' and opted_out_at is not null`);
    assert.equal(row.n, 1);
    assert.deepEqual(await asha.saysAll('hello again'), []);
});

test('an autoresponder is not talked with for ever; something new is heard again', async () => {
    const machine = smsPerson(gateway, '+919812340009');
    const before = await gateway.metric('frontdesk_silenced_total');
    await machine.saysAll('hi', 'Asha');
    const answers = [];
    for (let i = 0; i < 8; i++) answers.push((await machine.says('I am out of office.')).said.length);
    assert.deepEqual(answers.slice(0, 3), [1, 1, 1]);
    assert.deepEqual(answers.slice(3), [0, 0, 0, 0, 0], 'from the fourth time on there is silence');
    assert.equal(await gateway.metric('frontdesk_silenced_total'), before + 5);
    assert.match(gateway.log, /the loop guard keeps silent/);
    const [again] = await machine.saysAll('15 August 1990');
    assert.match(again, /What time were you born\?/);
});

test('honest ones pass the loop guard', async () => {
    const asha = smsPerson(gateway, '+919812340010');
    const says = (text) => asha.says(text, { To: APPOINTMENT_NUMBER });
    for (const text of ['hi', 'Asha']) await says(text);
    assert.match((await says('1')).said[0], /Which day/);
    await says(nextYear('15 December'));
    assert.match((await says('1')).said[0], /phone number|digits/i);
    assert.match((await says('98765 43210')).said[0], /Is this right/);
    assert.match((await says('1')).said[0], /Thank you/);
});

test('short codes, names and our own numbers get no answer and no session', async () => {
    const before = await gateway.value('select count(*) from instant_onboarding_sessions');
    for (const from of ['57575', 'DHL', gateway.smsNumber, APPOINTMENT_NUMBER]) {
        const answer = await postTwilio(gateway, '/webhooks/twilio/sms', smsParams(gateway, from, 'hi'));
        assert.equal(answer.status, 200, from);
        assert.doesNotMatch(answer.text, /<Message/, from);
    }
    assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), before);
});

test('a picture gets a kind word of its own and is no miss', async () => {
    const asha = smsPerson(gateway, '+919812340011');
    await asha.saysAll('hi', 'Asha');
    const { said } = await asha.says('', { NumMedia: '1', MediaUrl0: 'https://api.twilio.com/x', MediaContentType0: 'image/jpeg' });
    assert.match(said[0], /^Thank you! I can only read text here.*When were you born\?/s);
});

test('no sanitizer complained, and no secret and no whole number got into a log', async () => {
    for (const each of [gateway, byApi]) {
        await each.stop();
        assertDiscreet(each);
    }
});

test('Hindi by SMS begins in Latin letters, and follows who writes Devanagari', async () => {
    const hindi = await house.start({ settings: (yaml) => yaml.replace('default_language: en', 'default_language: hi') });
    const asha = smsPerson(hindi, '+919812360099');
    assert.deepEqual((await asha.says('hi')).said,
        ['Namaste! Chaliye, 90 second mein aapki janm kundli banate hain. Aapka naam kya hai?']);
    assert.deepEqual((await asha.says('आशा')).said, ['धन्यवाद, आशा! आपका जन्म कब हुआ? जैसे 15 अगस्त 1990']);
    const rest = await hindi.rows("select language from public.instant_onboarding_sessions where channel = 'sms'");
    assert.deepEqual(rest.map(({ language }) => language), ['hi']);
});
