// Is a call the same conversation as any other, heard instead of read?

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { smsPerson } from '../support/people.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;
let serial = 0;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
});
after(async () => {
    await gateway.stop();
    assertDiscreet(gateway);
    await house.close();
});

/** A mobile number that nobody else in this file has. */
const mobile = () => `+9198123${String(45000 + ++serial).padStart(5, '0')}`;

const session = async (number) => (await gateway.rows(`
    select s.* from public.instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a on a.contact_id = c.contact_id
    where a.address = '${number}' order by s.created_at desc limit 1`))[0];

const texts = (number) => gateway.providers.twilio.to(number);

/** A caller who has chosen English and is asked for the name. */
async function atName(number = mobile()) {
    const asha = caller(gateway, number);
    await asha.dials();
    await asha.presses('1');
    return asha;
}

async function atDate(number) {
    const asha = await atName(number);
    await asha.says('Asha');
    return asha.presses('1');
}

async function atTime(number) {
    return (await atDate(number)).presses('15081990');
}

async function atPlace(number) {
    return (await atTime(number)).presses('1830');
}

test('the language is chosen first, each language asking for itself', async () => {
    const asha = await caller(gateway, mobile()).dials();
    assert.equal(asha.heard, 'For English press 1. हिन्दी के लिए दो दबाइए।');
    assert.deepEqual(asha.spoken.map(({ language }) => language), ['en-IN', 'hi-IN']);
    assert.equal(asha.gather.numDigits, '1');
    assert.equal(asha.gather.input, 'dtmf speech');
    assert.equal(asha.gather.actionOnEmptyResult, 'true');
});

test('a whole call in English, by keypad where that is possible', async () => {
    const number = mobile();
    const asha = await atName(number);
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
    assert.equal((await session(number)).status, 'generating_chart');
    await asha.presses('1');
    assert.match(asha.heard, /I've sent you a text message/);
    assert.ok(asha.hasEnded);
    const [message] = await gateway.providers.twilio.called(1, number);
    assert.match(message.content.Body, /Your birth chart is being made/);
    assert.equal(message.content.From, gateway.smsNumber);
    const { collected_data: data, channel } = await session(number);
    assert.equal(channel, 'voice');
    assert.deepEqual([data.name, data.birth_date, data.birth_time, data.birth_place],
        ['Asha', '1990-08-15', '18:30:00', 'Pune, Maharashtra, India']);
});

test('a whole call in Hindi, by speech', async () => {
    const number = mobile();
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
    assert.deepEqual(texts(number), []);
    const row = await session(number);
    assert.equal(row.language, 'hi');
    assert.deepEqual([row.collected_data.birth_date, row.collected_data.birth_time], ['1990-08-15', '06:30:00']);
});

test('a whole call in English, by speech', async () => {
    const number = mobile();
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
    const number = mobile();
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
    const asha = await (await (await atPlace()).says('Pune')).presses('1');
    await asha.presses('2');
    assert.match(asha.heard, /What shall I change\? Name: press 1\. Date of birth: press 2\./);
    await asha.presses('2');
    await asha.presses('16081991');
    assert.match(asha.heard, /Asha. 16 August 1991./);
});

test('what began by text message goes on by telephone', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll('hi', 'Asha', '15 August 1990');
    const asha = await caller(gateway, number).dials();
    assert.match(asha.heard, /^Welcome back. You began a chart here; next is: Time of birth./);
    await asha.presses('1');
    assert.match(asha.heard, /^What time were you born\? Say it/);
    await asha.presses('1830');
    await asha.says('Pune');
    await asha.presses('1');
    assert.match(asha.heard, /Asha. 15 August 1990/);
});

test('several places of a name are chosen by key', async () => {
    const asha = await (await atPlace()).says('Springfield');
    assert.match(asha.heard, /Which one is it\? Springfield.*: press 1.*: press 3. None: press 4/);
    await asha.presses('2');
    assert.match(asha.heard, /Springfield, .*Is this right/);
});

test('who calls and wants everything deleted is asked by text message: the number may be forged', async () => {
    const asha = await atTime();
    await asha.says('Delete my data');
    assert.match(asha.heard, /Shall I delete everything/);
    await asha.presses('1');
    assert.match(asha.heard, /sent a text message to this number.*the word erase.*Goodbye/);
    assert.ok(asha.hasEnded);
    const text = await until(() => texts(asha.number)[0], 'the text message');
    assert.match(text.content.Body, /If it was you, answer ERASE/);
    assert.equal((await session(asha.number)).collected_data.name, 'Asha');
    const { said } = await smsPerson(gateway, asha.number).says('Erase');
    assert.match(said[0], /has been deleted/);
    assert.equal(await session(asha.number), undefined);
    assert.match((await caller(gateway, asha.number).dials()).heard, /For English press 1/);
});

test('an anonymous call deletes its own session at once', async () => {
    const nobody = await atName('anonymous');
    await nobody.says('Delete my data');
    await nobody.presses('1');
    assert.match(nobody.heard, /has been deleted. Goodbye/);
    assert.ok(nobody.hasEnded);
});

test('the language may be said, and is not asked of somebody who comes back', async () => {
    const number = mobile();
    const asha = await caller(gateway, number).dials();
    await asha.says('हिन्दी');
    assert.match(asha.heard, /आपका नाम क्या है/);
    const again = await caller(gateway, number).dials();
    assert.match(again.heard, /फिर से स्वागत.*आपका नाम क्या है/);
    const finished = await (await (await atPlace()).says('Pune')).presses('1');
    await finished.presses('1');
    await gateway.sql(`update public.instant_onboarding_sessions s set status = 'completed' from frontdesk.conversations c
        join frontdesk.addresses a on a.contact_id = c.contact_id where c.session_id = s.id and a.address = '${finished.number}'`);
    await gateway.sql(`update frontdesk.conversations c set is_open = false from frontdesk.addresses a
        where a.contact_id = c.contact_id and a.address = '${finished.number}'`);
    const afterwards = await caller(gateway, finished.number).dials();
    assert.match(afterwards.heard, /^Welcome back. Your chart is ready/);
    await afterwards.presses('2');
    assert.match(afterwards.heard, /What's your name/);
});

test('a call whose session was finished meanwhile still hears its end', async () => {
    const asha = await (await (await atPlace()).says('Pune')).presses('1');
    await asha.presses('1');
    await gateway.sql(`update public.instant_onboarding_sessions s set status = 'completed' from frontdesk.conversations c
        join frontdesk.addresses a on a.contact_id = c.contact_id where c.session_id = s.id and a.address = '${asha.number}'`);
    await gateway.sql(`update frontdesk.conversations c set is_open = false from frontdesk.addresses a
        where a.contact_id = c.contact_id and a.address = '${asha.number}'`);
    await asha.presses('1');
    assert.match(asha.heard, /I've sent you a text message/);
    assert.equal((await session(asha.number)).status, 'completed');
});

test('hours 01 to 12 by keypad are asked about, 00 and 13 to 23 are certain', async () => {
    for (const [keys, answer, stored] of [['1830', null, '18:30:00'], ['0005', null, '00:05:00'], ['1300', null, '13:00:00'],
        ['0100', '1', '01:00:00'], ['1145', '2', '23:45:00'], ['1200', '1', '12:00:00'], ['1200', '2', '00:00:00'],
        ['1230', '2', '00:30:00']]) {
        const asha = await atTime();
        await asha.presses(keys);
        if (answer) {
            assert.match(asha.heard, /press 1.*press 2/, keys);
            await asha.presses(answer);
        }
        assert.match(asha.heard, /Which town/, keys);
        assert.equal((await session(asha.number)).collected_data.birth_time, stored, keys);
    }
});

test('an impossible date or time by keypad is told, and asked for by keys', async () => {
    const asha = await atDate();
    await asha.presses('31021990');
    assert.match(asha.heard, /That day isn't in the calendar. Please press eight digits/);
    await asha.presses('15081990');
    await asha.presses('2575');
    assert.match(asha.heard, /no such time.*Please press four digits/);
});

test('a question whose answer was not heard well is asked for by keys from then on', async () => {
    const asha = await atDate();
    await asha.says('fifteen all just nineteen ninety', 0.31);
    assert.match(asha.heard, /couldn't hear that well. Please press eight digits/);
    await asha.isSilent();
    assert.match(asha.heard, /I didn't hear anything. Please press eight digits/);
    await asha.presses('15081990');
    assert.match(asha.heard, /What time were you born\? Say it/);
    await asha.says('18 30', 0);
    assert.match(asha.heard, /Which town/, 'no score is no doubt');
});

test('a name heard wrong twice goes on by text message, and the session there', async () => {
    const number = mobile();
    const asha = await atName(number);
    await asha.says('Usher');
    assert.match(asha.heard, /I heard Usher/);
    await asha.presses('2');
    assert.match(asha.heard, /Then once more, please. What's your name\?/);
    await asha.says('Ushas');
    await asha.presses('2');
    assert.match(asha.heard, /please answer by text message/);
    assert.ok(asha.hasEnded);
    const [message] = await gateway.providers.twilio.called(1, number);
    assert.match(message.content.Body, /What's your name\?/);
    const { said } = await smsPerson(gateway, number).says('Asha Rao');
    assert.match(said[0], /Nice to meet you, Asha! When were you born\? For example 15 August 1990/);
    assert.equal((await session(number)).collected_data.name, 'Asha Rao');
    assert.equal(await gateway.value(`select count(*)::int from frontdesk.addresses where address = '${number}'`), 1);
});

test('somebody who can not be texted hears the web address', async () => {
    for (const number of ['anonymous', '+912226543210']) {
        const asha = await atName(number);
        await asha.says('Usher');
        await asha.presses('2');
        await asha.says('Usher');
        await asha.presses('2');
        assert.ok(asha.heard.includes(gateway.publicUrl.replace('http://', '')), asha.heard);
        assert.ok(asha.hasEnded);
        assert.deepEqual(texts(number), []);
    }
});

test('anonymous callers are kept apart, and have no contact', async () => {
    const before = await gateway.value('select count(*)::int from frontdesk.contacts');
    const first = await atName('anonymous');
    const second = await atName('+266696687');
    await first.says('Asha');
    await second.says('Bina');
    assert.match(first.heard, /I heard Asha/);
    assert.match(second.heard, /I heard Bina/);
    await first.presses('1');
    await second.presses('1');
    assert.match(first.heard, /Asha/);
    assert.match(second.heard, /Bina/);
    await first.presses('15081990');
    await first.presses('1830');
    await first.says('Pune');
    await first.presses('1');
    assert.match(first.heard, /Asha\. 15 August 1990/);
    await first.presses('1');
    assert.match(first.heard, /being made.*goodbye/);
    assert.ok(first.hasEnded, 'nobody can be texted');
    assert.equal(await gateway.value('select count(*)::int from frontdesk.contacts'), before);
});

test('* goes back, 9 repeats slowly, 0 asks to be pressed again for a person', async () => {
    const asha = await atTime();
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
    const asha = await atDate();
    await asha.isSilent();
    assert.match(asha.heard, /I didn't hear anything. When were you born/);
    await asha.presses('99999999');
    assert.match(asha.heard, /calendar/);
    await asha.isSilent();
    assert.ok(!asha.hasEnded);
    await asha.isSilent();
    assert.match(asha.heard, /I've kept your answers/);
    assert.ok(asha.hasEnded);
    assert.equal((await session(asha.number)).collected_data.name, 'Asha');
});

test('a dropped call goes on when they call again', async () => {
    const asha = await atTime();
    assert.equal((await asha.hangsUp()).status, 200);
    const again = await caller(gateway, asha.number).dials();
    assert.match(again.heard, /^Welcome back. Let's go on. What time were you born/);
    await again.presses('1830');
    await again.says('Pune');
    await again.presses('1');
    assert.match(again.heard, /Asha\. 15 August 1990\./, 'the same number said so a moment ago');
});

test('what was said more than 15 minutes before the call, or by another hand, is not said aloud', async () => {
    const asha = await atPlace();
    await gateway.sql(`update frontdesk.conversations c set memory = jsonb_set(memory, '{given,birth_date}',
            to_jsonb((extract(epoch from now() - interval '16 minutes') * 1000)::bigint || ' ' ||
                     split_part(memory -> 'given' ->> 'birth_date', ' ', 2)))
        from frontdesk.addresses a where a.contact_id = c.contact_id and a.address = '${asha.number}'`);
    await gateway.sql(`update public.instant_onboarding_sessions s
            set collected_data = jsonb_set(collected_data, '{name}', '"Mallory"')
        from frontdesk.conversations c join frontdesk.addresses a on a.contact_id = c.contact_id
        where c.session_id = s.id and a.address = '${asha.number}'`);
    const again = await caller(gateway, asha.number).dials();
    await again.says('Pune');
    await again.presses('1');
    assert.match(again.heard, /Name: as you told me before. Date of birth: as you told me before. 6:30 in the evening\. Pune/);
    assert.doesNotMatch(again.heard, /Mallory|1990/);
});

test('a text message during a call answers the question of the call, and the next prompt says so', async () => {
    const asha = await atDate();
    const { said } = await smsPerson(gateway, asha.number).says('15 August 1990');
    assert.match(said[0], /What time were you born/);
    await asha.isSilent();
    assert.match(asha.heard, /^I have your text message. What time were you born/);
    await asha.presses('1830');
    assert.match(asha.heard, /Which town/);
});

test('keys that come after the text message was taken change nothing', async () => {
    const asha = await atDate();
    await smsPerson(gateway, asha.number).says('15 August 1990');
    await asha.presses('16081990');
    assert.match(asha.heard, /I have your text message. What time/);
    assert.equal((await session(asha.number)).collected_data.birth_date, '1990-08-15');
});

test('a text message that comes after the keys were taken answers the question after', async () => {
    const asha = await atDate();
    await asha.presses('15081990');
    await smsPerson(gateway, asha.number).says('6:30 pm');
    assert.equal((await session(asha.number)).collected_data.birth_time, '18:30:00');
    await asha.isSilent();
    assert.match(asha.heard, /I have your text message. Which town/);
});

test('a repeated request gets the same document, and a late one changes nothing', async () => {
    const asha = await atDate();
    const question = asha.gather;
    await asha.presses('15081990');
    const first = asha.document;
    const row = await session(asha.number);
    await asha.posts(question.action.slice(gateway.publicUrl.length), { Digits: '15081990', FinishedOnKey: '' });
    assert.equal(asha.document, first);
    await asha.posts(question.action.slice(gateway.publicUrl.length), { Digits: '16081990', FinishedOnKey: '' });
    assert.equal(asha.document, first);
    assert.deepEqual(await session(asha.number), row);
});

test('two calls of one number at once disturb nobody', async () => {
    const first = await atDate();
    const second = await caller(gateway, first.number).dials();
    assert.match(second.heard, /When were you born/);
    await first.presses('15081990');
    assert.match(first.heard, /When were you born/, 'it has become the other call\'s question');
    await first.presses('15081990');
    assert.match(first.heard, /What time/);
});

test('a flow with a choice and a phone number can be called too', async () => {
    const other = await house.start({
        settings: (yaml) => yaml.replace(/(kind: voice\n\s+id: voice\n\s+flow: )instant_onboarding/, '$1appointment'),
    });
    const asha = await caller(other, mobile()).dials();
    await asha.presses('1');
    await asha.says('Asha');
    await asha.presses('1');
    assert.match(asha.heard, /Consultation: press 1. Chart reading: press 2. Follow-up: press 3/);
    assert.match(asha.gather.hints, /Consultation/);
    await asha.presses('2');
    await asha.presses('24122027');
    assert.match(asha.heard, /phone number/);
    assert.equal(asha.gather.numDigits, undefined);
    await asha.presses('9812345670');
    assert.match(asha.heard, /Asha. Chart reading. 24 December 2027. .*Is this right/);
    await asha.presses('1');
    assert.match(asha.heard, /get back to you.*goodbye/);
    assert.ok(asha.hasEnded);
    await other.stop();
});
