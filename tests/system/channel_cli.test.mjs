// Do the adapters read, write and judge every provider message as the golden files say?
//
// tests/golden/CHANNEL/NAME.http is a request of the provider (parse) or, beginning with a status line, its
// response (judge); NAME.json is a thing to say (compose; with --inline where NAME begins with "inline_"), on the
// web a client message too (parse, where NAME does not begin with "say_").
// NAME.expected.json is what the program prints. In a request {{sign}} stands for the right signature,
// {{bare}} for one without its prefix, {{digest}} for the body's SHA-256. UPDATE_GOLDEN=1 writes the expected
// files anew: read the difference before you keep it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = join(root, 'tests/golden');
const program = process.env.FRONTDESK ?? join(root, 'build/debug/frontdesk');

const settings = {
  PATH: process.env.PATH,
  PUBLIC_URL: 'https://bot.example',
  WHATSAPP_VERIFY_TOKEN: 'verify-me',
  WHATSAPP_APP_SECRET: 'app-secret',
  WHATSAPP_ACCESS_TOKEN: 'access-token',
  WHATSAPP_PHONE_NUMBER_ID: '1234567890',
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: '12345',
  TWILIO_FROM: '+15550100001',
};

function run(args, input, changed = {}) {
  const environment = { ...settings, ...changed };
  const result = spawnSync(program, ['channel', ...args], { cwd: root, env: environment, input });
  return { code: result.status, out: result.stdout.toString(), err: result.stderr.toString() };
}

function metaSignature(body) {
  return createHmac('sha256', settings.WHATSAPP_APP_SECRET).update(body).digest('hex');
}

// A form as its reader sees it: repeated names as lists, stray percent signs as they are.
function formOf(body) {
  const form = {};
  for (const [name, value] of new URLSearchParams(body))
    form[name] = name in form ? [form[name], value].flat() : value;
  return form;
}

function signed(channel, text) {
  const [head, ...rest] = text.split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  const digest = createHash('sha256').update(body).digest('hex');
  const request = text.replace('{{digest}}', digest);
  if (channel === 'whatsapp')
    return request.replace('{{sign}}', `sha256=${metaSignature(body)}`).replace('{{bare}}', metaSignature(body));
  const url = settings.PUBLIC_URL + request.split(' ')[1];
  const form = head.includes('x-www-form-urlencoded') ? formOf(body) : {};
  return request.replace('{{sign}}', twilio.getExpectedTwilioSignature(settings.TWILIO_AUTH_TOKEN, url, form));
}

function goldenCommand(channel, file, text) {
  if (channel === 'web' && !file.startsWith('say_'))
    return { args: [channel, 'parse'], input: text };
  if (file.endsWith('.json'))
    return { args: [channel, 'compose', ...(file.startsWith('inline_') ? ['--inline'] : [])], input: text };
  if (text.startsWith('HTTP/'))
    return { args: [channel, 'judge'], input: text };
  return { args: [channel, 'parse'], input: signed(channel, text) };
}

for (const channel of ['whatsapp', 'sms', 'voice', 'web']) {
  const inputs = readdirSync(join(golden, channel)).filter((name) => !name.endsWith('.expected.json'));
  for (const file of inputs) {
    test(`${channel}/${file}`, () => {
      const text = readFileSync(join(golden, channel, file), 'utf8');
      const expected = join(golden, channel, file.replace(/\.\w+$/, '.expected.json'));
      const { args, input } = goldenCommand(channel, file, text);
      const result = run(args, input);
      assert.equal(result.code, 0, result.err);
      if (process.env.UPDATE_GOLDEN)
        writeFileSync(expected, `${JSON.stringify(JSON.parse(result.out), null, 2)}\n`);
      assert.deepEqual(JSON.parse(result.out), JSON.parse(readFileSync(expected, 'utf8')));
    });
  }
}

function whatsappRequest(body, key, lineEnd = '\n') {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const head = ['POST /webhooks/whatsapp HTTP/1.1', `x-hub-signature-256: sha256=${signature}`, '', ''];
  return Buffer.concat([Buffer.from(head.join(lineEnd)), Buffer.from(body)]);
}

test('the signature covers the raw bytes: the published vector', () => {
  const body = 'Hello, World!';
  const request = whatsappRequest(body, "It's a Secret to Everybody");
  assert.match(request.toString(), /sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17/);
  const result = run(['whatsapp', 'parse'], request, { WHATSAPP_APP_SECRET: "It's a Secret to Everybody" });
  assert.equal(JSON.parse(result.out).authentic, true);
});

test('while a secret is rotated both values are accepted, and no third', () => {
  const rotated = { WHATSAPP_APP_SECRET: 'new, old', WHATSAPP_VERIFY_TOKEN: 'new,old' };
  const authentic = (key) => JSON.parse(run(['whatsapp', 'parse'], whatsappRequest('{}', key), rotated).out).authentic;
  assert.deepEqual(['new', 'old', 'new, old', ''].map(authentic), [true, true, false, false]);
  const check = (token) =>
    JSON.parse(run(['whatsapp', 'parse'],
      `GET /w?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=7 HTTP/1.1\n\n`, rotated).out).authentic;
  assert.deepEqual(['new', 'old', 'new,old', ''].map(check), [true, true, false, false]);
});

test('while Twilio\'s token is rotated the first is used for sending', () => {
  const result = run(['sms', 'compose'], '{"to":"+15550100200","text":"hi"}', { TWILIO_AUTH_TOKEN: 'new,old' });
  const [request] = JSON.parse(result.out).requests;
  const expected = Buffer.from(`${settings.TWILIO_ACCOUNT_SID}:new`).toString('base64');
  assert.equal(request.headers.Authorization, `Basic ${expected}`);
});

test('a messaging service is named beside the number', () => {
  const service = { TWILIO_MESSAGING_SERVICE_SID: 'MG1' };
  const [request] = JSON.parse(run(['sms', 'compose'], '{"to":"+15550100200","text":"hi"}', service).out).requests;
  const form = new URLSearchParams(request.body);
  assert.deepEqual([form.get('MessagingServiceSid'), form.get('From')], ['MG1', '+15550100001']);
});

test('CRLF and LF, 3 MiB of text: read and bounded', () => {
  const message = { from: '919812345670', id: 'wamid.L', timestamp: '1767225600', type: 'text', text: { body: 'ä'.repeat(1500000) } };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ changes: [{ field: 'messages', value: { metadata: { phone_number_id: '1234567890' }, messages: [message] } }] }],
  });
  const result = run(['whatsapp', 'parse'], whatsappRequest(body, settings.WHATSAPP_APP_SECRET, '\r\n'));
  const [read] = JSON.parse(result.out).messages;
  assert.equal(read.text, 'ä'.repeat(2048));
});

const choices = (count) => Array.from({ length: count }, (_, i) => ({ id: `c${i}`, title: `Choice ${i + 1}` }));
const composed = (channel, message) => {
  const result = run([channel, 'compose'], JSON.stringify(message));
  assert.equal(result.code, 0, result.err);
  return JSON.parse(result.out);
};

test('choices are degraded from buttons to a list, to numbered lines, to keys to press', () => {
  const whatsapp = (count) => composed('whatsapp', { to: '919812345670', text: 'Which?', choices: choices(count) });
  const bodyOf = ({ requests: [request] }) => JSON.parse(request.body);
  assert.equal(bodyOf(whatsapp(3)).interactive.type, 'button');
  const list = bodyOf(whatsapp(10)).interactive;
  assert.deepEqual([list.type, list.action.button, list.action.sections[0].rows.length], ['list', 'Menu', 10]);
  const lines = whatsapp(11);
  assert.deepEqual(lines.degraded, ['list to numbered lines']);
  assert.match(bodyOf(lines).text.body, /^Which\?\n1 Choice 1\n[^]*\n11 Choice 11$/);
  for (const language of ['en', 'tlh', undefined])
    assert.match(composed('voice', { text: 'Which?', choices: choices(2), language }).twiml, /Choice 2: press 2\./);
  assert.match(composed('voice', { text: 'कौन-सा?', choices: choices(2), language: 'hi-IN' }).twiml, /Choice 1: 1 दबाइए/);
});

test('input beyond 4 MiB is refused', () => {
  const result = run(['whatsapp', 'parse'], whatsappRequest('x'.repeat(4 * 1024 * 1024 + 1), 'k'));
  assert.equal(result.code, 1);
  assert.match(result.err, /4 MiB/);
});

test('usage and configuration mistakes exit 2, unreadable input exits 1, each with a line', () => {
  const none = Object.fromEntries(Object.keys(settings).filter((name) => name !== 'PATH').map((name) => [name, '']));
  const cases = [
    [2, ['sms'], ''],
    [2, ['pigeon', 'parse'], ''],
    [2, ['sms', 'sing'], ''],
    [2, ['sms', 'parse', '--loud'], ''],
    [2, ['whatsapp', 'compose', '--inline'], '{}'],
    [2, ['sms', 'parse'], 'GET / HTTP/1.1\n\n', none],
    [1, ['sms', 'parse'], 'hello'],
    [1, ['web', 'judge'], 'HTTP/1.1 200 OK\n\n'],
    [1, ['sms', 'judge'], 'HTTP/1.1 abc\n\n'],
    [1, ['sms', 'compose'], '[]'],
    [1, ['sms', 'compose'], '{"text":"to nobody"}'],
    [1, ['sms', 'compose'], '{"to":"+15550100200"}'],
    [1, ['sms', 'compose'], '{"to":"+15550100200","text":7}'],
    [1, ['web', 'compose'], JSON.stringify({ text: 'too many', choices: choices(100) })],
  ];
  for (const [code, args, input, changed] of cases) {
    const result = run(args, input, changed);
    assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
    assert.notEqual(result.err.trim(), '');
  }
});
