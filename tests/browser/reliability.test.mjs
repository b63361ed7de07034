// Does the widget lose nothing and say nothing twice, whatever happens to the network, the server and the tab?
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, test } from 'node:test';
import { newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const NETWORK = [/WebSocket connection/, /net::ERR/];

let house;
let gateway;
let browser;

before(async () => {
    house = await openHouse();
    [gateway, browser] = await Promise.all([house.start({ settings: generous() }), openBrowser()]);
});
after(async () => {
    await browser?.close();
    await house?.close();
});

const heardOf = async (name) => Number(await gateway.value(
    `select count(*) from frontdesk.inbound where said::text like '%${name}%'`));
const begun = async () => (await (await newPerson(browser, gateway)).opens()).begins();
const isSent = (person) => until(async () => !(await person.said()).some((text) => text.startsWith('* ')), 'everything to be sent');

test('what is written while nothing can be reached waits, over a reload too, and is sent once, in order', async () => {
    const asha = await newPerson(browser, gateway);
    let isAway = false;
    await asha.page.routeWebSocket(/\/ws$/, (socket) => { isAway ? socket.close({ code: 1011 }) : socket.connectToServer(); });
    await (await asha.opens()).begins();
    isAway = true;
    await asha.context.setOffline(true);
    await until(async () => /offline/.test(await asha.notice()), 'the notice');
    await asha.writes('Asha Offline');
    await asha.writes('15 August 1990');
    assert.deepEqual((await asha.said()).slice(1), ['* Asha Offline', '* 15 August 1990']);
    await asha.context.setOffline(false);
    await asha.page.reload();
    await until(async () => (await asha.said()).length === 2, 'what was said');
    assert.deepEqual(await asha.said(), ['* Asha Offline', '* 15 August 1990']);
    assert.equal(await heardOf('Asha Offline'), 0);
    isAway = false;
    await until(async () => /^What time were you born/.test(await asha.lastReply()), 'the third question');
    await isSent(asha);
    assert.deepEqual((await asha.said()).filter((text) => text.startsWith('> ')), ['> Asha Offline', '> 15 August 1990']);
    assert.equal(await heardOf('Asha Offline'), 1);
    await asha.leaves({ expected: NETWORK });
});

test('offline and back without a reload', async () => {
    const asha = await begun();
    await asha.context.setOffline(true);
    await until(async () => /offline/.test(await asha.notice()), 'the notice');
    await asha.writes('Usha Away');
    await asha.context.setOffline(false);
    await until(async () => /^Nice to meet you, Usha/.test(await asha.lastReply()), 'the answer');
    assert.equal(await asha.notice(), '');
    assert.equal(await heardOf('Usha Away'), 1);
    await asha.leaves({ expected: NETWORK });
});

test('the server is restarted, then killed: a short notice, and the conversation goes on', async () => {
    const own = await house.start({ settings: generous() });
    const asha = await (await (await newPerson(browser, own)).opens()).begins();
    own.signal('SIGTERM');
    await own.exited;
    await asha.writes('Asha Restart');
    await until(async () => /connection/.test(await asha.notice()), 'the notice');
    await own.run();
    await until(async () => /^Nice to meet you/.test(await asha.lastReply()), 'the answer');
    assert.equal(await asha.notice(), '');
    await own.kill9('supervisor');
    await asha.writes('15 August 1990');
    await until(async () => /connection/.test(await asha.notice()), 'the notice');
    await own.run();
    await until(async () => /^What time/.test(await asha.lastReply()), 'the answer');
    assert.deepEqual((await asha.said()).filter((text) => text.startsWith('> ')), ['> Asha Restart', '> 15 August 1990']);
    assert.equal(Number(await own.value('select count(*) from instant_onboarding_sessions')), 1);
    await own.stop();
    await asha.leaves({ expected: NETWORK });
});

test('what was taken but not acknowledged is said again with the same id, and changes nothing', async () => {
    const asha = await newPerson(browser, gateway);
    let isDeaf = true;
    const ids = [];
    await asha.page.routeWebSocket(/\/ws$/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
            const message = JSON.parse(text);
            if (message.type === 'message') ids.push(message.id);
            server.send(text);
            if (message.type === 'message' && isDeaf) {
                isDeaf = false;
                server.onMessage(() => {});
                setTimeout(() => socket.close({ code: 1011 }), 300);
            }
        });
    });
    await (await asha.opens()).begins();
    await asha.writes('Asha Twice');
    await until(async () => /^Nice to meet you, Asha/.test(await asha.lastReply()), 'the answer');
    await isSent(asha);
    assert.deepEqual(await asha.said(), ["Welcome! Let's create your birth chart in 90 seconds. What's your name?",
        '> Asha Twice', 'Nice to meet you, Asha! When were you born? For example 15 August 1990.']);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await heardOf('Asha Twice'), 1);
    await asha.leaves({ expected: NETWORK });
});

test('two tabs of one conversation show the same', async () => {
    const one = await begun();
    await one.button('Options').click();
    await one.chat.getByLabel('Remember me on this device').check();
    const two = await (await one.newTab()).opens();
    await two.button('Start in English').click();
    await until(async () => (await two.said()).length === 1, 'the greeting');
    await one.says('Asha Tabs');
    await until(async () => (await two.said()).length === 3, 'the same in the other tab');
    await two.says('15 August 1990');
    await until(async () => (await one.said()).length === 5, 'the same in the first tab');
    assert.deepEqual(await one.said(), await two.said());

    // One clears the device: the other forgets it, too.
    await two.choosesOption('Clear this device');
    await until(async () => one.button('Start in English').isVisible(), 'the first tab to shut');
    assert.deepEqual(await one.kept(), { session: {}, local: {} });
    await one.leaves();
});

/* Nobody is answered before all of them have said hello. */
async function beginTogether(...people) {
    let missing = people.length;
    const all = new EventEmitter();
    const isComplete = once(all, 'here');
    for (const { page } of people) await page.routeWebSocket(/\/ws$/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
            server.send(text);
            if (JSON.parse(text).type === 'hello' && --missing === 0) all.emit('here');
        });
        server.onMessage((text) => isComplete.then(() => socket.send(text)));
    });
}

test('two tabs that begin at once, with a key that opens nothing any more, agree on one conversation', async () => {
    const one = await begun();
    await one.button('Options').click();
    await one.chat.getByLabel('Remember me on this device').check();
    const two = await one.newTab();
    await beginTogether(one, two);
    await two.opens();
    await gateway.sql('delete from instant_onboarding_sessions');
    await one.page.reload();
    await two.button('Start in English').click();
    const keyOf = (person) => person.page.evaluate(() => Object.entries(localStorage).find(([name]) => name.endsWith(' key'))?.[1]);
    await until(async () => (await one.said()).length === 1 && (await two.said()).length === 1, 'both greetings');
    await two.says('Asha Agrees');
    await until(async () => (await one.said()).length === 3, 'the same in the other tab');
    assert.equal(await keyOf(one), await keyOf(two));
    assert.deepEqual(await one.said(), await two.said());
    await one.leaves();
});

test('a key that opens nothing any more: a new conversation, and what was written comes back into the field', async () => {
    const asha = await begun();
    await asha.says('Asha Expired');
    await gateway.sql('delete from instant_onboarding_sessions');
    await asha.writes('15 August 1990');
    await until(async () => /over, a new one begins/.test(await asha.notice()), 'the notice');
    await until(async () => (await asha.said()).length === 1, 'the new greeting');
    assert.match(await asha.lastReply(), /What's your name\?$/);
    assert.equal(await asha.field.inputValue(), '15 August 1990');
    await asha.says('Asha Anew');
    assert.equal(await asha.notice(), '');
    await asha.leaves();
});

test('after thirty minutes nothing is shown before one says whose it is', async () => {
    const asha = await begun();
    await asha.says('Asha Hidden');
    const age = () => asha.page.evaluate(() => {
        for (const name of Object.keys(sessionStorage)) if (name.endsWith(' active')) sessionStorage.setItem(name, Date.now() - 31 * 60_000);
    });
    await age();
    await asha.page.reload();
    await asha.button('Continue').waitFor();
    assert.doesNotMatch(await asha.chat.innerText(), /Asha/);
    await asha.button('Continue').click();
    await until(async () => (await asha.said()).includes('> Asha Hidden'), 'the conversation');
    await age();
    await asha.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // looked at again
    await asha.button('Continue').waitFor();
    assert.doesNotMatch(await asha.chat.innerText(), /Asha/);
    await asha.button('Start fresh').click();
    await until(async () => (await asha.said()).length === 1, 'a new greeting');
    assert.match(await asha.lastReply(), /What's your name\?$/);
    await asha.says('नमस्ते, मेरा नाम आशा है');
    await until(async () => await asha.button('भेजें').count() === 1, 'the words to follow');
    await age();
    await asha.page.reload();
    await asha.button('जारी रखें').waitFor(); // asked in the language that was spoken
    await asha.leaves();
});

test('what is too long is not sent, and stays in the field; nor is anything where the conversation is not offered', async () => {
    const asha = await begun();
    const long = 'a'.repeat(1001);
    await asha.writes(long);
    assert.match(await asha.notice(), /^That is too long: a thousand letters/);
    assert.equal(await asha.field.inputValue(), long);
    await asha.says('Asha Short');
    assert.equal(await asha.notice(), '');
    await asha.page.routeWebSocket(/\/ws$/, (socket) => socket.onMessage(
        () => socket.send(JSON.stringify({ type: 'error', code: 'not_available', detail: '' }))));
    await asha.page.reload();
    await until(async () => /not offered/.test(await asha.notice()), 'the notice');
    assert.ok(await asha.field.isHidden());
    await asha.leaves();
});

test('the key ends with the tab unless it shall be remembered', async () => {
    const asha = await begun();
    const { session, local } = await asha.kept();
    assert.ok(Object.keys(session).some((name) => name.endsWith(' key')));
    assert.deepEqual(local, {});
    assert.deepEqual(await asha.context.cookies(), []);
    await asha.button('Options').click();
    await asha.chat.getByLabel('Remember me on this device').check();
    assert.ok(Object.keys((await asha.kept()).local).some((name) => name.endsWith(' key')));
    await asha.chat.getByLabel('Remember me on this device').uncheck();
    assert.deepEqual((await asha.kept()).local, {});
    await asha.leaves();
});

/* As the browser says it: a page has five million letters for all it keeps. */
const fill = (page, ...areas) => page.evaluate((names) => {
    for (const name of names)
        for (let letters = 5 * 1024 * 1024, i = 0; letters >= 1; i++) {
            try {
                window[name].setItem(`filling ${i}`, 'x'.repeat(letters));
            } catch {
                letters = Math.floor(letters / 2);
            }
        }
}, areas);

test('a device that has no room, or lends none, holds a conversation none the less', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await fill(asha.page, 'sessionStorage', 'localStorage');
    await asha.begins();
    assert.match(await asha.says('Asha Rao'), /^Nice to meet you, Asha!/);
    await asha.button('Options').click();
    const remember = asha.chat.getByLabel('Remember me on this device');
    await remember.click();
    assert.ok(!await remember.isChecked(), 'what can’t be kept is not promised');
    assert.match(await asha.says('15 August 1990'), /What time/);
    await asha.choosesOption('Clear this device');
    await asha.button('Start in English').waitFor();
    await asha.leaves();

    const mira = await newPerson(browser, gateway);
    await mira.page.addInitScript(() => {
        for (const name of ['sessionStorage', 'localStorage'])
            Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    });
    await (await mira.opens()).begins();
    assert.match(await mira.says('Mira Rao'), /^Nice to meet you, Mira!/);
    await mira.leaves();
});

test('a browser that takes itself for offline, and is not, chats', async () => {
    const asha = await newPerson(browser, gateway);
    await asha.page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false }));
    await (await asha.opens()).begins();
    assert.match(await asha.says('Asha Rao'), /^Nice to meet you, Asha!/);
    assert.equal(await asha.notice(), '');
    await asha.leaves();
});

test('a clock that is set back changes the order of nothing', async () => {
    const asha = await begun();
    await asha.context.setOffline(true);
    await asha.writes('Asha Clock');
    await asha.page.evaluate(() => {
        const { now } = Date;
        Date.now = () => now() - 3 * 3_600_000;
    });
    await asha.writes('15 August 1990');
    await asha.context.setOffline(false);
    await isSent(asha);
    await until(async () => /What time/.test(await asha.lastReply()), 'both answers to be taken');
    assert.deepEqual((await asha.said()).filter((text) => text.startsWith('> ')), ['> Asha Clock', '> 15 August 1990']);
    await asha.leaves({ expected: NETWORK });
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
