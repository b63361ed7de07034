// Who comes back, and to what? An address is a device, not a person: unfinished sessions are asked about after a
// while, or by another door of the same number, and several may stand side by side, one of them open.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { caller } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newSid, restClient, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { until } from '../support/until.mjs';

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

// ---- A finished one ----

const ANSWERS = ['hi', 'Asha Rao', '15 August 1990', '6:30 am', 'Pune', 'yes'];

const isAllSaid = async ({ id }) => await gateway.value(`select count(*)::int from frontdesk.outbox
    where session_id = '${id}' and state in ('waiting', 'leased')`) === 0;

/** Ended, and the last word sent: an answer to what is said before that would leave behind it, by a call. */
const hasEnded = (number, status, count = 1) => until(async () => {
    const sessions = await sessionsOf(number);
    return sessions.length === count && sessions.at(-1).status === status && await isAllSaid(sessions.at(-1)) && sessions;
}, `session ${count} of ${number} to be ${status}`, 60_000);

test('who has finished is offered the chart again, one for somebody else, and a correction; thanks want nothing', async () => {
    const asha = whatsappPerson(gateway, mobile().slice(1));
    for (const [i, text] of ANSWERS.entries()) {
        await asha.says(text);
        await asha.hears(i + 1);
    }
    await asha.hears(ANSWERS.length + 2);
    await hasEnded(`+${asha.number}`, 'completed');
    const heard = () => gateway.providers.graph.to(asha.number).length;
    const before = heard();
    const reaction = asha.message('reaction', { message_id: 'wamid.OUT1', emoji: '❤️' });
    const sticker = asha.message('sticker', { id: '1', mime_type: 'image/webp' });
    for (const quiet of [asha.text('Thanks a lot!'), asha.text('🙏'), asha.text('ok'), reaction, sticker])
        assert.equal((await asha.sends(quiet)).status, 200);
    const offer = await asha.talks('hello');
    assert.equal(heard(), before + 1, 'only the greeting is answered');
    const buttons = offer.interactive.action.buttons.map(({ reply }) => reply);
    assert.deepEqual(buttons.map(({ title }) => title), ['My chart again', 'For someone else', 'Correct something']);

    await asha.sends(asha.tap('button_reply', buttons[0].id, buttons[0].title));
    assert.match(wordsOf(await asha.hears(before + 2)), /Sun sign: Cancer/);
    assert.equal((await sessionsOf(`+${asha.number}`)).length, 1);

    await asha.talks('hi');
    const change = await asha.talks('3');
    assert.match(wordsOf(change), /^What shall I change\?/);
    await asha.talks('3');
    await asha.talks('6:30 pm');
    await asha.talks('yes');
    const [first, second] = await hasEnded(`+${asha.number}`, 'completed', 2);
    assert.equal(first.collected_data.birth_time, '06:30:00', 'the finished one stays as it is');
    assert.equal(second.collected_data.birth_time, '18:30:00');
    assert.equal(second.collected_data.name, 'Asha Rao');
    const profiles = await gateway.rows(`select distinct profile_id from instant_onboarding_profiles
        where session_id in ('${first.id}', '${second.id}')`);
    assert.equal(profiles.length, 2);
});

test('a chart for somebody else by text message, where the number stands for a word', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll(...ANSWERS);
    await hasEnded(asha.number, 'completed');
    const [offer] = (await asha.says('another one')).said;
    assert.match(offer, /\n1 My chart again\n2 For someone else\n3 Correct something$/);
    assert.match((await asha.says('2')).said[0], /What's your name/);
    await asha.says('Ravi');
    assert.deepEqual((await sessionsOf(asha.number)).map(({ collected_data: data }) => data.name), ['Asha Rao', 'Ravi']);
    await asha.says('delete my data');
    await asha.says('1');
    assert.deepEqual(await sessionsOf(asha.number), [], 'all of them');
});

test('a chart that failed can be tried again', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll(...ANSWERS.slice(0, -1));
    // Nobody could have said this: no chart can be computed of it.
    await gateway.sql(`update public.instant_onboarding_sessions s set collected_data = jsonb_set(collected_data, '{timezone}', '"Asia/Nowhere"')
        from frontdesk.conversations c join frontdesk.addresses a on a.contact_id = c.contact_id
        where c.session_id = s.id and a.address = '${asha.number}'`);
    await asha.says('yes');
    await hasEnded(asha.number, 'failed');
    const [apology] = await gateway.providers.twilio.called(1, asha.number);
    assert.match(apology.content.Body, /^I'm sorry.*\n1 Try again\n2 For someone else\n3 Correct something$/s);
    assert.match((await asha.says('1')).said[0], /^Name: Asha Rao\n.*Is this right\?/s);
    await gateway.sql(`update public.instant_onboarding_sessions s set collected_data = jsonb_set(collected_data, '{timezone}', '"Asia/Kolkata"')
        from frontdesk.conversations c join frontdesk.addresses a on a.contact_id = c.contact_id
        where c.session_id = s.id and c.is_open and a.address = '${asha.number}'`);
    await asha.says('1');
    await hasEnded(asha.number, 'completed', 2);
});

test('who calls after the end is offered the same by keys', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll(...ANSWERS);
    await hasEnded(number, 'completed');
    await gateway.sql(`update frontdesk.conversations c set memory = memory - 'given' from frontdesk.addresses a
        where a.contact_id = c.contact_id and a.address = '${number}'`);
    const asha = await caller(gateway, number).dials();
    assert.match(asha.heard, /My chart again: press 1. For someone else: press 2. Correct something: press 3/);
    await asha.isSilent();
    assert.match(asha.heard, /press 3/);
    await asha.presses('1');
    assert.doesNotMatch(asha.heard, /Cancer|Leo/, 'what was not said here lately is not spoken');
    assert.match(asha.heard, /Shall I text the link to this number/);
    await asha.presses('1');
    const again = await caller(gateway, number).dials();
    await again.presses('3');
    assert.match(again.heard, /What shall I change/);
    assert.doesNotMatch(again.heard, /Asha|1990|Pune/);
    await again.says('Name');
    assert.match(again.heard, /What's your name/);
});

test('who calls after the end for somebody else is asked all about them', async () => {
    const number = mobile();
    await smsPerson(gateway, number).saysAll(...ANSWERS);
    await hasEnded(number, 'completed');
    const ravi = await caller(gateway, number).dials();
    await ravi.presses('2');
    assert.match(ravi.heard, /What's your name/);
    await ravi.says('Ravi Rao');
    assert.match(ravi.heard, /I heard Ravi Rao/);
    await ravi.presses('1');
    assert.match(ravi.heard, /When were you born/);
});
