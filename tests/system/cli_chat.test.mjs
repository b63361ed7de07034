// Can somebody talk to a running gateway in the terminal, by each door that can be read from there?
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');

let house;
let gateway;
before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, settings: generous(), env: { CHART_PROCESSES: '1', SIMULATOR: 'true' } });
});
after(async () => { await house?.close(); });

/* A chat under way: says(line), and `out`, all that was shown. */
function chat(args, { env = {} } = {}) {
    const child = spawn(PROGRAM, ['chat', '--url', gateway.url, ...args],
        { cwd: gateway.home, env: { ...gateway.env, ...env } });
    const talk = { out: '', errors: '', status: null, says: (line) => child.stdin.write(`${line}\n`) };
    child.stdout.on('data', (bytes) => { talk.out += bytes; });
    child.stderr.on('data', (bytes) => { talk.errors += bytes; });
    child.stdin.on('error', () => {});
    const closed = new Promise((resolve) => { child.on('close', (status) => { talk.status = status; resolve(); }); });
    talk.shows = (what) => until(() => what.test(talk.out), `${what} in ${JSON.stringify(talk)}`);
    talk.ends = async () => {
        child.stdin.end();
        await closed;
        assert.doesNotMatch(talk.errors, /Sanitizer|runtime error/);
        return talk;
    };
    return talk;
}

/* Everything at once, as from a file. */
async function run(args, lines = [], more = {}) {
    const talk = chat(args, more);
    for (const line of lines) talk.says(line);
    return talk.ends();
}

const ANSWERS = ['Asha Rao', '15 August 1990', '6:30 in the morning', 'Pune'];
const inOrder = (text, parts) => {
    let at = 0;
    for (const part of parts) {
        const found = text.indexOf(part, at);
        assert.ok(found >= 0, `${JSON.stringify(part)} after ${at} in ${text}`);
        at = found + part.length;
    }
};

test('web: the whole conversation by the socket, choices by their numbers, up to the chart', async () => {
    const { status, out, errors } = await run(['--channel', 'web'], [...ANSWERS, '1']);
    assert.equal(status, 0, errors);
    inOrder(out, ["What's your name?", '> Asha Rao', 'Nice to meet you, Asha!', '> 15 August 1990', '> Pune', 'Is this right?',
        "  1  That's right\n  2  Change something\n", '> 1', '(generating_chart)', 'Your birth chart is ready!']);
    assert.match(out, /\(completed\)/);
    const channel = await gateway.value(`select channel from instant_onboarding_sessions order by created_at desc limit 1`);
    assert.equal(channel, 'web');
});

test('web: what another tab hears is shown while nothing is typed', async () => {
    const talk = chat(['--channel', 'web']);
    await talk.shows(/What's your name\?/);
    talk.says('Uma Devi');
    await talk.shows(/When were you born/);
    const key = await gateway.value(`select session_key from instant_onboarding_sessions order by created_at desc limit 1`);
    const body = JSON.stringify({ session_key: key, text: '7 March 1985' });
    const answer = await fetch(`${gateway.url}/api/v2/instant-onboarding/session/collect`,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.equal(answer.status, 200);
    await talk.shows(/What time were you born/);
    assert.equal((await talk.ends()).status, 0);
});

test('api: the same by REST, in Hindi', async () => {
    const { status, out } = await run(['--channel', 'api', '--lang', 'hi'], ['आशा राव']);
    assert.equal(status, 0);
    inOrder(out, ['आपका नाम क्या है?', '(collecting_data)', '> आशा राव', 'जन्म']);
});

test('api: a chart is waited for', async () => {
    const { status, out } = await run(['--channel', 'api'], [...ANSWERS, 'yes']);
    assert.equal(status, 0);
    inOrder(out, ['Is this right?', '(generating_chart)', '(completed)']);
    // The other worker was woken for it too, and has no chart process.
    assert.equal((await ask(`${gateway.url}/readyz`)).json().status, 'ready');
});

test('sms: signed webhooks, answered in their response; a language is wished for first', async () => {
    const { status, out } = await run(['--channel', 'sms', '--from', '+15550110001'], ['hi', ...ANSWERS]);
    assert.equal(status, 0);
    inOrder(out, ['(texting as +15550110001', '> hi', "What's your name?", '> Pune', "1 That's right"]);
    const hindi = await run(['--channel', 'sms', '--lang', 'hi'], ['आशा']);
    inOrder(hindi.out, ['(हिन्दी)', 'आपका नाम क्या है?', '> आशा', 'जन्म']);
    const address = await gateway.value(`select count(*) from frontdesk.addresses where address = '+15550110001'`);
    assert.equal(address, 1);
});

test('voice: keys and words, until the call ends', async () => {
    const lines = ['1', 'Asha', '1', '15081990', '0630', '1', 'Pune', '1', '1', ''];
    const { status, out } = await run(['--channel', 'voice', '--from', '+15550110002'], lines);
    assert.equal(status, 0);
    inOrder(out, ['For English press 1.', '> 1', "What's your name?", '> Asha', 'I heard Asha.', '> 15081990', 'What time were you born?',
        '> Pune', 'Is this right?', 'Your birth chart is being made.', '(the call has ended)']);
    const hindi = await run(['--channel', 'voice', '--lang', 'hi']);
    inOrder(hindi.out, ['For English press 1.', '(हिन्दी)', 'आपका नाम क्या है?']);
});

test('whatsapp: through the simulator, choices are buttons, up to the chart and the farewell', async () => {
    const { status, out, errors } = await run(['whatsapp', '--from', '+15550110003'], ['hi', ...ANSWERS, '1', 'delete my data', '1']);
    assert.equal(status, 0, errors);
    inOrder(out, ['(writing on WhatsApp as +15550110003', '> hi', "What's your name?", '> Pune', "  1  That's right", '> 1', 'is being made',
        'Your birth chart is ready!', '(completed)', '> delete my data', '  1  Yes', '> 1', 'has been deleted. Goodbye']);
    const off = await run(['whatsapp'], [], { env: { SIMULATOR: 'false' } });
    assert.equal(off.status, 2);
    assert.match(off.errors, /go to Meta.*SIMULATOR=true/);
});

test('--trace tells how long each answer took', async () => {
    assert.match((await run(['--channel', 'api', '--trace'], ['Asha'])).out, /\(answered after \d+\.\d ms\)[^]*\(answered after \d+\.\d ms\)/);
    assert.match((await run(['--trace'], ['Asha'])).out, /\(acknowledged after \d+\.\d ms\)/);
});

test('what can\'t be done is said: no credentials, nobody there, a strange language', async () => {
    const cases = [
        [['--channel', 'fax'], 2, /one of web, whatsapp, sms, voice, api/],
        [['--channel', 'api', '--lang', 'fr'], 2, /like en or hi/],
        [['--url', 'localhost:8000'], 2, /begins with http/],
        [['something'], 2, /one of web, whatsapp/],
        [['web', 'hi'], 2, /standard input/],
        [['--url', 'https://bot.example'], 1, /without TLS/],
        [['--channel', 'api', '--url', 'http://127.0.0.1:9'], 1, /is the gateway running there\?/],
        [['--channel', 'web', '--url', 'http://127.0.0.1:9'], 1, /is the gateway running\?/],
    ];
    for (const [args, status, words] of cases) {
        const talk = await run(args);
        assert.equal(talk.status, status, `${args.join(' ')}: ${talk.errors}`);
        assert.match(talk.errors, words);
    }
    const unsigned = await run(['--channel', 'sms'], [], { env: { TWILIO_AUTH_TOKEN: '' } });
    assert.equal(unsigned.status, 2);
    assert.match(unsigned.errors, /TWILIO_AUTH_TOKEN/);
    const wrong = await run(['--channel', 'sms'], ['hi'], { env: { TWILIO_AUTH_TOKEN: 'not-the-right-one' } });
    assert.match(wrong.out, /\(refused with 403/);
});

test('a refused answer is told, and one goes on', async () => {
    const { status, out } = await run(['--channel', 'api'], ['x'.repeat(4000), '\u0007\u001b[2J', 'Asha']);
    assert.equal(status, 0);
    assert.match(out, /Nice to meet you, Asha!/);
});

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
