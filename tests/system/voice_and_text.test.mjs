// Is a call one conversation with the next one, and with what is texted before, meanwhile and after?

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller, callersOf } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { smsPerson } from '../support/people.mjs';
import { until } from '../support/until.mjs';

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

test('what began by text message goes on by telephone', async () => {
    const number = callers.mobile();
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

test('who calls and wants everything deleted is asked by text message: the number may be forged', async () => {
    const asha = await callers.atTime();
    await asha.says('Delete my data');
    assert.match(asha.heard, /Shall I delete everything/);
    await asha.presses('1');
    assert.match(asha.heard, /sent a text message to this number.*the word erase.*Goodbye/);
    assert.ok(asha.hasEnded);
    const text = await until(() => callers.texts(asha.number)[0], 'the text message');
    assert.match(text.content.Body, /If it was you, answer ERASE/);
    assert.equal((await callers.session(asha.number)).collected_data.name, 'Asha');
    const { said } = await smsPerson(gateway, asha.number).says('Erase');
    assert.match(said[0], /has been deleted/);
    assert.equal(await callers.session(asha.number), undefined);
    assert.match((await caller(gateway, asha.number).dials()).heard, /For English press 1/);
});

test('an anonymous call deletes its own session at once', async () => {
    const nobody = await callers.atName('anonymous');
    await nobody.says('Delete my data');
    await nobody.presses('1');
    assert.match(nobody.heard, /has been deleted. Goodbye/);
    assert.ok(nobody.hasEnded);
});

test('the language may be said, and is not asked of somebody who comes back', async () => {
    const number = callers.mobile();
    const asha = await caller(gateway, number).dials();
    await asha.says('हिन्दी');
    assert.match(asha.heard, /आपका नाम क्या है/);
    const again = await caller(gateway, number).dials();
    assert.match(again.heard, /फिर से स्वागत.*आपका नाम क्या है/);
    const finished = await (await (await callers.atPlace()).says('Pune')).presses('1');
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
    const asha = await (await (await callers.atPlace()).says('Pune')).presses('1');
    await asha.presses('1');
    await gateway.sql(`update public.instant_onboarding_sessions s set status = 'completed' from frontdesk.conversations c
        join frontdesk.addresses a on a.contact_id = c.contact_id where c.session_id = s.id and a.address = '${asha.number}'`);
    await gateway.sql(`update frontdesk.conversations c set is_open = false from frontdesk.addresses a
        where a.contact_id = c.contact_id and a.address = '${asha.number}'`);
    await asha.presses('1');
    assert.match(asha.heard, /I've sent you a text message/);
    assert.equal((await callers.session(asha.number)).status, 'completed');
});

test('a name heard wrong twice goes on by text message, and the session there', async () => {
    const number = callers.mobile();
    const asha = await callers.atName(number);
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
    assert.equal((await callers.session(number)).collected_data.name, 'Asha Rao');
    assert.equal(await gateway.value(`select count(*)::int from frontdesk.addresses where address = '${number}'`), 1);
});

test('somebody who can not be texted hears the web address', async () => {
    for (const number of ['anonymous', '+912226543210']) {
        const asha = await callers.atName(number);
        await asha.says('Usher');
        await asha.presses('2');
        await asha.says('Usher');
        await asha.presses('2');
        assert.ok(asha.heard.includes(gateway.publicUrl.replace('http://', '')), asha.heard);
        assert.ok(asha.hasEnded);
        assert.deepEqual(callers.texts(number), []);
    }
});

test('anonymous callers are kept apart, and have no contact', async () => {
    const before = await gateway.value('select count(*)::int from frontdesk.contacts');
    const first = await callers.atName('anonymous');
    const second = await callers.atName('+266696687');
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

test('a dropped call goes on when they call again', async () => {
    const asha = await callers.atTime();
    assert.equal((await asha.hangsUp()).status, 200);
    const again = await caller(gateway, asha.number).dials();
    assert.match(again.heard, /^Welcome back. Let's go on. What time were you born/);
    await again.presses('1830');
    await again.says('Pune');
    await again.presses('1');
    assert.match(again.heard, /Asha\. 15 August 1990\./, 'the same number said so a moment ago');
});

test('what was said more than 15 minutes before the call, or by another hand, is not said aloud', async () => {
    const asha = await callers.atPlace();
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
    const asha = await callers.atDate();
    const { said } = await smsPerson(gateway, asha.number).says('15 August 1990');
    assert.match(said[0], /What time were you born/);
    await asha.isSilent();
    assert.match(asha.heard, /^I have your text message. What time were you born/);
    await asha.presses('1830');
    assert.match(asha.heard, /Which town/);
});

test('keys that come after the text message was taken change nothing', async () => {
    const asha = await callers.atDate();
    await smsPerson(gateway, asha.number).says('15 August 1990');
    await asha.presses('16081990');
    assert.match(asha.heard, /I have your text message. What time/);
    assert.equal((await callers.session(asha.number)).collected_data.birth_date, '1990-08-15');
});

test('a text message that comes after the keys were taken answers the question after', async () => {
    const asha = await callers.atDate();
    await asha.presses('15081990');
    await smsPerson(gateway, asha.number).says('6:30 pm');
    assert.equal((await callers.session(asha.number)).collected_data.birth_time, '18:30:00');
    await asha.isSilent();
    assert.match(asha.heard, /I have your text message. Which town/);
});

test('two calls of one number at once disturb nobody', async () => {
    const first = await callers.atDate();
    const second = await caller(gateway, first.number).dials();
    assert.match(second.heard, /When were you born/);
    await first.presses('15081990');
    assert.match(first.heard, /When were you born/, 'it has become the other call\'s question');
    await first.presses('15081990');
    assert.match(first.heard, /What time/);
});
