// Does a program get through a conversation by the REST API, and is a row changed by hand a good session?
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { restClient, smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';

const DATA = { name: 'Asha Rao', birth_date: '1990-08-15', birth_time: '18:30', birth_place: 'Pune, India' };

let house;
let gateway;
let rest;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, env: { ALLOWED_ORIGINS: 'https://shop.example' } });
    rest = restClient(gateway);
});
after(async () => { await house?.close(); });

const newKey = () => randomBytes(24).toString('base64url');
const rowOf = async (key) => (await gateway.rows(`select * from instant_onboarding_sessions where session_key = '${key}'`))[0];

/* A problem document as RFC 9457 wants it, with that status. */
function assertProblem(answer, status) {
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.headers['content-type'], /^application\/problem\+json/);
    assert.equal(answer.json().status, status);
    return answer.json();
}

test('the feature tells its channels and languages', async () => {
    const answer = await rest.get('/');
    assert.equal(answer.status, 200);
    const { channels, languages } = answer.json();
    assert.deepEqual(channels.sort(), ['sms', 'voice', 'web', 'whatsapp']);
    for (const language of ['en', 'hi']) assert.ok(languages.includes(language));
});

test('a start gives what the guide prints', async () => {
    const answer = await rest.start({ channel: 'web', language: 'en' });
    assert.equal(answer.status, 200);
    const { session_id: id, session_key: key, ...others } = answer.json();
    assert.match(id, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    assert.match(key, /^[A-Za-z0-9_-]{22,}$/);
    assert.deepEqual({ ...others, notice: undefined }, {
        status: 'collecting_data', next_step: 'name', notice: undefined,
        message: "Welcome! Let's create your birth chart in 90 seconds. What's your name?",
    });
    assert.equal((await rowOf(key)).id, id);
});

test('hi-IN is Hindi; a language that is not spoken gets the list', async () => {
    assert.match((await rest.begin({ channel: 'web', language: 'hi-IN' })).message, /आपका नाम क्या है\?/);
    const { errors } = assertProblem(await rest.start({ channel: 'web', language: 'fr' }), 422);
    assert.equal(errors[0].field, 'language');
    assert.match(errors[0].detail, /en/);
    assert.match(errors[0].detail, /hi/);
});

test('all data at once is read back; the confirmation ends it', async () => {
    const { session_key: key, session_id: id } = await rest.begin();
    const collected = await rest.collect({ session_key: key, data: DATA });
    assert.equal(collected.status, 200);
    const body = collected.json();
    assert.equal(body.session_id, id);
    assert.equal(body.is_complete, true);
    assert.deepEqual(body.missing_fields, []);
    assert.deepEqual(body.errors, []);
    assert.match(body.message, /Pune, Maharashtra, India[^]*Is this right\?/);
    const ended = (await rest.collect({ session_key: key, text: 'yes' })).json();
    assert.equal(ended.status, 'generating_chart');
    assert.equal(ended.next_step, null);
    const { collected_data: stored } = await rowOf(key);
    assert.deepEqual([stored.birth_date, stored.birth_time, stored.timezone], ['1990-08-15', '18:30:00', 'Asia/Kolkata']);
});

test('data comes field by field too, and a wrong value is told by its field while the good ones stay', async () => {
    const { session_key: key } = await rest.begin();
    const first = (await rest.collect({ session_key: key, data: { name: 'Asha', birth_date: '1990-02-30' } })).json();
    assert.deepEqual(first.errors.map(({ field }) => field), ['birth_date']);
    assert.equal(first.next_step, 'birth_date');
    assert.ok(!first.missing_fields.includes('name'));
    const second = (await rest.collect({ session_key: key, data: { birth_date: '1990-02-28', shoe_size: 42, birth_time: 'x' } })).json();
    assert.deepEqual(second.errors.map(({ field }) => field).sort(), ['birth_time', 'shoe_size']);
    assert.equal(second.next_step, 'birth_time');
});

test('what a program gives as a place must be one: each wrong coordinate and time zone is listed', async () => {
    const { session_key: key } = await rest.begin();
    const wrong = [
        [{ timezone: 'Nowhere/Land' }, { timezone: 'unknown' }],
        [{ timezone: '../../../etc/passwd' }, { timezone: 'unknown' }],
        [{ timezone: 'America' }, { timezone: 'unknown' }],
        [{ timezone: 7 }, { timezone: 'wrong_type' }],
        [{ latitude: 18.52 }, { longitude: 'missing' }],
        [{ birth_place: 'Pune', longitude: 73.86 }, { latitude: 'missing' }],
        [{ latitude: 91, longitude: '73' }, { latitude: 'impossible', longitude: 'wrong_type' }],
    ];
    for (const [data, expected] of wrong) {
        const { errors } = assertProblem(await rest.collect({ session_key: key, data: { name: 'Asha', ...data } }), 422);
        assert.deepEqual(Object.fromEntries(errors.map(({ field, code }) => [field, code])), expected);
        assert.ok(errors.every(({ detail }) => detail.length > 20), JSON.stringify(errors));
    }
    assert.deepEqual((await rowOf(key)).collected_data, {}, 'nothing of a refused request is taken');
    const data = { birth_place: 'My village', latitude: 0.0, longitude: -71.1, timezone: 'America/Argentina/Salta' };
    assert.deepEqual((await rest.collect({ session_key: key, data })).json().errors, []);
    assert.deepEqual((await rowOf(key)).collected_data, data);
});

test('null is as absent: what a program does not know is nothing that a person said', async () => {
    const { session_key: key } = await rest.begin({ channel: null, language: null, flow: null, phone_number: null });
    for (const body of [{ text: null }, { data: null }, { text: null, data: null }])
        assert.deepEqual(assertProblem(await rest.collect({ session_key: key, ...body }), 422).errors.map(({ field }) => field), ['data']);
    const unknown = { latitude: null, longitude: null, timezone: null };
    const taken = (await rest.collect({ session_key: key, text: null, data: { name: 'Asha', ...unknown } })).json();
    assert.deepEqual([taken.errors, taken.next_step], [[], 'birth_date']);
    const again = (await rest.collect({ session_key: key, data: { name: null, birth_place: null, shoe_size: null, confirm: null } })).json();
    assert.deepEqual([again.errors, again.next_step], [[], 'birth_date']);
    assert.deepEqual((await rowOf(key)).collected_data, { name: 'Asha' });
    const half = assertProblem(await rest.collect({ session_key: key, data: { latitude: 18.52, longitude: null } }), 422);
    assert.deepEqual(half.errors.map(({ field, code }) => [field, code]), [['longitude', 'missing']]);
});

test('every list of errors is written alike', async () => {
    const { session_key: key } = await rest.begin();
    const [said] = (await rest.collect({ session_key: key, data: { birth_date: '1990-02-30' } })).json().errors;
    assert.deepEqual(said, { field: 'birth_date', code: 'impossible', detail: said.message, message: said.message });
    const [refused] = (await rest.start({ channel: 'fax' })).json().errors;
    assert.deepEqual(Object.keys(refused), ['field', 'code', 'detail']);
});

test('members that a start does not know change nothing', async () => {
    assert.equal((await rest.start({ channel: 'web', utm_source: 'poster', name: { first: 'Asha' } })).status, 200);
});

test('a request without its key is told which header is missing', async () => {
    const problem = assertProblem(await rest.get('/session'), 422);
    assert.deepEqual(problem.errors.map(({ field, code }) => [field, code]), [['X-Session-Key', 'missing']]);
    assert.match(assertProblem(await rest.get('/places?q=pun'), 403).detail, /X-Session-Key/);
});

test('a session can be looked at and resumed by its key alone', async () => {
    const { session_key: key, session_id: id } = await rest.begin();
    await rest.collect({ session_key: key, text: 'Asha Rao' });
    const look = await rest.session(key);
    assert.equal(look.status, 200);
    const body = look.json();
    assert.equal(body.session_id, id);
    assert.equal(body.next_step, 'birth_date');
    assert.equal(body.collected_data.name, 'Asha Rao');
    assert.match(body.message, /When were you born\?/);
    assert.equal(body.session_key, undefined);
});

test('an unknown, an impossible and an expired key get a 404 that says how to start anew', async () => {
    const { session_key: expired } = await rest.begin();
    await gateway.sql(`alter table instant_onboarding_sessions disable trigger user;
        update instant_onboarding_sessions set updated_at = now() - interval '8 days' where session_key = '${expired}';
        alter table instant_onboarding_sessions enable trigger user;`);
    for (const key of [newKey(), 'short', 'x'.repeat(255), '%00', expired]) {
        const problems = [await rest.collect({ session_key: key, text: 'hi' }), await rest.session(key)];
        for (const problem of problems) assert.match(assertProblem(problem, 404).detail, /session\/start/);
    }
});

test('a key opens its session for 7 days after the last word, a completed one for 30', async () => {
    const opens = async (status, days) => {
        const { session_key: key } = await rest.begin();
        await gateway.sql(`alter table instant_onboarding_sessions disable trigger user;
            update instant_onboarding_sessions set status = '${status}', updated_at = now() - interval '${days} days' where session_key = '${key}';
            alter table instant_onboarding_sessions enable trigger user;`);
        const { status: looked } = await rest.session(key);
        const { status: helped } = await rest.get('/places?q=pun', { 'x-session-key': key });
        assert.deepEqual([looked, helped], looked === 200 ? [200, 200] : [404, 403]);
        return looked === 200;
    };
    for (const [status, days, isOpen] of [['collecting_data', 6.99, true], ['collecting_data', 7.01, false], ['failed', 6.99, true],
        ['failed', 7.01, false], ['completed', 29.99, true], ['completed', 30.01, false]])
        assert.equal(await opens(status, days), isOpen, `${status}, ${days} days`);
});

test('wrong types get a 422 that lists each field', async () => {
    const { session_key: key } = await rest.begin();
    const fieldsOf = (answer) => assertProblem(answer, 422).errors.map(({ field }) => field).sort();
    assert.deepEqual(fieldsOf(await rest.start({ channel: 'fax', language: 7, phone_number: [], flow: 'none' })),
        ['channel', 'flow', 'language', 'phone_number']);
    assert.deepEqual(fieldsOf(await rest.collect({ text: 'hi' })), ['session_key']);
    assert.deepEqual(fieldsOf(await rest.collect({ session_key: 7, text: 'hi' })), ['session_key']);
    assert.deepEqual(fieldsOf(await rest.collect({ session_key: key })), ['data']);
    assert.deepEqual(fieldsOf(await rest.collect({ session_key: key, data: 'Asha' })), ['data']);
    assert.deepEqual(fieldsOf(await rest.collect({ session_key: key, text: 'Asha', data: { name: 'Ravi' } })), ['text']);
    assert.deepEqual(fieldsOf(await rest.collect({ session_key: key, text: 'x'.repeat(5000) })), ['text']);
});

test('a wrong type inside data is a 422 that lists each field, and nothing of the request is taken', async () => {
    const { session_key: key } = await rest.begin();
    const refused = async (data) => Object.fromEntries(assertProblem(await rest.collect({ session_key: key, data }), 422).errors
        .map(({ field, code }) => [field, code]));
    assert.deepEqual(await refused({ name: 5, birth_place: 'Pune' }), { name: 'wrong_type' });
    const all = { name: [], birth_date: 19900815, birth_time: {}, birth_place: true, latitude: '18', longitude: [], timezone: 1, confirm: 'yes' };
    assert.deepEqual(await refused({ ...all, shoe_size: 42 }), Object.fromEntries(Object.keys(all).map((field) => [field, 'wrong_type'])));
    assert.deepEqual((await rowOf(key)).collected_data, {});
    const { errors } = (await rest.collect({ session_key: key, data: { name: '???', birth_date: 'soon', shoe_size: 42 } })).json();
    assert.deepEqual(errors.map(({ field }) => field), ['name', 'birth_date', 'shoe_size'], 'what is text is an answer, understood or not');
});

test('malformed JSON gets a 400, another content type a 415', async () => {
    for (const body of ['', '{', '[]', '"x"', '{"a":1,}', `${'['.repeat(100_000)}`, '{"a":1}x', 'nul'])
        assertProblem(await rest.start(Buffer.from(body, 'latin1'), { 'content-type': 'application/json' }), 400);
    const answer = await rest.start(Buffer.from('a=1'), { 'content-type': 'application/x-www-form-urlencoded' });
    assertProblem(answer, 415);
});

test('an Idempotency-Key makes a repeated start or collect the same, and only for the same request', async () => {
    const headers = { 'idempotency-key': newKey() };
    const body = { channel: 'web', language: 'en' };
    const [first, second] = [await rest.start(body, headers), await rest.start(body, headers)];
    assert.equal(first.status, 200);
    assert.equal(second.text, first.text);
    const sessions = await gateway.value('select count(*) from instant_onboarding_sessions');
    const other = await rest.start({ channel: 'web', language: 'hi' }, headers);
    assert.match(assertProblem(other, 422).detail, /Idempotency-Key/);
    assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), sessions);

    const { session_key: key } = first.json();
    const answers = await Promise.all(Array.from({ length: 6 }, () => rest.collect({ session_key: key, text: 'Asha' }, headers)));
    for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, answers[0].text]);
    assert.match(answers[0].json().message, /^Nice to meet you, Asha!/);
    assertProblem(await rest.collect({ session_key: key, text: 'Meera' }, headers), 422);
    const { collected_data: data } = await rowOf(key);
    assert.deepEqual(data, { name: 'Asha' });
});

test('an answer that was kept before an upgrade, as an object, is given again too', async () => {
    const headers = { 'idempotency-key': newKey() };
    const first = await rest.start({ channel: 'web', language: 'en' }, headers);
    await gateway.sql(`update frontdesk.inbound set answer = jsonb_set(answer, '{answer}', (answer ->> 'answer')::jsonb)
        where answer ->> 'answer' like '%${first.json().session_key}%'`);
    const again = await rest.start({ channel: 'web', language: 'en' }, headers);
    assert.deepEqual([again.status, again.json()], [200, first.json()]);
});

test('places are suggested to who has a key or an allowed origin', async () => {
    const { session_key: key } = await rest.begin();
    const byKey = await rest.get('/places?q=pun', { 'x-session-key': key });
    assert.equal(byKey.status, 200);
    assert.equal(byKey.json().places[0].name, 'Pune');
    assert.equal(byKey.json().places[0].timezone, 'Asia/Kolkata');
    const byOrigin = await rest.get('/places?q=pun', { origin: 'https://shop.example' });
    assert.equal(byOrigin.status, 200);
    assert.equal(byOrigin.headers['access-control-allow-origin'], 'https://shop.example');
    for (const headers of [{}, { origin: 'https://evil.example' }, { 'x-session-key': newKey() }]) {
        const answer = await rest.get('/places?q=pun', headers);
        assert.equal(answer.status, 403);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
});

test('statistics are for the operator', async () => {
    const stats = (authorization) => rest.get('/stats', authorization ? { authorization } : {});
    for (const wrong of [null, 'Bearer guess', `Basic ${gateway.secrets.adminToken}`, 'Bearer ']) {
        const answer = await stats(wrong);
        assert.equal(answer.status, 401);
        assert.match(answer.headers['www-authenticate'], /^Bearer/);
    }
    const answer = await stats(`Bearer ${gateway.secrets.adminToken}`);
    assert.equal(answer.status, 200);
    const body = answer.json();
    assert.equal(body.total_sessions, await gateway.value('select count(*) from instant_onboarding_sessions'));
    for (const member of ['completion_rate', 'average_time_seconds', 'by_channel', 'by_language', 'funnel'])
        assert.ok(member in body, member);
});

test('a session inserted by hand is a good session', async () => {
    const key = newKey();
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, language, collected_data)
        values ('${key}', 'web', 'en', '{"name": "Asha Rao", "birth_date": "15 Aug 1990"}');`);
    const answer = await rest.collect({ session_key: key, text: '6:30 pm' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json().missing_fields, ['birth_place']);
    const { collected_data: data } = await rowOf(key);
    assert.deepEqual([data.name, data.birth_date, data.birth_time], ['Asha Rao', '1990-08-15', '18:30:00']);
});

test('an empty session inserted by hand is greeted, whatever stands in it', async () => {
    for (const data of ['{}', '{"name": 7, "birth_date": [], "x": {"y": 1}}', '{"name": null}', '{"name": ""}']) {
        const key = newKey();
        await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, language, collected_data)
            values ('${key}', 'web', 'xx', '${data}');`);
        const answer = await rest.collect({ session_key: key, text: 'hi' });
        assert.equal(answer.status, 200, `${data}: ${answer.text}`);
        assert.match(answer.json().message, /What's your name\?/, data);
    }
});

test('a row by hand may be of any moment that PostgreSQL knows', async () => {
    const workers = gateway.workers();
    for (const [moment, status] of [['4713-01-01 BC', 404], ['9999-12-31', 200], ['294276-12-31 23:59:59+00', 404]]) {
        const key = newKey();
        await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, created_at, updated_at)
            values ('${key}', 'web', '${moment}', '${moment}');`);
        assert.equal((await rest.session(key)).status, status, moment);
        assert.equal((await rest.collect({ session_key: key, text: 'Asha' })).status, status, moment);
    }
    assert.deepEqual(gateway.workers(), workers);
});

test('a row changed by hand between two turns is what the next turn works on', async () => {
    const { session_key: key } = await rest.begin();
    await rest.collect({ session_key: key, text: 'Asha' });
    await gateway.sql(`update instant_onboarding_sessions set language = 'hi',
        collected_data = collected_data || '{"birth_date": "1985-03-07"}' where session_key = '${key}';`);
    const answer = (await rest.collect({ session_key: key, text: '6:30 pm' })).json();
    assert.deepEqual(answer.missing_fields, ['birth_place']);
    assert.match(answer.message, /आपका जन्म किस शहर/);
    assert.equal((await rowOf(key)).collected_data.birth_date, '1985-03-07');
});

test('a phone number given to the API is a note: no identity, not resumed from, never sent to', async () => {
    const number = '+919812360001';
    gateway.numbers.add(number);
    const { session_key: key, session_id: id } = await rest.begin({ channel: 'sms', language: 'en', phone_number: number });
    await rest.collect({ session_key: key, text: 'Nota Bene' });
    assert.equal((await rowOf(key)).phone_number, number);
    assert.equal(await gateway.value(`select count(*) from frontdesk.addresses where address = '${number}'`), 0);
    const theirs = await smsPerson(gateway, number).says('hi');
    assert.match(theirs.said[0], /What's your name\?/);
    assert.deepEqual((await rowOf(key)).collected_data, { name: 'Nota Bene' });
    const own = await gateway.value(`select c.session_id from frontdesk.conversations c
        join frontdesk.addresses a on a.contact_id = c.contact_id where a.address = '${number}'`);
    assert.notEqual(own, id);
    assert.deepEqual(gateway.providers.twilio.calls, []);
    assert.deepEqual(gateway.providers.graph.calls, []);
});

test('HEAD is answered as GET, OPTIONS says what may be asked, another method gets a 405', async () => {
    const head = await ask(`${gateway.url}/healthz`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    const check = `hub.mode=subscribe&hub.challenge=77&hub.verify_token=${gateway.secrets.verifyToken}`;
    assert.equal((await ask(`${gateway.url}/webhooks/whatsapp?${check}`, { method: 'HEAD' })).status, 200);
    const path = '/api/v2/instant-onboarding/session/start';
    const options = await ask(gateway.url + path, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
    assert.equal(options.status, 204);
    assert.match(options.headers['access-control-allow-methods'], /POST/);
    const wrong = await ask(gateway.url + path, { method: 'DELETE' });
    assertProblem(wrong, 405);
    assert.match(wrong.headers.allow, /POST/);
    const both = await ask(`${gateway.url}/webhooks/whatsapp`, { method: 'OPTIONS' });
    assert.equal(both.headers.allow, 'GET, HEAD, POST, OPTIONS');
});

test('a page of an allowed origin can read what the front refuses, and when to come again', async () => {
    const path = '/api/v2/instant-onboarding/session/start';
    const from = (origin, type, body) => ask(gateway.url + path, { method: 'POST', headers: { origin, 'content-type': type }, body });
    for (const [type, body, status] of [['text/plain', '{}', 415], ['application/json', 'x'.repeat(300_000), 413], ['application/json', '{', 400]]) {
        const { headers, ...answer } = await from('https://shop.example', type, body);
        assert.deepEqual([answer.status, headers['access-control-allow-origin'], headers['access-control-expose-headers'], headers.vary],
            [status, 'https://shop.example', 'Retry-After', 'Origin']);
        assert.equal((await from('https://evil.example', type, body)).headers['access-control-allow-origin'], undefined);
    }
});

test('a value that is wrong twice over is told once', async () => {
    const { errors } = assertProblem(await rest.start({ language: 'x'.repeat(36), flow: 'y'.repeat(65), channel: 'z'.repeat(17) }), 422);
    assert.deepEqual(errors.map(({ field, code }) => [field, code]), [['language', 'too_long'], ['flow', 'too_long'], ['channel', 'too_long']]);
});

test('a problem says what can be done about it', async () => {
    const start = `${gateway.url}/api/v2/instant-onboarding/session/start`;
    const json = { 'content-type': 'application/json' };
    const cases = [
        [await ask(`${gateway.url}/nothing/here`), 404, /instant-onboarding/],
        [await rest.get('/stats'), 401, /ADMIN_TOKEN/],
        [await ask(start, { method: 'DELETE' }), 405, /Allow/],
        [await rest.start(Buffer.from('a=1'), { 'content-type': 'text/plain' }), 415, /application\/json/],
        [await ask(start, { method: 'POST', headers: json, body: 'x'.repeat(300_000) }), 413, /256 kB/],
    ];
    for (const [answer, status, advice] of cases) assert.match(assertProblem(answer, status).detail, advice);
});

test('who starts too many sessions is told when to come again', async () => {
    let limited;
    for (let i = 0; i < 200 && !limited; i++) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => rest.start()));
        limited = answers.find(({ status }) => status === 429);
    }
    assert.match(assertProblem(limited, 429).detail, /Retry-After/);
    assert.ok(Number(limited.headers['retry-after']) >= 1);
    const webhook = await smsPerson(gateway, '+919812360002').says('hi');
    assert.equal(webhook.status, 200, 'providers\' webhooks are never limited');
    assert.ok(await gateway.metric('frontdesk_limited_total') > 0);
});

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
