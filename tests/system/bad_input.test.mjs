// Does every bad input get its clear result, and does no worker ever stop over one?
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import twilio from 'twilio';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import {
    metaEvent, newSid, newWamid, nowSeconds, postMeta, postTwilio, restClient, smsParams, smsPerson, whatsappPerson, wordsOf,
} from '../support/people.mjs';
import { ask } from '../support/request.mjs';

const SMS = '/webhooks/twilio/sms';
const META = '/api/v2/instant-onboarding/whatsapp/webhook';
const FORM = 'application/x-www-form-urlencoded';

let house;
let gateway;
let workers;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
    workers = gateway.workers();
});
after(async () => { await house?.close(); });

/* How much is stored of anything. */
const stored = () => gateway.rows(`select (select count(*) from frontdesk.inbound) as inbound,
    (select count(*) from frontdesk.outbox) as outbox, (select count(*) from frontdesk.contacts) as contacts,
    (select count(*) from instant_onboarding_sessions) as sessions,
    (select count(*) from frontdesk.outbox where state in ('delivered', 'read')) as statuses`);

async function assertStoresNothing(task) {
    const before = await stored();
    await task();
    assert.deepEqual(await stored(), before);
}

/* A form's raw bytes, with the signature that Twilio would give them. */
function postRawForm(body, params) {
    const signature = twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, gateway.publicUrl + SMS, params);
    return ask(gateway.url + SMS, { method: 'POST', body, headers: { 'content-type': FORM, 'x-twilio-signature': signature } });
}

test('a wrong or missing signature: 403 with one constant body, nothing stored, a counter, a masked line', async () => {
    const number = '+919812390001';
    gateway.numbers.add(number);
    const params = smsParams(gateway, number, 'hi');
    const event = metaEvent(gateway, { messages: [{ from: number.slice(1), id: newWamid(), timestamp: nowSeconds(), type: 'text', text: { body: 'hi' } }] });
    const forged = createHmac('sha256', 'guess').update(JSON.stringify(event)).digest('hex');
    const before = await gateway.metric('frontdesk_unauthentic_total');
    const attempts = [
        () => postTwilio(gateway, SMS, params, { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }),
        () => postTwilio(gateway, SMS, params, { 'x-twilio-signature': '' }),
        () => postTwilio(gateway, SMS, params, { 'x-twilio-signature': 'x'.repeat(4000) }),
        () => ask(gateway.url + SMS, { method: 'POST', headers: { 'content-type': FORM }, body: new URLSearchParams(params).toString() }),
        () => ask(`${gateway.url}${SMS}?${new URLSearchParams(params)}`),
        () => postTwilio(gateway, `${SMS}/status?id=1`, { ...params, MessageStatus: 'read' }, { 'x-twilio-signature': 'no' }),
        () => postMeta(gateway, event, { headers: { 'x-hub-signature-256': `sha256=${forged}` } }),
        () => postMeta(gateway, event, { headers: { 'x-hub-signature-256': forged } }),
        () => postMeta(gateway, event, { headers: { 'x-hub-signature-256': 'sha256=' } }),
        () => postMeta(gateway, event, { path: '/webhooks/whatsapp', headers: { 'x-hub-signature-256': 'sha1=00' } }),
        () => ask(gateway.url + META, { method: 'POST', headers: { 'content-type': 'application/json' }, body: event }),
    ];
    const bodies = new Set();
    await assertStoresNothing(async () => {
        for (const attempt of attempts) {
            const answer = await attempt();
            assert.equal(answer.status, 403);
            bodies.add(answer.text);
        }
    });
    assert.equal(bodies.size, 1);
    assert.equal(await gateway.metric('frontdesk_unauthentic_total'), before + attempts.length);
    assert.equal(gateway.log.match(/a webhook is refused/g).length, attempts.length);
    assert.ok(!gateway.log.includes(number.slice(1)));
});

test('a signature over other bytes than those sent is wrong', async () => {
    await assertStoresNothing(async () => {
        const params = smsParams(gateway, '+919812390002', 'hi');
        const signature = twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, gateway.publicUrl + SMS, params);
        const changed = await postTwilio(gateway, SMS, { ...params, Body: 'ho' }, { 'x-twilio-signature': signature });
        assert.equal(changed.status, 403);
        const text = JSON.stringify(metaEvent(gateway, { messages: [] }));
        const digest = createHmac('sha256', gateway.secrets.whatsappSecret).update(text).digest('hex');
        const spaced = await postMeta(gateway, `${text} `, { headers: { 'x-hub-signature-256': `sha256=${digest}` } });
        assert.equal(spaced.status, 403);
    });
});

test('another account\'s message is acknowledged, counted, and not for us', async () => {
    const before = await gateway.metric('frontdesk_ignored_total');
    await assertStoresNothing(async () => {
        const foreign = smsParams(gateway, '+919812390003', 'hi', { AccountSid: `AC${'0'.repeat(32)}` });
        const answer = await postTwilio(gateway, SMS, foreign);
        assert.equal(answer.status, 200);
        assert.doesNotMatch(answer.text, /<Message/);
    });
    assert.equal(await gateway.metric('frontdesk_ignored_total'), before + 1);
});

test('a malformed form that is signed gets a 400', async () => {
    await assertStoresNothing(async () => {
        // What a lenient reader makes of it is what was signed.
        assert.equal((await postRawForm('Body=%zz&From=%', { Body: '%zz', From: '%' })).status, 400);
    });
});

test('malformed JSON that is signed gets a 200 on WhatsApp, a log line and a counter, and nothing else', async () => {
    const before = await gateway.metric('frontdesk_malformed_total');
    const broken = ['', '{', 'null x', '\xff\xfe', `${'['.repeat(50_000)}`, '{"object":"whatsapp_business_account","entry":['];
    await assertStoresNothing(async () => {
        for (const body of broken) assert.equal((await postMeta(gateway, Buffer.from(body, 'latin1'))).status, 200, body.slice(0, 40));
    });
    assert.equal(await gateway.metric('frontdesk_malformed_total'), before + broken.length);
    assert.match(gateway.log, /an authentic webhook can't be read/);
});

test('JSON of any shape, signed, is acknowledged on WhatsApp', async () => {
    const event = (value) => ({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] });
    const metadata = { phone_number_id: gateway.whatsappId };
    const message = (more) => ({ from: '919812390004', id: newWamid(), timestamp: nowSeconds(), ...more });
    const values = [
        null, 1, 'x', [], {}, { metadata: 7 }, { metadata, messages: 'x' }, { metadata, messages: [null, 0, '', [], {}] },
        { metadata, messages: [message({ type: 7 })] }, { metadata, messages: [message({ type: 'text' })] },
        { metadata, messages: [message({ type: 'text', text: null })] }, { metadata, messages: [message({ type: 'text', text: { body: 7 } })] },
        { metadata, messages: [message({ type: 'interactive', interactive: { type: 'list_reply' } })] },
        { metadata, messages: [message({ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { response_json: '[[' } } })] },
        { metadata, messages: [message({ type: 'location', location: { latitude: 1e308, longitude: 'x' } })] },
        { metadata, messages: [message({ type: 'location', location: { latitude: '12.9', longitude: '77.6' } })] },
        { metadata, messages: [message({ type: 'image', image: [] })] }, { metadata, messages: [message({ type: 'contacts', contacts: 7 })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, timestamp: '-1' })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, timestamp: '99999999999999999999' })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, timestamp: {} })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, id: 'x'.repeat(100_000) })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, from: '9'.repeat(5000) })] },
        { metadata, messages: [message({ type: 'text', text: { body: 'hi' }, context: { id: [] } })], contacts: [null, { profile: 7 }] },
        { metadata, statuses: [null, {}, { id: 'x' }, { id: 'x', status: 'sent' }, { id: [], status: {} }, { id: 'x', status: 'failed', errors: [{}] }] },
        { metadata, statuses: [{ id: 'x', status: 'read', biz_opaque_callback_data: '99999999999999999999999' }], errors: [null, { code: 'x' }] },
    ];
    for (const value of values) assert.equal((await postMeta(gateway, event(value))).status, 200, JSON.stringify(value).slice(0, 200));
    for (const whole of [null, [], 7, { object: 'page' }, { object: 'whatsapp_business_account', entry: 7 }])
        assert.equal((await postMeta(gateway, whole === null ? 'null' : whole)).status, 200);
});

test('parameters of any shape, signed, are acknowledged on SMS', async () => {
    const from = '+919812390005';
    const changes = [
        { MessageSid: '', SmsSid: '', SmsMessageSid: '' }, { From: '' }, { From: '+' }, { From: `+${'9'.repeat(400)}` }, { From: 'whatsapp:+919812390005' },
        { To: '' }, { To: 'x' }, { NumMedia: '-1' }, { NumMedia: '999999999999' }, { MediaUrl0: 'x', MediaUrl9: 'y', MediaUrl10: 'z' },
        { OptOutType: 'MAYBE' }, { MessageSid: 'x'.repeat(9000) }, { Body: '\u0000' }, { SmsStatus: 'nonsense' },
    ];
    for (const change of changes) {
        const answer = await postTwilio(gateway, SMS, smsParams(gateway, from, 'hi', change));
        assert.equal(answer.status, 200, JSON.stringify(change).slice(0, 100));
        assert.match(answer.text, /^<\?xml[^]*<\/Response>$|<Response\/>$/);
    }
    for (const status of ['', 'nonsense', 'read'])
        for (const query of ['', '?id=', '?id=x', '?id=-1', '?id=99999999999999999999', '?id=1&id=2'])
            assert.equal((await postTwilio(gateway, `${SMS}/status${query}`, smsParams(gateway, from, '', { MessageStatus: status }))).status, 200);
});

test('bidi marks, emoji alone, control characters, long words: each gets a specific sentence and is stored', async () => {
    const asha = smsPerson(gateway, '+919812390006');
    await asha.saysAll('hi', 'Asha');
    const texts = ['\u202e8991 tsuguA 51', '🎂🎂🎂', '👩‍👩‍👧‍👦', '\u0001\u0007\u001b[31m', '\u200b\u200d', '', ' ', '%', '<Message>&amp;', "'; drop table x; --",
        '{"a":1}', 'a'.repeat(1600), '\ud83d', '12345678901234567890', 'क'.repeat(1600)];
    for (const [i, text] of texts.entries()) {
        const sid = newSid();
        const { status, said } = await asha.says(text, { MessageSid: sid });
        assert.equal(status, 200, JSON.stringify(text));
        assert.ok(i < 3 ? said.length === 1 : said.length <= 1, JSON.stringify(text));
    }
    const kept = (await gateway.rows("select said ->> 'text' as text from frontdesk.inbound")).map(({ text }) => text);
    for (const text of ['🎂🎂🎂', '<Message>&amp;', "'; drop table x; --", 'a'.repeat(1600)]) assert.ok(kept.includes(text), text);
    const [next] = await asha.saysAll('in English please', '15 August 1990');
    assert.match(next, /What time were you born\?/, 'nothing was lost');
});

test('invalid UTF-8 and NUL in a form are text, cleaned before they are stored', async () => {
    const number = '+919812390007';
    const asha = smsPerson(gateway, number);
    await asha.says('hi');
    const sid = newSid();
    const params = smsParams(gateway, number, '', { MessageSid: sid });
    const { Body, ...others } = params;
    assert.equal(Body, '');
    const rest = new URLSearchParams(others).toString();
    const body = `${rest}&Body=Asha%00%FF%C0%AF%ED%A0%80Rao`;
    const bytes = Buffer.concat([Buffer.from('Asha\0'), Buffer.from([0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80]), Buffer.from('Rao')]);
    const answer = await ask(gateway.url + SMS, {
        method: 'POST', body, headers: { 'content-type': FORM, 'x-twilio-signature': signBytes(gateway.publicUrl + SMS, { ...others, Body: bytes }) },
    });
    assert.equal(answer.status, 200, answer.text);
    const [{ text }] = await gateway.rows("select said ->> 'text' as text from frontdesk.inbound where said ->> 'text' like 'Asha%Rao'");
    assert.ok(!text.includes('\0') && text.includes('\ufffd'));
});

/* As the official package does it, for values that are no text. */
function signBytes(url, params) {
    const hmac = createHmac('sha1', gateway.secrets.twilioToken).update(url);
    for (const name of Object.keys(params).sort()) hmac.update(name).update(params[name]);
    return hmac.digest('base64');
}

test('a NUL and lone surrogates in JSON are text, on WhatsApp and in the API', async () => {
    const asha = whatsappPerson(gateway, '919812390008');
    await asha.talks('hi');
    const event = JSON.stringify(metaEvent(gateway, { messages: [asha.text('@@')] })).replace('@@', 'Asha\\u0000 \\ud83d Rao\\udc00');
    assert.equal((await postMeta(gateway, event)).status, 200);
    const rest = restClient(gateway);
    const { session_key: key } = await rest.begin();
    const headers = { 'content-type': 'application/json' };
    for (const text of ['Asha\\u0000Rao', '\\ud83dAsha', 'Asha\\udc00', '\\u202eAsha', '🎂']) {
        const { status } = await rest.collect(Buffer.from(`{"session_key":"${key}","text":"${text}"}`), headers);
        assert.ok([200, 400, 422].includes(status), `${text}: ${status}`);
    }
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
        const body = Buffer.concat([Buffer.from(`{"session_key":"${key}","text":"A`), Buffer.from(bytes), Buffer.from('"}')]);
        const { status } = await rest.collect(body, headers);
        assert.ok([200, 400, 422].includes(status), `${bytes}: ${status}`);
    }
    const data = '{"name": "A\\u0000\\ud83d", "birth_place": "\\u0000", "birth_date": "\\u202e1990"}';
    const { status } = await rest.collect(Buffer.from(`{"session_key":"${key}","data":${data}}`), headers);
    assert.ok([200, 400, 422].includes(status), String(status));
});

test('a megabyte of text is bounded: stored cut on WhatsApp, refused with 413 elsewhere', async () => {
    const asha = whatsappPerson(gateway, '919812390009');
    await asha.talks('hi', 'Asha');
    assert.equal((await asha.says('अ'.repeat(350_000))).status, 200);
    const longest = await gateway.value("select max(octet_length(said ->> 'text')) from frontdesk.inbound");
    assert.ok(longest > 1000 && longest <= 4096, String(longest));
    assert.match(wordsOf(await asha.talks('15 August 1990')), /जन्म का समय\?/);
    const rest = restClient(gateway);
    assert.equal((await rest.start({ channel: 'x'.repeat(1_000_000) })).status, 413);
    const sms = await postTwilio(gateway, SMS, smsParams(gateway, '+919812390010', 'x'.repeat(1_000_000)));
    assert.equal(sms.status, 413);
    const huge = await postMeta(gateway, Buffer.alloc(3 * 1024 * 1024 + 1, 0x20));
    assert.equal(huge.status, 413);
});

test('a webhook with hundreds of messages is taken whole', async () => {
    const people = Array.from({ length: 300 }, (_, i) => ({
        from: `9198140${String(i).padStart(5, '0')}`, id: newWamid(), timestamp: nowSeconds(), type: 'text', text: { body: 'hi' },
    }));
    const { status } = await postMeta(gateway, metaEvent(gateway, { messages: people }));
    assert.equal(status, 200);
    const known = await gateway.value("select count(*) from frontdesk.addresses where address like '+9198140%'");
    assert.equal(known, people.length);
});

test('random bytes on the socket stop nobody', async () => {
    for (let i = 0; i < 40; i++) {
        await new Promise((resolve) => {
            const socket = connect(gateway.port, '127.0.0.1', () => socket.end(randomBytes(2000)));
            socket.on('error', resolve).on('close', resolve).resume();
        });
    }
    assert.equal((await ask(`${gateway.url}/healthz`)).status, 200);
});

test('7: after all of that the same workers are at work', async () => {
    assert.deepEqual(gateway.workers(), workers);
    assert.equal(await gateway.metric('frontdesk_worker_restarts_total'), 0);
    assert.equal(await gateway.metric('frontdesk_poison_total'), 0);
});

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
