// Is the API's description true: valid, complete, and kept by the answers? And does /docs bring all that it needs?
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openHouse } from '../support/gateway.mjs';
import { newSid, postTwilio } from '../support/people.mjs';
import { ONBOARDING, describedBy, withLibraries } from '../support/reference.mjs';
import { ask } from '../support/request.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const WRITTEN = path.join(root, 'channels/web/reference/openapi');
const DEEP_LINK = 'start_session_instant_onboarding_session_start_post';
/* What lies below a page is part of it: its files, its forms, the providers that the simulator plays. */
const PARTS_OF_PAGES = /^\/((docs|simulator|admin)\/|chat\/$)/;

let house;
let gateway;
let api;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ settings: withLibraries, env: { SIMULATOR: 'true' } });
    api = await describedBy(gateway);
});
after(async () => { await house?.close(); });

const post = (where, body, headers = {}) => ask(gateway.url + ONBOARDING + where, { method: 'POST', body, headers });
const get = (where, headers = {}) => ask(gateway.url + where, { headers });

// ---- The document ----

test('it is valid OpenAPI 3.1, and the old deep link leads to the start', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(api.document));
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.match(api.document.openapi, /^3\.1\./);
    const start = api.document.paths[`${ONBOARDING}/session/start`].post;
    assert.deepEqual([start.tags, start.operationId], [['Bonus Features'], DEEP_LINK]);
});

test('every operation has a name of its own, a known tag and a summary; every reference leads somewhere', () => {
    const tags = api.document.tags.map(({ name }) => name);
    const names = api.operations().map(([where, method, operation]) => {
        assert.ok(operation.summary, `${method} ${where}`);
        assert.ok(tags.includes(operation.tags[0]), `${method} ${where}: ${operation.tags}`);
        return operation.operationId;
    });
    assert.equal(new Set(names).size, names.length);
    for (const [, reference] of JSON.stringify(api.document).matchAll(/"\$ref":"([^"]+)"/g)) api.at({ $ref: reference });
});

/* The paths of routes.c; names of constants are looked up beside it. */
function routes() {
    const folder = path.join(root, 'src/gateway');
    const all = readdirSync(folder).filter((name) => /\.[ch]$/.test(name)).map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n');
    const valueOf = (name) => all.match(new RegExp(`^#define ${name}\\s+"([^"]*)"`, 'm'))[1];
    const lines = readFileSync(path.join(folder, 'routes.c'), 'utf8').matchAll(/^    \{STR_INIT\((?:([A-Z_]+) ?)?(?:"([^"]*)")?\), \.takes/gm);
    return [...lines].map(([, name, text = '']) => (name ? valueOf(name) : '') + text);
}

const filled = (where) => where.replace(/\{[^}]+\}/g, '00000000-0000-4000-8000-000000000000');
const methodsOf = async (where) => (await ask(gateway.url + where, { method: 'OPTIONS' })).headers.allow?.toLowerCase().split(', ')
    .filter((method) => !/head|options/.test(method));

test('every route of the program stands in it, with its methods', async () => {
    const found = routes();
    assert.ok(found.length > 20 && found.includes('/ws') && found.includes(`${ONBOARDING}/session/start`), found.join(' '));
    for (const route of found) {
        if (PARTS_OF_PAGES.test(route)) continue;
        const described = Object.keys(api.document.paths).filter((where) => (route.endsWith('/') && route !== '/' && route !== `${ONBOARDING}/`
            ? where.startsWith(route) : where === route || where === `${route}/`));
        assert.ok(described.length, `${route} is not described`);
        const methods = new Set(described.flatMap((where) => Object.keys(api.document.paths[where]).filter((key) => key !== 'parameters')));
        assert.deepEqual([...methods].sort(), (await methodsOf(route)).sort(), route);
    }
});

test('it describes nothing that is not there', async () => {
    for (const where of Object.keys(api.document.paths)) assert.ok(await methodsOf(filled(where)), where);
    const withoutSimulator = await house.start();
    const paths = Object.keys((await describedBy(withoutSimulator)).document.paths);
    assert.ok(paths.includes('/healthz') && !paths.includes('/simulator'));
    await withoutSimulator.stop();
});

test('its examples are as it says, and its errors have the titles that we give them', () => {
    const titles = Object.fromEntries([...readFileSync(path.join(root, 'src/base/err.h'), 'utf8')
        .matchAll(/X\(\w+, (\d+), "([^"]+)"\)/g)].map(([, status, title]) => [status, title]));
    let count = 0;
    const check = (where, content, status) => {
        for (const media of Object.values(content ?? {}))
            for (const value of [media.example, ...Object.values(media.examples ?? {}).map((example) => example.value)]) {
                if (value === undefined) continue;
                api.fits(value, media.schema, where);
                if (status >= 400 && value.title) assert.deepEqual([value.status, value.title], [Number(status), titles[status]], where);
                count++;
            }
    };
    for (const [where, method, operation] of api.operations()) {
        check(`${method} ${where}`, api.at(operation.requestBody)?.content);
        for (const [status, response] of Object.entries(operation.responses)) check(`${method} ${where} ${status}`, api.at(response).content, status);
    }
    assert.ok(count > 40, `only ${count} examples`);
});

test('what is written is found again: no path is lost by a slip of the pen', () => {
    const written = readdirSync(WRITTEN).flatMap((name) => Object.keys(JSON.parse(readFileSync(path.join(WRITTEN, name), 'utf8')).paths ?? {}));
    const missing = written.filter((where) => !api.document.paths[where]);
    assert.deepEqual(missing, []);
});

// ---- The answers ----

test('a conversation is answered as described, with what is wrong in it', async () => {
    const started = await post('/session/start', { channel: 'web', language: 'en' });
    api.holds(started, 'post', `${ONBOARDING}/session/start`);
    const example = api.document.paths[`${ONBOARDING}/session/start`].post.responses[200].content['application/json'].example;
    assert.equal(started.json().message, example.message);
    const key = started.json().session_key;
    const collect = async (body, status = 200, headers = {}) => {
        const answer = await post('/session/collect', body, headers);
        assert.equal(answer.status, status, answer.text);
        api.holds(answer, 'post', `${ONBOARDING}/session/collect`);
        return answer.json();
    };
    assert.equal((await collect({ session_key: key, data: { name: 'Asha Rao', birth_date: '31 February' } })).errors.length, 1);
    await collect({ session_key: key, text: '15 August 1990' });
    await collect({ session_key: key, data: { latitude: 91 } }, 422);
    await collect({ data: {} }, 422);
    await collect('[', 400, { 'content-type': 'application/json' });
    await collect({ session_key: 'x'.repeat(32), text: 'hi' }, 404);
    assert.ok((await collect({ session_key: key, data: { birth_time: '14:30', birth_place: 'Pune' } })).choices);
    assert.equal((await collect({ session_key: key, text: 'yes' })).next_step, null);

    for (const [headers, status] of [[{ 'x-session-key': key }, 200], [{}, 422], [{ 'x-session-key': 'x'.repeat(32) }, 404]]) {
        const answer = await get(`${ONBOARDING}/session`, headers);
        assert.equal(answer.status, status);
        api.holds(answer, 'get', `${ONBOARDING}/session`);
    }
    for (const [query, headers, status] of [['Pu', { 'x-session-key': key }, 200], ['Pu', {}, 403], ['P'.repeat(101), {}, 422]]) {
        const answer = await get(`${ONBOARDING}/places?q=${query}`, headers);
        assert.equal(answer.status, status);
        api.holds(answer, 'get', `${ONBOARDING}/places`);
    }
});

test('a start that is wrong, repeated, or one too many', async () => {
    const holds = (answer, status) => {
        assert.equal(answer.status, status, answer.text);
        api.holds(answer, 'post', `${ONBOARDING}/session/start`);
    };
    holds(await post('/session/start', { channel: 'fax', language: 'xx', flow: 7 }), 422);
    holds(await post('/session/start', '{', { 'content-type': 'application/json' }), 400);
    holds(await post('/session/start', 'a=b', { 'content-type': 'text/plain' }), 415);
    const once = { 'idempotency-key': 'reference-1' };
    holds(await post('/session/start', { language: 'hi' }, once), 200);
    holds(await post('/session/start', { language: 'en' }, once), 422);
    const many = await Promise.all(Array.from({ length: 100 }, () => post('/session/start', {})));
    const refused = many.find(({ status }) => status === 429);
    assert.ok(refused, 'a hundred starts at once were all taken');
    holds(refused, 429);
});

test('charts, their pages and pictures, and what became of their people', async () => {
    const drawing = await house.start({ env: { CHART_PROCESSES: '1' } });
    const asked = async (method, described, where = described, options = {}) => {
        const answer = await ask(drawing.url + where, { method: method.toUpperCase(), ...options });
        api.holds(answer, method, described);
        return answer;
    };
    const onboarding = (where, body, headers) => asked('post', ONBOARDING + where, ONBOARDING + where, { body, headers });
    const birth = { name: 'Asha Rao', birth_date: '1990-08-15', birth_time: '14:30', birth_place: 'Pune' };
    const chart = await onboarding('/quick-chart', birth);
    assert.equal(chart.status, 200);
    const example = api.document.paths[`${ONBOARDING}/quick-chart`].post.responses[200].content['application/json'].examples.birth.value;
    assert.deepEqual({ ...chart.json(), generated_at: example.generated_at }, example);
    assert.equal((await onboarding('/quick-chart', { name: 'Asha Rao' })).status, 422);
    assert.equal((await onboarding('/quick-chart', { session_key: 'x'.repeat(32) })).status, 404);

    const { session_key: key } = (await onboarding('/session/start', {})).json();
    await onboarding('/session/collect', { session_key: key, data: birth });
    const kept = (await onboarding('/quick-chart', { session_key: key })).json();
    const page = new URL(kept.chart_url);
    const form = { body: `t=${page.searchParams.get('t')}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const visits = [['get', '', 200], ['get', '.png', 200], ['get', '.svg', 200], ['post', '/viewed', 204], ['post', '/shared', 204], ['post', '', 422]];
    for (const [method, suffix, status] of visits) {
        const where = page.pathname + suffix;
        const described = `/chart/{profile_id}${suffix}`;
        assert.equal((await asked(method, described, method === 'get' ? where + page.search : where, method === 'get' ? {} : form)).status, status, where);
        assert.equal((await asked(method, described, `${where}?t=wrong`, method === 'get' ? {} : { ...form, body: 't=wrong&wish=hide_birth' })).status, 404);
    }
    const wish = await asked('post', '/chart/{profile_id}', page.pathname, { ...form, body: `${form.body}&wish=hide_birth` });
    assert.equal(wish.status, 303);
    assert.equal((await asked('get', '/c/{code}', '/c/nothing')).status, 404);

    const body = JSON.stringify({ profile_id: kept.profile_id });
    const now = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', drawing.secrets.webhookSecret).update(`${now}.${body}`).digest('hex');
    const json = { 'content-type': 'application/json' };
    assert.equal((await onboarding('/conversion', body, { ...json, 'x-frontdesk-signature': `t=${now},v1=${signature}` })).status, 200);
    assert.equal((await onboarding('/conversion', body, json)).status, 403);
    await drawing.stop();
});

test('what operators and providers ask is answered as described', async () => {
    const admin = { authorization: `Bearer ${gateway.secrets.adminToken}` };
    const info = await get(`${ONBOARDING}/`);
    const challenge = `?hub.mode=subscribe&hub.challenge=77&hub.verify_token=${gateway.secrets.verifyToken}`;
    for (const [where, headers, status, query = ''] of [[`${ONBOARDING}/`, {}, 200], [`${ONBOARDING}/stats`, {}, 401], [`${ONBOARDING}/stats`, admin, 200],
        ['/healthz', {}, 200], ['/readyz', {}, 200], ['/metrics', {}, 200], ['/ws', {}, 426], ['/chat', {}, 200], ['/', {}, 200], ['/widget.js', {}, 200],
        ['/docs', {}, 200], ['/openapi.json', {}, 200], ['/webhooks/whatsapp', {}, 200, challenge], ['/webhooks/whatsapp', {}, 403],
        ['/webhooks/twilio/sms', {}, 403], ['/webhooks/twilio/voice', {}, 403]]) {
        const answer = await get(where + query, headers);
        assert.equal(answer.status, status, where);
        api.holds(answer, 'get', where);
    }
    api.holds(await ask(`${gateway.url}/webhooks/whatsapp`, { method: 'POST', body: {} }), 'post', '/webhooks/whatsapp');
    const sms = { AccountSid: gateway.secrets.accountSid, MessageSid: newSid(), From: '+919812345678', To: gateway.smsNumber, Body: 'hi' };
    const replied = await postTwilio(gateway, '/webhooks/twilio/sms', sms);
    assert.match(replied.text, /<Message /);
    api.holds(replied, 'post', '/webhooks/twilio/sms');
    for (const flow of info.json().flows) api.fits({ flow }, { $ref: '#/components/schemas/Start' }, flow);
});

test('what HTTP itself refuses is a problem like any other', async () => {
    const problem = { $ref: '#/components/schemas/Problem' };
    for (const [answer, status] of [[await get('/nothing'), 404], [await get(`${ONBOARDING}/session/start`), 405],
        [await post('/session/start', { flow: 'x'.repeat(300_000) }), 413]]) {
        assert.equal(answer.status, status);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        api.fits(answer.json(), problem, `${status}`);
    }
});

test('switched off, it says so as described', async () => {
    const off = await house.start({ env: { FEATURE_INSTANT_ONBOARDING: 'false', ADMIN_TOKEN: null } });
    for (const where of ['/', '/stats'])
        api.holds(await ask(`${off.url}${ONBOARDING}${where}`), 'get', ONBOARDING + where);
    api.holds(await ask(`${off.url}${ONBOARDING}/session/start`, { method: 'POST', body: {} }), 'post', `${ONBOARDING}/session/start`);
    await off.stop();
});

// ---- The page ----

test('/docs brings its own files, small and cached, under a policy without loopholes', async () => {
    const page = await get('/docs');
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.doesNotMatch(page.text, /<script>|<style>| on\w+="|https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, where]) => `/${where}`);
    assert.equal(files.length, 4);
    for (const where of [...files, '/docs/swagger-ui-bundle.js.LICENSE.txt', '/openapi.json']) {
        const response = await fetch(gateway.url + where);
        const { status, headers } = response;
        assert.deepEqual([status, headers.get('content-encoding'), headers.get('x-content-type-options')], [200, 'gzip', 'nosniff'], where);
        assert.ok((await response.arrayBuffer()).byteLength > 100);
        assert.equal((await get(where, { 'if-none-match': headers.get('etag') })).status, 304);
    }
    for (const where of ['/docs/package.json', '/docs/%2e%2e/package.json', '/docs/swagger-ui.css.map']) assert.equal((await get(where)).status, 404, where);
    const { status, headers } = await get('/docs/');
    assert.deepEqual([status, headers.location], [308, '../docs']);
});

test('Swagger UI travels compressed, and arrives as it was installed', async () => {
    const response = await fetch(`${gateway.url}/docs/swagger-ui-bundle.js`);
    const packed = Number(response.headers.get('content-length'));
    assert.ok(packed > 100_000 && packed < 600_000, `${packed} bytes`);
    const installed = readFileSync(path.join(root, 'channels/web/libraries/node_modules/swagger-ui-dist/swagger-ui-bundle.js'));
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), installed);
});

test('where Swagger UI is not installed, the page says how to get it, and leads to the document', async () => {
    const bare = await house.start({ settings: (yaml) => yaml.replace(/^libraries: .*$/m, 'libraries: nowhere') });
    const page = await ask(`${bare.url}/docs`);
    assert.equal(page.status, 200);
    assert.match(page.text, /href="openapi.json"[^]*npm ci/);
    assert.equal((await ask(`${bare.url}/docs/reference.css`)).status, 200);
    assert.equal((await ask(`${bare.url}/docs/swagger-ui-bundle.js`)).status, 404);
    assert.equal((await ask(`${bare.url}/openapi.json`)).status, 200);
    await bare.stop();
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
