// Does a recording become an answer like any other, and does what is none get a clear word?
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { assertDiscreet, openHouse, runAnyhow } from '../support/gateway.mjs';
import { restClient } from '../support/people.mjs';
import { ask } from '../support/request.mjs';

const PATH = '/api/v2/instant-onboarding/voice/process';
const KEY = 'transcribe-key-41f7c0';
/* The beginning decides what it is; the rest has every byte, and what could be taken for the form's own lines. */
const OGG = Buffer.concat([Buffer.from('OggS\0\r\n--\r\n'), Buffer.from([...Array(256).keys()]), Buffer.from('\r\n')]);

let house;
let gateway;
let speech;

before(async () => {
    house = await openHouse();
    gateway = await house.start({
        env: ({ providers }) => ({
            TRANSCRIBE_URL: providers.url, TRANSCRIBE_API_KEY: KEY, AUDIO_HOSTS: 'localhost, media.example:8443',
        }),
    });
    speech = gateway.providers.speech;
    gateway.secrets = { ...gateway.secrets, transcribe: KEY };
});
after(async () => {
    await gateway?.stop();
    await house?.close();
});
beforeEach(() => {
    speech.calls.length = 0;
    speech.always(null);
});

/* As verbose_json tells it: a segment a sentence, with the mean logarithm of its probabilities. */
const heard = (text, logprob = -0.1) =>
    ({ task: 'transcribe', language: 'english', duration: 2.5, text: ` ${text}`, segments: [{ id: 0, start: 0, end: 2.5, text, avg_logprob: logprob, no_speech_prob: 0.02 }] });

const post = (body, headers = {}) => ask(gateway.url + PATH, { method: 'POST', body, headers });
const begin = (language = 'en') => restClient(gateway).begin({ channel: 'web', language });

/* Says it into a session; gives the answer's JSON. */
async function say(key, text, logprob, more = {}) {
    speech.hears = heard(text, logprob);
    const answer = await post({ session_key: key, audio_base64: OGG.toString('base64'), ...more });
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
}

async function assertRefused(body, field, code) {
    const answer = await post(body);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.headers['content-type'], /problem\+json/);
    const errors = answer.json().errors;
    assert.deepEqual(errors.map((error) => [error.field, error.code]), [[field, code]], answer.text);
    assert.ok(errors[0].detail.length > 10);
}

test('a recording is sent as the form that the service takes, byte for byte', async () => {
    const { session_key: key } = await begin();
    await say(key, 'My name is Asha Rao.');
    const [call] = speech.calls;
    assert.equal(call.path, '/v1/audio/transcriptions');
    assert.equal(call.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(call.content.fields, { model: 'whisper-1', response_format: 'verbose_json', language: 'en' });
    assert.equal(call.content.file.filename, 'speech.ogg');
    assert.equal(call.content.file.type, 'audio/ogg');
    assert.ok(call.content.file.bytes.equals(OGG));
});

test('what was heard is an answer like any other, and the response says what was heard', async () => {
    const { session_key: key } = await begin();
    const answer = await say(key, 'My name is Asha Rao.');
    assert.deepEqual(Object.keys(answer).sort(), ['current_step', 'errors', 'is_complete', 'message', 'missing_fields',
        'next_step', 'session_id', 'status', 'text']);
    assert.equal(answer.text, 'My name is Asha Rao.');
    assert.deepEqual([answer.next_step, answer.current_step, answer.errors], ['birth_date', 1, []]);
    await say(key, 'The fifteenth of August, nineteen ninety.');
    await say(key, 'Half past six in the morning');
    assert.equal((await say(key, 'Pune')).next_step, 'confirm');
    assert.equal((await say(key, 'Yes.')).is_complete, true);
    const { collected_data: data } = (await restClient(gateway).session(key)).json();
    assert.deepEqual([data.name, data.birth_date, data.birth_time], ['Asha Rao', '1990-08-15', '06:30:00']);
});

test('what was hardly heard is read back before it is taken', async () => {
    const { session_key: key } = await begin();
    const doubt = await say(key, 'Aisha', -1.2);
    assert.match(doubt.message, /I heard Aisha, is that right\?/);
    assert.deepEqual([doubt.next_step, doubt.missing_fields.includes('name')], ['name', true]);
    const second = await say(key, 'No, it is Asha', -0.2);
    assert.equal(second.next_step, 'birth_date');
    const date = await say(key, '15 August 1990', -1.2);
    assert.match(date.message, /I heard 15 August 1990/);
    assert.equal((await say(key, 'yes', -0.2)).next_step, 'birth_time');
    const wish = await say(key, 'delete my data', -1.5);
    assert.match(wish.message, /couldn't hear that well/);
    assert.equal(wish.next_step, 'birth_time');
});

test('the language is a hint for the service: of the request, else of the session', async () => {
    const { session_key: key } = await begin('hi');
    const answer = await say(key, 'आशा राव');
    assert.equal(answer.next_step, 'birth_date');
    await say(key, '15 August 1990', -0.1, { language: 'en' });
    assert.deepEqual(speech.calls.map(({ content }) => content.fields.language), ['hi', 'en']);
});

test('silence is no answer and no mistake', async () => {
    const { session_key: key } = await begin();
    const quiet = { text: ' Thank you for watching!', segments: [{ start: 0, end: 30, avg_logprob: -1.3, no_speech_prob: 0.93 }] };
    for (const hears of [{ text: '' }, quiet]) {
        speech.hears = hears;
        const answer = (await post({ session_key: key, audio_base64: OGG.toString('base64') })).json();
        assert.match(answer.message, /I didn't hear anything/);
        assert.deepEqual([answer.text, answer.next_step], ['', 'name']);
    }
});

test('a repetition with the same Idempotency-Key changes nothing', async () => {
    const { session_key: key } = await begin();
    speech.hears = heard('Asha Rao');
    const body = { session_key: key, audio_base64: `data:audio/ogg;base64,${OGG.toString('base64')}` };
    const answers = [await post(body, { 'idempotency-key': 'one' }), await post(body, { 'idempotency-key': 'one' })];
    assert.equal(answers[0].json().next_step, 'birth_date');
    assert.deepEqual(answers[1].json(), answers[0].json());
});

test('a body that is no recording is refused field by field, before anybody is asked', async () => {
    const { session_key: key } = await begin();
    const base64 = OGG.toString('base64');
    await assertRefused({ session_key: key }, 'audio_base64', 'missing');
    await assertRefused({ session_key: key, audio_base64: 'no base64 at all' }, 'audio_base64', 'malformed');
    await assertRefused({ session_key: key, audio_base64: '' }, 'audio_base64', 'unknown_type');
    await assertRefused({ session_key: key, audio_base64: 7 }, 'audio_base64', 'wrong_type');
    const picture = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1').toString('base64');
    await assertRefused({ session_key: key, audio_base64: picture }, 'audio_base64', 'unknown_type');
    await assertRefused({ session_key: key, audio_base64: base64, audio_url: 'https://localhost/a' }, 'audio_url', 'one_too_many');
    await assertRefused({ audio_base64: base64 }, 'session_key', 'missing');
    await assertRefused({ session_key: key, audio_base64: base64, language: 'tlh' }, 'language', 'unknown');
    const both = await post({ audio_url: 'ftp://localhost/a' });
    assert.deepEqual(both.json().errors.map(({ field }) => field).sort(), ['audio_url', 'session_key']);
    assert.equal((await post('[]', { 'content-type': 'application/json' })).status, 400);
    assert.equal((await post('x', { 'content-type': 'audio/ogg' })).status, 415);
    assert.equal(speech.calls.length, 0);
});

test('nobody has the operator pay for speech without a session', async () => {
    for (const key of ['short', 'k'.repeat(43)])
        assert.equal((await post({ session_key: key, audio_base64: OGG.toString('base64') })).status, 404);
    assert.equal(speech.calls.length, 0);
});

test('four MiB are taken, more are 413', async () => {
    const { session_key: key } = await begin();
    const long = Buffer.concat([OGG, Buffer.alloc(3 * 1024 * 1024 - OGG.length - 300)]);
    speech.hears = heard('Asha');
    assert.equal((await post({ session_key: key, audio_base64: long.toString('base64') })).status, 200);
    assert.ok(speech.calls[0].content.file.bytes.equals(long));
    const larger = await post({ session_key: key, audio_base64: 'A'.repeat(4 * 1024 * 1024) });
    assert.equal(larger.status, 413);
    assert.match(larger.json().detail, /4 MiB for speech/);
});

test('audio_url leads only to hosts that are allowed, and there only to public addresses', async () => {
    const { session_key: key } = await begin();
    for (const url of ['http://localhost/a.ogg', 'https://elsewhere.example/a.ogg', 'https://localhost@elsewhere.example/a.ogg',
        'https://localhost.elsewhere.example/', 'https://elsewhere.example#localhost', 'https://localhost:444/a', '//localhost/a',
        'https://media.example/a', 'https://elsewhere.example\\@localhost/', ''])
        await assertRefused({ session_key: key, audio_url: url }, 'audio_url', 'not_allowed');
    /* The name is allowed, and is this very machine's. */
    await assertRefused({ session_key: key, audio_url: 'https://localhost/a.ogg' }, 'audio_url', 'not_public');
    await assertRefused({ session_key: key, audio_url: 'HTTPS://localhost/a.ogg' }, 'audio_url', 'not_allowed');
    assert.equal(speech.calls.length, 0);
});

test('a service in trouble costs nothing: 503, and the same again works', async () => {
    const { session_key: key } = await begin();
    const body = { session_key: key, audio_base64: OGG.toString('base64') };
    speech.hears = heard('Asha Rao');
    for (const trouble of [{ status: 500, body: 'oh' }, { status: 401, body: {} }, { status: 200, body: 'not json' }, { status: 200, body: { words: 1 } }]) {
        speech.always(trouble);
        const answer = await post(body);
        assert.equal(answer.status, 503, answer.text);
        assert.ok(Number(answer.headers['retry-after']) > 0);
        assert.match(answer.json().detail, /speech service/);
    }
    speech.always({ status: 400, body: { error: { message: 'Invalid file format.' } } });
    await assertRefused(body, 'audio_base64', 'not_readable');
    speech.always(null);
    speech.calls.length = 0;
    speech.next({ status: 503, body: '' }, { status: 502, body: '' });
    assert.equal((await post(body)).status, 503);
    assert.equal(speech.calls.length, 2, 'a call that is put off is made once more');
    speech.next({ status: 429, body: '' });
    assert.equal((await post(body)).json().next_step, 'birth_date');
});

test('a session says at most twenty things a minute', async () => {
    const { session_key: key } = await begin();
    speech.hears = { text: '' };
    const statuses = [];
    for (let i = 0; i < 22; i++) statuses.push((await post({ session_key: key, audio_base64: OGG.toString('base64') })).status);
    assert.deepEqual(statuses.slice(0, 20), Array(20).fill(200));
    assert.equal(statuses.at(-1), 429);
});

test('newer models are asked in the form that they take', async () => {
    const other = await house.start({
        env: ({ providers }) => ({ TRANSCRIBE_URL: `${providers.url}/v1/`, TRANSCRIBE_MODEL: 'gpt-4o-mini-transcribe' }),
    });
    const { session_key: key } = await restClient(other).begin({ channel: 'web', language: 'en' });
    other.providers.speech.hears = { text: 'Aisha', logprobs: [{ token: 'Ai', logprob: -1.4 }, { token: 'sha', logprob: -0.9 }] };
    const answer = await ask(other.url + PATH, { method: 'POST', body: { session_key: key, audio_base64: OGG.toString('base64') } });
    assert.match(answer.json().message, /I heard Aisha/);
    const { fields } = other.providers.speech.calls[0].content;
    assert.deepEqual(fields, { model: 'gpt-4o-mini-transcribe', response_format: 'json', 'include[]': 'logprobs', language: 'en' });
    assert.equal(other.providers.speech.calls[0].headers.authorization, undefined);
    await other.stop();
});

test('without a service it is 501, and settings by halves are said', async () => {
    const mute = await house.start();
    const { session_key: key } = await restClient(mute).begin({ channel: 'web', language: 'en' });
    const answer = await ask(mute.url + PATH, { method: 'POST', body: { session_key: key, audio_base64: OGG.toString('base64') } });
    assert.equal(answer.status, 501);
    assert.match(answer.json().detail, /TRANSCRIBE_URL/);
    await mute.stop();
    const check = (env) => runAnyhow(mute.home, ['check'], { ...mute.env, ...env });
    for (const env of [{ TRANSCRIBE_API_KEY: 'k' }, { AUDIO_HOSTS: 'media.example' }]) {
        const { status, stderr } = check(env);
        assert.equal(status, 2);
        assert.match(stderr, /^config\/frontdesk\.yaml:\d+:\d+: transcribe has no url/);
    }
    assert.match(check({ TRANSCRIBE_URL: 'whisper:9000' }).stderr, /must begin with http/);
    assert.match(check({ TRANSCRIBE_URL: 'http://x', AUDIO_HOSTS: 'https://media.example' }).stderr, /audio_hosts/);
    assert.equal(check({ TRANSCRIBE_URL: 'http://x' }).status, 0);
});

test('nobody reads keys or what was said in the log', () => {
    assertDiscreet(gateway);
    assert.ok(!gateway.log.includes('Asha'));
});
