// Can the API be read and tried at /docs, on a desk and in a hand, with nothing that comes from elsewhere?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { withLibraries } from '../support/reference.mjs';

/* As it stands in the guide that users of the first version have. */
const DEEP_LINK = '/docs#/Bonus%20Features/start_session_instant_onboarding_session_start_post';

/* Swagger UI asks itself whether the link is of an older kind. */
const OF_ITS_OWN = { expected: [/^Deprecated: escaping deep link whitespace/] };

let house;
let gateway;
let browser;

before(async () => {
    house = await openHouse();
    [gateway, browser] = await Promise.all([house.start({ settings: withLibraries }), openBrowser()]);
});
after(async () => {
    await browser?.close();
    await house?.close();
});

/* A programmer, and all the addresses that their browser asked for. */
async function newProgrammer(viewport) {
    const programmer = await newPerson(browser, gateway, { viewport });
    const asked = [];
    programmer.page.on('request', (request) => asked.push(request.url()));
    return Object.assign(programmer, { asked });
}

function assertAtHome({ asked }) {
    const elsewhere = asked.filter((url) => !url.startsWith(`${gateway.url}/`) && !url.startsWith('data:'));
    assert.deepEqual(elsewhere, []);
}

for (const [where, viewport] of [['desk', DESKTOP], ['phone', PHONE]])
    test(`the guide's deep link opens the start, and trying it out starts a session, on a ${where}`, async () => {
        const programmer = await newProgrammer(viewport);
        await programmer.opens(DEEP_LINK);
        const operation = programmer.page.locator('[id="operations-Bonus_Features-start_session_instant_onboarding_session_start_post"]');
        await operation.getByRole('button', { name: 'Execute' }).click();
        const answer = operation.locator('.live-responses-table');
        await answer.waitFor();
        assert.match(await answer.locator('tbody .response-col_status').first().textContent(), /^200/);
        assert.match(await answer.textContent(), /"session_key": "[\w-]{22,}"[^]*Welcome! Let's create your birth chart in 90 seconds/);
        const [{ count }] = await gateway.rows("select count(*)::int as count from instant_onboarding_sessions where channel = 'web' and language = 'en'");
        assert.ok(count >= 1);
        const wide = await programmer.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px too wide`);
        assertAtHome(programmer);
        await programmer.leaves(OF_ITS_OWN);
    });

test('all of it is shown, and a key given once opens what needs it', async () => {
    const programmer = await newProgrammer();
    await programmer.opens('/docs');
    await programmer.page.getByText('Begin with session/start').waitFor();
    for (const name of ['Bonus Features', 'Webhooks', 'Operations', 'Pages'])
        await programmer.page.getByRole('link', { name, exact: true }).waitFor();
    await programmer.page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = programmer.page.locator('.modal-ux');
    await dialog.getByLabel('Value:').first().waitFor();
    assertAtHome(programmer);
    await programmer.leaves();
});

test('without scripts the page leads to the document', async () => {
    const reader = await newPerson(browser, gateway, { javaScriptEnabled: false });
    await reader.opens('/docs');
    await reader.page.getByRole('link', { name: 'openapi.json' }).click();
    assert.match(await reader.page.textContent('body'), /"openapi":"3\.1\.0"/);
    await reader.leaves(); // a browser looks for an icon of a bare document: it is there
});
