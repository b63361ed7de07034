// How does a test look through a browser's eyes?
//
// Debian's Chromium, driven by playwright-core (which brings no browser of its own). One browser a test file; a
// context is a person's device, its pages are tabs:
//
//     const chromium = await openBrowser();
//     const person = await newPerson(chromium, gateway, { viewport: PHONE });
//     await person.opens('/');            // the demo page, with the widget in it
//     await person.says('Asha Rao');
//     assert.equal(await person.lastReply(), '…');

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { until } from './until.mjs';

export const DESKTOP = { width: 1200, height: 800 };
export const PHONE = { width: 360, height: 740 };
const PATIENCE_MS = 20_000;

const opened = [];

/**
 * Runs as root, too: the pages are our own. Closed at the end of the file in any case: a test file whose `before` failed
 * between this and keeping what it gives would else wait for its browser for ever.
 */
export function openBrowser() {
    const browser = chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
    opened.push(browser);
    return browser;
}
after(async () => {
    for (const browser of await Promise.allSettled(opened)) await browser.value?.close();
});

/** A person with a device of their own. Whatever a page complains of is in `complaints`. */
export async function newPerson(browser, gateway, { viewport = DESKTOP, ...options } = {}) {
    const context = await browser.newContext({ viewport, locale: 'en-GB', hasTouch: viewport.width < 500, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Person(context, gateway, await context.newPage());
}

export class Person {
    constructor(context, gateway, page) {
        Object.assign(this, { context, gateway, page, complaints: [] });
        page.on('pageerror', (error) => this.complaints.push(String(error)));
        page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
        this.chat = page.locator('frontdesk-chat').first();
        this.field = this.chat.locator('#field');
        this.log = this.chat.getByRole('log');
    }

    /** The same device, another tab. */
    async newTab() {
        return new Person(this.context, this.gateway, await this.context.newPage());
    }

    async opens(where = '/') {
        await this.page.goto(new URL(where, this.gateway.url).href);
        return this;
    }

    button(name) {
        return this.chat.getByRole('button', { name, exact: true });
    }

    /** Begins on the demo page and waits for the first question. */
    async begins(language = 'Start in English') {
        await this.button(language).click();
        await until(() => this.lastReply(), 'the greeting');
        return this;
    }

    /** Everything said, in the order shown: "> " before what the person said, "* " before what still waits. */
    said() {
        return this.log.locator('li').evaluateAll((items) => items.filter((item) => item.querySelector('.text')).map((item) =>
            (item.matches('.waiting') ? '* ' : item.matches('.mine') ? '> ' : '') + item.querySelector('.text').textContent));
    }

    async lastReply() {
        return (await this.said()).filter((text) => !/^[>*] /.test(text)).at(-1);
    }

    /** Waits until the whole of what was said last can be read, above the field. */
    async seesLastWords() {
        await until(() => this.log.evaluate((log) => {
            const [frame, words] = [log, [...log.querySelectorAll('.text')].at(-1)].map((element) => element.getBoundingClientRect());
            return words.top >= frame.top && words.bottom <= frame.bottom;
        }), 'the last words to be in sight');
    }

    async writes(text) {
        await this.field.fill(text);
        await this.field.press('Enter');
    }

    /** Writes it and waits for the answer, which it gives. */
    async says(text) {
        const before = (await this.said()).length;
        await this.writes(text);
        return this.answerAfter(before);
    }

    async chooses(name) {
        const before = (await this.said()).length;
        await this.button(name).click();
        return this.answerAfter(before);
    }

    answerAfter(count) {
        return until(async () => {
            const said = await this.said();
            return said.length >= count + 2 && !/^[>*] /.test(said.at(-1)) && said.at(-1);
        }, `an answer after ${count}`);
    }

    notice() {
        return this.chat.locator('.notice').textContent();
    }

    async choosesOption(name) {
        await this.button('Options').click();
        await this.button(name).click();
    }

    /** What the device keeps, both storages. */
    kept() {
        return this.page.evaluate(() => ({ session: { ...sessionStorage }, local: { ...localStorage } }));
    }

    async leaves({ expected = [] } = {}) {
        const unexpected = this.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
        assert.deepEqual(unexpected, [], 'the page complained');
        await this.context.close();
    }
}
