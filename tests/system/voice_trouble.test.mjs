// Is a line ever dead? Slow and absent databases, and whatever a telephone network may send.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import twilio from 'twilio';
import { caller, newCallSid, readTwiml, voiceParams } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { postTwilio, smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';

const PATH = '/webhooks/twilio/voice';
const PATIENCE_MS = 1900;     // it answers within one second; we may be slow to ask, but not as slow as the database

let house;
let gateway;
let serial = 0;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
    await gateway.sql(`
        create schema test;
        create table test.slowness (seconds double precision);
        insert into test.slowness values (0);
        create function test.slow_down() returns trigger language plpgsql as $$
            begin perform pg_sleep((select seconds from test.slowness)); return new; end $$;
        create trigger slow before insert on frontdesk.inbound for each row execute function test.slow_down();`);
});
after(async () => {
    await gateway.stop();
    assertDiscreet(gateway);
    await house.close();
});

const mobile = () => `+9198124${String(45000 + ++serial).padStart(5, '0')}`;

/** Every input takes the database that long, while `task` runs. */
async function withSlowCommits(seconds, task) {
    await gateway.sql(`update test.slowness set seconds = ${seconds}`);
    try {
        return await task();
    } finally {
        await gateway.sql('update test.slowness set seconds = 0');
    }
}

const dataOf = (number) => gateway.value(`
    select s.collected_data from public.instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a on a.contact_id = c.contact_id where a.address = '${number}'`);

const inputsOf = (number) => gateway.value(`
    select count(*)::int from frontdesk.inbound i join frontdesk.conversations c on c.session_id = i.session_id
    join frontdesk.addresses a on a.contact_id = c.contact_id where a.address = '${number}'`);

test('while the database takes 2 s, a caller is answered within 1 s and nothing said is lost or taken twice', async () => {
    const asha = caller(gateway, mobile());
    await withSlowCommits(2, async () => {
        await asha.dials();
        assert.match(asha.heard, /For English press 1/);
        assert.ok(asha.rounds >= 1);
        await asha.presses('1');
        await asha.says('Asha');
        await asha.presses('1');
        await asha.presses('15081990');
        assert.match(asha.heard, /What time were you born/);
    });
    assert.ok(asha.slowest < PATIENCE_MS, `an answer took ${asha.slowest} ms`);
    const data = await dataOf(asha.number);
    assert.deepEqual([data.name, data.birth_date], ['Asha', '1990-08-15']);
    assert.equal(await inputsOf(asha.number), 5);
});

test('a pause acknowledges nothing: it is followed by the same turn, and after three rounds by an apology', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('2');
    const action = asha.gather.action.slice(gateway.publicUrl.length);
    await withSlowCommits(6, async () => {
        let path = action;
        for (let round = 1; round <= 3; round++) {
            const answer = await postTwilio(gateway, path, voiceParams(gateway, asha.callSid, asha.number, { SpeechResult: 'आशा' }));
            assert.equal(answer.status, 200);
            const { redirect, heard, document } = readTwiml(answer.text);
            assert.equal(heard, '');
            assert.match(document, /<Pause length="1"\/>/);
            path = redirect.slice(gateway.publicUrl.length);
            assert.equal(new URLSearchParams(path.split('?')[1]).get('turn'), new URLSearchParams(action.split('?')[1]).get('turn'));
            assert.doesNotMatch(path, /%E0/, 'what was said stands in no URL');
        }
        await asha.posts(path, {});
        assert.match(asha.heard, /^माफ़ कीजिए, हमारी ओर से अभी कुछ गड़बड़ है/);
        assert.ok(asha.hasEnded);
    });
});

test('while PostgreSQL is away a caller hears an apology, and can go on afterwards', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    const rounds = asha.rounds;
    await house.postgres.kill();
    await asha.says('Asha');
    assert.match(asha.heard, /I'm sorry, something isn't working on our side/);
    assert.ok(asha.hasEnded);
    assert.equal(asha.rounds - rounds, 3);
    assert.ok(asha.slowest < PATIENCE_MS, `an answer took ${asha.slowest} ms`);
    await house.postgres.restart();
    await gateway.isReady();
    const again = await caller(gateway, asha.number).dials();
    assert.match(again.heard, /Welcome back.*What's your name/);
});

test('what was said is asked for again where its turn was lost with the database', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    const path = `${asha.gather.action.slice(gateway.publicUrl.length)}&round=1`;
    await asha.posts(path, {});
    assert.match(asha.heard, /Sorry, that took a moment. Once more, please. What's your name/);
    await asha.says('Asha');
    assert.match(asha.heard, /I heard Asha/);
});

test('keys and speech beyond all measure are not understood, and that is all', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    await asha.says('Asha');
    await asha.presses('1');
    await asha.answers({ Digits: '1234567890'.repeat(1000) });
    assert.match(asha.heard, /Sorry.*Please press eight digits/);
    await asha.answers({ SpeechResult: 'la '.repeat(1365), Confidence: '0.8' });
    assert.match(asha.heard, /Sorry/);
    assert.ok(asha.gather);
    await asha.presses('15081990');
    assert.match(asha.heard, /What time/);
});

test('an empty result, a lone #, both kinds at once and a nonsense score are somebody on the line', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.answers({ Digits: '', FinishedOnKey: '#' });
    assert.match(asha.heard, /For English press 1/);
    await asha.answers({ Digits: '1', SpeechResult: 'English' });
    assert.match(asha.heard, /What's your name/);
    await asha.answers({ Digits: '', FinishedOnKey: '#' });
    assert.match(asha.heard, /Sorry, I couldn't find a name/);
    await asha.answers({ Digits: '', SpeechResult: '', FinishedOnKey: '' });
    assert.match(asha.heard, /I didn't hear anything/);
    await asha.answers({ SpeechResult: 'Asha', Confidence: 'NaN' });
    assert.match(asha.heard, /I heard Asha/);
    await asha.answers({ Digits: '7' });
    assert.match(asha.heard, /choose one of these. I heard Asha/);
});

test('a turn of a call that nobody knows begins the call', async () => {
    for (const turn of ['5', '0', '-3', 'x', '99999', '100000', '100001', '9'.repeat(40), '']) {
        for (const number of [mobile(), 'anonymous']) {
            const asha = caller(gateway, number);
            await asha.posts(`${PATH}?turn=${turn}`, { Digits: '1' });
            assert.match(asha.heard, /For English press 1/, turn);
            assert.ok(asha.gather, turn);
        }
    }
});

test('keys for a question that is long closed change nothing', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    const name = asha.gather.action.slice(gateway.publicUrl.length);
    await asha.says('Asha');
    await asha.presses('1');
    await asha.presses('15081990');
    await asha.posts(name, { Digits: '2' });
    assert.match(asha.heard, /I heard Asha/, 'the same request gets its document again');
    await asha.presses('2');
    assert.match(asha.heard, /When were you born/, 'and so does the next');
    await asha.presses('16081991');
    assert.match(asha.heard, /What time/);
    assert.deepEqual(await dataOf(asha.number), { name: 'Asha', birth_date: '1990-08-15' });
});

test('who calls a number that is not ours, or without a call, hears a sentence', async () => {
    for (const more of [{ To: '+15550109999' }, { CallSid: '' }, { AccountSid: 'AC00000000000000000000000000000000' }]) {
        const asha = caller(gateway, mobile());
        await asha.posts(PATH, more);
        assert.match(asha.heard, /nobody can be served on this number/);
        assert.ok(asha.hasEnded);
    }
});

test('an authentic request that is no form at all is answered with a sentence too', async () => {
    const body = '{"a":1}';
    const target = `${PATH}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const signature = twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, gateway.publicUrl + target, {});
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
    const answer = await ask(gateway.url + target, { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
    assert.match(readTwiml(answer.text).heard, /nobody can be served/);
});

test('a forged request is refused', async () => {
    const asha = voiceParams(gateway, newCallSid(), mobile());
    const answer = await postTwilio(gateway, PATH, asha, { 'x-twilio-signature': 'A'.repeat(27) + '=' });
    assert.equal(answer.status, 403);
});

test('the end of a call is taken note of, in any order, and moves nothing', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    const inputs = await inputsOf(asha.number);
    for (const CallStatus of ['completed', 'ringing', 'busy', 'completed', 'no-such-status']) {
        const answer = await postTwilio(gateway, `${PATH}/status`, voiceParams(gateway, asha.callSid, asha.number, { CallStatus }));
        assert.equal(answer.status, 200);
        assert.equal(readTwiml(answer.text).heard, '');
    }
    const late = await postTwilio(gateway, asha.gather.action.slice(gateway.publicUrl.length),
        voiceParams(gateway, asha.callSid, asha.number, { CallStatus: 'completed', Digits: '1' }));
    assert.equal(late.status, 200);
    assert.equal(await inputsOf(asha.number), inputs);
});

test('somebody who wants no messages is answered when they call, but not texted', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll('hi', 'STOP');
    const asha = await caller(gateway, number).dials();
    assert.match(asha.heard, /What's your name/);
    for (let i = 0; i < 2; i++) {
        await asha.says('Usher');
        await asha.presses('2');
    }
    assert.match(asha.heard, /Please go on at/);
    assert.deepEqual(gateway.providers.twilio.to(number), []);
});

test('where the flow is switched off, a caller hears that nobody is served', async () => {
    const closed = await house.start({ env: { FEATURE_INSTANT_ONBOARDING: 'false' } });
    const asha = await caller(closed, mobile()).dials();
    assert.match(asha.heard, /nobody can be served/);
    assert.ok(asha.hasEnded);
    await closed.stop();
});

test('the same request at two workers at once is taken once and answered the same', async () => {
    const asha = await caller(gateway, mobile()).dials();
    await asha.presses('1');
    const path = asha.gather.action.slice(gateway.publicUrl.length);
    const params = voiceParams(gateway, asha.callSid, asha.number, { SpeechResult: 'Asha', Confidence: '0.9' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => postTwilio(gateway, path, params)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1, answers.map(({ text }) => text).join('\n'));
    assert.equal(await inputsOf(asha.number), 3);
});
