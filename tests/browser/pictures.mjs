// pictures.mjs: how do the pictures of docs/pictures come about?
//
//     node tests/browser/pictures.mjs      # needs a build: build/debug/frontdesk, or $FRONTDESK
//
// From the running program, so that they stay true. Small on purpose: they are part of the repository.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newPerson, openBrowser } from '../support/browser.mjs';
import { openHouse } from '../support/gateway.mjs';
import { generous } from '../support/web_person.mjs';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs/pictures');
mkdirSync(folder, { recursive: true });
const house = await openHouse();
const browser = await openBrowser();
try {
    const gateway = await house.start({ settings: generous() });
    const asha = await (await newPerson(browser, gateway, { viewport: { width: 1000, height: 720 } })).opens();
    await asha.begins();
    for (const text of ['Asha Rao', '15 August 1990', '6:30 in the evening', 'Pune']) await asha.says(text);
    await asha.page.evaluate(() => scrollTo(0, 0));
    await asha.page.waitForTimeout(600); // until it has scrolled
    await asha.page.screenshot({ path: path.join(folder, 'widget.jpg'), type: 'jpeg', quality: 55 });
    await gateway.stop();
} finally {
    await browser.close();
    await house.close();
}
