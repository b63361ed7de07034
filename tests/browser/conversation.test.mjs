// Does a whole conversation work in the widget, on a desk and in a hand, by mouse, by touch and by keyboard alone?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PHONE, newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

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

const collected = async () => (await gateway.rows(
    'select collected_data as data, status from instant_onboarding_sessions order by created_at desc limit 1'))[0];

for (const [where, viewport] of [['desk', undefined], ['phone', PHONE], ['smallest phone', { width: 320, height: 568 }]])
    test(`from the greeting to the confirmation on a ${where}`, async () => {
        const asha = await (await newPerson(browser, gateway, { viewport })).opens();
        await asha.begins();
        assert.equal(await asha.lastReply(), "Welcome! Let's create your birth chart in 90 seconds. What's your name?");
        const { y, height } = await asha.field.boundingBox();
        assert.ok(y >= 0 && y + height <= asha.page.viewportSize().height, `the field is in sight, at ${y}`);
        for (const text of ['Asha Rao', '15 August 1990', 'half past six in the evening']) {
            await asha.says(text);
            await asha.seesLastWords(); // also where the picker has come above the field
        }
        assert.match(await asha.says('Pune'), /Place of birth: Pune, Maharashtra, India\nIs this right\?/);
        await asha.chooses("That's right");
        const { data, status } = await collected();
        assert.deepEqual([data.name, data.birth_date, data.birth_time, status], ['Asha Rao', '1990-08-15', '18:30:00', 'generating_chart']);
        assert.equal((await asha.said()).filter((text) => text.startsWith('> ')).at(-1), "> That's right");
        const wide = await asha.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px too wide`);
        await asha.leaves();
    });

test('date and time can be picked, a place taken from the suggestions', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await asha.begins();
    await asha.says('Asha Rao');
    await asha.chat.getByLabel('Pick a date').fill('1990-08-15');
    assert.equal(await asha.field.inputValue(), '15 August 1990');
    await asha.says('15 August 1990');
    await asha.chat.getByLabel('Pick a time').fill('18:30');
    assert.equal(await asha.field.inputValue(), '18:30');
    await asha.says('18:30');
    assert.ok(await asha.chat.getByLabel('Pick a time').isHidden());
    await asha.field.pressSequentially('springf');
    await asha.chat.getByRole('option', { name: 'Springfield, Illinois, US' }).click();
    assert.match(await asha.says(await asha.field.inputValue()), /Springfield, Illinois, United States/);
    await asha.leaves();
});

test('an earlier answer is changed in its place', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await asha.begins();
    await asha.says('Asha Rao');
    await asha.says('15 August 1990');
    await asha.chooses('Change Asha Rao');
    assert.equal(await asha.lastReply(), "What's your name?");
    await asha.says('Usha Rao');
    assert.equal((await collected()).data.name, 'Usha Rao');
    assert.equal(await asha.button('Change Asha Rao').count(), 0);
    assert.equal(await asha.button('Change Usha Rao').count(), 1);
    await asha.says('18:30');
    await asha.chooses('Change 15 August 1990');
    await asha.says('16 August 1990');
    assert.match(await asha.says('Pune'), /Usha Rao[^]*16 August 1990/);
    await asha.leaves();
});

test('only an answer can be changed: not a wish, and one that may mean two days once it is settled', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await asha.begins();
    await asha.says('Asha Rao');
    const changeable = () => asha.chat.getByRole('button', { name: /^Change / }).evaluateAll((buttons) => buttons.map(({ textContent }) => textContent));
    await asha.says('delete my data');
    assert.deepEqual(await changeable(), ['ChangeAsha Rao']);
    assert.match(await asha.chooses('No'), /When were you born/);
    assert.match(await asha.says('3/7/1985'), /Which of these/);
    assert.deepEqual(await changeable(), ['ChangeAsha Rao']);
    assert.match(await asha.chooses('3 July 1985'), /What time/);
    assert.deepEqual(await changeable(), ['ChangeAsha Rao', 'Change3/7/1985']);
    await asha.leaves();
});

test('start over begins from the first question, once confirmed', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await asha.begins();
    await asha.says('Asha Rao');
    await asha.choosesOption('Start over');
    await asha.chooses('Yes');
    assert.match(await asha.lastReply(), /What's your name\?$/);
    await asha.leaves();
});

test('the language is chosen at the start, in the options, or by writing in it', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    await asha.begins('हिन्दी में शुरू करें');
    assert.match(await asha.lastReply(), /आपका नाम क्या है/);
    assert.equal(await asha.button('भेजें').count(), 1);
    await asha.says('आशा राव');
    await asha.chooses('बदलें आशा राव');
    assert.equal(await asha.lastReply(), 'आपका नाम क्या है?');
    await asha.says('आशा राव');
    const before = (await asha.said()).length;
    await asha.button('विकल्प').click();
    await asha.chat.getByLabel('भाषा').selectOption('English');
    assert.match(await asha.answerAfter(before), /^Of course, in English/);
    assert.equal(await asha.button('Send').count(), 1);
    await asha.says('हिन्दी');
    assert.equal(await asha.button('भेजें').count(), 1, 'the words around it follow');
    assert.equal(await asha.log.locator('.text').last().getAttribute('lang'), 'hi');
    await asha.leaves();
});

test('a long name in another script changes no language, and a question with many choices is seen from its top', async () => {
    const asha = await (await newPerson(browser, gateway, { viewport: { width: 320, height: 480 }, reducedMotion: 'reduce' })).opens();
    await asha.begins('हिन्दी में शुरू करें');
    for (const text of ['Wolfeschlegelsteinhausenbergerdorff Donaudampfschifffahrtsgesellschaft', '15 अगस्त 1990', 'शाम 6:30']) await asha.says(text);
    await asha.says('Springfield');
    assert.ok(await asha.log.locator('.offer button').count() >= 5);
    await asha.seesLastWords();
    await asha.says('1');
    assert.match(await asha.lastReply(), /क्या यह सही है\?$/);
    assert.ok(await asha.button('भेजें').isVisible(), 'the chat goes on in Hindi');
    await asha.leaves();
});

test('by keyboard alone, with the focus always inside', async () => {
    const asha = await (await newPerson(browser, gateway)).opens();
    const { keyboard } = asha.page;
    const focused = () => asha.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.textContent);
    while (!/English/.test(await focused())) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await until(() => asha.lastReply(), 'the greeting');
    const saysByKeys = async (text) => {
        const before = (await asha.said()).length;
        await keyboard.type(text);
        await keyboard.press('Enter');
        await asha.answerAfter(before);
    };
    for (const text of ['Asha Rao', '15 August 1990', '18:30']) await saysByKeys(text);
    await keyboard.type('Pun');
    await asha.chat.getByRole('option').first().waitFor();
    await keyboard.press('ArrowDown');
    assert.equal(await asha.field.getAttribute('aria-activedescendant'), 'place-0');
    await keyboard.press('Enter');
    assert.equal(await asha.field.inputValue(), 'Pune, Maharashtra, IN');
    await saysByKeys('');
    while (!/That's right/.test(await focused())) await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await until(async () => (await collected()).status === 'generating_chart', 'the chart to be ordered');
    assert.equal(await asha.page.evaluate(() => document.activeElement.shadowRoot.activeElement?.id), 'field');
    await asha.button('Options').focus();
    await keyboard.press('Enter');
    assert.equal(await asha.button('Options').getAttribute('aria-expanded'), 'true');
    await keyboard.press('Escape');
    assert.equal(await asha.button('Options').getAttribute('aria-expanded'), 'false');
    await asha.leaves();
});

test('the chart comes, with the dots before it; a picture and a link are shown, other addresses not', async () => {
    const asha = await newPerson(browser, gateway);
    await asha.page.route('**/chart.svg', (route) => route.fulfill(
        { contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>' }));
    await asha.page.routeWebSocket(/\/ws$/, (socket) => {
        const tell = (message) => socket.send(JSON.stringify(message));
        socket.onMessage((text) => {
            if (JSON.parse(text).type !== 'hello') return;
            tell({ type: 'welcome', session_key: 'k'.repeat(32), status: 'generating_chart' });
            tell({ type: 'typing' });
            setTimeout(() => {
                tell({ type: 'message', seq: 1, text: 'Ready!', input: 'none', image: `${gateway.url}/chart.svg`,
                    link: { url: `${gateway.url}/chart/1`, title: 'Your chart' } });
                tell({ type: 'message', seq: 2, text: 'No', input: 'none', image: 'data:image/png,x',
                    link: { url: 'javascript:alert(1)', title: 'Click me' } });
            }, 500);
        });
    });
    await asha.opens();
    await asha.button('Start in English').click();
    await asha.chat.locator('.dots').waitFor();
    await until(async () => (await asha.said()).length === 2, 'both messages');
    assert.equal(await asha.chat.locator('.dots').count(), 0);
    assert.equal(await asha.log.getByRole('img', { name: 'Picture of the chart' }).count(), 1);
    assert.equal(await asha.log.getByRole('link', { name: 'Your chart' }).getAttribute('href'), `${gateway.url}/chart/1`);
    assert.equal(await asha.log.locator('[href^="javascript:"], [src^="data:"]').count(), 0);
    assert.equal(await asha.chat.locator('[aria-live=polite] p').last().textContent(), 'No');
    await asha.leaves();
});

test('until the first message is there the chat shows that one is coming', async () => {
    const asha = await newPerson(browser, gateway);
    let greet;
    await asha.page.routeWebSocket(/\/ws$/, (socket) => {
        greet = () => {
            socket.send(JSON.stringify({ type: 'welcome', session_key: 'k'.repeat(32), status: 'collecting_data' }));
            socket.send(JSON.stringify({ type: 'message', seq: 1, text: 'Hello!', input: 'name' }));
        };
    });
    await asha.opens();
    await asha.button('Start in English').click();
    await asha.chat.locator('.dots').waitFor();
    await until(() => greet, 'the socket');
    greet();
    await until(async () => (await asha.said()).join() === 'Hello!', 'the greeting');
    assert.equal(await asha.chat.locator('.dots').count(), 0);
    await asha.leaves();
});

test('after the end one begins afresh, by a button beside the field or in the options', async () => {
    const asha = await newPerson(browser, gateway, { viewport: PHONE });
    const hellos = [];
    await asha.page.routeWebSocket(/\/ws$/, (socket) => socket.onMessage((text) => {
        const { type, session_key: key } = JSON.parse(text);
        if (type !== 'hello') return;
        const tell = (message) => socket.send(JSON.stringify(message));
        hellos.push(key);
        tell({ type: 'welcome', session_key: key ?? `${hellos.length}`.repeat(32), status: 'collecting_data' });
        tell({ type: 'message', seq: 1, text: `Conversation ${hellos.length}`, input: 'none' });
        tell({ type: 'status', status: 'completed' });
    }));
    await asha.opens();
    await asha.begins();
    await asha.button('Start fresh').click();
    await until(async () => (await asha.said()).join() === 'Conversation 2', 'another conversation, and nothing else');
    await asha.choosesOption('Start over');
    await until(async () => (await asha.said()).join() === 'Conversation 3', 'a third');
    assert.deepEqual(hellos, [undefined, undefined, undefined]);
    assert.ok(await asha.button('Clear this device').isHidden(), 'the options are shut');
    await asha.leaves();
});

test('script and markup in what is said stay text', async () => {
    const asha = await newPerson(browser, gateway);
    asha.page.on('dialog', () => asha.complaints.push('a dialog'));
    await asha.opens();
    await asha.begins();
    const text = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const reply = await asha.says(text);
    assert.ok((await asha.said()).includes(`> ${text}`));
    assert.doesNotMatch(reply, /^$/);
    assert.equal(await asha.log.locator('img, script').count(), 0);
    await asha.page.reload();
    await until(async () => (await asha.said()).includes(`> ${text}`), 'the conversation to come back');
    assert.equal(await asha.log.locator('img, script').count(), 0);
    await asha.leaves();
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
