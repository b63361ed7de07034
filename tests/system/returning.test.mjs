// Who comes back, and to what? An address is a device, not a person: unfinished sessions are asked about after a
// while, or by another door of the same number, and several may stand side by side, one of them open.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newSid, restClient, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';

let house;
let gateway;
let serial = 0;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, env: { CHART_PROCESSES: '1' } });
});
after(async () => {
    await gateway.stop();
    assertDiscreet(gateway);
    await house.close();
});

const mobile = () => `+9198125${String(67000 + ++serial).padStart(5, '0')}`;

const sessionsOf = (number) => gateway.rows(`
    select s.*, c.is_open, c.version from public.instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a on a.contact_id = c.contact_id
    where a.address = '${number}' order by s.created_at`);

/** As if what was said last had been said some minutes earlier. */
const letPass = (number, minutes) => gateway.sql(`update frontdesk.conversations c
    set memory = jsonb_set(c.memory, '{presence,heard}', to_jsonb((c.memory #>> '{presence,heard}')::bigint - ${minutes * 60_000}))
    from frontdesk.addresses a where a.contact_id = c.contact_id and a.address = '${number}' and c.memory ? 'presence'`);

const MENU = /^You began a chart here; next is: (Date|Time|Place) of birth\. Go on, or begin a new one, for you or someone else\?/;

// ---- An unfinished session ----

test('within half an hour by the same door it goes on; later the person is asked, and what they said is kept', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(asha.number, 29);
    assert.match((await asha.says('15 August 1990')).said[0], /^What time/);
    await letPass(asha.number, 31);
    const { said } = await asha.says('6:30 am');
    assert.match(said[0], MENU);
    assert.match(said[0], /\n1 Go on\n2 New chart$/);
    assert.doesNotMatch(said[0], /Asha|1990|6:30/, 'the question is named, no answer is');
    assert.equal((await sessionsOf(asha.number))[0].collected_data.birth_time, undefined);
    assert.match((await asha.says('1')).said[0], /^Which town/);
    assert.equal((await sessionsOf(asha.number))[0].collected_data.birth_time, '06:30:00');
});

test('by another door of the same number the person is asked at once', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll('hi', 'Asha');
    const asha = whatsappPerson(gateway, number.slice(1));
    const menu = await asha.talks('hello');
    assert.match(wordsOf(menu), MENU);
    const [goOn] = menu.interactive.action.buttons;
    assert.equal(goOn.reply.title, 'Go on');
    await asha.sends(asha.tap('button_reply', goOn.reply.id, 'Go on'));
    assert.match(wordsOf(await asha.hears(2)), /^When were you born/);
    assert.equal((await sessionsOf(number)).length, 1);
});

test('a new chart is a new session: the left one stays as it is, and is not open', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha', '15 August 1990');
    await letPass(asha.number, 31);
    await asha.says('hello');
    const choice = { MessageSid: newSid() };
    const { said } = await asha.says('2', choice);
    assert.match(said[0], /^Welcome!.*What's your name\?/);
    const again = await asha.says('2', choice);
    assert.deepEqual(again.said, said, 'a redelivery gets the same answer');
    assert.match((await asha.says('Ravi')).said[0], /^Nice to meet you, Ravi/);
    const sessions = await sessionsOf(asha.number);
    assert.deepEqual(sessions.map((session) => [session.collected_data.name, session.is_open]), [['Asha', false], ['Ravi', true]]);

    // Its key still opens the left one, and moves it, but the address does not go back to it.
    const rest = restClient(gateway);
    const moved = await rest.collect({ session_key: sessions[0].session_key, data: { birth_time: '06:30' } });
    assert.equal(moved.status, 200);
    assert.match((await asha.says('3 May 1991')).said[0], /^What time/);
    assert.deepEqual((await sessionsOf(asha.number)).map((session) => session.is_open), [false, true]);
});

test('a new chart asked for twice at once is begun once', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(asha.number, 31);
    await asha.says('hello');
    const answers = await Promise.all(Array.from({ length: 6 }, () => asha.says('2')));
    for (const { status } of answers) assert.equal(status, 200);
    const sessions = await sessionsOf(asha.number);
    assert.deepEqual(sessions.map((session) => session.is_open), [false, true]);
});

test('by telephone the question is spoken, without any answer, and a new chart begins in the call', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll('hi', 'Asha', '15 August 1990');
    const asha = await caller(gateway, number).dials();
    assert.match(asha.heard, /^Welcome back. You began a chart here; next is: Time of birth\..*Go on: press 1. New chart: press 2/);
    assert.doesNotMatch(asha.heard, /Asha|1990/);
    await asha.presses('2');
    assert.match(asha.heard, /^Welcome!.*What's your name/, 'nobody is asked for the language again');
    await asha.says('Ravi');
    await asha.presses('1');
    assert.match(asha.heard, /When were you born/);
    const sessions = await sessionsOf(number);
    assert.deepEqual(sessions.map((session) => [session.channel, session.collected_data.name, session.is_open]),
        [['sms', 'Asha', false], ['voice', 'Ravi', true]]);
    assert.match((await smsPerson(gateway, number).says('3 May 1991')).said[0], /^What time/, 'a text during the call is its answer');
});

test('whoever wants everything deleted need not go on first', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha');
    await letPass(asha.number, 600);
    assert.match((await asha.says('delete my data')).said[0], /^Shall I delete everything/);
    await asha.says('1');
    assert.deepEqual(await sessionsOf(asha.number), []);
});
