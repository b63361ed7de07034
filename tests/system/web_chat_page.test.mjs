// Does the conversation work by plain HTML forms, without a program in the browser?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { generous, newTab } from '../support/web_person.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, settings: generous() });
});
after(async () => { await house?.close(); });

const FORM = 'application/x-www-form-urlencoded';
const decode = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g,
    (all, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]);

/* What a page shows and offers. */
function read(answer) {
    const attribute = (tag, name) => decode(tag.match(new RegExp(`${name}="([^"]*)"`))?.[1] ?? '');
    const page = { status: answer.status, headers: answer.headers, html: answer.text };
    page.title = decode(answer.text.match(/<title>([^<]*)/)[1]);
    page.said = [...answer.text.matchAll(/<li( class="mine")?><span class="away">[^<]*<\/span><p>([^]*?)<\/p>/g)]
        .map(([, mine, text]) => (mine ? '> ' : '') + decode(text.replace(/<[^>]*>/g, '')));
    page.fields = Object.fromEntries([...answer.text.matchAll(/<input type="hidden"[^>]*>/g)]
        .map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]));
    page.buttons = [...answer.text.matchAll(/<button[^>]*>[^]*?<\/button>/g)].map(([tag]) =>
        ({ name: attribute(tag, 'name'), value: attribute(tag, 'value'), text: decode(tag.replace(/<[^>]*>/g, '')).trim() }));
    page.notice = decode(answer.text.match(/<p class="notice"[^>]*>([^<]*)/)?.[1] ?? '');
    return page;
}

const post = async (fields, at = gateway) => read(await ask(`${at.url}/chat`,
    { method: 'POST', headers: { 'content-type': FORM }, body: new URLSearchParams(fields).toString() }));
const says = (page, more) => post({ ...page.fields, ...more });
const begin = (lang = 'en') => post({ lang });

test('the first page changes nothing and offers each language in its own words', async () => {
    const before = await gateway.value('select count(*) from instant_onboarding_sessions');
    const page = read(await ask(`${gateway.url}/chat`));
    assert.equal(page.status, 200);
    assert.deepEqual(page.buttons.map(({ value }) => value).sort(), ['en', 'hi', 'hi-Latn']);
    assert.ok(page.buttons.some(({ text }) => text === 'हिन्दी में शुरू करें'));
    assert.equal(await gateway.value('select count(*) from instant_onboarding_sessions'), before);
});

test('no script, a strict policy, and the key in a form field only', async () => {
    const page = await begin();
    assert.match(page.headers['content-security-policy'],
        /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.equal(page.headers['referrer-policy'], 'no-referrer');
    assert.equal(page.headers['set-cookie'], undefined);
    assert.equal(page.headers['x-content-type-options'], 'nosniff', 'once');
    assert.doesNotMatch(page.html, /<script|javascript:| on\w+=| style=/i);
    assert.equal(page.html.split(page.fields.key).length, 2, 'once');
    assert.match(page.html, /<form[^>]* method="post"/);
    /* A browser leaves the focus alone on a page that is opened at a place within it. */
    assert.match(page.html, /<form[^>]* action="chat"/);
    assert.match(page.html, /<input id="text"[^>]* autofocus/);
});

test('the first page speaks the browser\'s language; what is too long is not taken, and stays in the field', async () => {
    const start = read(await ask(`${gateway.url}/chat`, { headers: { 'accept-language': 'hi-IN,hi;q=0.9' } }));
    assert.match(start.html, /<html lang="hi">/);
    const begun = await begin();
    const page = await says(begun, { text: 'ä'.repeat(1001) });
    assert.match(page.notice, /^That is too long/);
    assert.match(page.html, /<input id="text"[^>]* value="ä{1001}"/);
    assert.deepEqual(page.said, begun.said);
    assert.equal((await says(page, { text: 'Asha Rao' })).notice, '');
});

test('a conversation, with choices as buttons', async () => {
    let page = await begin();
    assert.deepEqual(page.said, ["Welcome! Let's create your birth chart in 90 seconds. What's your name?"]);
    for (const text of ['Asha Rao', '15 August 1990', '18:30', 'Pune']) page = await says(page, { text });
    assert.equal(page.said.length, 9);
    assert.equal(page.said[1], '> Asha Rao');
    const yes = page.buttons.find(({ name }) => name === 'choice');
    assert.ok(yes.text);
    page = await says(page, { text: '', choice: yes.value });
    assert.equal(page.said.at(-2), `> ${yes.text}`);
    assert.ok(page.buttons.some(({ name }) => name === 'look'), 'while the chart is made one can look again');
    const again = await says(page, { look: '1', text: '' });
    assert.deepEqual(again.said, page.said);
});

test('in Hindi the whole page is Hindi', async () => {
    const page = await begin('hi');
    assert.match(page.html, /<html lang="hi">/);
    assert.match(page.said[0], /आपका नाम क्या है/);
    assert.ok(page.buttons.some(({ text }) => text === 'भेजें'));
    assert.match((await says(page, { text: 'आशा राव' })).said[2], /जन्म/);
});

test('the title says what is asked, first', async () => {
    let page = await begin();
    const titles = [page.title];
    for (const text of ['Asha Rao', '15 August 1990', '18:30', 'Pune']) {
        page = await says(page, { text });
        titles.push(page.title);
    }
    assert.deepEqual(titles, ["What's your name? · Chat", 'When were you born? · Chat', 'What time were you born? · Chat',
        'Which town or city were you born in? · Chat', 'Is this right? · Chat']);
    page = await says(await begin(), { text: '42' });
    assert.equal(page.title, "Sorry, I couldn't find a name in that. · Chat");
    assert.match((await begin('hi')).title, /^आपका नाम क्या है\? · /);
    assert.equal(read(await ask(`${gateway.url}/chat`)).title, 'Chat');
});

test('a form sent twice says it once', async () => {
    const page = await begin();
    const once = await says(page, { text: 'Asha Rao' });
    const twice = await says(page, { text: 'Asha Rao' });
    assert.deepEqual(twice.said, once.said);
    assert.notEqual(twice.fields.id, page.fields.id);
});

test('what people write stays text', async () => {
    const page = await begin();
    const text = '<img src=x onerror=alert(1)> & "quoted" \'too\'';
    const answer = await says(page, { text });
    assert.equal(answer.said[1], `> ${text}`);
    assert.doesNotMatch(answer.html, /<img/);
});

test('it is the conversation of the socket, too', async () => {
    const page = await begin();
    const tab = await newTab(gateway, { session_key: page.fields.key });
    await says(page, { text: 'Asha Rao' });
    assert.equal((await tab.seq(2)).text, 'Asha Rao');
    await tab.asks('15 August 1990');
    assert.equal((await says(page, { text: '' })).said.length, 5);
    await tab.close();
});

test('after the end the page leads to a new conversation', async () => {
    let page = await says(await begin(), { text: 'Asha Rao' });
    assert.doesNotMatch(page.html, /Start fresh/);
    await gateway.sql(`update instant_onboarding_sessions set status = 'completed', completed_at = now() where session_key = '${page.fields.key}'`);
    page = await says(page, { text: 'hello' });
    assert.match(page.html, /<a href="chat">Start fresh<\/a>/);
});

test('an unknown key, a broken form, another type', async () => {
    for (const key of ['x'.repeat(32), 'short', 'नमस्ते'.repeat(5), 'x'.repeat(300)]) {
        const page = await post({ key, text: 'hello' });
        assert.equal(page.status, 404);
        assert.match(page.notice, /over/);
        assert.ok(page.buttons.length >= 2, 'a new one can be started');
    }
    const broken = await ask(`${gateway.url}/chat`, { method: 'POST', headers: { 'content-type': FORM }, body: 'key=%zz' });
    assert.equal(broken.status, 400);
    assert.equal((await ask(`${gateway.url}/chat`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<a/>' })).status, 415);
});

test('who has everything deleted is told so, and may begin anew', async () => {
    let page = await says(await begin(), { text: 'Asha Rao' });
    page = await says(page, { text: 'delete my data' });
    page = await says(page, { text: 'yes' });
    assert.match(page.notice, /deleted/);
    assert.equal(page.fields.key, undefined);
});

test('only so many new conversations a minute', async () => {
    const here = await house.start({ workers: 1, settings: generous({ sessions_per_minute: 3 }) });
    for (let i = 0; i < 3; i++) assert.equal((await post({ lang: 'en' }, here)).status, 200);
    assert.equal((await post({ lang: 'en' }, here)).status, 429);
    await here.stop();
});

test('while PostgreSQL is away what was typed stays in the field', async () => {
    const own = await openHouse();
    const here = await own.start({ workers: 1, settings: generous() });
    const page = await post({ lang: 'en' }, here);
    await own.postgres.kill();
    const answer = await post({ ...page.fields, text: 'Asha "A" Rao' }, here);
    assert.equal(answer.status, 503);
    assert.ok(answer.notice);
    assert.match(answer.html, /value="Asha &quot;A&quot; Rao"/);
    assert.equal(answer.fields.id, page.fields.id);
    await own.postgres.restart();
    await here.isReady();
    const later = await post({ ...answer.fields, text: 'Asha Rao' }, here);
    assert.deepEqual(later.said.slice(0, 2), [page.said[0], '> Asha Rao']);
    await here.stop();
    await own.close();
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
