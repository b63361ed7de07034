// Do the simulator's phones work: whole conversations by WhatsApp and SMS, a call, trouble on the way, on a desk and in a hand?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DESKTOP, PHONE, newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');
const CONVERSATIONS = path.join(path.dirname(PROGRAM), 'tests/unit_talk_conversations');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let house;
let gateway;
let browser;

before(async () => {
    house = await openHouse();
    [gateway, browser] = await Promise.all([
        house.start({ workers: 2, settings: generous(), env: { SIMULATOR: 'true', CHART_PROCESSES: '1' } }), openBrowser()]);
});
after(async () => {
    await browser?.close();
    await house?.close();
});

/** Somebody before the phones; phone(id) gives one of them. */
async function newPlayer(viewport, options = {}) {
    const player = await newPerson(browser, gateway, { viewport, ...options });
    await player.opens('/simulator');
    const { page } = player;
    player.number = await page.locator('#number').textContent();
    player.phone = (id, field) => {
        const place = page.locator(`#${id}`);
        const phone = {
            place,
            bubbles: () => place.locator('.thread > div').evaluateAll((items) => items.map((item) =>
                `${item.matches('.mine') ? '> ' : ''}${[...item.querySelectorAll('p')].map((part) => part.textContent).join(' ')}`)),
            heard: async () => (await phone.bubbles()).filter((text) => !text.startsWith('> ')),
            hears: (count) => until(async () => {
                const heard = await phone.heard();
                return heard.length >= count && heard.at(-1);
            }, `${count} messages on ${id}`),
            writes: async (text) => {
                await place.getByLabel(field, { exact: true }).fill(text);
                await place.getByLabel(field, { exact: true }).press('Enter');
            },
            says: async (text) => {
                const count = (await phone.heard()).length;
                await phone.writes(text);
                return phone.hears(count + 1);
            },
            taps: async (name) => {
                const count = (await phone.heard()).length;
                await place.getByRole('button', { name, exact: true }).last().click();
                return phone.hears(count + 1);
            },
        };
        return phone;
    };
    player.collected = async () => JSON.parse(await page.locator('#data').textContent());
    player.isNotTooWide = async () => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px too wide`);
    };
    return player;
}

test('a whole conversation on WhatsApp: buttons, a location, ticks', async () => {
    const player = await newPlayer(DESKTOP);
    const phone = player.phone('whatsapp', 'Message');
    assert.match(await phone.says('hi'), /What's your name/);
    await phone.says('Asha Rao');
    await phone.says('15 August 1990');
    await phone.says('half past six in the evening');
    await phone.place.getByLabel('Share a location').selectOption('Pune');
    assert.match(await phone.hears(5), /You sent Pune.*Were you born there\?/);
    assert.match(await phone.taps('Yes'), /Is this right\?/);
    await phone.taps("That's right");
    const states = async () => (await gateway.rows(`select string_agg(distinct state, ',') as states from frontdesk.outbox
        where recipient ->> 'to' = '${player.number.slice(1)}'`))[0].states;
    await until(async () => await states() === 'read', 'all that was said to be read');
    await until(async () => (await phone.place.locator('.ours .ticks').evaluateAll((ticks) => ticks.map(({ title }) => title)))
        .every((state) => state === 'read'), 'blue ticks everywhere');
    await until(async () => (await player.collected()).birth_place !== undefined, 'the collected data');
    assert.equal((await player.collected()).name, 'Asha Rao');
    await player.isNotTooWide();
    await player.leaves();
});

test('a whole conversation by SMS, segments counted, in a hand, kept over a reload', async () => {
    const player = await newPlayer(PHONE);
    const phone = player.phone('sms', 'Text');
    for (const text of ['<b>hi</b>', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune']) await phone.says(text);
    await phone.says('yes');
    assert.match(await phone.place.locator('.mine .foot').first().textContent(), /^1 segment, GSM-7/);
    await until(async () => /^\d segments?, GSM-7/.test(await phone.place.locator('.ours .foot').first().textContent()), 'our segments');
    const states = () => phone.place.locator('.ours .ticks').evaluateAll((ticks) => ticks.map(({ title }) => title));
    await until(async () => (await states()).every((state) => state === 'delivered'), 'all delivered');
    const before = await phone.bubbles();
    assert.equal(before.at(0), '> <b>hi</b>', 'markup is text');
    await player.page.reload();
    assert.deepEqual((await phone.bubbles()).slice(0, before.length), before);
    await until(async () => /generating_chart|completed/.test(await player.page.locator('#session').textContent()), 'the session');
    await player.isNotTooWide();
    await player.leaves();
});

test('a call: keys, speech, silence, hanging up', async () => {
    const player = await newPlayer(DESKTOP);
    const call = player.phone('voice', 'Speak (typed)');
    await call.taps('Call');
    const isMyTurn = () => until(async () => /your turn/.test(await call.place.locator('.call-state').textContent()), 'the turn');
    await isMyTurn();
    assert.match(await call.taps('1'), /name/i);
    await isMyTurn();
    assert.match(await call.says('Asha Rao'), /I heard Asha Rao/);
    await isMyTurn();
    assert.match(await call.taps('Say nothing'), /I didn't hear anything/);
    await isMyTurn();
    assert.match(await call.taps('1'), /When were you born/);
    await isMyTurn();
    await call.place.getByRole('button', { name: 'Hang up' }).click();
    await until(async () => /You hung up/.test(await call.place.locator('.call-state').textContent()), 'the end');
    await until(async () => (await player.page.locator('#happenings').textContent()).includes('Hangs up'), 'the status');
    await until(async () => (await player.collected()).name === 'Asha Rao', 'the name');
    await player.page.getByRole('button', { name: 'Save as a test' }).click();
    await until(async () => /A call can be replayed, but not saved/.test(await player.page.locator('#notice').textContent()), 'why not');
    await player.leaves();
});

test('by a proxy it wants the token, says which is wrong and keeps it; a gateway that is away is told in words', async () => {
    const player = await newPlayer(PHONE, { extraHTTPHeaders: { 'X-Forwarded-For': '192.0.2.7' } });
    const { page } = player;
    const token = page.getByLabel(/ADMIN_TOKEN/);
    await token.fill('nothing-like-it');
    await token.press('Enter');
    await page.getByText('That token opens nothing here.').waitFor();
    assert.equal(await token.inputValue(), 'nothing-like-it');
    await token.fill(gateway.secrets.adminToken);
    await token.press('Enter');
    await page.getByText('none yet: say something').waitFor();
    assert.ok(await token.isHidden());
    await page.route('**/simulator/news*', (route) => route.abort());
    await page.getByText('The gateway does not answer.').waitFor();
    await page.unroute('**/simulator/news*');
    await until(async () => await page.locator('#notice').textContent() === '', 'the notice to go');
    await player.leaves({ expected: [/401/, /ERR_FAILED/] });
});

test('axe finds nothing, in light and dark', async () => {
    const player = await newPlayer(DESKTOP, { bypassCSP: true });
    await player.phone('whatsapp', 'Message').says('hi');
    await player.phone('sms', 'Text').says('Asha Rao');
    await player.phone('voice', 'Speak (typed)').taps('Call');
    await player.page.locator('#happenings summary').first().click();
    await player.page.addScriptTag({ path: AXE });
    for (const colorScheme of ['light', 'dark']) {
        await player.page.emulateMedia({ colorScheme });
        const { violations } = await player.page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`), []);
    }
    await player.leaves();
});

test('the web chat is the widget: told of under the phones, saved as a test that passes, said again', async () => {
    const player = await newPlayer(DESKTOP);
    const { page } = player;
    await player.begins('हिन्दी में शुरू करें');
    for (const text of ['<b>आशा</b>', 'आशा राव', '15 अगस्त 1990', 'सुबह 6:30']) await player.says(text);
    await player.says('Pune');
    await player.chooses('बदलें');
    await player.says('नाम');
    await player.says('उषा राव');
    const happenings = page.locator('#happenings');
    await until(async () => /“उषा राव”\s*ack in/.test(await happenings.textContent()), 'the frame and its answer');
    assert.match(await happenings.textContent(), /“<b>आशा<\/b>”/, 'markup is text');
    assert.equal(await happenings.locator('b').count(), 0);
    await until(async () => (await player.collected()).name === 'उषा राव', 'the collected data');
    assert.match(await page.locator('#outbox').textContent(), /Web chat/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a test' }).click();
    assert.match((await download).suggestedFilename(), /^simulated_web_/);
    const file = path.join(house.folder, (await download).suggestedFilename());
    await (await download).saveAs(file);
    const held = spawnSync(CONVERSATIONS, [file], { encoding: 'utf8' });
    assert.equal(held.status, 0, `${held.stdout}${held.stderr}`);
    const before = await player.said();
    await page.getByRole('button', { name: 'Replay with somebody new' }).click();
    await until(async () => /All 9 were said again/.test(await page.locator('#replaying').textContent()), 'the replay');
    await until(async () => (await player.said()).length === before.length, 'the last answer');
    assert.deepEqual(await player.said(), before);
    await player.leaves();
});

test('trouble: twice changes nothing, the wrong order is taken as it comes', async () => {
    const player = await newPlayer(DESKTOP);
    const phone = player.phone('sms', 'Text');
    await player.page.getByLabel('twice').check();
    await phone.says('hi');
    const happened = player.page.locator('#happenings > li');
    await until(async () => (await happened.filter({ hasText: '“hi”, once more' }).count()) === 1, 'the second delivery');
    await until(async () => /turns1/.test(await player.page.locator('#session').textContent()), 'one turn');
    await player.page.getByLabel('after what you write next').check();
    await phone.writes('15 August 1990');
    await phone.writes('Asha Rao');
    await until(async () => (await happened.filter({ hasText: 'overtaken' }).count()) === 1, 'the overtaken one');
    await until(async () => (await player.collected()).birth_date === '1990-08-15', 'both taken');
    assert.equal((await player.collected()).name, 'Asha Rao');
    await happened.filter({ hasText: 'once more' }).locator('summary').click();
    assert.match(await happened.filter({ hasText: 'once more' }).textContent(), /X-Twilio-Signature/);
    await player.leaves();
});

test('the tour leads a newcomer from stop to stop by keys, and its first stop says hi', async () => {
    const player = await newPlayer(PHONE, { reducedMotion: 'reduce' });
    const phone = player.phone('whatsapp', 'Message');
    await player.page.getByRole('button', { name: 'Tour of one minute' }).click();
    await player.page.getByRole('button', { name: 'Say “hi”' }).click();
    assert.match(await phone.hears(1), /What's your name/);
    const title = player.page.locator('#tour-title');
    await player.page.getByRole('button', { name: 'Next' }).press('Enter');
    assert.match(await title.textContent(), /^2 of 8: What just happened/);
    for (let stop = 3; stop <= 8; stop++) await player.page.keyboard.press('ArrowRight');
    assert.match(await title.textContent(), /^8 of 8/);
    assert.equal(await player.page.locator('.toured').count(), 1);
    await player.isNotTooWide();
    await player.page.keyboard.press('Escape');
    assert.equal(await title.isVisible(), false);
    assert.equal(await player.page.evaluate(() => document.activeElement.id), 'tour');
    await player.leaves();
});

test('a provider in trouble: the outbox backs off and is seen doing it; a phone switched off hears late', async () => {
    const player = await newPlayer(DESKTOP);
    const { page } = player;
    const phone = player.phone('whatsapp', 'Message');
    await page.getByLabel('Providers answer').selectOption('500');
    await page.getByLabel(/^for/).fill('1');
    await page.getByRole('button', { name: 'Do it' }).click();
    await until(async () => /next message is answered 500/.test(await page.locator('#trouble-now').textContent()), 'the trouble');
    await phone.says('hi');
    const happened = async () => page.locator('#happenings').textContent();
    await until(async () => /was not taken \(Unknown API error\); try 2 in/.test(await happened()), 'the failed try');
    await until(async () => /was taken at try 2/.test(await happened()), 'the second try');
    await until(async () => /read/.test(await page.locator('#outbox tr').first().textContent()), 'a phone that is on reads');
    await phone.writes('Asha Rao');
    await phone.place.getByRole('button', { name: 'Switch off' }).click();
    await until(async () => (await page.locator('#outbox tr').count()) === 2 && /sent/.test(await page.locator('#outbox tr').first().textContent()), 'a message on its way');
    assert.equal((await phone.heard()).length, 1);
    await phone.place.getByRole('button', { name: 'Switch on' }).click();
    assert.match(await phone.hears(2), /When were you born/);
    await until(async () => /read/.test(await page.locator('#outbox tr').first().textContent()), 'late, all of it');
    await player.leaves();
});

test('a worker dies with the answer in its hand, another at a click: what was said is taken once and answered', async () => {
    const player = await newPlayer(DESKTOP);
    const phone = player.phone('sms', 'Text');
    await phone.says('hi');
    await player.page.getByLabel('and a worker dies before it says so').check();
    assert.match(await phone.says('Asha Rao'), /Nice to meet you, Asha/);
    await player.page.getByLabel('as it should').check();
    await player.page.getByRole('button', { name: 'Kill a worker' }).click();
    assert.match(await phone.says('15 August 1990'), /What time/);
    await until(async () => /Started again since the gateway began: [2-9]/.test(await player.page.locator('#workers').textContent()), 'two workers started again');
    await until(async () => /turns3/.test(await player.page.locator('#session').textContent()), 'three turns');
    await player.leaves({ expected: [/ERR_/] });
});

test('a conversation is saved as a test that passes, said again by somebody new, and a farewell still arrives', async () => {
    const player = await newPlayer(DESKTOP);
    const { page } = player;
    const phone = player.phone('whatsapp', 'Message');
    for (const text of ['(hi)', 'Asha Rao', '15 August 1990', 'half past six in the evening', 'Springfield']) await phone.says(text);
    await phone.place.locator('details summary').last().click();
    await phone.place.getByRole('button', { name: /^Springfield, Missouri/ }).click();
    assert.match(await phone.hears(6), /Is this right\?/);
    await phone.taps("That's right");
    await phone.hears(9); // thanks, and the chart in two messages
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a test' }).click();
    const file = path.join(house.folder, (await download).suggestedFilename());
    await (await download).saveAs(file);
    const held = spawnSync(CONVERSATIONS, [file], { encoding: 'utf8' });
    assert.equal(held.status, 0, `${held.stdout}${held.stderr}`);
    const before = await phone.bubbles();
    await page.getByRole('button', { name: 'Replay with somebody new' }).click();
    await until(async () => /All 7 were said again/.test(await page.locator('#replaying').textContent()), 'the replay');
    assert.notEqual(await page.locator('#number').textContent(), player.number);
    await phone.hears(9);
    const words = (bubbles) => bubbles.map((text) => text.replaceAll(/http\S+/g, ''));
    assert.deepEqual(words(await phone.bubbles()), words(before));
    await phone.says('delete my data');
    assert.match(await phone.taps('Yes'), /everything you told me has been deleted/);
    await player.leaves();
});

test('a browser that writes down speech is asked to; what it heard goes into the call', async () => {
    const player = await newPerson(browser, gateway, {});
    await player.page.addInitScript(() => {
        let isAllowed = false;
        window.SpeechRecognition = class {
            start() {
                setTimeout(() => {
                    if (isAllowed) this.onresult({ results: [[{ transcript: 'Asha Rao', confidence: 0.8 }]] });
                    else this.onerror({ error: 'not-allowed' });
                    isAllowed = this.lang === 'en-IN';
                }, 50);
            }
            abort() {}
        };
    });
    await player.opens('/simulator');
    const place = player.page.locator('#voice');
    const isMyTurn = () => until(async () => /your turn/.test(await place.locator('.call-state').textContent()), 'the turn');
    await place.getByRole('button', { name: 'Call', exact: true }).click();
    await isMyTurn();
    await place.getByRole('button', { name: '1', exact: true }).click();
    await until(async () => /name/.test(await place.locator('.ours').last().textContent()), 'the question');
    await isMyTurn();
    await place.getByRole('button', { name: 'Speak', exact: true }).click();
    await place.getByText('The browser may not use the microphone here: type instead.').waitFor();
    await place.getByRole('button', { name: 'Speak', exact: true }).click();
    await until(async () => /I heard Asha Rao/.test(await place.locator('.ours').last().textContent()), 'what was heard');
    await player.leaves();
});
