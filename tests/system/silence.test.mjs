// Whoever falls silent is reminded: once, by day in their zone, where they wrote, and of nothing personal.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { sleep, until } from '../support/until.mjs';

const REMINDER = /^Are you still there\? Your chart is waiting; next is: Date of birth\. Go on, or begin a new one\?/;
const QUIET_MS = 2500; // two sweeps

let house;
let byDay;
let byNight;
let serial = 0;

/** A gateway in whose people's zone it is that hour now. */
function startAt(hour) {
    const now = new Date();
    const ahead = hour * 60 - (now.getUTCHours() * 60 + now.getUTCMinutes());
    const offset = ((ahead + 720 + 1440) % 1440) - 720;
    const settings = (yaml) => yaml.replaceAll('    flow: instant_onboarding\n', `    flow: instant_onboarding\n    utc_offset_minutes: ${offset}\n`);
    return house.start({ workers: 2, settings });
}

before(async () => {
    house = await openHouse();
    byDay = await startAt(14);
    byNight = await startAt(2);
});
after(async () => {
    for (const gateway of [byDay, byNight]) {
        await gateway.stop();
        assertDiscreet(gateway);
    }
    await house.close();
});

const mobile = () => `+9198126${String(78000 + ++serial).padStart(5, '0')}`;

const waitsOf = (gateway, number) => gateway.rows(`
    select w.session_id, extract(epoch from w.due_at - now()) / 60 as minutes from frontdesk.waits w
    join frontdesk.conversations c on c.session_id = w.session_id
    join frontdesk.addresses a on a.contact_id = c.contact_id where a.address = '${number}'`);

/** As if what was said last had been said some minutes earlier. */
const letPass = (gateway, number, minutes) => gateway.sql(`update frontdesk.conversations c
    set memory = jsonb_set(c.memory, '{presence,heard}', to_jsonb((c.memory #>> '{presence,heard}')::bigint - ${minutes * 60_000}))
    from frontdesk.addresses a where a.contact_id = c.contact_id and a.address = '${number}'`);

/** The time that was asked for, or the end of a dead worker's lease, comes. */
const comeDue = (gateway, number) => gateway.sql(`update frontdesk.waits w set due_at = now() from frontdesk.conversations c
    join frontdesk.addresses a on a.contact_id = c.contact_id where w.session_id = c.session_id and a.address = '${number}'`);

const isSettled = (gateway, number) => until(async () => (await waitsOf(gateway, number)).length === 0, 'nothing to wait for');

test('by text message: after an hour, once, however often it comes due, and an answer is taken as one', async () => {
    const asha = smsPerson(byDay, mobile());
    await asha.saysAll('hi', 'Asha');
    const [{ minutes }] = await waitsOf(byDay, asha.number);
    assert.ok(minutes > 59 && minutes <= 60, `due in ${minutes} minutes`);
    await letPass(byDay, asha.number, 61);
    for (let i = 0; i < 20; i++) {
        await comeDue(byDay, asha.number);
        await sleep(50);
    }
    const [reminder] = await byDay.providers.twilio.called(1, asha.number);
    assert.match(reminder.content.Body, REMINDER);
    assert.match(reminder.content.Body, /\n1 Go on\n2 New chart$/);
    assert.doesNotMatch(reminder.content.Body, /Asha/);
    await isSettled(byDay, asha.number);
    assert.match((await asha.says('15 August 1990')).said[0], /^What time/);
    await letPass(byDay, asha.number, 61);
    await sleep(QUIET_MS);
    assert.deepEqual(await waitsOf(byDay, asha.number), [], 'nobody is reminded twice');
    assert.equal(byDay.providers.twilio.to(asha.number).length, 1);
});

test('on WhatsApp, with the choice as buttons', async () => {
    const asha = whatsappPerson(byDay, mobile().slice(1));
    await asha.talks('hi', 'Asha');
    await letPass(byDay, `+${asha.number}`, 61);
    await comeDue(byDay, `+${asha.number}`);
    const reminder = await asha.hears(3);
    assert.match(wordsOf(reminder), REMINDER);
    const [goOn] = reminder.interactive.action.buttons;
    await asha.sends(asha.tap('button_reply', goOn.reply.id, 'Go on'));
    assert.match(wordsOf(await asha.hears(4)), /^When were you born/);
});

test('whoever spoke meanwhile is waited for as long again', async () => {
    const asha = smsPerson(byDay, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(byDay, asha.number, 30);
    await comeDue(byDay, asha.number);
    const minutes = await until(async () => {
        const [wait] = await waitsOf(byDay, asha.number);
        return wait?.minutes > 20 && wait.minutes;
    }, 'it to be put off');
    assert.ok(minutes <= 30, `due in ${minutes} minutes`);
    assert.equal(byDay.providers.twilio.to(asha.number).length, 0);
});

test('at night nobody is reminded: it is put off until nine', async () => {
    const asha = smsPerson(byNight, mobile());
    await asha.saysAll('hi', 'Asha');
    const [{ minutes }] = await waitsOf(byNight, asha.number);
    assert.ok(minutes > 6 * 60 && minutes <= 7 * 60, `due in ${minutes} minutes`);
    await letPass(byNight, asha.number, 5 * 60);
    await comeDue(byNight, asha.number);
    await until(async () => (await waitsOf(byNight, asha.number))[0].minutes > 6 * 60, 'it to be put off');
    assert.equal(byNight.providers.twilio.to(asha.number).length, 0);
});

test('a reminder that the provider does not take until the evening is not sent any more', async () => {
    const asha = smsPerson(byDay, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(byDay, asha.number, 61);
    byDay.providers.twilio.nextTo(asha.number, { status: 500, body: 'oops' });
    await comeDue(byDay, asha.number);
    await byDay.providers.twilio.called(1, asha.number);
    const of = `recipient ->> 'to' = '${asha.number}' and payload ? 'until_ms'`;
    await until(() => byDay.value(`select count(*)::int from frontdesk.outbox where state = 'waiting' and ${of}`), 'it to wait');
    const hours = await byDay.value(`select ((payload ->> 'until_ms')::bigint - extract(epoch from now()) * 1000) / 3600000 from frontdesk.outbox where ${of}`);
    assert.ok(hours > 4.9 && hours <= 6, `until 20:00, in ${hours} hours`);
    await byDay.sql(`update frontdesk.outbox set due_at = now(), payload = jsonb_set(payload, '{until_ms}', '1') where ${of}`);
    await until(() => byDay.value(`select count(*)::int from frontdesk.outbox where state = 'superseded' and ${of}`), 'it to be given up');
    assert.equal(byDay.providers.twilio.to(asha.number).length, 1);
    assert.match((await asha.says('15 August 1990')).said[0], /^What time/);
});

test('a day later it is too late, and after STOP, at the end, or in a call nobody is reminded', async () => {
    const late = smsPerson(byDay, mobile());
    const stopped = smsPerson(byDay, mobile());
    const done = smsPerson(byDay, mobile());
    const calling = smsPerson(byDay, mobile());
    await late.saysAll('hi', 'Asha');
    await stopped.saysAll('hi', 'Asha', 'STOP');
    await done.saysAll('hi', 'Asha', '15 August 1990', '6:30 am', 'Pune', 'yes');
    await calling.saysAll('hi', 'Asha');
    await (await caller(byDay, calling.number).dials()).presses('1');
    await letPass(byDay, late.number, 24 * 60);
    for (const person of [stopped, done, calling]) await letPass(byDay, person.number, 61);
    for (const person of [late, stopped, done, calling]) {
        assert.equal((await waitsOf(byDay, person.number)).length, 1);
        await comeDue(byDay, person.number);
        await isSettled(byDay, person.number);
        assert.equal(byDay.providers.twilio.to(person.number).length, 0);
    }
    const alone = await caller(byDay, mobile()).dials();
    await alone.presses('1');
    assert.deepEqual(await waitsOf(byDay, alone.number), [], 'who only called is not waited for');
});

test('a session that was left for another is not reminded of', async () => {
    const asha = smsPerson(byDay, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(byDay, asha.number, 31);
    await asha.saysAll('hello', '2');
    const [wait, ...others] = await waitsOf(byDay, asha.number);
    assert.deepEqual(others, []);
    const [{ is_open: isOpen }] = await byDay.rows(`select is_open from frontdesk.conversations where session_id = '${wait.session_id}'`);
    assert.equal(isOpen, true);
});
