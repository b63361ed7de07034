// Does a program get a whole chart in one call, and is what it is not to keep not kept?
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { restClient } from '../support/people.mjs';
import { until } from '../support/until.mjs';

const API = '/api/v2/instant-onboarding';
const BIRTH = { name: 'Asha Rao', birth_date: '1990-08-15', birth_time: '06:30', birth_place: 'Pune' };
const SECRET = 'the-operator-and-we-know-this-one';
const OLD_SECRET = 'and-this-one-until-tomorrow';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({
        workers: 2, env: { CHART_PROCESSES: '2', WEBHOOK_SECRET: `${SECRET},${OLD_SECRET}`, TRUSTED_PROXIES: '127.0.0.0/8' },
    });
});
after(async () => { await house?.close(); });

let client = 0;
/* Each call as another client, unless it says which: the limit is a client's. */
const quick = (body, { from = `192.0.2.${++client}`, headers = {} } = {}) =>
    ask(`${gateway.url}${API}/quick-chart`, { method: 'POST', body, headers: { 'x-forwarded-for': from, ...headers } });

async function completeSession(language = 'en') {
    const api = restClient(gateway);
    const begun = await api.begin({ channel: 'web', language });
    await api.collect({ session_key: begun.session_key, data: BIRTH });
    return begun;
}

const rowsStored = async () => Number(await gateway.value(`select (select count(*) from instant_onboarding_sessions)
    + (select count(*) from instant_onboarding_profiles) + (select count(*) from frontdesk.jobs)
    + (select count(*) from frontdesk.outbox) + (select count(*) from frontdesk.inbound)`));

test('a session whose answers are there gets its chart at once, and the same profile again', async () => {
    const { session_key: key, session_id: id } = await completeSession();
    const answer = await quick({ session_key: key });
    assert.equal(answer.status, 200, answer.text);
    const chart = answer.json();
    assert.deepEqual(Object.keys(chart).sort(), ['ascendant', 'birth_date', 'chart_url', 'generated_at', 'moon_sign', 'name',
        'profile_id', 'qr_code', 'session_id', 'shareable_link', 'summary', 'sun_sign', 'top_insights']);
    assert.equal(chart.session_id, id);
    assert.deepEqual([chart.sun_sign, chart.moon_sign, chart.ascendant], ['Cancer', 'Taurus', 'Leo']);
    assert.deepEqual([chart.name, chart.birth_date], ['Asha Rao', '1990-08-15']);
    assert.equal(chart.top_insights.length, 3);
    assert.match(chart.generated_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    for (const url of [chart.chart_url, chart.shareable_link])
        assert.equal((await ask(gateway.url + url.slice(gateway.publicUrl.length))).status, 200);
    assert.notEqual(chart.chart_url, chart.shareable_link);
    assert.deepEqual((await quick({ session_key: key })).json(), chart);
    const both = await Promise.all([1, 2, 3].map(() => quick({ session_key: key }, { headers: { 'idempotency-key': 'a' } })));
    for (const again of both) assert.deepEqual(again.json(), chart);
    assert.equal((await gateway.rows(`select from instant_onboarding_profiles where session_id = '${id}'`)).length, 1);
});

test('asked for many times at once a session still gets one chart', async () => {
    const { session_key: key, session_id: id } = await completeSession('hi');
    const answers = await Promise.all(Array.from({ length: 6 }, () => quick({ session_key: key })));
    assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(answers[0].json().sun_sign, 'कर्क');
    assert.equal((await gateway.rows(`select from instant_onboarding_profiles where session_id = '${id}'`)).length, 1);
});

test('the QR code is a PNG picture of dark and light squares', async () => {
    const { session_key: key } = await completeSession();
    const { qr_code: code } = (await quick({ session_key: key })).json();
    const [, encoded] = code.match(/^data:image\/png;base64,([A-Za-z0-9+/=]+)$/);
    const png = Buffer.from(encoded, 'base64');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    const side = png.readUInt32BE(16);
    const rows = inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8));
    assert.equal(rows.length, side * (1 + Math.ceil(side / 8)));
    const isDark = (x, y) => !(rows[y * (1 + Math.ceil(side / 8)) + 1 + (x >> 3)] & (0x80 >> (x & 7)));
    const module = 6;
    const at = (column, row) => isDark((column + 4.5) * module, (row + 4.5) * module);
    const count = side / module - 8;
    /* The three corners of every QR code: a dark ring of seven around a dark square of three. */
    for (const [left, top] of [[0, 0], [count - 7, 0], [0, count - 7]])
        for (let i = 0; i < 7; i++) {
            assert.ok(at(left + i, top) && at(left, top + i));
            assert.equal(at(left + 1 + (i % 5), top + 1), false);
        }
});

test('birth data without a session: a chart, and nothing of it is stored or published', async () => {
    const before = await rowsStored();
    const answer = await quick(BIRTH);
    assert.equal(answer.status, 200, answer.text);
    const chart = answer.json();
    assert.deepEqual([chart.sun_sign, chart.moon_sign, chart.ascendant], ['Cancer', 'Taurus', 'Leo']);
    for (const member of ['session_id', 'profile_id', 'chart_url', 'shareable_link', 'qr_code']) assert.equal(chart[member], null, member);
    assert.equal(await rowsStored(), before);
    const exact = await quick({ ...BIRTH, birth_time: '06:30:00', birth_place: undefined, latitude: 18.52, longitude: 73.86, timezone: 'Asia/Kolkata', language: 'hi' });
    assert.equal(exact.json().moon_sign, 'वृषभ', exact.text);
    const unknown = (await quick({ ...BIRTH, birth_time: null })).json();
    assert.equal(unknown.ascendant, null);
    assert.match(unknown.summary, /no ascendant/);
    assert.ok(!gateway.log.includes('Asha'));
});

test('what is wrong with birth data is said field by field', async () => {
    const errorsOf = (answer) => {
        assert.equal(answer.status, 422, answer.text);
        assert.match(answer.headers['content-type'], /problem\+json/);
        for (const { detail } of answer.json().errors) assert.ok(detail.length > 5);
        return answer.json().errors.map(({ field }) => field).sort();
    };
    assert.deepEqual(errorsOf(await quick({})), ['birth_date', 'birth_place', 'birth_time', 'name']);
    assert.deepEqual(errorsOf(await quick({ ...BIRTH, birth_date: '1990-02-31', birth_time: 7 })), ['birth_date', 'birth_time']);
    assert.deepEqual(errorsOf(await quick({ ...BIRTH, birth_date: '2190-01-01' })), ['birth_date']);
    const outside = await quick({ ...BIRTH, latitude: 91, birth_date: '1990-06-31' });
    assert.deepEqual(errorsOf(outside), ['birth_date', 'latitude', 'longitude']);
    assert.match(outside.text, /June has 30 days/);
    assert.match(outside.text, /-90 and 90/);
    assert.deepEqual(errorsOf(await quick({ ...BIRTH, birth_place: 'Nowheretown Xyzzy' })), ['birth_place']);
    assert.deepEqual(errorsOf(await quick({ ...BIRTH, language: 'tlh' })), ['language']);
    const skipped = { ...BIRTH, birth_date: '1990-03-25', birth_time: '01:30', latitude: 51.5, longitude: -0.1, timezone: 'Europe/London', birth_place: 'London' };
    assert.deepEqual(errorsOf(await quick(skipped)), ['birth_time']);
    assert.equal((await quick('[]', { headers: { 'content-type': 'application/json' } })).status, 400);
    assert.equal((await quick('{', { headers: { 'content-type': 'application/json' } })).status, 400);
});

test('of a place given as coordinates each one must be right; members that mean nothing here are ignored', async () => {
    const { birth_place: named, ...birth } = BIRTH;
    const placed = { latitude: 18.52, longitude: 73.86, timezone: 'Asia/Kolkata' };
    for (const [data, expected] of [[{ ...placed, latitude: 91 }, { latitude: 'impossible' }], [{ ...placed, timezone: 'Nowhere/Land' }, { timezone: 'unknown' }],
        [{ birth_place: named, latitude: 18.52 }, { longitude: 'missing' }], [{ birth_place: named, ...placed, longitude: '73' }, { longitude: 'wrong_type' }]]) {
        const answer = await quick({ ...birth, ...data });
        assert.equal(answer.status, 422, answer.text);
        assert.deepEqual(Object.fromEntries(answer.json().errors.map(({ field, code }) => [field, code])), expected);
    }
    const answer = await quick({ ...birth, ...placed, utm_source: 'poster', confirm: 'maybe' });
    assert.equal(answer.status, 200, answer.text);
});

test('a session that is not so far says what is missing; an unknown key is unknown', async () => {
    const api = restClient(gateway);
    const { session_key: key } = await api.begin();
    await api.collect({ session_key: key, data: { name: 'Asha Rao' } });
    const answer = await quick({ session_key: key });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.json().errors.map(({ field, code }) => [field, code]),
        [['birth_date', 'missing'], ['birth_time', 'missing'], ['birth_place', 'missing']]);
    assert.equal((await quick({ session_key: 'x'.repeat(32) })).status, 404);
    assert.equal((await quick({ session_key: 7 })).status, 422);
    const other = await api.begin({ channel: 'web', language: 'en', flow: 'appointment' });
    assert.equal((await quick({ session_key: other.session_key })).status, 409);
});

test('what may mean several things is refused with each of them, ready to be sent', async () => {
    const doubt = async (fields) => {
        const answer = await quick({ ...BIRTH, ...fields });
        assert.equal(answer.status, 422, answer.text);
        return answer.json().errors.map(({ field, code, detail }) => `${field} ${code} ${detail}`).join();
    };
    assert.match(await doubt({ birth_place: 'Puen' }), /^birth_place ambiguous Do you mean Pune, Maharashtra, India\?$/);
    assert.match(await doubt({ birth_date: '3/7/1985' }), /^birth_date ambiguous .*\? 3 July 1985; 7 March 1985$/);
    const [, first] = /^birth_place ambiguous .*\? (Springfield, [^;]+); /.exec(await doubt({ birth_place: 'Springfield' }));
    assert.equal((await quick({ ...BIRTH, birth_place: first })).status, 200);
});

test('an Idempotency-Key belongs to one request of its session', async () => {
    const { session_key: key } = await completeSession();
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = await Promise.all([1, 2].map(() => quick({ session_key: key }, { headers })));
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(second.json(), first.json());
    assert.deepEqual((await quick({ session_key: key }, { headers })).json(), first.json());
    const other = await quick({ session_key: key, name: 'Ravi' }, { headers });
    assert.equal(other.status, 422, other.text);
    assert.match(other.json().detail, /Idempotency-Key/);
});

test('a time that the clocks skipped or repeated is said to be in doubt, until it is told', async () => {
    const api = restClient(gateway);
    for (const [birth_date, birth_time, code] of [['1990-03-25', '01:30', 'impossible'], ['1990-10-28', '01:30', 'ambiguous']]) {
        const { session_key: key } = await api.begin({ channel: 'web', language: 'en' });
        await api.collect({ session_key: key, data: { ...BIRTH, birth_date, birth_time, birth_place: 'London', latitude: 51.5, longitude: -0.1, timezone: 'Europe/London' } });
        const answer = await quick({ session_key: key });
        assert.equal(answer.status, 422, answer.text);
        assert.deepEqual(answer.json().errors.map((error) => [error.field, error.code]), [['birth_time', code]]);
        assert.equal((await quick({ session_key: key })).status, 422);
        await api.collect({ session_key: key, text: 'second' });
        assert.equal((await quick({ session_key: key })).status, 200);
    }
});

test('a chart that takes too long is promised: 202, come back', async () => {
    await gateway.sql(`create function frontdesk.later() returns trigger language plpgsql as $$
        begin new.due_at := now() + interval '1 hour'; return new; end $$;
        create trigger later before insert on frontdesk.jobs for each row execute function frontdesk.later();`);
    const { session_key: key, session_id: id } = await completeSession();
    const began = Date.now();
    const answer = await quick({ session_key: key });
    await gateway.sql('drop trigger later on frontdesk.jobs;');
    assert.equal(answer.status, 202, answer.text);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    assert.deepEqual(answer.json(), { session_id: id, status: 'generating_chart' });
    assert.ok(Date.now() - began > 4500 && Date.now() - began < 15_000);
    await gateway.sql(`update frontdesk.jobs set due_at = now() where session_id = '${id}';`);
    assert.equal((await quick({ session_key: key })).status, 200);
});

test('without a key a client gets ten a minute', async () => {
    const answers = [];
    for (let i = 0; i < 22; i++) answers.push(await quick({}, { from: '198.51.100.7' }));
    const limited = answers.filter(({ status }) => status === 429);
    assert.ok(limited.length >= 1 && answers.length - limited.length >= 10, String(limited.length));
    assert.ok(Number(limited[0].headers['retry-after']) > 0);
    assert.equal((await quick({}, { from: '198.51.100.8' })).status, 422, 'another client is another client');
});

// ---- The operator's word that somebody signed up ----

function convert(body, { secret = SECRET, at = Math.floor(Date.now() / 1000), signature } = {}) {
    const text = JSON.stringify(body);
    const digest = createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
    return ask(`${gateway.url}${API}/conversion`, {
        method: 'POST', body: text,
        headers: { 'content-type': 'application/json', 'x-frontdesk-signature': signature ?? `t=${at},v1=${digest}` },
    });
}

test('a signed conversion is noted, once and again, by either secret of a rotation', async () => {
    const { session_key: key } = await completeSession();
    const { profile_id: profile, session_id: session } = (await quick({ session_key: key })).json();
    const isConverted = () => gateway.value(`select converted_to_full_user from instant_onboarding_profiles where profile_id = '${profile}'`);
    assert.equal(await isConverted(), false);
    const answer = await convert({ profile_id: profile });
    assert.deepEqual([answer.status, answer.json()], [200, { converted_to_full_user: true }]);
    assert.equal(await isConverted(), true);
    assert.equal((await convert({ session_id: session }, { secret: OLD_SECRET })).status, 200);
    assert.equal((await convert({ profile_id: randomUUID() })).status, 404);
    assert.equal((await convert({})).status, 422);
});

test('an unsigned, wrong, old or early conversion is refused', async () => {
    const now = Math.floor(Date.now() / 1000);
    const body = { profile_id: randomUUID() };
    for (const how of [{ secret: 'another' }, { at: now - 301 }, { at: now + 400 }, { signature: '' }, { signature: 't=1' },
        { signature: `t=${now},v1=` }, { signature: `t=${now},v1=${'0'.repeat(64)}` }])
        assert.equal((await convert(body, how)).status, 403, JSON.stringify(how));
});

test('how charts are computed is a setting of the flow', async () => {
    const usual = (await quick(BIRTH)).status;
    assert.equal(usual, 200);
    appendFileSync(`${gateway.home}/config/flows/instant_onboarding.yaml`, 'chart: {ayanamsa: raman, houses: placidus, node: true}\n');
    gateway.signal('SIGHUP');
    await until(() => gateway.log.split('loaded anew').length > 2, 'both workers to load the flow');
    const { session_key: key } = await completeSession();
    const { profile_id: profile } = (await quick({ session_key: key })).json();
    const [{ chart }] = await gateway.rows(`select chart from frontdesk.charts where profile_id = '${profile}'`);
    assert.deepEqual([chart.ayanamsa.name, chart.houses.system, chart.node], ['raman', 'placidus', 'true']);
});
