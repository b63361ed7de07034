// Does a client that breaks the rules, or asks for too much, hear so, and does nobody else notice?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHouse } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';
import { RawTab, Tab, assertGapless, frame, generous, newId, newTab, upgradeRequest } from '../support/web_person.mjs';

let house;
let gateway;
let bystander; // talks before and after everything else, on a socket of its own

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 1, settings: generous({ ping_s: 1, dead_s: 3 }),
        env: { ALLOWED_ORIGINS: 'https://shop.example' } });
    bystander = await newTab(gateway);
});
after(async () => { await house?.close(); });

const HELLO = JSON.stringify({ type: 'hello' });
const rawTab = async (more) => new RawTab(gateway).send(upgradeRequest(more)).opened();

// ---- The upgrade ----

test('the Origin is checked before anything is opened', async () => {
    const tries = [
        ['https://evil.example', 403], ['null', 403], ['https://shop.example.evil.example', 403],
        ['https://shop.example', 101], [gateway.publicUrl, 101], [null, 101],
    ];
    for (const [origin, status] of tries) {
        const tab = new RawTab(gateway).send(upgradeRequest({ Origin: origin }));
        await until(() => tab.status(), 'an answer');
        assert.equal(tab.status(), status, `Origin ${origin}`);
        tab.socket.destroy();
    }
});

test('what is no upgrade to WebSocket 13 is told how to be one', async () => {
    for (const more of [{ Upgrade: null }, { Connection: 'keep-alive' }, { 'Sec-WebSocket-Version': '8' }, { Upgrade: 'h2c' }]) {
        const tab = new RawTab(gateway).send(upgradeRequest(more));
        await until(() => tab.status(), 'an answer');
        assert.equal(tab.status(), 426);
        assert.match(tab.head, /Sec-WebSocket-Version: 13/);
        tab.socket.destroy();
    }
    for (const key of [null, 'short', 'A'.repeat(24), '!'.repeat(22) + '==']) {
        const tab = new RawTab(gateway).send(upgradeRequest({ 'Sec-WebSocket-Key': key }));
        await until(() => tab.status(), 'an answer');
        assert.equal(tab.status(), 400, `key ${key}`);
        tab.socket.destroy();
    }
    const plain = await ask(`${gateway.url}/ws`);
    assert.equal(plain.status, 426);
    assert.equal(plain.headers['content-type'], 'application/problem+json');
    assert.match(JSON.parse(plain.text).detail, /WebSocket, version 13/);
    assert.equal((await ask(`${gateway.url}/ws`, { method: 'POST', body: '{}' })).status, 405);
});

test('frames may come with the upgrade, after another request, or byte by byte', async () => {
    const together = new RawTab(gateway).send(upgradeRequest(), frame(HELLO));
    await together.heard('welcome');
    const pipelined = new RawTab(gateway).send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n', upgradeRequest(), frame(HELLO));
    await until(() => pipelined.all.includes('"welcome"'), 'the welcome');
    const slow = new RawTab(gateway);
    for (const byte of Buffer.concat([upgradeRequest(), frame(HELLO)])) {
        slow.send([byte]);
        await sleep(1);
    }
    await slow.heard('welcome');
    const many = new RawTab(gateway).send(upgradeRequest(), frame(HELLO),
        ...Array.from({ length: 10 }, () => frame(JSON.stringify({ type: 'message', id: newId(), text: 'x'.repeat(1500) }))));
    await until(() => many.messages().filter(({ type }) => type === 'ack').length === 10, 'ten acknowledgements');
    for (const tab of [together, pipelined, slow, many]) tab.socket.destroy();
});

// ---- Frames ----

const BROKEN = [
    ['an unmasked frame', frame(HELLO, { masked: false }), 1002],
    ['an unmasked ping', frame('', { opcode: 9, masked: false }), 1002],
    ['a reserved bit', frame(HELLO, { rsv: 4 }), 1002],
    ['an unknown opcode', frame(HELLO, { opcode: 3 }), 1002],
    ['a continuation of nothing', frame(HELLO, { opcode: 0 }), 1002],
    ['a ping of 126 bytes', frame('x'.repeat(126), { opcode: 9 }), 1002],
    ['a ping in pieces', frame('x', { opcode: 9, fin: false }), 1002],
    ['a binary message', frame(HELLO, { opcode: 2 }), 1003],
    ['text that is not UTF-8', frame([0x22, 0xff, 0xfe, 0x22]), 1007],
    ['a message of 16 kB and a byte', frame('x'.repeat(16385)), 1009],
    ['pieces of more than 16 kB', Buffer.concat([frame('x'.repeat(10000), { fin: false }), frame('x'.repeat(10000), { opcode: 0 })]), 1009],
];

for (const [what, bytes, code] of BROKEN)
    test(`${what} closes with ${code}, first or later`, async () => {
        const first = await rawTab();
        first.send(bytes);
        assert.equal(await first.closeCode(), code);
        const later = await rawTab();
        later.send(frame(HELLO));
        await later.heard('welcome');
        later.send(bytes);
        assert.equal(await later.closeCode(), code);
    });

test('a whole message of 16 kB is taken, also in pieces', async () => {
    const text = 'x'.repeat(16384 - 80);
    const message = JSON.stringify({ type: 'message', id: newId(), text });
    const tab = await rawTab();
    tab.send(frame(HELLO));
    await tab.heard('welcome');
    tab.send(frame(message.slice(0, 5000), { fin: false }), frame('', { opcode: 9 }),
        frame(message.slice(5000, 5001), { opcode: 0, fin: false }), frame(message.slice(5001), { opcode: 0 }));
    await tab.heard('ack');
    tab.socket.destroy();
});

test('garbage after the upgrade, a reset, a half frame: nobody else notices', async () => {
    const garbage = await rawTab();
    garbage.send(Buffer.alloc(5000, 0x85));
    await until(() => garbage.ended || garbage.frames.some(({ opcode }) => opcode === 8), 'the end');
    garbage.socket.destroy();
    const half = await rawTab();
    half.send(frame(HELLO).subarray(0, 9));
    half.socket.resetAndDestroy();
    for (let i = 0; i < 30; i++) {
        const gone = new RawTab(gateway).send(upgradeRequest(), frame(HELLO));
        if (i % 2) await gone.opened();
        gone.socket.resetAndDestroy();
    }
});

// ---- Messages ----

test('what can not be read is an error, and the socket stays', async () => {
    const tab = await new Tab(gateway).opened();
    const wrong = ['', '{', '[]', '"hello"', '{"type":"hallo"}', '{"type":5}', '{"type":"message"}', '{"type":"message","id":"1","text":"x"}',
        `{"type":"message","id":"${newId()}"}`, `{"type":"message","id":"${newId()}","location":{"latitude":91,"longitude":0}}`,
        '['.repeat(8000), `{"type":"message","id":"${newId()}","text":${'['.repeat(500)}}`];
    for (const text of wrong) tab.send(text);
    await tab.next('error', wrong.length);
    assert.ok(tab.of('error').every(({ code, detail }) => code === 'malformed' && detail));
    const id = newId();
    tab.send(`{"type":"message","id":"${id}","location":{"latitude":91,"longitude":0}}`);
    await tab.next('error', wrong.length + 1);
    assert.deepEqual([tab.of('error').at(-1).id, /latitude from -90/.test(tab.of('error').at(-1).detail)], [id, true]);
    assert.ok((await tab.hello()).session_key);
    await tab.close();
});

test('a message before the hello, and a second hello, are out of order', async () => {
    const tab = await new Tab(gateway).opened();
    const id = newId();
    tab.send({ type: 'message', id, text: 'Asha Rao' });
    const error = await tab.next('error');
    assert.equal(error.code, 'hello_first');
    assert.equal(error.id, id);
    await tab.hello();
    tab.send({ type: 'hello' });
    assert.equal((await tab.next('error', 2)).code, 'wrong_order');
    tab.send({ type: 'ping' });
    await tab.says('Asha Rao');
    await tab.close();
});

test('a text with anything in it comes back as it was said', async () => {
    const tab = await newTab(gateway);
    const text = 'Ravi \u0007\u2028 "<script>" \\ 👩‍👩‍👧 अ';
    await tab.says(text);
    assert.equal((await tab.seq(2)).text, text);
    await tab.says('a\u0000b');
    assert.equal((await tab.next('echo', 2)).text, 'ab');
    await tab.close();
});

// ---- Limits ----

test('a client has 20 sockets, in all workers together, and gets one back when it closes one', async () => {
    const here = await house.start({ workers: 2, settings: generous({ sockets_per_client: 20 }) });
    const tabs = [];
    for (let i = 0; i < 20; i++) tabs.push(await new Tab(here).opened());
    assert.ok(tabs.every(({ failed }) => !failed));
    assert.equal((await new Tab(here).opened()).failed, 429);
    await tabs[7].close();
    await until(async () => !(await new Tab(here).opened()).failed, 'a socket to be free');
    await here.stop();
});

test('a client has 10 new sessions a minute; who comes back is not counted', async () => {
    const here = await house.start({ workers: 1, settings: generous({ sessions_per_minute: 10 }) });
    const tabs = [];
    for (let i = 0; i < 10; i++) tabs.push(await newTab(here));
    const eleventh = await new Tab(here).opened();
    eleventh.send({ type: 'hello' });
    assert.equal((await eleventh.next('error')).code, 'too_many');
    assert.equal((await eleventh.hello({ session_key: tabs[0].key })).session_key, tabs[0].key);
    await here.stop();
});

test('too many messages a second are refused, and who does not stop is closed with 1008', async () => {
    const here = await house.start({ workers: 1, settings: generous({ messages_per_second: 5, message_burst: 20 }) });
    const tab = await newTab(here);
    for (let i = 0; i < 30; i++) tab.send({ type: 'message', id: newId(), text: `hello ${i}` });
    await tab.next('error', 10);
    assert.ok(tab.of('error').every(({ code }) => code === 'too_fast'));
    await sleep(3000);
    await tab.says('Asha Rao');
    for (let i = 0; i < 100; i++) tab.send({ type: 'ping' });
    assert.equal((await tab.closes()).code, 1008);
    await here.stop();
});

test('who never says hello is closed with 1008', async () => {
    const tab = await new Tab(gateway).opened();
    assert.equal((await tab.closes(25_000)).code, 1008);
});

test('a dead peer is cut off, one that answers pings stays', async () => {
    const dead = await rawTab();
    dead.send(frame(HELLO));
    const silent = await newTab(gateway);
    let pings = 0;
    silent.socket.on('ping', () => { pings++; });
    await until(() => dead.frames.some(({ opcode }) => opcode === 9), 'a ping');
    await until(() => dead.ended, 'the dead one to be cut off', 10_000);
    await until(() => pings >= 2, 'pings');
    await silent.says('Asha Rao');
    await silent.close();
});

test('who does not read is cut off, and the memory is given back', { skip: !process.env.FRONTDESK_TEST_ALL }, async () => {
    const deaf = await rawTab();
    deaf.send(frame(HELLO));
    const { session_key: key } = await deaf.heard('welcome');
    deaf.socket.pause();
    const talker = await newTab(gateway, { session_key: key });
    for (let i = 0; i < 3000 && !deaf.ended; i++) await talker.says('x'.repeat(4000) + i);
    deaf.socket.resume();
    await until(() => deaf.ended, 'the deaf one to be cut off');
    await talker.close();
});

test('the bystander has lost nothing, and no sanitizer complained', async () => {
    await bystander.says('Asha Rao');
    await bystander.seq(3);
    assertGapless(bystander);
    assert.equal(bystander.of('error').length, 0);
    await bystander.close();
    await gateway.stop();
    assert.doesNotMatch(gateway.log, /a worker died/);
});
