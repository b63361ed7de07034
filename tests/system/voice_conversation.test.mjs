// Is a call the same conversation as any other, heard instead of read?

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller, callersOf } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { nextYear } from '../support/people.mjs';

let house;
let gateway;
let callers;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
    callers = callersOf(gateway);
});
after(async () => {
    await gateway.stop();
    assertDiscreet(gateway);
    await house.close();
});

test('the language is chosen first, each language asking for itself', async () => {
    const asha = await caller(gateway, callers.mobile()).dials();
    assert.equal(asha.heard, 'For English press 1. हिन्दी के लिए दो दबाइए।');
    assert.deepEqual(asha.spoken.map(({ language }) => language), ['en-IN', 'hi-IN']);
    assert.equal(asha.gather.numDigits, '1');
    assert.equal(asha.gather.input, 'dtmf speech');
    assert.equal(asha.gather.actionOnEmptyResult, 'true');
});

test('a whole call in English, by keypad where that is possible', async () => {
    const number = callers.mobile();
    const asha = await callers.atName(number);
    assert.equal(asha.heard, "Welcome! Let's create your birth chart in 90 seconds. What's your name?");
    assert.match(asha.spoken[0].voice, /^Polly\./);
    await asha.says('Asha.');
    assert.equal(asha.heard, 'I heard Asha. Right: press 1. Once more: press 2.');
    await asha.presses('1');
    assert.match(asha.heard, /^Nice to meet you, Asha! When were you born\?.*eight digits/);
    assert.equal(asha.gather.numDigits, '8');
    assert.ok(Number(asha.gather.timeout) >= 5);
    await asha.presses('15081990');
    assert.match(asha.heard, /What time were you born/);
    assert.equal(asha.gather.numDigits, '4');
    await asha.presses('0630');
    assert.match(asha.heard, /6:30 in the morning: press 1. 6:30 in the evening: press 2/);
    await asha.presses('2');
    assert.match(asha.heard, /Which town or city/);
    await asha.says('Pune');
    assert.match(asha.heard, /I heard Pune, Maharashtra, India/);
    await asha.presses('1');
    assert.equal(asha.heard, 'Asha. 15 August 1990. 6:30 in the evening. Pune, Maharashtra, India. Is this right? ' +
        'Right: press 1. Change it: press 2.');
    await asha.presses('1');
    assert.match(asha.heard, /Your birth chart is being made. Shall I text the link to this number\? Press 1\./);
    assert.equal((await callers.session(number)).status, 'generating_chart');
    await asha.presses('1');
    assert.match(asha.heard, /I've sent you a text message/);
    assert.ok(asha.hasEnded);
    const [message] = await gateway.providers.twilio.called(1, number);
    assert.match(message.content.Body, /Your birth chart is being made/);
    assert.equal(message.content.From, gateway.smsNumber);
    const { collected_data: data, channel } = await callers.session(number);
    assert.equal(channel, 'voice');
    assert.deepEqual([data.name, data.birth_date, data.birth_time, data.birth_place],
        ['Asha', '1990-08-15', '18:30:00', 'Pune, Maharashtra, India']);
});

test('a whole call in Hindi, by speech', async () => {
    const number = callers.mobile();
    const asha = await caller(gateway, number).dials();
    await asha.presses('2');
    assert.match(asha.heard, /आपका नाम क्या है/);
    assert.equal(asha.gather.language, 'hi-IN');
    assert.ok(asha.spoken.every(({ language, voice }) => language === 'hi-IN' && voice === 'Polly.Aditi'));
    await asha.says('आशा');
    assert.match(asha.heard, /मैंने सुना आशा/);
    await asha.says('हाँ');
    assert.match(asha.heard, /जन्म कब हुआ/);
    await asha.says('15 अगस्त 1990');
    assert.match(asha.heard, /कितने बजे/);
    await asha.says('सुबह साढ़े छह बजे');
    assert.match(asha.heard, /किस शहर/);
    await asha.says('पुणे');
    assert.match(asha.heard, /मैंने सुना/);
    await asha.says('हाँ');
    assert.match(asha.heard, /आशा। 15 अगस्त 1990। सुबह 6:30 बजे। .*क्या यह सही है/);
    await asha.says('हाँ');
    assert.match(asha.heard, /कुंडली बन रही है/);
    await asha.isSilent();
    assert.match(asha.heard, /नमस्ते/);
    assert.ok(asha.hasEnded);
    assert.deepEqual(callers.texts(number), []);
    const row = await callers.session(number);
    assert.equal(row.language, 'hi');
    assert.deepEqual([row.collected_data.birth_date, row.collected_data.birth_time], ['1990-08-15', '06:30:00']);
});

test('a whole call in English, by speech', async () => {
    const number = callers.mobile();
    const asha = await caller(gateway, number).dials();
    await asha.says('English, please.');
    await asha.says('My name is Asha Rao.');
    assert.match(asha.heard, /I heard Asha Rao/);
    await asha.says('Yes.');
    await asha.says('Fifteenth of August nineteen ninety.');
    assert.match(asha.heard, /What time/);
    await asha.says('Half past six in the evening.');
    assert.match(asha.heard, /Which town/);
    await asha.says('Pune.');
    await asha.says("That's right.");
    assert.match(asha.heard, /Asha Rao. 15 August 1990. 6:30 in the evening. Pune, Maharashtra, India./);
    await asha.says('Yes.');
    assert.match(asha.heard, /Shall I text the link/);
    await asha.says('Yes, please.');
    assert.match(asha.heard, /I've sent you a text message/);
    await gateway.providers.twilio.called(1, number);
});

test('a whole call in Hindi, by keypad where that is possible', async () => {
    const number = callers.mobile();
    const asha = await caller(gateway, number).dials();
    await asha.presses('2');
    await asha.says('आशा');
    await asha.presses('1');
    await asha.presses('15081990');
    await asha.presses('0630');
    assert.match(asha.heard, /सुबह 6:30 बजे: 1 दबाइए।.*शाम 6:30 बजे: 2 दबाइए।/);
    await asha.presses('1');
    await asha.says('पुणे');
    await asha.presses('1');
    assert.match(asha.heard, /आशा। 15 अगस्त 1990। सुबह 6:30 बजे।/);
    await asha.presses('1');
    assert.match(asha.heard, /लिंक भेज दूँ\? भेजने के लिए 1 दबाइए/);
    await asha.presses('1');
    assert.match(asha.heard, /संदेश भेज दिया/);
    const [message] = await gateway.providers.twilio.called(1, number);
    assert.match(message.content.Body, /आपकी कुंडली बन रही है/);
});

test('an answer can be changed before the end', async () => {
    const asha = await (await (await callers.atPlace()).says('Pune')).presses('1');
    await asha.presses('2');
    assert.match(asha.heard, /What shall I change\? Name: press 1\. Date of birth: press 2\./);
    await asha.presses('2');
    await asha.presses('16081991');
    assert.match(asha.heard, /Asha. 16 August 1991./);
});

test('several places of a name are chosen by key', async () => {
    const asha = await (await callers.atPlace()).says('Springfield');
    assert.match(asha.heard, /Which one is it\? Springfield.*: press 1.*: press 3. None: press 4/);
    await asha.presses('2');
    assert.match(asha.heard, /Springfield, .*Is this right/);
});

test('hours 01 to 12 by keypad are asked about, 00 and 13 to 23 are certain', async () => {
    for (const [keys, answer, stored] of [['1830', null, '18:30:00'], ['0005', null, '00:05:00'], ['1300', null, '13:00:00'],
        ['0100', '1', '01:00:00'], ['1145', '2', '23:45:00'], ['1200', '1', '12:00:00'], ['1200', '2', '00:00:00'],
        ['1230', '2', '00:30:00']]) {
        const asha = await callers.atTime();
        await asha.presses(keys);
        if (answer) {
            assert.match(asha.heard, /press 1.*press 2/, keys);
            await asha.presses(answer);
        }
        assert.match(asha.heard, /Which town/, keys);
        assert.equal((await callers.session(asha.number)).collected_data.birth_time, stored, keys);
    }
});

test('an impossible date or time by keypad is told, and asked for by keys', async () => {
    const asha = await callers.atDate();
    await asha.presses('31021990');
    assert.match(asha.heard, /That day isn't in the calendar. Please press eight digits/);
    await asha.presses('15081990');
    await asha.presses('2575');
    assert.match(asha.heard, /no such time.*Please press four digits/);
});

test('a question whose answer was not heard well is asked for by keys from then on', async () => {
    const asha = await callers.atDate();
    await asha.says('fifteen all just nineteen ninety', 0.31);
    assert.match(asha.heard, /couldn't hear that well. Please press eight digits/);
    await asha.isSilent();
    assert.match(asha.heard, /I didn't hear anything. Please press eight digits/);
    await asha.presses('15081990');
    assert.match(asha.heard, /What time were you born\? Say it/);
    await asha.says('18 30', 0);
    assert.match(asha.heard, /Which town/, 'no score is no doubt');
});

test('* goes back, 9 repeats slowly, 0 asks to be pressed again for a person', async () => {
    const asha = await callers.atTime();
    await asha.presses('9');
    assert.match(asha.heard, /What time were you born/);
    assert.ok(asha.isSlow);
    await asha.presses('*');
    assert.match(asha.heard, /When were you born/);
    assert.ok(!asha.isSlow);
    await asha.presses('0');
    assert.match(asha.heard, /For a person, press 0 again. When were you born/);
    await asha.presses('15081990');
    assert.match(asha.heard, /What time/, 'an answer after one 0 is an answer');
    await asha.presses('0');
    await asha.presses('0');
    assert.match(asha.heard, /no person here|reach a person/);
    assert.match(asha.heard, /What time/);
});

test('two silences in a row say goodbye and keep the answers; other answers start the count anew', async () => {
    const asha = await callers.atDate();
    await asha.isSilent();
    assert.match(asha.heard, /I didn't hear anything. When were you born/);
    await asha.presses('99999999');
    assert.match(asha.heard, /calendar/);
    await asha.isSilent();
    assert.ok(!asha.hasEnded);
    await asha.isSilent();
    assert.match(asha.heard, /I've kept your answers/);
    assert.ok(asha.hasEnded);
    assert.equal((await callers.session(asha.number)).collected_data.name, 'Asha');
});

test('a repeated request gets the same document, and a late one changes nothing', async () => {
    const asha = await callers.atDate();
    const question = asha.gather;
    await asha.presses('15081990');
    const first = asha.document;
    const row = await callers.session(asha.number);
    await asha.posts(question.action.slice(gateway.publicUrl.length), { Digits: '15081990', FinishedOnKey: '' });
    assert.equal(asha.document, first);
    await asha.posts(question.action.slice(gateway.publicUrl.length), { Digits: '16081990', FinishedOnKey: '' });
    assert.equal(asha.document, first);
    assert.deepEqual(await callers.session(asha.number), row);
});

test('a flow with a choice and a phone number can be called too', async () => {
    const other = await house.start({
        settings: (yaml) => yaml.replace(/(kind: voice\n\s+id: voice\n\s+flow: )instant_onboarding/, '$1appointment'),
    });
    const asha = await caller(other, callers.mobile()).dials();
    await asha.presses('1');
    await asha.says('Asha');
    await asha.presses('1');
    assert.match(asha.heard, /Consultation: press 1. Chart reading: press 2. Follow-up: press 3/);
    assert.match(asha.gather.hints, /Consultation/);
    await asha.presses('2');
    const day = nextYear('24 December');
    await asha.presses(`2412${day.slice(-4)}`);
    assert.match(asha.heard, /phone number/);
    assert.equal(asha.gather.numDigits, undefined);
    await asha.presses('9812345670');
    assert.match(asha.heard, new RegExp(`Asha\\. Chart reading\\. ${day}\\. .*Is this right`));
    await asha.presses('1');
    assert.match(asha.heard, /get back to you.*goodbye/);
    assert.ok(asha.hasEnded);
    await other.stop();
});
