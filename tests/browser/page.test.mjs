// Can everybody use the chat, on anybody's page? Accessibility, other people's pages, no script at all, and what it costs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { PHONE, newPerson, openBrowser } from '../support/browser.mjs';
import { freePort, openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let house;
let gateway;
let browser;
let host; // somebody's page, on another origin

before(async () => {
    house = await openHouse();
    const port = await freePort();
    [gateway, browser] = await Promise.all([
        house.start({ settings: generous(), env: { ALLOWED_ORIGINS: `http://127.0.0.1:${port}` } }), openBrowser()]);
    host = await startHost(port);
});
after(async () => {
    await browser?.close();
    host?.close();
    await house?.close();
});

/* Pages with the strictest policy under which a chat with the gateway can work; `pages` holds their bodies by path. */
async function startHost(port) {
    const pages = new Map();
    const server = createServer((request, response) => {
        response.writeHead(200, {
            'content-type': 'text/html; charset=utf-8',
            'content-security-policy': `default-src 'none'; script-src ${gateway.url}; ` +
                `connect-src ${gateway.url} ${gateway.url.replace('http', 'ws')}; img-src ${gateway.url}; require-trusted-types-for 'script'`,
        });
        response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <link rel="icon" href="data:,"><title>A shop</title><main><h1>A shop</h1>${pages.get(request.url) ?? ''}</main></html>`);
    });
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${port}`, pages, close: () => server.close() };
}

const FAVICON = [/violates the following Content Security Policy directive: "img-src|loading the image 'data:,'/i];

async function assertAccessible(person, what) {
    await person.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
    if (!await person.page.evaluate(() => 'axe' in window)) await person.page.addScriptTag({ path: AXE });
    const { violations } = await person.page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), RULES);
    assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`), []);
}

for (const colorScheme of ['light', 'dark'])
    test(`axe finds nothing at any stage, in ${colorScheme}`, async () => {
        const asha = await newPerson(browser, gateway, { colorScheme, reducedMotion: 'reduce', bypassCSP: true, viewport: colorScheme === 'dark' ? PHONE : undefined });
        await asha.opens();
        await assertAccessible(asha, 'shut');
        await asha.begins();
        await assertAccessible(asha, 'greeting');
        await asha.says('Asha Rao');
        await assertAccessible(asha, 'date');
        await asha.says('15 August 1990');
        await asha.says('18:30');
        await asha.field.pressSequentially('springf');
        await asha.chat.getByRole('option').first().waitFor();
        await asha.field.press('ArrowDown');
        await assertAccessible(asha, 'suggestions');
        await asha.field.fill('');
        await asha.says('Pune');
        await assertAccessible(asha, 'choices');
        await asha.button('Options').click();
        await assertAccessible(asha, 'options');
        await asha.context.setOffline(true);
        await until(async () => /offline/.test(await asha.notice()), 'the notice');
        await asha.writes('yes');
        await assertAccessible(asha, 'waiting');
        await asha.context.close();
    });

test('what can be pressed is large enough, and text grows to twice its size', async () => {
    const asha = await newPerson(browser, gateway, { viewport: PHONE });
    const devtools = await asha.context.newCDPSession(asha.page);
    await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32 } }); // as a person sets their browser
    await (await asha.opens()).begins();
    await asha.says('Asha Rao');
    assert.equal(await asha.field.evaluate((field) => getComputedStyle(field).fontSize), '32px');
    const boxes = await asha.chat.locator('button:visible, input:visible').evaluateAll((items) => items.map((item) => {
        const { width, height, right } = item.getBoundingClientRect();
        return { what: item.textContent || item.id, width, height, right };
    }));
    for (const { what, width, height, right } of boxes) {
        assert.ok(width >= 24 && height >= 24, `${what} is ${width}×${height}`);
        assert.ok(right <= PHONE.width, `${what} stands out of the page`);
    }
    await asha.context.close();
});

test('who wants no motion gets none', async () => {
    const asha = await (await newPerson(browser, gateway, { reducedMotion: 'reduce' })).opens();
    await asha.begins();
    assert.equal(await asha.log.evaluate((log) => getComputedStyle(log).scrollBehavior), 'auto');
    await asha.leaves();
});

test('a screen keyboard takes its room from the chat, not from the field or from the question', async () => {
    host.pages.set('/floating', `<script src="${gateway.url}/widget.js" async></script>`);
    const asha = await newPerson(browser, gateway, { viewport: PHONE });
    await asha.opens(`${host.url}/floating`);
    await asha.button('Chat with us').click();
    await until(() => asha.lastReply(), 'the greeting');
    for (const text of ['Asha Rao', '15 August 1990']) await asha.says(text);
    await asha.seesLastWords();
    await asha.page.evaluate(() => {
        Object.defineProperties(visualViewport, { height: { value: 400 }, offsetTop: { value: 60 } });
        visualViewport.dispatchEvent(new Event('resize'));
    });
    const { y, height } = await asha.field.boundingBox();
    assert.ok(y >= 60 && y + height <= 460, `the field is at ${y}`);
    await asha.seesLastWords();
    await asha.leaves({ expected: FAVICON });
});

test('one line puts it on a page with a strict policy, trusted types too', async () => {
    host.pages.set('/one', `<script src="${gateway.url}/widget.js" data-language="hi" async></script>`);
    const asha = await newPerson(browser, gateway);
    await asha.opens(`${host.url}/one`);
    await asha.button('हमसे बात करें').click();
    assert.equal(await asha.page.evaluate(() => document.activeElement.localName), 'frontdesk-chat');
    await until(async () => /आपका नाम क्या है/.test(await asha.lastReply()), 'the greeting');
    for (const text of ['आशा राव', '15 अगस्त 1990', 'सुबह 6:30']) await asha.says(text);
    await asha.field.pressSequentially('pun');
    await asha.chat.getByRole('option', { name: /Pune/ }).waitFor();
    await asha.field.press('Escape');
    assert.ok(await asha.field.isVisible(), 'the first Escape closes the suggestions only');
    await asha.field.press('Escape');
    assert.ok(await asha.button('हमसे बात करें').isVisible());
    assert.equal(await asha.page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), 'opener');
    await asha.leaves({ expected: FAVICON });
});

test('a browser that can make no sheets (Safari before 16.4) shows the chat dressed none the less', async () => {
    const asha = await newPerson(browser, gateway, { viewport: PHONE, bypassCSP: true });
    await asha.page.addInitScript(() => { delete window.CSSStyleSheet; });
    await (await asha.opens()).begins();
    assert.equal(await asha.chat.locator('.panel').evaluate((panel) => getComputedStyle(panel).display), 'flex');
    await asha.context.close();
});

test('a page that dresses everything dresses not the chat', async () => {
    const asha = await newPerson(browser, gateway, { bypassCSP: true });
    host.pages.set('/loud', `<style>html { font-size: 62.5% } * { font: italic 40px/3 serif !important; color: red !important;
        text-transform: uppercase !important; letter-spacing: 1em !important; text-align: center !important; visibility: visible }</style>
        <script src="${gateway.url}/widget.js" async></script>`);
    await asha.opens(`${host.url}/loud`);
    await asha.button('Chat with us').click();
    await until(() => asha.lastReply(), 'the greeting');
    const worn = await asha.log.locator('.text').first().evaluate((text) => {
        const { fontSize, fontStyle, textTransform, letterSpacing, textAlign, color } = getComputedStyle(text);
        return [fontSize, fontStyle, textTransform, letterSpacing, textAlign, color === 'rgb(255, 0, 0)'];
    });
    assert.deepEqual(worn, ['16px', 'normal', 'none', 'normal', 'start', false]);
    await asha.context.close();
});

test('two of one flow on a page share their conversation, and its end', async () => {
    host.pages.set('/same', `<frontdesk-chat></frontdesk-chat><script src="${gateway.url}/widget.js" async></script>`);
    const asha = await newPerson(browser, gateway);
    await (await asha.opens(`${host.url}/same`)).begins(); // in the one that stands in the page
    const corner = Object.assign(Object.create(asha), { chat: asha.page.locator('frontdesk-chat[floating]') });
    Object.assign(corner, { field: corner.chat.locator('#field'), log: corner.chat.getByRole('log') });
    await corner.button('Chat with us').click();
    await until(async () => await corner.lastReply() === await asha.lastReply(), 'the same greeting');
    assert.match(await corner.says('Asha Rao'), /^Nice to meet you, Asha!/);
    await until(async () => (await asha.said()).includes('> Asha Rao'), 'it to be heard in the other');
    await corner.choosesOption('Clear this device');
    await asha.button('Start in English').waitFor();
    assert.deepEqual(await asha.said(), [], 'nothing is left');
    assert.deepEqual((await asha.kept()).session, {});
    await asha.leaves({ expected: FAVICON });
});

test('several on one page, each with its own flow and conversation', async () => {
    host.pages.set('/two', `<script src="${gateway.url}/widget.js" data-flow="appointment" async></script>
        <script src="${gateway.url}/widget.js" data-flow="instant_onboarding" async></script>
        <frontdesk-chat flow="appointment" theme="dark"><a href="${gateway.url}/chat">Chat</a></frontdesk-chat>`);
    const asha = await newPerson(browser, gateway);
    await asha.opens(`${host.url}/two`);
    const floating = asha.page.locator('frontdesk-chat[floating]');
    await until(async () => (await floating.count()) === 2, 'both');
    const openers = floating.getByRole('button', { name: 'Chat with us' });
    const [one, two] = await Promise.all([openers.nth(0).boundingBox(), openers.nth(1).boundingBox()]);
    assert.ok(Math.abs(one.y - two.y) >= one.height, 'they do not lie on each other');
    for (const [flow, greeting] of [['appointment', /appointment/], ['instant_onboarding', /birth chart/]]) {
        const chat = asha.page.locator(`frontdesk-chat[floating][flow=${flow}]`);
        await chat.getByRole('button', { name: 'Chat with us' }).click();
        await until(async () => greeting.test(await chat.getByRole('log').innerText()), `the greeting of ${flow}`);
        await chat.getByRole('button', { name: 'Close' }).click();
    }
    const keys = Object.keys((await asha.kept()).session).filter((name) => name.endsWith(' key'));
    assert.equal(keys.length, 2);
    await asha.leaves({ expected: FAVICON });
});

test('a page that may not chat here is told so, with a way that works', async () => {
    const page = await (await newPerson(browser, gateway)).opens('/');
    await page.page.routeWebSocket(/\/ws$/, (socket) => socket.close({ code: 1008 }));
    await page.page.reload();
    await page.button('Start in English').click();
    await until(async () => /can't be reached/.test(await page.notice()), 'the notice');
    assert.equal(await page.chat.locator('.notice a').getAttribute('href'), `${gateway.url}/chat`);
    await page.context.close();
});

test('without JavaScript its place leads to the plain chat, which looks as good and works', async () => {
    const asha = await newPerson(browser, gateway, { javaScriptEnabled: false, viewport: PHONE });
    await asha.opens();
    await asha.page.getByRole('link', { name: 'Start the chat' }).click();
    await asha.page.getByRole('button', { name: 'Start in English' }).click();
    await asha.page.getByRole('textbox').fill('Asha Rao');
    await asha.page.getByRole('button', { name: 'Send' }).click();
    await asha.page.getByText('Nice to meet you, Asha!').waitFor();
    await asha.context.close();
});

test('the plain chat has no violations either', async () => {
    for (const colorScheme of ['light', 'dark']) {
        const asha = await newPerson(browser, gateway, { bypassCSP: true, colorScheme });
        await asha.opens('/chat');
        await assertAccessible(asha, 'start');
        await asha.page.getByRole('button', { name: 'Start in English' }).click();
        await asha.page.getByRole('textbox').fill('Asha Rao');
        await asha.page.getByRole('button', { name: 'Send' }).click();
        await asha.page.getByText('Nice to meet you, Asha!').waitFor();
        await assertAccessible(asha, 'conversation');
        await asha.context.close();
    }
});

test('what it costs: bytes, and the time to the first question on a slow telephone', async () => {
    const asha = await newPerson(browser, gateway, { viewport: PHONE });
    const devtools = await asha.context.newCDPSession(asha.page);
    await devtools.send('Network.enable');
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    let bytes = 0;
    let requests = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; requests++; });
    const began = Date.now();
    await asha.opens();
    await asha.button('Start in English').waitFor();
    const shown = Date.now() - began;
    await asha.button('Start in English').click();
    await asha.log.locator('.text').first().waitFor();
    console.log(`# page and widget: ${requests} requests, ${bytes} bytes; shown after ${shown} ms, ` +
        `first question after ${Date.now() - began} ms (CPU slowed down 4 times)`);
    assert.ok(requests <= 3 && bytes < 30_000, `${requests} requests, ${bytes} bytes`);
    await asha.leaves();
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
