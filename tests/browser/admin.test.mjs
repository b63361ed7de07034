// Can an operator use the dashboard: sign in, look, find out, on a desk and in a hand, also when something is away?
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { smsPerson, whatsappPerson } from '../support/people.mjs';
import { graphError } from '../support/providers.mjs';
import { withLibraries } from '../support/reference.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const DESK_PAGES = ['sessions', 'outbox', 'flow'];
const UNAUTHORISED = /status of 401/; // Chromium writes each refusal to the console
const PAGES = ['overview', 'funnel', 'audit', 'tickets', 'settings'];

let house;
let gateway;
let browser;
let cookie; // of somebody who is signed in: the form lets in five a minute

before(async () => {
    house = await openHouse();
    [gateway, browser] = await Promise.all([house.start({ settings: withLibraries, env: { TICKETS: 'true' } }), openBrowser()]);
    await smsPerson(gateway, '+919812345602').says('hi');
    const answer = await ask(`${gateway.url}/admin/api/sign-in`, { method: 'POST', body: { token: gateway.secrets.adminToken } });
    cookie = answer.headers['set-cookie'][0].match(/^([^=]+)=([^;]+)/);
    await gateway.sql(`select frontdesk.audit(n.name, 'reveal', gen_random_uuid(), '<img src=x onerror="document.title = 1"> asked', '{}')
        from (values ('Asha'), ('Zoe'), ('Mira')) n (name)`);
});
after(async () => {
    await browser?.close();
    await house?.close();
});

/** Somebody who has just opened the dashboard: signed in already, or before the form. */
async function newOperator({ viewport = DESKTOP, isSignedIn = true, ...options } = {}) {
    const operator = await newPerson(browser, gateway, { viewport, ...options });
    if (isSignedIn) await operator.context.addCookies([{ name: cookie[1], value: cookie[2], url: `${gateway.url}/admin` }]);
    const { page } = operator;
    operator.signsIn = async (token = gateway.secrets.adminToken) => {
        await page.getByLabel('Operator’s token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
    };
    operator.sees = async (name) => {
        await page.getByRole('heading', { name, level: 2 }).waitFor();
        if (name === 'Overview') await page.locator('.figure').first().waitFor();
        if (name === 'Funnel') await page.getByRole('cell', { name: 'asked for name' }).waitFor();
    };
    operator.goesTo = async (name) => {
        await page.getByRole('link', { name, exact: true }).click();
        await operator.sees(name);
    };
    await operator.opens('/admin');
    if (isSignedIn) await operator.sees('Overview');
    return operator;
}

test('a wrong token is refused in words and kept; the right one shows live numbers', async () => {
    const operator = await newOperator({ isSignedIn: false });
    await operator.signsIn('not-the-token');
    await operator.page.getByText('No operator has this token').waitFor();
    assert.equal(await operator.page.getByLabel('Operator’s token').inputValue(), 'not-the-token');
    await operator.signsIn();
    await operator.sees('Overview');
    const failed = operator.page.getByRole('row', { name: /^failed/ });
    assert.match(await failed.innerText(), /failed\s+0/);
    await gateway.sql(`insert into frontdesk.outbox (week, lane, channel, account, recipient, payload, state, error_code, error_title)
        values (frontdesk.week_of(now()), 1, 'sms', '1', '{}', '{}', 'failed', 30007, '<i>Filtered</i>')`);
    await until(async () => /failed\s+1/.test(await failed.innerText()), 'the failed message to be shown');
    await operator.page.getByRole('cell', { name: '<i>Filtered</i>' }).waitFor();
    const needs = operator.page.getByRole('listitem');
    assert.deepEqual(await needs.allInnerTexts(), ['Nothing needs you.']);
    await gateway.sql("update frontdesk.outbox set settled_at = now() where error_code = 30007");
    await needs.filter({ hasText: '1 message was given up in the last hour: SMS 30007 <i>Filtered</i>. See the outbox' }).waitFor();
    await operator.leaves({ expected: [UNAUTHORISED] });
});

test('tables are sorted from the keyboard, and markup in them is text', async () => {
    const operator = await newOperator();
    await operator.goesTo('Audit log');
    const names = () => operator.page.locator('tbody tr td:nth-child(2)').allInnerTexts();
    await operator.page.getByLabel('Action').selectOption('reveal');
    await until(async () => (await names()).join() === 'Mira,Zoe,Asha', 'only what was revealed');
    const head = operator.page.getByRole('columnheader', { name: 'Operator' });
    await head.getByRole('button').focus();
    await operator.page.keyboard.press('Enter');
    assert.deepEqual(await names(), ['Asha', 'Mira', 'Zoe']);
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    await operator.page.keyboard.press('Enter');
    assert.deepEqual(await names(), ['Zoe', 'Mira', 'Asha']);
    assert.match(await operator.page.locator('tbody').innerText(), /<img src=x onerror=/);
    assert.equal(await operator.page.title(), 'Audit log · Frontdesk');
    await operator.leaves();
});

test('signed out meanwhile: the page stays as it is under the form, and goes on after it', async () => {
    const operator = await newOperator();
    await operator.goesTo('Audit log');
    const session = operator.page.getByLabel('Session');
    await session.fill('what was typed');
    await operator.context.clearCookies();
    await session.press('Enter');
    await operator.page.getByText('You are signed out').waitFor();
    await operator.signsIn();
    await operator.page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal(await session.inputValue(), 'what was typed');
    await session.press('Enter');
    await operator.page.getByText('A session is named by its whole id').waitFor();
    await operator.leaves({ expected: [UNAUTHORISED, /status of 422/] });
});

test('the desk: a session is found, revealed with a reason and helped; the outbox is emptied; the flow is drawn', async () => {
    const number = '919812345699';
    const person = whatsappPerson(gateway, number, 'Mallory');
    await person.talks('hi', '"><img src=x onerror=alert(1)> Mallory');
    const unheard = whatsappPerson(gateway, '919812345698');
    gateway.providers.graph.nextTo(unheard.number, graphError(131026));
    await unheard.says('hi');
    const operator = await newOperator();
    const { page } = operator;
    const why = page.getByRole('dialog').getByRole('textbox', { name: /^Why/ });
    const press = (name) => page.getByRole('button', { name, exact: true }).click();

    await operator.goesTo('Sessions');
    await page.getByLabel('Id, key or number').fill('+919…99');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /\+919…99/ }).click();
    await operator.sees('Session');
    assert.doesNotMatch(await page.locator('main').innerText(), /Mallory|9812345699/);
    await press('Reveal…');
    await why.fill('she asked what we have of her');
    await press('Reveal');
    await page.getByText('"><img src=x onerror=alert(1)> Mallory').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'button', 'the focus stays among the tools');
    assert.equal(await page.locator('main img').count(), 0);

    await press('Move to a question');
    await page.getByRole('combobox').selectOption({ label: 'Name' });
    await why.fill('she gave another name on the telephone');
    await person.talks('help');
    await press('Move');
    await page.getByRole('alert').filter({ hasText: 'moved on since you looked' }).waitFor();
    assert.equal(await why.inputValue(), 'she gave another name on the telephone');
    await press('Cancel');
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'GET'), press('Look again')]);
    const heard = gateway.providers.graph.to(number).length;
    await press('Move to a question');
    await why.fill('she gave another name on the telephone');
    await press('Move');
    await page.getByText('Done: move to a question.').waitFor();
    await person.hears(heard + 1);

    await operator.goesTo('Outbox');
    await page.getByRole('button', { name: '30007 <i>Filtered</i>' }).click();
    await page.getByRole('button', { name: /^Show all again/ }).click();
    await page.getByRole('row', { name: /131026/ }).first().getByRole('button', { name: 'Try again…' }).click();
    await page.getByRole('heading', { name: 'Try 1 message again?' }).waitFor();
    await why.fill('the number works again');
    await press('Try again: 1 message');
    await page.getByText('1 message will be tried again.').waitFor();
    await unheard.hears(2);
    await operator.goesTo('Flow');
    assert.match(await page.locator('svg.flow').textContent(), /Date of birth.*generating chart/s);
    await operator.leaves({ expected: [/status of 409/] });
});

test('by keys: the head of the page is skipped without leaving the page, and a link into a page begins at its top', async () => {
    const operator = await newOperator();
    const { page } = operator;
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.localName);
    await operator.goesTo('Sessions');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'To the content' }).press('Enter');
    assert.equal(await focused(), 'main');
    await operator.sees('Sessions');
    await page.getByRole('row').getByRole('link').first().press('Enter');
    await operator.sees('Session');
    assert.equal(await focused(), 'main');
    await page.getByRole('link', { name: 'Funnel' }).press('Enter');
    await operator.sees('Funnel');
    assert.equal(await focused(), 'a', 'the link that was pressed is still there');
    await operator.leaves();
});

test('axe finds nothing, in light and dark', async () => {
    const operator = await newOperator({ bypassCSP: true });
    const { page } = operator;
    await page.addScriptTag({ path: AXE });
    const check = async (what) => {
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            const { violations } = await page.evaluate(() => window.axe.run());
            assert.deepEqual(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`), [], `${what}, ${colorScheme}`);
        }
    };
    for (const name of ['Overview', 'Funnel', 'Audit log', 'Tickets', 'Settings']) {
        await operator.goesTo(name);
        await check(name);
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
    await check('the door');
    await operator.leaves();
});

test('on a phone nothing is wider than the screen', async () => {
    const operator = await newOperator({ viewport: { ...PHONE, width: 320 } });
    for (const at of [...PAGES, ...DESK_PAGES]) {
        await operator.opens(`/admin#/${at}`);
        await operator.page.locator('main table').first().waitFor();
        const tooWide = await operator.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(tooWide <= 0, `${at} is ${tooWide} px too wide`);
    }
    await operator.leaves();
});

test('a ticket is taken, read as text, answered and handed back; what is typed stays until it was sent', async () => {
    const asha = smsPerson(gateway, '+919812345603');
    await asha.saysAll('hi', 'Asha', 'agent', '<b>bold</b>');
    const operator = await newOperator();
    const { page } = operator;
    await operator.goesTo('Tickets');
    await page.getByRole('row', { name: /nobody has it/ }).getByRole('link').click();
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('<b>bold</b>').waitFor();
    const answer = page.getByLabel('Answer');
    await answer.fill('नमस्ते, मैं मीरा हूँ।');
    await page.getByText('1 segment (UCS-2)').waitFor();
    await operator.goesTo('Settings');
    await page.goBack();
    assert.equal(await answer.inputValue(), 'नमस्ते, मैं मीरा हूँ।');
    let letGo;
    await page.route('**/answer', async (route) => {
        await new Promise((resolve) => { letGo = resolve; });
        await route.continue();
    });
    await page.getByRole('button', { name: 'Send' }).click();
    await until(() => letGo, 'the answer to be on its way');
    await answer.press('End');
    await answer.pressSequentially(' And');
    letGo();
    await until(async () => await answer.inputValue() === 'And', 'the answer to be sent, and what was begun meanwhile to stay');
    const [sent] = await gateway.providers.twilio.called(1, asha.number);
    assert.equal(sent.content.Body, 'नमस्ते, मैं मीरा हूँ।');
    const back = page.getByRole('button', { name: 'Back to the bot' });
    await back.focus();
    await asha.says('thank you');
    await page.getByText('thank you').waitFor();
    assert.ok(await back.evaluate((button) => button === document.activeElement), 'what comes takes the focus from nobody');
    await page.keyboard.press('Enter');
    await page.getByText('closed by admin').waitFor();
    await operator.leaves();
});

/* The last: the gateway stays away. */
test('the gateway away: it is said, and what was shown and typed stays', async () => {
    const operator = await newOperator();
    await operator.goesTo('Funnel');
    const channel = operator.page.locator('select[name=channel]');
    await channel.selectOption('sms');
    await operator.page.getByRole('row', { name: /^began 2 / }).waitFor(); // the others write by WhatsApp
    const people = await operator.page.getByRole('row', { name: /^began \d/ }).innerText();
    await gateway.stop();
    await channel.selectOption('web');
    await operator.page.getByText('The gateway can’t be reached').waitFor();
    assert.equal(await channel.inputValue(), 'web');
    assert.equal(await operator.page.getByRole('row', { name: /^began \d/ }).innerText(), people);
    await operator.leaves({ expected: [/net::ERR/] });
});
