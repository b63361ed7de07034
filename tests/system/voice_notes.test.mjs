// Does a voice note on WhatsApp become an answer, once, whatever happens on the way?
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { whatsappPerson, wordsOf } from '../support/people.mjs';
import { until } from '../support/until.mjs';

const OGG = Buffer.from('OggS\0 somebody speaks');

let house;
let gateway;
let speech;
let media;
let people = 0;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ env: ({ providers }) => ({ TRANSCRIBE_URL: providers.url }) });
    ({ speech, media } = gateway.providers);
});
after(async () => {
    await gateway?.stop();
    await house?.close();
});
beforeEach(() => {
    for (const door of [speech, media]) {
        door.calls.length = 0;
        door.always(null);
    }
});

const newPerson = (of = gateway) => whatsappPerson(of, `9198123${String(50000 + ++people)}`);

/* A voice note as Meta brings it; its recording lies there. */
function note(person, bytes = OGG, door = media) {
    const id = `media-${++people}`;
    door.files[id] = bytes;
    return person.message('audio', { id, mime_type: 'audio/ogg; codecs=opus', sha256: 'x', voice: true });
}

/* Says it as a voice note; gives the words of the answer. */
async function speak(person, text, logprob = -0.1) {
    const before = gateway.providers.graph.to(person.number).length;
    speech.hears = { text, segments: [{ start: 0, end: 2, avg_logprob: logprob, no_speech_prob: 0 }] };
    assert.equal((await person.sends(note(person))).status, 200);
    return wordsOf(await person.hears(before + 1));
}

const jobsOf = (state) => gateway.value(`select count(*) from frontdesk.jobs where kind = 'transcribe' and state = '${state}'`);

test('a whole conversation by voice notes, from the first word on', async () => {
    const asha = newPerson();
    assert.match(await speak(asha, 'Hello'), /What's your name\?/);
    assert.match(await speak(asha, 'My name is Asha Rao.'), /When were you born\?/);
    assert.match(await speak(asha, 'Fifteenth of August 1990', -1.3), /I heard 15 August 1990, is that right\?/);
    assert.match(await speak(asha, 'Yes.'), /What time/);
    const [first, second] = media.calls;
    assert.match(first.path, /^\/graph\/v25\.0\/media-\d+\?phone_number_id=106540352242922$/);
    assert.match(second.path, /^\/lookaside\/media-\d+$/);
    for (const { headers } of [first, second]) assert.equal(headers.authorization, `Bearer ${gateway.secrets.whatsappToken}`);
    assert.ok(speech.calls[0].content.file.bytes.equals(OGG));
    await until(async () => (await jobsOf('done')) === 4, 'every job done');
    assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), 1);
});

test('a note that Meta brings twice is heard once, and two at once are two', async () => {
    const ravi = newPerson();
    await ravi.talks('hi', 'Ravi');
    speech.hears = { text: '15 August 1990' };
    const said = note(ravi);
    for (let i = 0; i < 2; i++) assert.equal((await ravi.sends(said)).status, 200);
    assert.match(wordsOf(await ravi.hears(3)), /What time/);
    assert.equal(speech.calls.length, 1);
    speech.hears = { text: 'half past six in the morning' };
    await ravi.sends(note(ravi), note(ravi));
    await until(() => speech.calls.length === 3, 'both notes heard');
});

test('what no words can be had of is asked for in writing', async () => {
    const meera = newPerson();
    await meera.talks('hi');
    for (const bytes of [Buffer.from('no recording'), Buffer.concat([OGG, Buffer.alloc(4 * 1024 * 1024)])]) {
        const before = gateway.providers.graph.to(meera.number).length;
        await meera.sends(note(meera, bytes));
        assert.match(wordsOf(await meera.hears(before + 1)), /couldn't understand your voice message. Please type it. What's your name\?/);
    }
    assert.equal(speech.calls.length, 0);
    speech.always({ status: 400, body: { error: { message: 'Invalid file format.' } } });
    assert.match(await speak(meera, ''), /Please type it/);
    speech.always(null);
    assert.match(await speak(meera, ''), /didn't hear anything/);
    media.next({ status: 200, body: { url: 'https://evil.example/lookaside/media-1', file_size: 9 } });
    assert.match(await speak(meera, 'Meera'), /Please type it/);
    await until(async () => (await jobsOf('failed')) === 4, 'failed jobs are counted');
});

test('trouble that passes is waited for, and a worker that dies on the way loses nothing', async () => {
    const kiran = newPerson();
    await kiran.talks('hi');
    media.next({ status: 500, body: '' });
    media.next(null, { status: 200, headers: { 'content-type': 'audio/ogg' }, body: Buffer.from('OggS\0 somebody sp') });
    assert.match(await speak(kiran, 'Kiran'), /When were you born\?/);
    assert.match(gateway.log, /a voice note is tried again.*it came damaged/);
    assert.ok(speech.calls.every(({ content }) => content.file.bytes.equals(OGG)), 'what came damaged is not listened to');
    speech.always('hang');
    await kiran.sends(note(kiran));
    await until(() => speech.calls.length === 2, 'the note is with the service');
    await gateway.kill9('worker');
    speech.always(null);
    speech.hears = { text: '15 August 1990' };
    await gateway.sql("update frontdesk.jobs set lease_until = now() where kind = 'transcribe' and state = 'leased'");
    assert.match(wordsOf(await kiran.hears(3)), /What time/);
});

test('who had everything erased meanwhile is not begun with anew', async () => {
    const divya = newPerson();
    await divya.talks('hi');
    speech.always(() => new Promise((resolve) => { setTimeout(() => resolve({ status: 200, body: { text: 'Divya' } }), 1500); }));
    await divya.sends(note(divya));
    await divya.talks('delete my data', 'yes');
    const before = gateway.providers.graph.to(divya.number).length;
    await until(() => speech.calls.length === 1 && gateway.log.includes('its session is gone'), 'the note is dropped');
    assert.equal(gateway.providers.graph.to(divya.number).length, before);
    assert.equal(await gateway.value(`select count(*) from frontdesk.addresses where address like '%${divya.number}'`), 0);
});

test('without a service a voice note is asked for in writing, at once', async () => {
    const mute = await house.start();
    const asha = newPerson(mute);
    await asha.talks('hi');
    await asha.sends(note(asha, OGG, mute.providers.media));
    assert.match(wordsOf(await asha.hears(2)), /only read text here, though. What's your name\?/);
    assert.equal(mute.providers.media.calls.length, 0);
    await mute.stop();
});

test('no number, key or word stands in the log', () => {
    assertDiscreet(gateway);
    assert.ok(!gateway.log.includes('Asha'));
});
