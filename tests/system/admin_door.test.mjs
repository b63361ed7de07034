// Who gets into the dashboard, with which rights, and who does not?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse, runAnyhow } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

const TOKENS = { vera: 'viewer-token-0123456789', priya: 'privacy-token-0123456789', gone: 'gone-token-0123456789' };
const hashOf = (token) => createHash('sha256').update(token).digest('hex');
const listed = (name, role, token, rest = '') => `- name: ${name}\n  role: ${role}\n  sha256: ${hashOf(token)}\n${rest}`;
const VERA = listed('Vera', 'viewer', TOKENS.vera);
const LIST = VERA + listed('Priya', 'privacy', TOKENS.priya) + listed('Gone', 'operator', TOKENS.gone, '  expires: 2020-01-31\n');

let house;
let gateway;
let list;

/* Behind a proxy, so that a request may come from any client. */
before(async () => {
    house = await openHouse();
    list = path.join(house.folder, 'operators.yaml');
    writeFileSync(list, LIST, { mode: 0o600 });
    gateway = await house.start({ env: { ADMIN_TOKENS_FILE: list, TRUSTED_PROXIES: '127.0.0.0/8' } });
});
after(() => house?.close());

const from = (client, headers = {}) => ({ 'x-forwarded-for': client, ...headers });
let clients = 0;
const signIn = (token, client = `10.0.0.${++clients}`, headers = {}) =>
    ask(`${gateway.url}/admin/api/sign-in`, { method: 'POST', headers: from(client, headers), body: { token } });
const me = (headers) => ask(`${gateway.url}/admin/api/me`, { headers });
const cookieOf = (answer) => answer.headers['set-cookie'][0].split(';')[0];
const signOut = (headers) => ask(`${gateway.url}/admin/api/sign-out`, { method: 'POST', headers, body: {} });

test('a token becomes a cookie that no script reads and no other site sends', async () => {
    const answer = await signIn(TOKENS.vera);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), { name: 'Vera', role: 'viewer' });
    const [cookie] = answer.headers['set-cookie'];
    assert.match(cookie, /^frontdesk_operator=[0-9a-f]{16}\.\d+\.[0-9a-f]{64}; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    assert.ok(!cookie.includes(TOKENS.vera));
    assert.deepEqual((await me({ cookie: `theme=dark; ${cookieOf(answer)}` })).json(), { name: 'Vera', role: 'viewer' });
    const secure = await signIn(TOKENS.vera, undefined, { 'x-forwarded-proto': 'https' });
    assert.match(secure.headers['set-cookie'][0], /; Secure$/);
});

test('ADMIN_TOKEN is the operator admin, by cookie or as a bearer', async () => {
    const who = { name: 'admin', role: 'privacy' };
    assert.deepEqual((await signIn(gateway.secrets.adminToken)).json(), who);
    assert.deepEqual((await me({ authorization: `Bearer ${gateway.secrets.adminToken}` })).json(), who);
    assert.equal((await ask(`${gateway.url}/api/v2/instant-onboarding/stats`,
        { headers: { authorization: `Bearer ${TOKENS.vera}` } })).status, 200);
});

test('a wrong, expired, forged or missing proof is refused in words', async () => {
    for (const token of ['wrong', '', TOKENS.gone, hashOf(TOKENS.vera)]) {
        const answer = await signIn(token);
        assert.equal(answer.status, 401, token);
        assert.match(answer.json().detail, /No operator has this token, or it has expired/);
        assert.equal(answer.headers['set-cookie'], undefined);
    }
    const cookie = cookieOf(await signIn(TOKENS.vera));
    for (const forged of ['', cookie.slice(0, -1), cookie.replace(/\.\d+\./, '.9999999999.')]) {
        const answer = await me({ cookie: forged });
        assert.equal(answer.status, 401, forged);
        assert.match(answer.json().detail, /^Sign in at \/admin/);
    }
});

test('a change by cookie needs the header that other sites can’t send', async () => {
    const cookie = cookieOf(await signIn(TOKENS.priya));
    const refused = await signOut({ cookie });
    assert.equal(refused.status, 403);
    assert.match(refused.json().detail, /X-Frontdesk-Csrf/);
    const answer = await signOut({ cookie, 'x-frontdesk-csrf': '1' });
    assert.equal(answer.status, 200);
    assert.match(answer.headers['set-cookie'][0], /^frontdesk_operator=; Path=\/admin; Max-Age=0;/);
});

test('the page and its files are served under a strict policy, without a proof', async () => {
    const page = await ask(`${gateway.url}/admin`);
    assert.equal(page.status, 200);
    assert.match(page.headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.equal((await ask(`${gateway.url}/admin/admin.js`)).headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal((await ask(`${gateway.url}/admin/`)).headers.location, '../admin');
    assert.equal((await ask(`${gateway.url}/admin/nothing.js`)).status, 404);
});

test('whoever guesses is slowed down, and nobody else with them', async () => {
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push((await signIn('guess', '10.1.1.1')).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    const late = await signIn(TOKENS.vera, '10.1.1.1');
    assert.equal(late.status, 429);
    assert.ok(Number(late.headers['retry-after']) >= 1);
    assert.equal((await signIn(TOKENS.vera, '10.1.1.2')).status, 200);
});

test('a program that tries tokens is slowed down like a person, counted, and told of in the log', async () => {
    const stats = (token, client) => ask(`${gateway.url}/api/v2/instant-onboarding/stats`,
        { headers: from(client, { authorization: `Bearer ${token}` }) });
    const refused = () => gateway.metric('frontdesk_operator_tokens_refused_total');
    const before = await refused();
    for (let i = 0; i < 30; i++) assert.equal((await stats(TOKENS.vera, '198.51.100.7')).status, 200, 'right ones cost nothing');
    const answers = [];
    while (answers.length < 60 && answers.at(-1)?.status !== 429) answers.push(await stats('my-secret-guess', '198.51.100.7'));
    const wrong = answers.slice(0, -1);
    assert.ok(wrong.length >= 20 && wrong.length < 59, `${wrong.length} were let pass`);
    assert.equal(new Set(wrong.map(({ status, text }) => `${status} ${text}`)).size, 1, 'all are refused alike');
    assert.equal(wrong[0].status, 401);
    assert.ok(Number(answers.at(-1).headers['retry-after']) >= 1);
    assert.equal((await stats(TOKENS.vera, '198.51.100.7')).status, 429, 'no guess is answered any more');
    assert.equal((await stats(TOKENS.vera, '198.51.100.8')).status, 200);
    assert.equal(await refused(), before + wrong.length);
    assert.match(gateway.log, /an operator's token was refused.*198\.51\.…/);
    assert.doesNotMatch(gateway.log, /my-secret-guess|198\.51\.100/);
});

test('SIGHUP takes the list anew: who is no more in it is out, and one with mistakes changes nothing', async () => {
    const priya = { cookie: cookieOf(await signIn(TOKENS.priya)) };
    writeFileSync(list, VERA.replace('viewer', 'boss'));
    gateway.signal('SIGHUP');
    await until(() => gateway.log.includes('operators has mistakes'), 'the complaint in the log');
    assert.equal((await me(priya)).status, 200);
    writeFileSync(list, VERA);
    gateway.signal('SIGHUP');
    await until(async () => (await me(priya)).status === 401, 'Priya to be out');
    assert.equal((await signIn(TOKENS.vera)).status, 200);
    assertDiscreet(gateway);
});

test('a list that others may read, or that has mistakes, is pointed at before anything starts', () => {
    const file = path.join(house.folder, 'careless.yaml');
    const start = () => runAnyhow(gateway.home, ['serve'], { ...gateway.env, ADMIN_TOKENS_FILE: file });
    writeFileSync(file, VERA);
    chmodSync(file, 0o644);
    assert.match(start().stderr, /careless\.yaml:0:0: others may read or change this file/);
    chmodSync(file, 0o600);
    writeFileSync(file, `${VERA}  expires: soon\n`);
    const { status, stderr } = start();
    assert.equal(status, 2);
    assert.match(stderr, /careless\.yaml:4:12: expires: a day such as/);
    assert.equal(runAnyhow(gateway.home, ['check'], { ...gateway.env, ADMIN_TOKENS_FILE: `${file}.none` }).status, 2);
});

test('`operators token` prints a token and the lines that let it in', async () => {
    const [token, ...entry] = runAnyhow(gateway.home, ['operators', 'token', 'Ravi "R"', 'operator', '--days', '30']).stdout.split('\n');
    writeFileSync(list, VERA + entry.join('\n'));
    gateway.signal('SIGHUP');
    const answer = await until(async () => {
        const asked = await me({ authorization: `Bearer ${token}` });
        return asked.status === 200 && asked;
    }, 'the new operator to be let in');
    assert.deepEqual(answer.json(), { name: 'Ravi "R"', role: 'operator' });
    assert.match(runAnyhow(gateway.home, ['operators', 'token', 'Ravi', 'boss']).stderr, /role is one of/);
});

test('audit rows are added and never rewritten', async () => {
    await gateway.sql("select frontdesk.audit('Priya', 'reveal', gen_random_uuid(), 'a complaint', '{\"what\": \"phone\"}')");
    for (const change of ["update frontdesk.audit set why = 'x'", 'delete from frontdesk.audit', 'truncate frontdesk.audit'])
        await assert.rejects(gateway.sql(change), /only ever added to/, change);
    await assert.rejects(gateway.sql("select frontdesk.audit('Priya', 'reveal', null, '', '{}')"), /check constraint/);
    const [{ operator, why }] = await gateway.rows('select * from frontdesk.audit where action = \'reveal\'');
    assert.deepEqual({ operator, why }, { operator: 'Priya', why: 'a complaint' });
});

test('who came in and who could not is in the audit log, and whoever guesses can’t fill it', async () => {
    const noted = (action) => gateway.rows(`select operator, why, detail from frontdesk.audit where action = '${action}' order by id`);
    await signIn(TOKENS.vera, '203.0.113.77');
    assert.deepEqual((await noted('sign_in')).at(-1), { operator: 'Vera', why: 'Signed in with a token.', detail: { client: '203.0.…' } });
    await signIn('my-secret-guess', '2001:db8:1:2::77');
    assert.deepEqual((await noted('sign_in_refused')).at(-1),
        { operator: '(unknown)', why: 'No operator has the token that was tried.', detail: { client: '2001:db8:…' } });
    await gateway.sql("select frontdesk.audit_sign_in(null, '203.0.…', 30) from generate_series(1, 40)");
    const refused = await noted('sign_in_refused');
    assert.equal(refused.length, 30);
    assert.equal(refused.at(-1).detail.more, 'not noted for up to an hour');
    assert.equal((await signIn('another')).status, 401);
    assert.equal((await noted('sign_in_refused')).length, 30);
    assert.doesNotMatch(JSON.stringify(await gateway.rows('select * from frontdesk.audit')), /my-secret-guess|113\.77|::77|-token-0/);
});

test('without any operator there is no dashboard', async () => {
    const closed = await house.start({ env: { ADMIN_TOKEN: null } });
    for (const where of ['/admin', '/admin/admin.js', '/admin/api/me', '/api/v2/instant-onboarding/stats'])
        assert.equal((await ask(closed.url + where)).status, 404, where);
    await closed.stop();
    await gateway.stop();
});
