// Can an operator find, read, export and erase what people told us, and see none of it by accident?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHouse } from '../support/gateway.mjs';
import { withoutIdsAndTimes } from '../support/masked.mjs';
import { restClient, smsPerson } from '../support/people.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');
const ASHA = '+919812300001';
const RAVI = '+919812300002';
const MEERA = '+919812300003';
const PERSONAL = /Asha|Rao|1990|15 August|18:30|6:30|Pune|Maharashtra|9812300001|Kolkata|18\.5/;

let house;
let gateway;
before(async () => {
    house = await openHouse();
    gateway = await house.start();
    await smsPerson(gateway, ASHA).saysAll('hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune, Maharashtra');
    await smsPerson(gateway, RAVI).saysAll('hi', 'Ravi');
});
after(async () => { await house?.close(); });

/* Runs it to its end: { status, stdout, stderr }. */
function run(args, { input = '', env = {} } = {}) {
    const result = spawnSync(PROGRAM, args, { cwd: gateway.home, env: { ...gateway.env, ...env }, input, encoding: 'utf8',
        maxBuffer: 1 << 28, timeout: 120_000 });
    assert.doesNotMatch(result.stderr, /Sanitizer|runtime error/);
    return result;
}

function sessions(...args) {
    const { status, stdout, stderr } = run(['sessions', ...args]);
    assert.equal(status, 0, stderr);
    return stdout;
}

const sessionOf = async (number) => (await gateway.rows(`
    select s.id, s.session_key from instant_onboarding_sessions s join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a using (contact_id) where a.address = '${number}'`))[0];

/* A row as somebody's hand or PostgREST makes it; gives its id. */
async function insert(key, data, { at = "'2026-01-05 10:00Z'", phone = null } = {}) {
    const json = typeof data === 'string' ? data : JSON.stringify(data);
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, collected_data, created_at, phone_number)
                       values ('${key}', 'web', $json$${json}$json$, ${at}, ${phone ? `'${phone}'` : 'null'})`);
    return gateway.value(`select id from instant_onboarding_sessions where session_key = '${key}'`);
}

/* RFC 4180, strictly: CRLF after each record, quotes doubled. */
function readCsv(text) {
    const records = [[]];
    let rest = text;
    while (rest.length > 0) {
        const [all, quoted, bare, end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? assert.fail(`no CSV: ${rest.slice(0, 80)}`);
        records.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
        if (end !== ',') records.push([]);
        rest = rest.slice(all.length);
    }
    assert.deepEqual(records.pop(), [], 'the last record ends too');
    const [header, ...rows] = records;
    for (const row of rows) assert.equal(row.length, header.length);
    return rows.map((row) => Object.fromEntries(row.map((cell, i) => [header[i], cell])));
}

const stored = (cell) => cell.replace(/^'/, '');

// ---- list and show ----

test('list: a table, newest last, names and numbers masked unless they are to be revealed', () => {
    const lines = sessions('list').trimEnd().split('\n');
    assert.match(lines[0], /^BEGAN \(UTC\) +ID +CHANNEL +STATUS +FLOW +LANGUAGE +ANSWERS +FROM +NAME$/);
    assert.match(lines.at(-2), / sms +collecting_data +instant_onboarding +en +4 +\+919…01 +A…$/);
    assert.match(lines.at(-1), / sms +collecting_data +instant_onboarding +en +1 +\+919…02 +R…$/);
    const revealed = sessions('list', '--reveal').trimEnd().split('\n');
    assert.match(revealed.at(-2), /\+919812300001 +Asha Rao$/);
});

test('list: by status, channel, flow, day, and only so many', async () => {
    const old = await insert('k'.repeat(30), { name: 'Old' }, { at: "'2020-02-03 23:59Z'" });
    const has = (...args) => sessions('list', ...args).includes(old);
    assert.ok(has() && has('--channel', 'web') && has('--status', 'started') && has('--since', '2020-02-03'));
    assert.ok(!has('--channel', 'sms') && !has('--status', 'failed') && !has('--since', '2020-02-04') &&
              !has('--flow', 'instant_onboarding') && !has('--limit', '1'));
    assert.equal(sessions('list', '--limit', '1').trimEnd().split('\n').length, 2);
    assert.equal(sessions('list', '--status', 'failed'), 'no session fits\n');
});

test('show: answers and transcript masked, by id and by key', async () => {
    const { id, session_key: key } = await sessionOf(ASHA);
    for (const who of [id, id.toUpperCase(), key]) {
        for (const args of [[], ['--json']]) {
            const shown = sessions('show', who, ...args);
            assert.doesNotMatch(withoutIdsAndTimes(shown), PERSONAL);
            assert.ok(!shown.includes(key), 'who has the key has the session');
            assert.ok(shown.includes(id));
        }
    }
    const shown = sessions('show', id);
    assert.match(shown, /^  name +A…$/m);
    assert.match(shown, /^  birth_date +…$/m);
    assert.match(shown, /^  [-\d]+ [:\d]+  person sms +… \(8 characters\)$/m);
});

test('show --reveal: what was said, in order, as the person saw it', async () => {
    const { id, session_key: key } = await sessionOf(ASHA);
    const shown = sessions('show', id, '--reveal');
    assert.ok(shown.includes(key) && shown.includes(ASHA));
    assert.match(shown, /birth_time +18:30:00/);
    const parts = ['person sms      hi', "us     sms      Welcome! Let's create", 'person sms      Asha Rao', 'When were you born?',
        'person sms      15 August 1990', 'person sms      6:30 pm', 'person sms      Pune, Maharashtra', 'Is this right?',
        "1 That's right", '2 Change something'];
    const places = parts.map((part) => shown.indexOf(part));
    assert.ok(places.every((place, i) => place > (places[i - 1] ?? 0)), JSON.stringify(places));

    const json = JSON.parse(sessions('show', id, '--json', '--reveal'));
    assert.equal(json.collected_data.birth_date, '1990-08-15');
    assert.deepEqual(json.steps_completed, ['name', 'birth_date', 'birth_time', 'birth_place']);
    assert.deepEqual(json.transcript.map((entry) => entry.by), Array(5).fill(['person', 'us']).flat());
    assert.deepEqual(json.transcript.at(-1).choices, ["That's right", 'Change something']);
    assert.deepEqual(json.addresses, [{ brand: json.addresses[0].brand, kind: 'phone', address: ASHA, opted_out: false }]);
});

test('show --reveal: what a program said for its person', async () => {
    const rest = restClient(gateway);
    const { session_key: key } = await rest.begin();
    await rest.collect({ session_key: key, text: 'Uma Devi' });
    await rest.collect({ session_key: key, data: { birth_date: '1985-03-07' } });
    const said = JSON.parse(sessions('show', key, '--json', '--reveal')).transcript.filter(({ by }) => by === 'person');
    assert.deepEqual(said.map(({ kind, text }) => [kind, text ?? '']),
        [['api', ''], ['api', 'Uma Devi'], ['api', '{"birth_date":"1985-03-07"}']]);
    assert.doesNotMatch(sessions('show', key), /Uma|1985/);
});

test('show: an unknown time says so, also masked; jobs are told', async () => {
    const id = await insert('u'.repeat(30), { name: 'Una', birth_time: null });
    await gateway.sql(`insert into frontdesk.jobs (kind, session_id, payload, state, attempts, last_error)
                       values ('chart', '${id}', '{}', 'failed', 3, 'no such day as 1990-08-15')`);
    const shown = sessions('show', id);
    assert.match(shown, /^  birth_time +not known$/m);
    assert.match(shown, /^  chart +failed, tries 3, last error: … \(25 characters\)$/m);
    assert.match(sessions('show', id, '--reveal'), /last error: no such day as 1990-08-15$/m);
});

test('what a stranger wrote can neither steer the terminal nor stand where a name of ours is', async () => {
    const data = { name: 'E\u001b[2J\u009b31m\u202eX', 'my number is 98123': 'x', note: 'two\nlines' };
    const id = await insert('e'.repeat(30), data);
    const outputs = [sessions('show', id, '--reveal'), sessions('list', '--reveal'), sessions('show', id), sessions('list')];
    for (const output of outputs)
        assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    assert.doesNotMatch(outputs[2], /98123/);
});

// ---- export ----

test('export: no cell begins a formula, phone numbers keep every digit, and nothing is lost', async () => {
    const names = ['=1+1', '+1+1', '-2+3', '@SUM(A1)', '\tx', '\rx', "'quoted", 'a,b "c"\r\nd', ' =1', '＝1', 'आशा', 'a;=1+1', ''];
    for (const [i, name] of names.entries())
        await insert(`formula-${String(i).padStart(20, '0')}`, { name, birth_place: 'Sydney', latitude: -33.86, phone: '+61291234567', mine: '=x' },
            { phone: '+61291234567' });
    const lines = sessions('export', '--format', 'csv', '--reveal');
    const rows = readCsv(lines).filter((row) => row.session_key.startsWith('formula-'));
    assert.equal(rows.length, names.length);
    for (const row of rows) {
        for (const [member, cell] of Object.entries(row))
            if (member !== 'latitude') assert.doesNotMatch(cell, /^ *[=+\-@\t\r\n＝]/);
        assert.deepEqual([row.phone_number, row.phone, row.latitude], ["'+61291234567", "'+61291234567", '-33.86']);
        assert.deepEqual(JSON.parse(row.other_answers), { mine: '=x' });
    }
    assert.deepEqual(rows.map((row) => stored(row.name)).sort(), [...names].sort());
    assert.ok(readCsv(lines).some((row) => row.address === `'${ASHA}` && row.name === 'Asha Rao' && row.birth_time === '18:30:00'));
});

test('export: JSON lines hold the same, as it was stored', async () => {
    const lines = sessions('export', '--format', 'jsonl', '--reveal').trimEnd().split('\n').map((line) => JSON.parse(line));
    const rows = await gateway.rows('select id, collected_data, phone_number from instant_onboarding_sessions order by created_at, id');
    assert.deepEqual(lines.map(({ id, collected_data, phone_number }) => ({ id, collected_data, phone_number })), rows);
    assert.deepEqual(lines.find((line) => line.address === ASHA).steps_completed, ['name', 'birth_date', 'birth_time', 'birth_place']);
});

test('export: masked unless it is to be revealed', async () => {
    const { session_key: key } = await sessionOf(ASHA);
    for (const format of ['csv', 'jsonl']) {
        const text = sessions('export', '--format', format, '--flow', 'instant_onboarding');
        assert.doesNotMatch(withoutIdsAndTimes(text), PERSONAL);
        assert.ok(!text.includes(key));
    }
});

test('export: pages join without gap or repetition; one unreadable row does not stop the others', async () => {
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, status, created_at)
                       select 'page-' || lpad(n::text, 30, '0'), 'voice', 'failed', timestamptz '2025-05-01Z' + (n / 3) * interval '1 second'
                       from generate_series(1, 1203) n`);
    const deep = '{"name":'.concat('['.repeat(500), ']'.repeat(500), '}');
    await insert('deep-'.repeat(6), deep, { at: "'2025-05-01 00:01Z'" });
    const lines = sessions('export', '--format', 'jsonl', '--since', '2025-05-01').trimEnd().split('\n').map((line) => JSON.parse(line));
    const wanted = await gateway.rows("select id from instant_onboarding_sessions where created_at >= '2025-05-01Z' order by created_at, id");
    assert.deepEqual(lines.map((line) => line.id), wanted.map((row) => row.id));
    assert.equal(readCsv(sessions('export', '--status', 'failed', '--channel', 'voice')).length, 1203);
    await gateway.sql("delete from instant_onboarding_sessions where session_key like 'page-%'");
});

test('export: a full disk is a failure', () => {
    const result = spawnSync('sh', ['-c', '"$0" sessions export > /dev/full', PROGRAM], { cwd: gateway.home, env: gateway.env, encoding: 'utf8' });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /standard output/);
});

// ---- forget ----

const countOf = (table, condition) => gateway.value(`select count(*) from ${table} where ${condition}`);

test('forget: says what goes, asks, and without a yes erases nothing', async () => {
    const { id } = await sessionOf(RAVI);
    for (const input of ['', 'n\n', 'maybe\n']) {
        const { status, stdout } = run(['sessions', 'forget', id], { input });
        assert.equal(status, 1);
        assert.match(stdout, /^This goes:\n +1  session\(s\)/);
        assert.match(stdout, /Nothing was erased/);
        assert.doesNotMatch(stdout, /Ravi|9812300002/);
    }
    assert.equal(await countOf('instant_onboarding_sessions', `id = '${id}'`), 1);
});

test('forget by id: the person is gone everywhere, nobody else is', async () => {
    const { id } = await sessionOf(RAVI);
    const said = await countOf('frontdesk.inbound', `session_id = '${id}'`);
    const { status, stdout } = run(['sessions', 'forget', id], { input: 'y\n' });
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`Erased:\\n +1  session\\(s\\), with their answers\\n +${said}  message\\(s\\) from them\\n`));
    for (const [table, condition] of [['instant_onboarding_sessions', `id = '${id}'`], ['frontdesk.conversations', `session_id = '${id}'`],
        ['frontdesk.addresses', `address = '${RAVI}'`], ['frontdesk.outbox', `session_id = '${id}' or payload::text like '%Ravi%'`],
        ['frontdesk.inbound', `session_id = '${id}' or said::text like '%Ravi%'`]])
        assert.equal(await countOf(table, condition), 0, table);
    assert.ok((await sessionOf(ASHA)).id);
    assert.equal(run(['sessions', 'forget', id, '--yes']).status, 1, 'a second time there is nobody');
    assert.deepEqual((await smsPerson(gateway, RAVI).says('hi')).said.length, 1, 'they are welcome again');
});

test('forget by key: a session that belongs to no contact', async () => {
    const { session_key: key, session_id: id } = (await restClient(gateway).start()).json();
    const stdout = sessions('forget', key, '--yes');
    assert.match(stdout, / 1  session\(s\).*\n(.*\n)* +0  contact/);
    assert.equal(await countOf('instant_onboarding_sessions', `id = '${id}'`), 0);
    assert.equal(await countOf('frontdesk.outbox', `session_id = '${id}'`), 0);
});

test('forget by number: all sessions of its contact; a number that somebody only typed makes nobody its owner', async () => {
    const { id } = await sessionOf(ASHA);
    const noted = await insert('n'.repeat(30), {}, { phone: ASHA });
    await gateway.sql(`insert into instant_onboarding_sessions (id, session_key, channel, status)
                           values ('00000000-0000-4000-8000-000000000001', 'earlier-session-of-asha', 'sms', 'completed');
                       insert into frontdesk.conversations (session_id, contact_id, flow, flow_version, is_open)
                           select '00000000-0000-4000-8000-000000000001', contact_id, flow, flow_version, false
                           from frontdesk.conversations where session_id = '${id}';
                       insert into instant_onboarding_profiles (session_id, channel) values ('00000000-0000-4000-8000-000000000001', 'sms')`);
    assert.equal(run(['sessions', 'forget', ASHA, '--brand', 'another', '--yes']).status, 1);
    const stdout = sessions('forget', '+91 98123-00001', '--yes');
    assert.match(stdout, /Erased:\n +2  session\(s\)/);
    assert.match(stdout, / 1  profile\(s\)/);
    assert.match(stdout, /1 other session\(s\) hold this number as a note/);
    assert.doesNotMatch(withoutIdsAndTimes(stdout), PERSONAL);
    assert.equal(await sessionOf(ASHA), undefined);
    assert.equal(await countOf('instant_onboarding_sessions', `id = '${noted}'`), 1);
    assert.equal(await countOf('instant_onboarding_profiles', "channel = 'sms'"), 0);
});

test('forget: that somebody opted out stays known, also of one who never began', async () => {
    const meera = smsPerson(gateway, MEERA);
    await meera.says('STOP', { OptOutType: 'STOP' });
    assert.equal(await countOf('frontdesk.addresses', `address = '${MEERA}' and opted_out_at is not null`), 1);
    assert.equal(await sessionOf(MEERA), undefined);
    const before = await countOf('frontdesk.opt_outs', 'true');
    const stdout = sessions('forget', MEERA, '--yes');
    assert.match(stdout, / 0  session\(s\)[^]* 1  contact\(s\)\n +1  address\(es\)\nThat they opted out stays known/);
    assert.equal(await countOf('frontdesk.addresses', `address = '${MEERA}'`), 0);
    assert.equal(await countOf('frontdesk.opt_outs', 'true'), before + 1);
    assert.deepEqual((await meera.says('hello')).said, []);
});

// ---- usage ----

test('arguments that mean nothing: exit 2, and a line that says why', () => {
    const id = '00000000-0000-4000-8000-000000000009';
    const wrong = [[], ['lost'], ['list', '--status', 'done'], ['list', '--channel', 'fax'], ['list', '--since', '2026-02-30'], ['list', '--limit', '0'],
        ['list', '--limit'], ['list', id], ['list', '--format', 'csv'], ['show'], ['show', 'short'], ['show', '+919812300001'], ['show', id, id],
        ['show', id, '--yes'], ['export', '--format', 'xlsx'], ['export', '--limit', '3'], ['forget'], ['forget', '98123'], ['forget', '--reveal', id],
        ['forget', id, '--brand', 'x'], ['forget', '+1'], ['forget', "+9198123'; drop"]];
    for (const args of wrong) {
        const { status, stdout, stderr } = run(['sessions', ...args]);
        assert.deepEqual([status, stdout], [2, ''], args.join(' '));
        assert.match(stderr, /^frontdesk sessions: .+; see frontdesk sessions --help\n$/);
    }
    assert.equal(run(['sessions', 'show', id]).status, 1);
    assert.equal(run(['sessions', 'show', '-'.repeat(22)]).status, 1, 'a key may begin with hyphens');
    assert.equal(run(['sessions', 'list'], { env: { DATABASE_URL: '' } }).status, 2);
    assert.equal(run(['sessions', 'list'], { env: { DATABASE_URL: 'postgresql:///x?host=/nowhere' } }).status, 1);
    assert.match(run(['sessions', '--help']).stdout, /Programs drop one leading apostrophe/);
});

// ---- flow graph ----

/* Reads the diagram by Mermaid's grammar, as far as we use it; gives its states and ways. */
function readDiagram(text) {
    const [first, ...lines] = text.trimEnd().split('\n');
    assert.equal(first, 'stateDiagram-v2');
    const states = new Map();
    const ways = [];
    const open = [];
    for (const line of lines) {
        const title = /^ +state "([^"\n;#]+)" as (\w+)$/.exec(line);
        const way = /^ +(\[\*\]|\w+) --> (\[\*\]|\w+)(?: : ([^":;{}<>#%\n]+))?$/.exec(line);
        const group = /^ +state (\w+) \{$/.exec(line);
        if (title) {
            assert.ok(!states.has(title[2]), `${title[2]} stands there twice`);
            states.set(title[2], { title: title[1], inside: open.at(-1) });
        } else if (way) {
            ways.push({ from: way[1], to: way[2], label: way[3] });
            for (const end of [way[1], way[2]])
                if (end !== '[*]') assert.equal(states.get(end)?.inside, open.at(-1), `a way to ${end} crosses a border`);
        } else if (group) {
            assert.ok(states.has(group[1]));
            open.push(group[1]);
        } else {
            assert.match(line, /^ +\}$/);
            assert.ok(open.pop());
        }
    }
    assert.deepEqual(open, []);
    return { states, ways, has: (from, to, label) => ways.some((way) => way.from === from && way.to === to && way.label === label) };
}

function graph(...args) {
    const { status, stdout, stderr } = run(['flow', 'graph', ...args]);
    assert.equal(status, 0, stderr);
    return readDiagram(stdout);
}

test('each command works from any folder, with the settings that are named', () => {
    const settings = path.join(gateway.home, 'config/frontdesk.yaml');
    for (const args of [['check'], ['flow', 'graph'], ['sessions', 'list'], ['outbox', 'list'], ['migrate', '--status'],
        ['understand', '--kind', 'date']]) {
        const there = spawnSync(PROGRAM, [...args, '--config', settings], { cwd: '/', env: gateway.env, encoding: 'utf8' });
        assert.deepEqual([there.status, there.stderr], [0, ''], args.join(' '));
    }
    assert.equal(run(['check', '--config']).status, 2);
});

test('without any named, the settings beside the program count; where there are none, it says so', (t) => {
    const beside = spawnSync(PROGRAM, ['understand', '--kind', 'date', '--today', '2026-11-22'],
        { cwd: '/', env: gateway.env, input: '15th aug 90\n', encoding: 'utf8' });
    assert.deepEqual([beside.stdout, beside.stderr, beside.status], ['1990-08-15\n', '', 0]);
    const folder = mkdtempSync(path.join(tmpdir(), 'fd-alone-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    copyFileSync(PROGRAM, path.join(folder, 'frontdesk'));
    const alone = spawnSync(path.join(folder, 'frontdesk'), ['check'], { cwd: folder, env: gateway.env, encoding: 'utf8' });
    assert.equal(alone.status, 2);
    assert.match(alone.stderr, /config\/frontdesk\.yaml.*--config FILE/);
});

test('flow graph: statuses, questions in English, and the ways between them', () => {
    const { states, has } = graph('instant_onboarding');
    for (const status of ['started', 'collecting_data', 'generating_chart', 'completed', 'failed']) assert.equal(states.get(status).title, status);
    assert.equal(states.get('step_name').title, "What's your name?");
    assert.match(states.get('step_birth_time').title, /For example 6:30 in the morning/);
    for (const way of [['step_name', 'step_birth_date', 'Name'], ['step_birth_time', 'step_birth_place', "I don't know"],
        ['step_birth_date', 'step_name', 'back'], ['step_birth_place', 'confirm', 'Place of birth'], ['confirm', 'edit', 'Change something'],
        ['edit', 'step_birth_date', 'Date of birth'], ['edit', 'confirm', 'Nothing'], ['confirm', '[*]', "That's right"],
        ['collecting_data', 'generating_chart', 'chart'], ['generating_chart', 'completed', 'chart is ready']])
        assert.ok(has(...way), way.join(' → '));
    assert.ok(!has('step_name', 'step_birth_date', "I don't know"), 'a name is always known');
});

test('flow graph: a flow that skips, calls a webhook, and whose words and ids look like syntax', () => {
    appendFileSync(path.join(gateway.home, 'config/flows/end.yaml'), ['at_end: [{webhook: "https://example.org/x"}]', 'steps:',
        '  - {id: state, kind: text, skip: true, field: name}', '  - {id: end, kind: text, field: date}', ''].join('\n'));
    appendFileSync(path.join(gateway.home, 'config/lang/en.yaml'), ['', '  end:', '    greet: "Hi: a --> b; {x} %% #"', '    state.label: "A: b"',
        '    state.ask: \'Say "state" {name} } --> [*]; %% # <b>\'', '    end.label: "{x}"', '    end.ask: "note right of x:"', ''].join('\n'));
    const { states, ways, has } = graph('end');
    assert.ok(has('step_state', 'step_end', 'Skip this') && has('step_state', 'step_end', 'A b') && has('collecting_data', 'completed', 'webhook is called'));
    assert.match(states.get('step_state').title, /^Say 'state'/);
    assert.ok(!states.has('failed') && !states.has('generating_chart'));
    assert.ok(ways.length > 5);
    const all = graph();
    assert.ok(all.states.has('flow_end') && all.states.has('flow_instant_onboarding') && all.states.has('appointment__step_service'));
});

test('flow graph: an unknown flow is named, with those that there are; anything else is usage', () => {
    const unknown = run(['flow', 'graph', 'nothing']);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /there is no flow nothing; there are:.* appointment/);
    for (const args of [[], ['draw'], ['graph', '--svg'], ['graph', 'a', 'b'], ['graph', '']])
        assert.equal(run(['flow', ...args]).status, 2);
});
