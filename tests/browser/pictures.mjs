// pictures.mjs: how do the pictures of docs/pictures come about, and the icon for who wants no SVG?
//
//     node tests/browser/pictures.mjs      # needs a build: build/debug/frontdesk, or $FRONTDESK
//
// From the running program, so that they stay true. Small on purpose: they are part of the repository.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folder = path.join(root, 'docs/pictures');
const ICON_SIZE = 32;

const take = (page, name) => page.screenshot({ path: path.join(folder, name), type: 'jpeg', quality: 55 });

/** The widget on the front page, in the middle of a conversation. */
async function takeWidget(browser, gateway) {
    const asha = await (await newPerson(browser, gateway, { viewport: { width: 1000, height: 720 } })).opens();
    await asha.begins();
    for (const text of ['Asha Rao', '15 August 1990', '6:30 in the evening', 'Pune']) await asha.says(text);
    await asha.page.evaluate(() => scrollTo(0, 0));
    await asha.page.waitForTimeout(600); // until it has scrolled
    await take(asha.page, 'widget.jpg');
    await asha.context.close();
}

/** The simulator's phones, and what happened under them. */
async function takeSimulator(browser, gateway) {
    const player = await newPerson(browser, gateway, { viewport: { width: 1200, height: 1400 } });
    const { page } = await player.opens('/simulator');
    const writes = async (id, field, text) => {
        const heard = page.locator(`#${id} .thread > .ours`);
        const before = await heard.count();
        await page.locator(`#${id}`).getByLabel(field, { exact: true }).fill(text);
        await page.keyboard.press('Enter');
        await until(async () => (await heard.count()) > before, `an answer to ${text}`);
    };
    for (const text of ['hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune']) await writes('whatsapp', 'Message', text);
    await writes('sms', 'Text', 'hi');
    await page.locator('#voice').getByRole('button', { name: 'Call', exact: true }).click();
    await until(async () => /your turn/.test(await page.locator('.call-state').textContent()), 'the call');
    await page.waitForTimeout(1500); // until the ticks are blue
    await take(page, 'simulator.jpg');
    await player.context.close();
}

/** An ICO file with one picture in it, a PNG. */
function icoOf(png) {
    const head = Buffer.alloc(22);
    head.writeUInt16LE(1, 2); // an icon
    head.writeUInt16LE(1, 4); // one picture
    head.writeUInt8(ICON_SIZE, 6);
    head.writeUInt8(ICON_SIZE, 7);
    head.writeUInt16LE(1, 10); // planes
    head.writeUInt16LE(32, 12); // bits a pixel
    head.writeUInt32LE(png.length, 14);
    head.writeUInt32LE(head.length, 18);
    return Buffer.concat([head, png]);
}

async function drawIcon(browser) {
    const page = await browser.newPage({ viewport: { width: ICON_SIZE, height: ICON_SIZE } });
    const svg = readFileSync(path.join(root, 'channels/web/icon.svg'), 'utf8');
    await page.setContent(`<style>* { margin: 0 } svg { display: block }</style>${svg}`);
    const png = await page.screenshot({ omitBackground: true });
    writeFileSync(path.join(root, 'channels/web/favicon.ico'), icoOf(png));
    await page.close();
}

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
await drawIcon(browser);
const house = await openHouse();
try {
    const gateway = await house.start({ workers: 2, settings: generous(), env: { SIMULATOR: 'true', CHART_PROCESSES: '1' } });
    await takeWidget(browser, gateway);
    await takeSimulator(browser, gateway);
    await gateway.stop();
} finally {
    await browser.close();
    await house.close();
}
