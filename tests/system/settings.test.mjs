// Do the settings that guard the doors do what they say: rotation of secrets, proxies, brands, the provider's own words?
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import twilio from 'twilio';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { metaEvent, postMeta, postTwilio, smsParams, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';
import { Tab, generous } from '../support/web_person.mjs';

const SMS = '/webhooks/twilio/sms';
const OTHER_BRAND = '+15550100002';

/* A second number, of another brand. */
const withBrand = (yaml) => `${yaml}
  - kind: sms
    id: other
    flow: instant_onboarding
    brand: other
    account_sid: \${TWILIO_ACCOUNT_SID}
    auth_token: \${TWILIO_AUTH_TOKEN}
    number: "${OTHER_BRAND}"
    api_url: \${TWILIO_API_URL}
`;

let house;
before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

async function withGateway(options, task) {
    const gateway = await house.start(options);
    await task(gateway);
    await gateway.stop();
    assertDiscreet(gateway);
}

test('while a secret is rotated both of its values are good, and no third', async () => {
    const env = { TWILIO_AUTH_TOKEN: 'twilio-token-old-1,twilio-token-new-2', WHATSAPP_APP_SECRET: 'app-old-1,app-new-2', SMS_REPLY: 'api' };
    await withGateway({ env }, async (gateway) => {
        const params = smsParams(gateway, '+919812420001', 'hi');
        const sms = (token) => postTwilio(gateway, SMS, params,
            { 'x-twilio-signature': twilio.getExpectedTwilioSignature(token, gateway.publicUrl + SMS, params) });
        const body = JSON.stringify(metaEvent(gateway, { messages: [] }));
        const meta = (secret) => postMeta(gateway, body,
            { headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` } });
        for (const which of ['old-1', 'new-2']) {
            assert.equal((await sms(`twilio-token-${which}`)).status, 200, which);
            assert.equal((await meta(`app-${which}`)).status, 200, which);
        }
        for (const token of [env.TWILIO_AUTH_TOKEN, '', ',', 'twilio-token-old-1,']) assert.equal((await sms(token)).status, 403, token);
        for (const secret of [env.WHATSAPP_APP_SECRET, ',', 'app-old-1,']) assert.equal((await meta(secret)).status, 403, secret);
        const [call] = await gateway.providers.twilio.called(1);
        const basic = Buffer.from(call.headers.authorization.slice('Basic '.length), 'base64').toString();
        assert.equal(basic, `${gateway.secrets.accountSid}:twilio-token-old-1`, 'the first value signs in');
    });
});

test('a DATABASE_URL that means nothing is a configuration error, and its password is not repeated', async () => {
    for (const url of ['postgres:/frontdesk:hunter2@db/frontdesk', 'postgresql://frontdesk:hunter2@[::1/frontdesk', 'hunter2']) {
        const gateway = await house.start({ env: { DATABASE_URL: url }, isReady: false });
        const [code] = await gateway.exited;
        assert.equal(code, 2, url);
        assert.match(gateway.log, /frontdesk\.yaml:\d+:1: database_url: not of the form postgresql:/);
        assert.doesNotMatch(gateway.log, /hunter2/);
    }
});

test('two channels of a kind with one id are a configuration error: what waits in the spool names its channel by it', async () => {
    const settings = (yaml) => withBrand(yaml).replace('id: other', 'id: sms');
    await assert.rejects(house.start({ settings }), /ended with 2:[^]*frontdesk\.yaml:\d+:\d+: another sms channel has this id/);
});

test('NAME_FILE reads a value from a file', async () => {
    const file = path.join(house.folder, 'token');
    writeFileSync(file, 'twilio-token-3b9f6c1d8e\n');
    await withGateway({ env: { TWILIO_AUTH_TOKEN: null, TWILIO_AUTH_TOKEN_FILE: file } }, async (gateway) => {
        assert.equal((await smsPerson(gateway, '+919812420002').says('hi')).said.length, 1);
    });
});

test('a NAME_FILE that can\'t be read is a mistake that is told, not an empty value', async () => {
    const env = { TWILIO_AUTH_TOKEN: null, TWILIO_AUTH_TOKEN_FILE: path.join(house.folder, 'nothing-here') };
    await assert.rejects(house.start({ env }), /ended with 2:[^]*frontdesk\.yaml:\d+:\d+: /);
});

test('signatures are checked against PUBLIC_URL, whatever Host and X-Forwarded-* say', async () => {
    await withGateway({ env: { PUBLIC_URL: 'https://bot.example.com/base' } }, async (gateway) => {
        const params = smsParams(gateway, '+919812420003', 'hi');
        const signed = (url) => postTwilio(gateway, SMS, params, {
            'x-twilio-signature': twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, url, params),
            host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https',
        });
        assert.equal((await signed(`https://evil.example${SMS}`)).status, 403);
        const right = await signed(`https://bot.example.com/base${SMS}`);
        assert.equal(right.status, 200);
        assert.match(right.text, /statusCallback="https:\/\/bot\.example\.com\/base\/webhooks\/twilio\/sms\/status\?id=\d+"/);
    });
});

test('with any port (PORT=0), the usual PUBLIC_URL names the one that it became', async () => {
    const gateway = await house.start({ env: { PORT: '0', PUBLIC_URL: null }, isReady: false });
    try {
        const [, port] = await until(() => gateway.log.match(/frontdesk serves.* port=(\d+)/), 'the port in the log');
        gateway.url = `http://127.0.0.1:${port}`;
        gateway.publicUrl = `http://localhost:${port}`;
        await gateway.isReady();
        const { status, text } = await smsPerson(gateway, '+919812420009').says('hi');
        assert.equal(status, 200, 'Twilio signs the address that it calls');
        assert.match(text, new RegExp(`statusCallback="http://localhost:${port}/`));
    } finally {
        await gateway.stop();
    }
});

test('where descriptors are few, idle strangers are turned away before PostgreSQL loses its own', async () => {
    const gateway = await house.start();
    const strangers = [];
    try {
        await gateway.stop();
        await gateway.run({ descriptors: 600 });
        for (let i = 0; i < 700; i++) strangers.push(connect(gateway.port, '127.0.0.1').on('error', () => {}));
        const isTurnedAway = ({ status, code }) => status === 503 || code === 'ECONNRESET';
        await until(async () => isTurnedAway(await ask(`${gateway.url}/healthz`).catch((error) => error)), 'the front to be full');
        await gateway.sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
        for (const stranger of strangers.splice(0, 550)) stranger.destroy();
        let people = 0;
        const answers = () => smsPerson(gateway, `+9198124210${String(people++ % 100).padStart(2, '0')}`).says('hi').catch(() => ({}));
        await until(async () => (await answers()).said?.length === 1, 'an answer from the database');
        assert.match(gateway.log, /descriptors are few .* connections=200 descriptors=600/);
        assert.doesNotMatch(gateway.log, /Too many open files/);
    } finally {
        for (const stranger of strangers) stranger.destroy();
        await gateway.stop();
    }
});

test('where web chats take the descriptors, the next is told so, and who is in is served even when PostgreSQL comes back', async () => {
    const gateway = await house.start({ settings: generous() });
    const tabs = [];
    try {
        await gateway.stop();
        await gateway.run({ descriptors: 300 });
        for (let i = 0; i < 110; i++) tabs.push(await new Tab(gateway).opened());
        const inside = tabs.filter(({ failed }) => !failed);
        assert.ok(inside.length > 60, `${inside.length} came in`);
        assert.ok(inside.length < tabs.length);
        for (const { failed } of tabs) assert.ok(!failed || failed === 503, `${failed}`);
        await gateway.sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
        const last = inside.at(-1);
        await until(async () => {
            last.send({ type: 'hello' });     // what is lost with a connection has to be said again
            await sleep(200);
            return last.of('welcome').length > 0;
        }, 'a welcome');
        assert.match((await last.next('message')).text, /name/);
        assert.doesNotMatch(gateway.log, /Too many open files/);
    } finally {
        for (const { socket } of tabs) socket.terminate();
        await gateway.stop();
    }
});

test('X-Forwarded-For is believed from trusted proxies only, and from the right', async () => {
    const start = (gateway, forwarded) => ask(`${gateway.url}/api/v2/instant-onboarding/session/start`, {
        method: 'POST', body: { channel: 'web' }, headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
    });
    const limitedOf = async (gateway, forwarded) => {
        const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => start(gateway, forwarded(i))));
        return answers.filter(({ status }) => status === 429).length;
    };
    await withGateway({}, async (gateway) => {
        assert.ok(await limitedOf(gateway, (i) => `203.0.113.${i}`) > 0, 'nobody escapes the limit by a header');
    });
    await withGateway({ env: { TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' } }, async (gateway) => {
        assert.equal(await limitedOf(gateway, (i) => `203.0.113.${i}, 10.1.2.3`), 0, 'each is a client of its own');
        assert.ok(await limitedOf(gateway, (i) => `203.0.113.${i}, 198.51.100.7`) > 0, 'what stands further left, anybody could have written');
    });
});

test('contacts and opt-outs are kept apart by brand', async () => {
    await withGateway({ settings: withBrand }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812420004');
        await asha.saysAll('hi', 'Asha', 'STOP');
        const elsewhere = await asha.says('hi', { To: OTHER_BRAND });
        assert.match(elsewhere.said[0], /What's your name\?/);
        assert.deepEqual((await asha.says('Asha')).said, []);
        assert.match((await asha.says('Asha', { To: OTHER_BRAND })).said[0], /When were you born\?/);
    });
});

test('one number on SMS and WhatsApp is one person, answered where they wrote', async () => {
    await withGateway({}, async (gateway) => {
        const texting = smsPerson(gateway, '+919812420005');
        const chatting = whatsappPerson(gateway, '919812420005');
        await texting.saysAll('hi', 'Asha Rao');
        assert.equal((await chatting.says('15 August 1990')).status, 200);
        assert.match(wordsOf(await chatting.hears(1)), /You began a chart here; next is: Date of birth/);
        assert.match(wordsOf(await chatting.talks('1')), /What time were you born\?/);
        assert.match((await texting.saysAll('6:30 pm'))[0], /You began a chart here; next is: Time of birth/);
        assert.match((await texting.saysAll('1'))[0], /born in\?/);
        assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), 1);
    });
});

test('HELP and STOP that Twilio has answered itself are not answered again', async () => {
    await withGateway({}, async (gateway) => {
        const asha = smsPerson(gateway, '+919812420006');
        await asha.saysAll('hi', 'Asha');
        assert.match((await asha.says('HELP')).said[0], /date of birth/);
        assert.deepEqual((await asha.says('HELP', { OptOutType: 'HELP' })).said, []);
        assert.deepEqual((await asha.says('no more', { OptOutType: 'STOP' })).said, []);
        assert.deepEqual((await asha.says('15 August 1990')).said, []);
        assert.match((await asha.says('JOIN', { OptOutType: 'START' })).said[0], /When were you born\?/);
    });
    await withGateway({ env: { SMS_PROVIDER_HELP: 'true' } }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812420007');
        assert.deepEqual((await asha.says('HELP')).said, [], 'as the very first message');
        await asha.saysAll('hi', 'Asha');
        for (const word of ['HELP', 'info']) assert.deepEqual((await asha.says(word)).said, [], word);
        assert.match((await asha.says('help me please')).said[0], /date of birth/);
    });
});

test('who texts HELP before anything else hears who we are and how to stop', async () => {
    await withGateway({ env: { TITLE: 'Rao & Daughters' } }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812420016');
        assert.match((await asha.says('HELP')).said[0], /Rao & Daughters.*STOP/);
        assert.match((await asha.says('hi')).said[0], /What's your name\?/);
    });
});

test('a webhook that Twilio calls by GET is as good as one by POST', async () => {
    await withGateway({}, async (gateway) => {
        gateway.numbers.add('+919812420008');
        const query = `${SMS}?${new URLSearchParams(smsParams(gateway, '+919812420008', 'hi'))}`;
        const signature = twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, gateway.publicUrl + query, {});
        const answer = await ask(gateway.url + query, { headers: { 'x-twilio-signature': signature } });
        assert.equal(answer.status, 200);
        assert.match(answer.text, /What's your name\?/);
    });
});
