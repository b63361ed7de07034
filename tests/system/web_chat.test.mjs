// Does a conversation on the web lose nothing, say nothing twice, and reach every tab? (Guarantees 1 to 5.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { restClient } from '../support/people.mjs';
import { until } from '../support/until.mjs';
import { Tab, assertGapless, generous, newId, newTab } from '../support/web_person.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, settings: generous() });
});
after(async () => { await house?.close(); });

const sessionOf = async (key) =>
    (await gateway.rows(`select * from instant_onboarding_sessions where session_key = '${key}'`))[0];

test('a conversation from the greeting to the confirmation, numbered without gaps', async () => {
    const tab = new Tab(gateway);
    const welcome = await tab.hello();
    assert.match(welcome.session_key, /^[A-Za-z0-9_-]{22,}$/);
    assert.equal(welcome.status, 'collecting_data');
    const greeting = await tab.seq(1);
    assert.equal(greeting.text, "Welcome! Let's create your birth chart in 90 seconds. What's your name?");
    assert.equal(greeting.input, 'name');
    assert.equal((await tab.asks('Asha Rao')).input, 'date');
    assert.equal((await tab.asks('15 August 1990')).input, 'time');
    assert.equal((await tab.asks('18:30')).input, 'place');
    const confirmation = await tab.asks('Pune');
    assert.equal(confirmation.input, 'confirm');
    assert.ok(confirmation.choices.length >= 2);
    assertGapless(tab);
    assert.deepEqual(tab.of('echo').map(({ text }) => text), ['Asha Rao', '15 August 1990', '18:30', 'Pune']);

    const yes = confirmation.choices[0];
    await tab.says({ choice: yes.id });
    await until(() => tab.of('status').length, 'the status');
    assert.equal(tab.of('echo').at(-1).text, yes.title, 'a choice is echoed by its title');
    assert.equal(tab.of('status')[0].status, (await sessionOf(tab.key)).status);
    assertGapless(tab);
    await tab.close();
});

test('while the chart is made, the other side is typing', async () => {
    const tab = await newTab(gateway);
    for (const text of ['Asha Rao', '15 August 1990', '18:30', 'Pune', 'yes']) await tab.asks(text);
    await tab.next('status');
    assert.equal(tab.of('status')[0].status, 'generating_chart');
    await tab.next('typing');
    await tab.close();
});

test('what is acknowledged is durable; the same id again is acknowledged again and changes nothing', async () => {
    const tab = await newTab(gateway);
    const id = newId();
    await tab.says('Asha Rao', id);
    const { id: session, collected_data: data } = await sessionOf(tab.key);
    assert.equal(data.name, 'Asha Rao');
    await tab.seq(3);
    await tab.says('Asha Rao', id);
    await tab.says('Somebody Else', id.toUpperCase());
    await sleep(200);
    assert.equal(tab.numbered().length, 3);
    assert.equal(await gateway.value(`select count(*) from frontdesk.inbound where session_id = '${session}' and said is not null`), 1);
    await tab.close();
});

test('an id counts in its session only', async () => {
    const id = newId();
    const one = await newTab(gateway);
    const other = await newTab(gateway);
    await one.says('Asha Rao', id);
    await other.says('Ravi Kumar', id);
    assert.equal((await sessionOf(other.key)).collected_data.name, 'Ravi Kumar');
    await one.close();
    await other.close();
});

test('who comes back hears all that came later, in order, once', async () => {
    const first = await newTab(gateway);
    await first.asks('Asha Rao');
    await first.close();
    const away = await newTab(gateway, { session_key: first.key, last_seen: 3 });
    assert.equal(away.key, first.key);
    await away.asks('15 August 1990');
    await away.asks('18:30');
    await away.close();

    const back = await newTab(gateway, { session_key: first.key, last_seen: 3 });
    await back.seq(7);
    assertGapless(back, 4);
    assert.deepEqual(back.numbered(), away.numbered());
    const whole = await newTab(gateway, { session_key: first.key });
    await whole.seq(7);
    assertGapless(whole, 1);
    assert.equal(whole.of('echo')[0].text, 'Asha Rao');
    // Somebody who claims to have heard more than there is hears what comes next.
    const ahead = await newTab(gateway, { session_key: first.key, last_seen: 1000 });
    await back.says('Pune');
    await ahead.seq(8);
    assertGapless(ahead, 8);
    for (const tab of [back, whole, ahead]) await tab.close();
});

/* A tab on the worker with that index. */
const tabOn = (at, index, hello) => at.onlyWorker(index, () => newTab(at, hello));

async function talkInTwoTabs(at) {
    const one = await tabOn(at, 0, {});
    const other = await tabOn(at, 1, { session_key: one.key, last_seen: 0 });
    await other.seq(1);
    const id = await one.says('Asha Rao');
    assert.equal((await other.seq(2)).id, id);
    assert.equal((await other.seq(3)).type, 'message');
    await other.says('15 August 1990');
    for (const tab of [one, other]) await tab.seq(5);
    assertGapless(one);
    assert.deepEqual(one.numbered(), other.numbered());
    assert.equal(other.of('ack').length, 1, 'an acknowledgement is for who said it');
    return [one, other];
}

test('tabs of one session on two workers hear the same', async () => {
    const tabs = await talkInTwoTabs(gateway);
    for (const tab of tabs) await tab.close();
});

test('without Redis they hear the same, a moment later', async () => {
    const alone = await house.start({ workers: 2, settings: generous(), env: { REDIS_URL: null } });
    await talkInTwoTabs(alone);
    await alone.stop();
});

test('two workers talk at once with one person: no number is given twice or left out', async () => {
    const one = await tabOn(gateway, 0, {});
    const other = await tabOn(gateway, 1, { session_key: one.key });
    const ids = [];
    for (let i = 0; i < 15; i++) {
        for (const tab of [one, other]) {
            ids.push(newId());
            tab.send({ type: 'message', id: ids.at(-1), text: `not a date ${i}` });
        }
    }
    await one.next('ack', 15);
    await other.next('ack', 15);
    const last = Number(await gateway.value(
        `select last_seq from frontdesk.conversations where session_id = '${(await sessionOf(one.key)).id}'`));
    for (const tab of [one, other]) {
        await tab.seq(last);
        assertGapless(tab);
    }
    assert.deepEqual(one.numbered(), other.numbered());
    assert.deepEqual(one.of('echo').map(({ id }) => id).sort(), [...ids].sort());
    // In order of arrival, what one tab said stays in its order.
    const heard = one.of('echo').map(({ id }) => id);
    assert.ok(heard.indexOf(ids[0]) < heard.indexOf(ids[2]));
    await one.close();
    await other.close();
});

test('a key that opens nothing gets an error, then a new session', async () => {
    for (const key of ['x'.repeat(32), 'short', 'नमस्ते'.repeat(5)]) {
        const tab = await newTab(gateway, { session_key: key });
        assert.equal(tab.heard[0].type, 'error');
        assert.equal(tab.heard[0].code, 'session_expired');
        assert.notEqual(tab.key, key);
        await tab.seq(1);
        await tab.close();
    }
});

async function age(key, days) {
    await gateway.sql(`alter table instant_onboarding_sessions disable trigger user;
        update instant_onboarding_sessions set updated_at = now() - interval '${days} days' where session_key = '${key}';
        alter table instant_onboarding_sessions enable trigger user;`);
}

test('a key lives seven days after the last activity, a completed session thirty', async () => {
    const tab = await newTab(gateway);
    await tab.close();
    await age(tab.key, 6.9);
    const still = await newTab(gateway, { session_key: tab.key });
    assert.equal(still.key, tab.key);
    await age(tab.key, 7.1);
    await still.send({ type: 'message', id: newId(), text: 'Asha Rao' }).next('error');
    assert.equal(still.of('error')[0].code, 'session_expired');
    assert.notEqual((await still.next('welcome', 2)).session_key, tab.key);
    await still.close();
    const late = await newTab(gateway, { session_key: tab.key });
    assert.equal(late.heard[0].code, 'session_expired');
    await late.close();
    await gateway.sql(`update instant_onboarding_sessions set status = 'completed' where session_key = '${tab.key}'`);
    await age(tab.key, 29);
    const reader = await newTab(gateway, { session_key: tab.key });
    assert.equal(reader.of('welcome')[0].status, 'completed');
    assert.equal(reader.of('error').length, 0);
    await reader.close();
});

test('language and flow are the wish of the hello', async () => {
    const hindi = await newTab(gateway, { language: 'hi-IN' });
    assert.match((await hindi.seq(1)).text, /आपका नाम क्या है/);
    const other = await newTab(gateway, { flow: 'appointment' });
    assert.match((await other.seq(1)).text, /appointment/);
    const none = await new Tab(gateway).opened();
    none.send({ type: 'hello', flow: 'nothing' });
    assert.equal((await none.next('error')).code, 'unknown_flow');
    assert.ok((await none.hello({ language: 'xx' })).session_key, 'another hello is taken');
    for (const tab of [hindi, other, none]) await tab.close();
});

test('a session begun by the API goes on by socket, and the other way round', async () => {
    const rest = restClient(gateway);
    const { session_key: key, message } = await rest.begin({ channel: 'web', language: 'en' });
    const tab = await newTab(gateway, { session_key: key });
    assert.equal((await tab.seq(1)).text, message);
    const answer = (await rest.collect({ session_key: key, text: 'Asha Rao' })).json();
    assert.equal((await tab.seq(2)).text, answer.message);
    await tab.asks('15 August 1990');
    assert.equal((await rest.collect({ session_key: key, text: '18:30' })).json().current_step, 3);
    await tab.seq(5);
    assertGapless(tab);
    await tab.close();
});

test('a session made by hand is asked first', async () => {
    const key = 'k'.repeat(30);
    await gateway.sql(`insert into instant_onboarding_sessions (session_key, channel, language) values ('${key}', 'web', 'en')`);
    const tab = await newTab(gateway, { session_key: key });
    assert.equal(tab.key, key);
    assert.equal((await tab.seq(1)).input, 'name');
    await tab.close();
});

test('who has everything deleted hears it, and then is somebody new', async () => {
    const tab = await newTab(gateway);
    await tab.asks('Asha Rao');
    const question = await tab.asks('delete my data');
    assert.match(question.text, /delete everything/);
    await tab.says('yes');
    assert.match((await tab.next('message', 4)).text, /deleted/);
    assertGapless(tab);
    assert.equal(await sessionOf(tab.key), undefined);
    tab.send({ type: 'message', id: newId(), text: 'hello?' });
    assert.equal((await tab.next('error')).code, 'session_expired');
    assert.notEqual((await tab.next('welcome', 2)).session_key, tab.key);
    await tab.close();
});

test('what was said before the welcome is taken after it', async () => {
    const tab = await new Tab(gateway).opened();
    tab.send({ type: 'hello' }).send({ type: 'message', id: newId(), text: 'Asha Rao' });
    await tab.next('ack');
    assert.equal((await tab.seq(3)).input, 'date');
    assertGapless(tab);
    await tab.close();
});

test('a location is taken as said', async () => {
    const tab = await newTab(gateway);
    await tab.says({ location: { latitude: 18.52, longitude: 73.86 } });
    assert.equal((await tab.seq(2)).text, '18.5200, 73.8600');
    await tab.close();
});

test('when a worker dies its people come back to the other and have lost nothing', async () => {
    const here = await house.start({ workers: 2, settings: generous() });
    const tab = await tabOn(here, 0, {});
    await tab.says('Asha Rao');
    await here.kill9('worker');
    await tab.closes();
    const back = await newTab(here, { session_key: tab.key, last_seen: 1 });
    await back.seq(3);
    assertGapless(back, 2);
    await here.stop();
});

test('at SIGTERM what was received is answered, then the sockets close with 1001', async () => {
    const here = await house.start({ workers: 2, settings: generous() });
    const talking = await newTab(here);
    const idle = await newTab(here);
    const mute = await new Tab(here).opened();
    await talking.seq(1);
    const hand = await holdSession(here, talking.key);
    talking.send({ type: 'message', id: newId(), text: 'Asha Rao' });
    await sleep(300);
    here.signal('SIGTERM');
    assert.equal((await idle.closes()).code, 1001);
    assert.equal((await mute.closes()).code, 1001);
    assert.equal(talking.closed, null, 'its answer is still owed');
    await hand.letGo();
    assert.equal((await talking.closes()).code, 1001);
    assert.equal(talking.of('ack').length, 1);
    assert.equal(talking.of('message').at(-1).input, 'date', 'and so is what is said to it');
    await here.stop();
});

/* Holds the session's row, so that a turn of it waits in its commit. */
async function holdSession(at, key) {
    const client = new pg.Client(at.database);
    await client.connect();
    await client.query('begin');
    await client.query('select from instant_onboarding_sessions where session_key = $1 for update', [key]);
    return {
        letGo: async () => {
            await client.query('commit');
            await client.end();
        },
    };
}

test('while PostgreSQL is away a message stays unacknowledged and is sent again', async () => {
    const own = await openHouse();
    const here = await own.start({ workers: 1, settings: generous() });
    const tab = await newTab(here);
    await tab.seq(1);
    await own.postgres.kill();
    const id = newId();
    tab.send({ type: 'message', id, text: 'Asha Rao' });
    const error = await tab.next('error');
    assert.equal(error.code, 'unavailable');
    assert.equal(error.id, id);
    assert.equal(tab.of('ack').length, 0);
    const newcomer = await new Tab(here).opened();
    newcomer.send({ type: 'hello' });
    assert.equal((await newcomer.next('error')).code, 'unavailable');
    await own.postgres.restart();
    await here.isReady();
    await tab.says('Asha Rao', id);
    await tab.seq(3);
    assertGapless(tab);
    await newcomer.hello();
    await here.stop();
    await own.close();
});

test('no sanitizer complained, and no secret got into the log', async () => {
    const keys = await gateway.rows('select session_key from instant_onboarding_sessions');
    await gateway.stop();
    assertDiscreet(gateway);
    for (const { session_key: key } of keys) assert.ok(!gateway.log.includes(key));
    assert.ok(!gateway.log.includes('Asha'));
});
