// Can an operator find, help, export and erase at the desk, is every deed in the audit log, and can nobody do more than
// their role?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { withoutIdsAndTimes } from '../support/masked.mjs';
import { restClient, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { graphError } from '../support/providers.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

const TOKENS = { viewer: 'viewer-token-0123456789', operator: 'operator-token-0123456789' };
const hashOf = (token) => createHash('sha256').update(token).digest('hex');
const LIST = Object.entries(TOKENS).map(([role, token]) => `- name: ${role}\n  role: ${role}\n  sha256: ${hashOf(token)}\n`).join('');
const WHY = 'they rang us up';
const PERSONAL = /Asha|Rao|1990|15 August|9812300001/;

let house;
let gateway;
let asha;

before(async () => {
    house = await openHouse();
    const list = path.join(house.folder, 'operators.yaml');
    writeFileSync(list, LIST, { mode: 0o600 });
    gateway = await house.start({ workers: 2, env: { ADMIN_TOKENS_FILE: list, API_PER_MINUTE: '100000' } });
    asha = whatsappPerson(gateway, '919812300001', 'Asha Rao');
    await asha.talks('hi', 'Asha Rao', '15 August 1990');
});
after(() => house?.close());

/* As the operator admin, unless a role is named; gives the answer. */
const asks = (method, where, body = null, role = null) => ask(`${gateway.url}/admin/api/${where}`, {
    method, body, headers: { authorization: `Bearer ${role ? TOKENS[role] : gateway.secrets.adminToken}` } });
const sees = async (where, role) => {
    const answer = await asks('GET', where, null, role);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
};
const does = async (where, body, role = 'operator') => {
    const answer = await asks('POST', where, { why: WHY, ...body }, role);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
};
const refuses = async (status, words, where, body, role = 'operator') => {
    const answer = await asks('POST', where, body, role);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, words);
};
const sessionOf = (number) => gateway.value(`select c.session_id from frontdesk.conversations c
    join frontdesk.addresses a using (contact_id) where a.address = '+${number}' order by c.last_input_at desc limit 1`);
const versionOf = async (id) => Number(await gateway.value(`select version from frontdesk.conversations where session_id = '${id}'`));
const statusOf = (id) => gateway.value(`select status from instant_onboarding_sessions where id = '${id}'`);
const audited = (action) => gateway.rows(`select operator, session_id, why, detail from frontdesk.audit where action = '${action}' order by id`);
const lastAudited = async (action) => (await audited(action)).at(-1);

test('sessions are found by id, key, number, masked number and status, page by page, and always masked', async () => {
    const id = await sessionOf(asha.number);
    const key = await gateway.value(`select session_key from instant_onboarding_sessions where id = '${id}'`);
    for (const typed of [id, key, '+91 98123-00001', '+919…01', '+919*01']) {
        const { sessions } = await sees(`sessions?${new URLSearchParams({ q: typed, status: 'collecting_data' })}`, 'viewer');
        assert.deepEqual(sessions.map((session) => session.id), [id], typed);
        assert.equal(sessions[0].address, '+919…01');
        assert.equal(sessions[0].name, 'A…');
        assert.doesNotMatch(withoutIdsAndTimes(JSON.stringify(sessions)), PERSONAL);
    }
    assert.deepEqual((await sees('sessions?status=failed')).sessions, []);
    for (const query of ['q=98123', 'q=%2B9198%E2%80%A601', 'status=nonsense', 'channel=fax', 'before=2026-99-99T00:00:00.000000Z'])
        assert.equal((await asks('GET', `sessions?${query}`)).status, 422, `${query}: a number can't be guessed piece by piece`);
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, created_at)
        select 'many-of-them-' || lpad(n::text, 12, '0'), 'voice', '2026-01-05 10:00Z' from generate_series(1, 60) n`);
    const first = await sees('sessions?channel=voice');
    const last = first.sessions.at(-1);
    const second = await sees(`sessions?${new URLSearchParams({ channel: 'voice', before: last.created_at, before_id: last.id })}`);
    assert.deepEqual([first.sessions.length, first.has_more, second.sessions.length, second.has_more], [50, true, 10, false]);
    assert.equal(new Set([...first.sessions, ...second.sessions].map((session) => session.id)).size, 60);
});

test('a transcript is masked until it is revealed, by who may, and that is written down', async () => {
    const id = await sessionOf(asha.number);
    const masked = await sees(`sessions/${id}`, 'viewer');
    assert.doesNotMatch(withoutIdsAndTimes(JSON.stringify(masked.session)), PERSONAL);
    assert.match(masked.session.kept_since, /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(masked.stops.map((stop) => stop.id), ['name', 'birth_date', 'birth_time', 'birth_place', 'confirm']);
    for (const role of ['viewer', 'operator']) await refuses(403, /role|may/, `sessions/${id}/reveal`, { why: WHY }, role);
    await refuses(422, /Say why/, `sessions/${id}/reveal`, {}, null);
    await refuses(422, /too long/, `sessions/${id}/reveal`, { why: 'x'.repeat(501) }, null);
    assert.deepEqual(await audited('reveal'), []);
    const { session } = await does(`sessions/${id}/reveal`, {}, null);
    const said = session.transcript.map((line) => `${line.by}: ${line.text}`);
    assert.ok(said.includes('person: Asha Rao') && said.some((line) => line.startsWith("us: Welcome!")), said.join('\n'));
    assert.deepEqual(await audited('reveal'), [{ operator: 'admin', session_id: id, why: WHY, detail: {} }]);
    assert.equal((await asks('GET', 'sessions/00000000-0000-4000-8000-000000000000')).status, 404);
});

test('the last reply goes out once more; whoever looks at an older turn is told to look again', async () => {
    const id = await sessionOf(asha.number);
    const version = await versionOf(id);
    const heard = gateway.providers.graph.to(asha.number).length;
    assert.deepEqual(await does(`sessions/${id}/resend`, { version }), { said: 1, status: 'collecting_data', version: version + 1 });
    assert.equal(wordsOf(await asha.hears(heard + 1)), wordsOf(await asha.hears(heard)));
    assert.deepEqual(await lastAudited('resend'), { operator: 'operator', session_id: id, why: WHY, detail: { status: 'collecting_data' } });
    await refuses(409, /moved on/, `sessions/${id}/resend`, { why: WHY, version });
    await refuses(422, /version/, `sessions/${id}/resend`, { why: WHY });
    await refuses(403, /role|may/, `sessions/${id}/resend`, { why: WHY, version: version + 1 }, 'viewer');
    assert.equal((await audited('resend')).length, 1);
    assert.match(wordsOf(await asha.talks('6:30 pm')), /Which town/, 'the conversation goes on as if nothing had happened');
});

test('of two operators and a person at once each is served in turn, and only one operator', async () => {
    const id = await sessionOf(asha.number);
    const version = await versionOf(id);
    const before = (await audited('move')).length;
    const [first, second, heard] = await Promise.all([
        asks('POST', `sessions/${id}/move`, { why: WHY, version, step: 'name' }),
        asks('POST', `sessions/${id}/move`, { why: WHY, version, step: 'birth_date' }),
        asha.says('help'),
    ]);
    assert.equal(heard.status, 200);
    const won = [first, second].filter((answer) => answer.status === 200).length;
    assert.ok(won <= 1 && [first, second].every((answer) => [200, 409].includes(answer.status)), `${first.status} ${second.status}`);
    assert.equal((await audited('move')).length, before + won);
    assert.equal(await versionOf(id), version + 1 + won);
});

test('a session is moved to a question, and its answer leads on', async () => {
    const id = await sessionOf(asha.number);
    const heard = gateway.providers.graph.to(asha.number).length;
    await refuses(422, /which question/, `sessions/${id}/move`, { why: WHY, version: await versionOf(id), step: 'shoe_size' });
    await does(`sessions/${id}/move`, { version: await versionOf(id), step: 'birth_date' });
    assert.match(wordsOf(await asha.hears(heard + 1)), /born/);
    assert.deepEqual((await lastAudited('move')).detail, { status: 'collecting_data', step: 'birth_date' });
    await asha.talks('16 August 1990');
    assert.equal(await gateway.value(`select collected_data ->> 'birth_date' from instant_onboarding_sessions where id = '${id}'`), '1990-08-16');
});

test('a session is handed over, and ended; then only its last word can be said again', async () => {
    const ravi = smsPerson(gateway, '+919812300002');
    await ravi.saysAll('hi', 'Ravi');
    const id = await sessionOf('919812300002');
    await does(`sessions/${id}/hand_over`, { version: await versionOf(id) });
    await does(`sessions/${id}/fail`, { version: await versionOf(id) });
    assert.equal(await statusOf(id), 'failed');
    await until(() => gateway.providers.twilio.to('+919812300002').some((sent) => /went wrong here/.test(sent.content.Body)), 'the apology');
    assert.equal((await lastAudited('fail')).session_id, id);
    assert.equal((await lastAudited('hand_over')).session_id, id);
    await refuses(422, /has ended/, `sessions/${id}/move`, { why: WHY, version: await versionOf(id), step: 'name' });
    await until(async () => (await asks('POST', `sessions/${id}/resend`, { why: WHY, version: await versionOf(id) })).status === 200, 'its last word again');
});

test('who has opted out, and who can only be answered, is not written to', async () => {
    const sita = whatsappPerson(gateway, '919812300003', 'Sita');
    await sita.talks('hi', 'Sita', 'STOP');
    const out = await sessionOf(sita.number);
    await refuses(422, /opted out/, `sessions/${out}/resend`, { why: WHY, version: await versionOf(out) });
    const { session_id: id } = await restClient(gateway).begin();
    await refuses(422, /nowhere to send/, `sessions/${id}/resend`, { why: WHY, version: await versionOf(id) });
    await does(`sessions/${id}/move`, { version: await versionOf(id), step: 'birth_date' });
});

test('messages that were given up are counted, then tried again or dropped all at once', async () => {
    const people = ['919812300011', '919812300012'].map((number) => whatsappPerson(gateway, number));
    for (const person of people) {
        gateway.providers.graph.nextTo(person.number, graphError(131026));
        await person.says('hi');
    }
    const failed = "select count(*) from frontdesk.outbox where state = 'failed' and error_code = 131026";
    await until(async () => Number(await gateway.value(failed)) === 2, 'both given up');
    const seen = await sees('outbox?state=failed&code=131026', 'viewer');
    assert.equal(seen.groups.find((group) => group.error_code === 131026).count, 2);
    assert.deepEqual(seen.messages.map((message) => [message.why, message.to]), [['given_up', '+919…12'], ['given_up', '+919…11']]);
    assert.deepEqual(await does('outbox/retry', { code: 131026, channel: 'whatsapp' }), { count: 2, is_done: false });
    await refuses(409, /There are 2 such messages now, not 3/, 'outbox/retry', { why: WHY, code: 131026, count: 3 });
    await refuses(403, /role|may/, 'outbox/retry', { why: WHY, code: 131026, count: 2 }, 'viewer');
    await refuses(422, /Say why/, 'outbox/retry', { code: 131026, count: 2 });
    await refuses(422, /Say which/, 'outbox/drop', { why: WHY });
    assert.deepEqual(await audited('outbox_retry'), []);
    assert.deepEqual(await does('outbox/retry', { code: 131026, count: 2 }), { count: 2, is_done: true });
    for (const person of people) await person.hears(2);
    assert.deepEqual((await lastAudited('outbox_retry')).detail, { count: 2, error_code: 131026 });

    await gateway.sql(`insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state, due_at)
        values (frontdesk.week_of(now()), 1, 'sms', 'x', '{"to":"+15550100777"}', '{"text":"later"}', 'waiting', now() + interval '1 day')`);
    const [later] = (await sees('outbox?state=waiting')).messages;
    assert.equal(later.why, 'later');
    assert.deepEqual(await does('outbox/drop', { id: later.id, count: 1 }), { count: 1, is_done: true });
    assert.deepEqual((await lastAudited('outbox_drop')).detail, { count: 1, message: later.id });
});

test('more than a thousand are tried again, or dropped, at a stroke', async () => {
    const put = (state, code, more) => gateway.sql(`insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state, error_code, due_at)
        select frontdesk.week_of(now()), n, 'sms', 'bulk', '{"to":"+15550100777"}', '{"text":"later"}', '${state}', ${code}, ${more}
        from generate_series(1, 1200) n`);
    const states = () => gateway.rows(`select state, count(*)::int as count from frontdesk.outbox where account = 'bulk' group by state order by state`);
    await put('waiting', 20429, "now() + interval '1 day'");
    assert.equal((await sees('outbox?state=waiting&code=20429')).groups.find((group) => group.error_code === 20429).count, 1200);
    assert.deepEqual(await does('outbox/drop', { code: 20429, channel: 'sms', count: 1200 }), { count: 1200, is_done: true });
    assert.deepEqual(await states(), [{ state: 'failed', count: 1200 }]);
    assert.deepEqual(await does('outbox/retry', { code: 20429, channel: 'sms', count: 1200 }), { count: 1200, is_done: true });
    // The gateway is sending them by now, and settles as many at once: its rows and ours in any order would be a deadlock.
    await gateway.sql("begin; lock table frontdesk.outbox in exclusive mode; delete from frontdesk.outbox where account = 'bulk'; commit");
});

test('the flow is drawn with how many went which way today', async () => {
    const { flows } = await sees('flow', 'viewer');
    const flow = flows.find(({ id }) => id === 'instant_onboarding');
    const way = (from, to, kind) => flow.ways.find((one) => one.from === from && one.to === to && one.kind === kind);
    assert.ok(flow.sessions >= 3 && way('started', 'step_name', 'on').count >= 3);
    assert.ok(way('step_name', 'step_birth_date', 'on').count >= 2);
    assert.equal(way('generating_chart', 'failed', 'fail').count, 1);
    assert.equal(way('step_birth_date', 'step_name', 'back').count, null);
    assert.ok(way('confirm', 'generating_chart', 'on'));
    assert.equal(flow.places.find(({ id }) => id === 'failed').here, 1);
    const names = new Set(flow.places.map(({ id }) => id));
    for (const { from, to } of flow.ways) assert.ok(names.has(from) && names.has(to), `${from} → ${to}`);
});

test('an export is masked or revealed, written down first, and no cell of it is a formula', async () => {
    const evil = { name: '=HYPERLINK("http://evil.example";"x")', birth_place: '<script>alert(1)</script>' };
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, collected_data, phone_number)
        values ('formula-session-0000000000', 'web', $json$${JSON.stringify(evil)}$json$, '+919812300009')`);
    await refuses(403, /role|may/, 'sessions/export', { why: WHY });
    const masked = await does('sessions/export', {}, null);
    assert.doesNotMatch(masked.csv, /HYPERLINK|9812300009|Asha/);
    const { csv, rows, after: next } = await does('sessions/export', { reveals: true, channel: 'web' }, null);
    assert.match(csv, /"'=HYPERLINK\(""http:\/\/evil\.example"";""x""\)"/);
    assert.match(csv, /,'\+919812300009,/);
    for (const cell of csv.split(/\r\n|,/)) assert.doesNotMatch(cell, /^"?[=+@\t]/, cell);
    assert.equal(next, null);
    assert.equal(csv.trimEnd().split('\r\n').length, rows + 1);
    assert.deepEqual((await audited('export')).map(({ detail }) => detail), [{ reveals: false }, { reveals: true, channel: 'web' }]);
    await refuses(422, /no such/, 'sessions/export', { why: WHY, after: { at: 'yesterday', id: 'x' } }, null);
});

test('a large export comes in parts that join to one file, each written down', async () => {
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, collected_data)
        select 'part-of-the-export-' || lpad(n::text, 12, '0'), 'voice', jsonb_build_object('birth_place', repeat('Pune, ', 700)) from generate_series(1, 1200) n`);
    const noted = (await audited('export')).length;
    const parts = [await does('sessions/export', { reveals: true, channel: 'voice' }, null)];
    while (parts.at(-1).after) parts.push(await does('sessions/export', { reveals: true, channel: 'voice', after: parts.at(-1).after }, null));
    assert.equal(parts.length, 2);
    const lines = parts.map(({ csv }) => csv).join('').trimEnd().split('\r\n');
    const expected = Number(await gateway.value("select count(*) from instant_onboarding_sessions where channel = 'voice'"));
    assert.equal(lines.length, expected + 1);
    assert.equal(new Set(lines.map((line) => line.split(',')[0])).size, expected + 1);
    assert.match(lines[0], /^id,/);
    assert.equal((await audited('export')).length, noted + 2);
});

test('erasing says how much goes, takes the person everywhere, and leaves the word of it', async () => {
    const id = await sessionOf(asha.number);
    assert.equal((await asks('GET', `sessions/${id}/person`, null, 'operator')).status, 403);
    const counts = await sees(`sessions/${id}/person`);
    assert.equal(counts.session_count, 1);
    assert.ok(counts.said_count >= 5 && counts.outbox_count >= 5);
    await refuses(403, /role|may/, `sessions/${id}/erase`, { why: WHY });
    await does(`sessions/${id}/erase`, {}, null);
    assert.equal((await asks('GET', `sessions/${id}`)).status, 404);
    assert.equal(await gateway.value(`select count(*) from frontdesk.addresses where address = '+${asha.number}'`), 0);
    assert.deepEqual((await audited('erase')), [{ operator: 'admin', session_id: id, why: WHY, detail: { sessions: 1 } }]);
    assert.equal((await asks('POST', `sessions/${id}/erase`, { why: WHY })).status, 404);
    assertDiscreet(gateway);
    await gateway.stop();
});
