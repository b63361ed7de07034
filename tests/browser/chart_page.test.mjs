// Can everybody read the page of a chart, on any screen, and hand it on?
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { restClient } from '../support/people.mjs';
import { until } from '../support/until.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NARROW = { width: 320, height: 640 };
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff Donaudampfschifffahrtsgesellschaft';

let house;
let gateway;
let browser;

before(async () => {
    house = await openHouse();
    [gateway, browser] = await Promise.all([house.start({ env: { CHART_PROCESSES: '1' } }), openBrowser()]);
});
after(async () => {
    await browser?.close();
    await house?.close();
});

/** The addresses of somebody's chart: { own, shared, profile() }. */
async function newChart({ language = 'en', name = 'Asha Rao' } = {}) {
    const api = restClient(gateway);
    const { session_key: key, session_id: session } = await api.begin({ channel: 'web', language });
    await api.collect({ session_key: key, data: { name, birth_date: '1990-08-15', birth_time: '06:30', birth_place: 'Pune' } });
    await api.collect({ session_key: key, text: '1' });
    const profile = async () => (await gateway.rows(`select * from instant_onboarding_profiles where session_id = '${session}'`))[0];
    const { profile_id: id } = await until(profile, 'the chart');
    const [link] = await gateway.rows(`select * from frontdesk.chart_link('${id}')`);
    const address = (token) => `/chart/${id}?t=${token}`;
    return { own: address(link.owner_token), shared: address(link.shared_token), profile };
}

async function assertAccessible({ page }, what) {
    await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map(({ html }) => html)}`), []);
}

for (const [colorScheme, language] of [['light', 'hi'], ['dark', 'en']])
    test(`axe finds nothing, in ${colorScheme} and ${language}, and nothing is wider than the narrowest telephone`, async () => {
        const chart = await newChart({ language, name: LONG_NAME });
        const asha = await newPerson(browser, gateway, { colorScheme, viewport: NARROW, bypassCSP: true });
        for (const where of [chart.own, chart.shared]) {
            await asha.opens(where);
            await asha.page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
            assert.equal(await asha.page.evaluate(() => document.documentElement.scrollWidth), NARROW.width, where);
            await assertAccessible(asha, where);
        }
        await asha.context.close();
    });

test('the link is copied or shared, and both are said and counted', async () => {
    const chart = await newChart();
    const asha = await newPerson(browser, gateway, { permissions: ['clipboard-read', 'clipboard-write'] });
    await asha.page.addInitScript(() => { navigator.share = async (what) => { window.shared = what; }; });
    await asha.opens(chart.own);
    const status = asha.page.getByRole('status');
    assert.equal(await status.textContent(), '', 'what comes into it is read out');
    await asha.page.getByRole('button', { name: 'Copy the link' }).click();
    await until(async () => await status.textContent() === 'Copied.', 'it to be said');
    const link = gateway.url + chart.shared;
    assert.equal(await asha.page.evaluate(() => navigator.clipboard.readText()), link);
    await until(async () => (await chart.profile()).shared_chart, 'it to be counted');
    await asha.page.getByRole('button', { name: 'Share', exact: true }).click();
    assert.equal(await asha.page.evaluate(() => window.shared.url), link);
    await asha.leaves();
});

test('without JavaScript the owner takes the link back and gives it anew', async () => {
    const asha = await newPerson(browser, gateway, { javaScriptEnabled: false });
    await asha.opens((await newChart()).own);
    const link = asha.page.locator('#sharing a.link');
    const before = await link.textContent();
    await asha.page.locator('button[value=revoke_shared]').click();
    await until(async () => await link.count() === 0, 'the link to be gone');
    await asha.page.locator('button[value=renew_shared]').click();
    await link.waitFor();
    assert.notEqual(await link.textContent(), before);
    await asha.context.close();
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
