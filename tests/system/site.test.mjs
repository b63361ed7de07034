// Are the front page and the widget's script served well: small, cached, with a strict policy, in all languages?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { generous } from '../support/web_person.mjs';

const WIDGET_BYTES = 15_000;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ settings: generous() });
});
after(async () => { await house?.close(); });

/* fetch unpacks by itself; the raw bytes come by way of a plain request. */
function get(where, headers = {}) {
    return new Promise((resolve, reject) => {
        request(new URL(where, gateway.url), { headers }, (response) => {
            const parts = [];
            response.on('data', (part) => parts.push(part));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
        }).on('error', reject).end();
    });
}

test(`the whole widget, words and style too, is at most ${WIDGET_BYTES} bytes`, async () => {
    const packed = await get('/widget.js', { 'accept-encoding': 'gzip, br' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.match(packed.headers['content-type'], /^text\/javascript/);
    console.log(`# /widget.js: ${packed.body.length} bytes as gzip`);
    assert.ok(packed.body.length <= WIDGET_BYTES, `${packed.body.length} bytes`);
    const plain = await get('/widget.js');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.equal((await get('/widget.js', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
});

test('who has it already gets nothing again', async () => {
    for (const where of ['/', '/widget.js']) {
        const { headers } = await get(where);
        const again = await get(where, { 'if-none-match': `"other", ${headers.etag}` });
        assert.equal(again.status, 304);
        assert.equal(again.body.length, 0);
        assert.equal(again.headers.etag, headers.etag);
        assert.equal((await get(where, { 'if-none-match': '"other"' })).status, 200);
    }
});

test('every page has the icon, and a browser that looks for one unasked finds it', async () => {
    for (const where of ['/', '/chat', '/docs', '/chart/00000000-0000-4000-8000-000000000000?t=wrong']) {
        const page = await get(where);
        const [, icon] = page.body.toString().match(/<link rel="icon" type="image\/svg\+xml" href="([^"]+)">/) ?? assert.fail(where);
        assert.equal((await get(new URL(icon, new URL(where, gateway.url)).pathname)).headers['content-type'], 'image/svg+xml', where);
    }
    const { status, headers, body } = await get('/favicon.ico');
    assert.deepEqual([status, headers['content-type'], body.readUInt32LE(0)], [200, 'image/x-icon', 0x00010000]);
    assert.ok(body.length < 1500);
});

test('below a proxy’s prefix every address of a page stays below it', async () => {
    for (const where of ['/', '/chat', '/chat?lang=hi', '/docs', '/admin', '/chart/00000000-0000-4000-8000-000000000000?t=wrong'])
        assert.doesNotMatch((await get(where)).body.toString(), / (href|src|srcset|action)="\//, where);
});

test('any page may load the script, and every language is in it', async () => {
    const { headers, body } = await get('/widget.js', { origin: 'https://shop.example' });
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal(headers['set-cookie'], undefined);
    assert.match(body.toString(), /हमसे बात करें/);
    assert.match(body.toString(), /Chat with us/);
});

test('the front page has a policy without loopholes, and leads only to what is there', async () => {
    const { status, headers, body } = await get('/');
    const html = body.toString();
    assert.equal(status, 200);
    const hash = createHash('sha256').update(html.match(/<style>([^]*)<\/style>/)[1]).digest('base64');
    assert.equal(headers['content-security-policy'],
        `default-src 'none'; script-src 'self'; style-src 'sha256-${hash}'; connect-src 'self'; img-src 'self' data:; ` +
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
    assert.doesNotMatch(html, /<!--if| on\w+="| style="|<script>/);
    for (const [, href] of html.matchAll(/href="([a-z][^":]*)"/g)) assert.equal((await get(`/${href}`)).status, 200, href);
});

test('a page whose address ends with a slash is led to, with what was asked', async () => {
    for (const [where, page] of [['/chat/', '/chat'], ['/chat/?language=hi', '/chat?language=hi'], ['/docs/', '/docs'], ['/admin/', '/admin'], ['/simulator/', null]]) {
        const { status, headers } = await get(where);
        assert.deepEqual([status, headers.location && new URL(headers.location, new URL(where, gateway.url)).href],
            page ? [308, new URL(page, gateway.url).href] : [404, undefined], where);
    }
});

test('new words reach the widget with a reload', async () => {
    const before = (await get('/widget.js')).headers.etag;
    const file = path.join(gateway.home, 'config/lang/en.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Chat with us"', '"Talk to </script> us"'));
    gateway.signal('SIGHUP');
    await until(async () => (await get('/widget.js')).headers.etag !== before, 'the new script');
    assert.match((await get('/widget.js')).body.toString(), /Talk to <\\?\/script> us/);
});

test('no sanitizer complained', async () => {
    await gateway.stop();
});
