// Is a request accepted exactly when Twilio signed it? Signatures by the official package, and the vectors it is
// tested with.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.FRONTDESK ?? join(root, 'build/debug/frontdesk');
const token = '12345';

function parse(request, changed = {}) {
  const env = {
    PATH: process.env.PATH,
    PUBLIC_URL: 'https://mycompany.com',
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
    TWILIO_AUTH_TOKEN: token,
    TWILIO_FROM: '+15550100001',
    ...changed,
  };
  const result = spawnSync(program, ['channel', 'sms', 'parse'], { cwd: root, env, input: request });
  assert.equal(result.status, 0, result.stderr.toString());
  return JSON.parse(result.stdout.toString());
}

function encode(params) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of [value].flat())
      body.append(name, one);
  return body.toString();
}

function post(target, params, signature) {
  return `POST ${target} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
    `X-Twilio-Signature: ${signature}\r\n\r\n${encode(params)}`;
}

const P = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const target = '/myapp.php?foo=1&bar=2';

const vectors = [
  ['plain', 'https://mycompany.com', target, P, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['signed with :443', 'https://mycompany.com', target, P, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
  ['signed with :80', 'http://mycompany.com', target, P, '0ZXoZLH/DfblKGATFgpif+LLRf4='],
  ['a port of its own', 'http://mycompany.com:1234', target, P, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
  ['configured with a port, signed without', 'https://mycompany.com:1234', target, P, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['credentials', 'https://user:pass@mycompany.com', target, P, 'CukzLTc1tT5dXEDIHm/tKBanW10='],
  ['repeated names', 'https://mycompany.com', target,
    { Sid: 'CA123', SidAccount: 'AC123', Digits: ['5678', '1234', '1234'] }, 'IK+Dwps556ElfBT0I3Rgjkr1wJU='],
  ['an apostrophe in the query', 'https://mycompany.com', `${target}&Body=It's+amazing`, P, 'TfZzewPq8wqrGlMfyAud8+/IvJ0='],
];

for (const [name, base, at, params, signature] of vectors) {
  test(`published vector: ${name}`, () => {
    const authentic = (given) => parse(post(at, params, given), { PUBLIC_URL: base }).authentic;
    assert.equal(authentic(signature), true);
    assert.equal(authentic(signature.toLowerCase()), false);
    assert.equal(authentic(`${signature.slice(0, 5)}A${signature.slice(6)}`), false);
  });
}

test('published vector: a JSON body, covered by its digest in the signed URL', () => {
  const digest = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
  const request = (body, at = `${target}&bodySHA256=${digest}`) =>
    `POST ${at} HTTP/1.1\nContent-Type: application/json\nX-Twilio-Signature: a9nBmqA0ju/hNViExpshrM61xv4=\n\n${body}`;
  assert.equal(parse(request('{"property": "value", "boolean": true}')).authentic, true);
  assert.equal(parse(request('{"property": "value", "boolean": false}')).authentic, false);
  assert.equal(parse(request('{"property": "value", "boolean": true}', target)).authentic, false);
});

test('what the official package signs is accepted; one byte more, and it is not', () => {
  const texts = ['', 'hello', 'a+b & c=d', 'नमस्ते 🙂', "It's", 'line\nbreak', '100%', 'x'.repeat(1600)];
  for (const Body of texts) {
    const params = { Body, From: '+919812345670', To: '+15550100001', Empty: '', a: 'lower', Z: 'upper', a1: '1' };
    const at = '/webhooks/twilio/sms?id=7&x=%27y';
    const signature = twilio.getExpectedTwilioSignature(token, `https://mycompany.com${at}`, params);
    assert.equal(parse(post(at, params, signature)).authentic, true, Body);
    assert.equal(parse(post(at, { ...params, Body: `${Body}!` }, signature)).authentic, false);
    assert.equal(parse(post(`${at}0`, params, signature)).authentic, false);
  }
});

test('what the official package accepts of spellings, we accept', () => {
  const spelled = ['https://mycompany.com', 'https://mycompany.com:443'];
  for (const query of ["?a=It's", '?a=b%20c+d&e=(x)!*', '?%C3%A9=ok', '?a=~b-_.', '?empty=&none']) {
    for (const base of spelled) {
      for (const form of [query, new URL(`https://h/${query}`).search]) {
        const signature = twilio.getExpectedTwilioSignature(token, `${base}/p${form}`, P);
        if (twilio.validateRequest(token, signature, `https://mycompany.com/p${query}`, P))
          assert.equal(parse(post(`/p${query}`, P, signature)).authentic, true, `${base} ${query} ${form}`);
      }
    }
  }
});

test('a GET is signed by its URL alone', () => {
  const at = '/webhooks/twilio/sms?MessageSid=SM1&Body=hi';
  const signature = twilio.getExpectedTwilioSignature(token, `https://mycompany.com${at}`, {});
  assert.equal(parse(`GET ${at} HTTP/1.1\nX-Twilio-Signature: ${signature}\n\n`).authentic, true);
  assert.equal(parse(`GET ${at}2 HTTP/1.1\nX-Twilio-Signature: ${signature}\n\n`).authentic, false);
});

test('during rotation both tokens sign; an empty one never does', () => {
  const sign = (key) => post('/p', P, twilio.getExpectedTwilioSignature(key, 'https://mycompany.com/p', P));
  const rotated = { TWILIO_AUTH_TOKEN: 'new,old,' };
  assert.deepEqual(['new', 'old', '', 'new,old,'].map((key) => parse(sign(key), rotated).authentic), [true, true, false, false]);
});

test('without a signature, or with rubbish in its place, nothing is accepted', () => {
  for (const header of ['', 'X-Twilio-Signature: \n', 'X-Twilio-Signature: é\n', `X-Twilio-Signature: ${'A'.repeat(5000)}\n`])
    assert.equal(parse(`POST /p HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n${header}\na=b`).authentic, false);
});
