// What does the HTTP front do with every kind of bytes?
//
// Raw sockets against a small server built on src/net/http_server.c, so that nothing between the test and the front
// mends or hides what is sent.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, chunked, expectRefused, get, post, startFront, stopFronts, until } from '../support/http_front.mjs';

after(stopFronts);
const front = await startFront();

// ---- What is refused ----

describe('refused with 400, and the connection closed', () => {
    const head = 'POST /echo HTTP/1.1\r\nHost: a\r\n';
    const cases = {
        'Content-Length beside Transfer-Encoding': `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        'Transfer-Encoding before Content-Length': `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
        'two Content-Lengths': `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
        'two equal Content-Lengths': `${head}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
        'a list of equal lengths': `${head}Content-Length: 5, 5\r\n\r\nhello`,
        'a negative length': `${head}Content-Length: -5\r\n\r\nhello`,
        'a signed length': `${head}Content-Length: +5\r\n\r\nhello`,
        'a hexadecimal length': `${head}Content-Length: 0x5\r\n\r\nhello`,
        'a length with a space in it': `${head}Content-Length: 1 2\r\n\r\nhello`,
        'an empty length': `${head}Content-Length:\r\n\r\nhello`,
        'a length that overflows': `${head}Content-Length: 18446744073709551621\r\n\r\nhello`,
        'two Transfer-Encodings': `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        'Transfer-Encoding in HTTP/1.0': 'POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'a bare LF after a header': `POST /echo HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\nhello`,
        'a bare LF after the request line': `GET /echo HTTP/1.1\nHost: a\r\n\r\n`,
        'a head that ends with bare LFs': `GET /echo HTTP/1.1\r\nHost: a\n\n`,
        'a bare CR in a header': `${head}X: a\rb\r\nContent-Length: 5\r\n\r\nhello`,
        'a bare CR that hides a header': `${head}X: a\rContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello`,
        'CR CR LF': `GET /echo HTTP/1.1\r\nHost: a\r\r\n\r\n`,
        'a folded header': `${head}X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello`,
        'a folded first header': `POST /echo HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n`,
        'a NUL in a header value': `${head}X: a\0b\r\n\r\n`,
        'a NUL in a header name': `${head}X\0: a\r\n\r\n`,
        'a NUL in the target': `GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n`,
        'a control character in a header': `${head}X: a\x01b\r\n\r\n`,
        'a vertical tab before chunked': `${head}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`,
        'no Host': 'GET /echo HTTP/1.1\r\n\r\n',
        'two Hosts': 'GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n',
        'an empty Host': 'GET /echo HTTP/1.1\r\nHost:\r\n\r\n',
        'a Host with a path': 'GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n',
        'a list as Host': 'GET /echo HTTP/1.1\r\nHost: a, b\r\n\r\n',
        'a space before the colon': `${head}Content-Length : 5\r\n\r\nhello`,
        'a space in a header name': `${head}Content Length: 5\r\n\r\nhello`,
        'a header without a colon': `${head}Nonsense\r\n\r\n`,
        'a header without a name': `${head}: a\r\n\r\n`,
        'a target without a slash': 'GET echo HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target with a space': 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target with a fragment': 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target with a bad percent sign': 'GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target that ends in a percent sign': 'GET /a%2 HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target beyond ASCII': 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n',
        'a target of another scheme': 'GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n',
        'an asterisk for GET': 'GET * HTTP/1.1\r\nHost: a\r\n\r\n',
        'no target': 'GET HTTP/1.1\r\nHost: a\r\n\r\n',
        'no version': 'GET /echo\r\nHost: a\r\n\r\n',
        'a version that is none': 'GET /echo HTTP/1.x\r\nHost: a\r\n\r\n',
        'a lower-case version': 'GET /echo http/1.1\r\nHost: a\r\n\r\n',
        'two spaces in the request line': 'GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n',
        'a space after the version': 'GET /echo HTTP/1.1 \r\nHost: a\r\n\r\n',
        'a space before the method': ' GET /echo HTTP/1.1\r\nHost: a\r\n\r\n',
        'two empty lines first': '\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n',
        'TLS on a plain port': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'a chunk size that is none': chunked('x\r\nhello\r\n0\r\n\r\n'),
        'an empty chunk size': chunked('\r\nhello\r\n0\r\n\r\n'),
        'a negative chunk size': chunked('-5\r\nhello\r\n0\r\n\r\n'),
        'a chunk size with 0x': chunked('0x5\r\nhello\r\n0\r\n\r\n'),
        'a chunk size with a space before': chunked(' 5\r\nhello\r\n0\r\n\r\n'),
        'a chunk size that overflows': chunked('ffffffffffffffff5\r\nhello\r\n0\r\n\r\n'),
        'a bare LF after a chunk size': chunked('5\nhello\r\n0\r\n\r\n'),
        'a bare LF after a chunk': chunked('5\r\nhello\n0\r\n\r\n'),
        'a chunk longer than its size': chunked('4\r\nhello\r\n0\r\n\r\n'),
        'a bare LF in a chunk extension': chunked('5;a\nb\r\nhello\r\n0\r\n\r\n'),
        'a bare CR in a chunk extension': chunked('5;a\rb\r\nhello\r\n0\r\n\r\n'),
        'a bare LF after a trailer': chunked('5\r\nhello\r\n0\r\nT: a\n\r\n'),
        'a folded trailer': chunked('5\r\nhello\r\n0\r\nT: a\r\n b\r\n\r\n'),
        'endless leading zeros of a chunk size': chunked('0'.repeat(20_000)),
        'endless trailers': chunked('0\r\n' + 'T: a\r\n'.repeat(4000)),
        'an endless chunk extension': chunked('5;' + 'a'.repeat(20_000)),
    };
    for (const [name, bytes] of Object.entries(cases)) test(name, () => expectRefused(front, bytes, 400));
});

describe('refused with a status of its own', () => {
    const cases = [
        ['a method that nobody knows', 501, 'BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['TRACE', 501, 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['CONNECT', 501, 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['a transfer encoding but chunked', 501, chunked('', '').replace('chunked', 'gzip, chunked')],
        ['HTTP/2 without asking', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
        ['HTTP/1.2', 505, 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
        ['HTTP/0.9 in disguise', 505, 'GET / HTTP/0.9\r\nHost: a\r\n\r\n'],
        ['an expectation that nobody knows', 417, post('hello', '/echo', 'Expect: miracles\r\n')],
        ['a POST without a length', 411, 'POST /echo HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['a PUT without a length', 411, 'PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['a Content-Length over the limit, before the body', 413, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n'],
        ['chunks over the limit', 413, chunked(('10000\r\n' + 'x'.repeat(65536) + '\r\n').repeat(17))],
        ['a path that does not exist, before the body', 404, 'POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'],
        ['a media type not taken', 415, post('hello', '/json', 'Content-Type: text/plain\r\n')],
        ['a header that is too large', 431, get('/echo', `X: ${'a'.repeat(17_000)}\r\n`)],
        ['too many headers', 431, get('/echo', 'X: a\r\n'.repeat(70))],
        ['an endless request line', 431, `GET /${'a'.repeat(20_000)}`],
        ['a target that is too long', 414, get(`/${'a'.repeat(9000)}`)],
    ];
    for (const [name, status, bytes] of cases) test(name, () => expectRefused(front, bytes, status));

    test('405 names the methods allowed', async () => {
        const client = new Client(front).send('DELETE /get HTTP/1.1\r\nHost: a\r\n\r\n');
        const answer = await client.answer();
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD');
        client.socket.end();
        await client.end();
    });

    test('a refusal without a body to come leaves the connection open', async () => {
        const client = new Client(front).send(get('/nothing') + get('/echo'));
        assert.equal((await client.answer()).status, 404);
        assert.equal((await client.answer()).status, 200);
        client.socket.end();
        await client.end();
    });

    test('requests behind a refused one are not taken', async () => {
        const client = new Client(front).send('GET / HTTP/1.1\r\n\r\n' + post('smuggled'));
        assert.equal((await client.answer()).status, 400);
        await client.end();
    });
});

// ---- What is taken ----

describe('taken', () => {
    async function echoed(bytes, body, more = {}) {
        const client = new Client(front).send(bytes);
        const answer = await client.answer(more);
        assert.equal(answer.status, 200);
        assert.equal(answer.body, body);
        return { client, answer };
    }

    test('a POST with a length', async () => {
        const { client, answer } = await echoed(post('hello'), 'hello');
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
        assert.ok(Math.abs(Date.parse(answer.headers.get('date')) - Date.now()) < 3000);
        assert.equal(answer.headers.has('connection'), false);
        client.socket.end();
        await client.end();
    });

    test('chunks, extensions and trailers', () =>
        echoed(chunked('3\r\nhel\r\n2;name="value"\r\nlo\r\n0\r\nTrailer: a\r\n\r\n'), 'hello'));
    test('CR and LF inside a chunk', () => echoed(chunked('6\r\n\n\r\0 \r\n\r\n0\r\n\r\n'), '\n\r\0 \r\n'));
    test('one empty line before the request', () => echoed('\r\n' + post('hello'), 'hello'));
    test('a length of nothing', () => echoed(post(''), ''));
    test('a length with leading zeros', () => echoed('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\nhello', 'hello'));
    test('OPTIONS *', () => echoed('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', ''));
    test('an Upgrade nobody knows is an ordinary request', () =>
        echoed(post('hello', '/echo', 'Upgrade: h2c\r\nConnection: Upgrade\r\n'), 'hello'));
    test('a megabyte', () => echoed(post('x'.repeat(1024 * 1024)), 'x'.repeat(1024 * 1024)));
    test('a megabyte in chunks', () => echoed(chunked(('4000\r\n' + 'y'.repeat(16384) + '\r\n').repeat(64) + '0\r\n\r\n'), 'y'.repeat(1024 * 1024)));

    test('headers as they were sent, trimmed; several X-Forwarded-For as one', async () => {
        const client = new Client(front).send(get('/headers?q=%20a', 'X-Odd: \t a b \t\r\nX-Empty:\r\n' +
            'X-Forwarded-For: 1.2.3.4\r\nx-forwarded-for: 5.6.7.8\r\nX-High: \xe9\r\n'));
        assert.deepEqual((await client.answer()).body.split('\n'), [
            'GET /headers?q=%20a path=/headers query=q=%20a client=1.2.3.4, 5.6.7.8',
            '[Host]=[a]', '[X-Odd]=[a b]', '[X-Empty]=[]', '[X-Forwarded-For]=[1.2.3.4]',
            '[x-forwarded-for]=[5.6.7.8]', '[X-High]=[\xe9]', '']);
    });

    test('the absolute form of a target', async () => {
        const client = new Client(front).send('GET http://a:1/headers?x HTTP/1.1\r\nHost: a\r\n\r\n');
        assert.match((await client.answer()).body, /^GET \/headers\?x path=\/headers query=x client=127\.0\.0\.1\n/);
    });

    test('HEAD has the headers of GET and no body', async () => {
        const client = new Client(front).send('HEAD /large/1000 HTTP/1.1\r\nHost: a\r\n\r\n' + get('/large/3'));
        const head = await client.answer({ isHead: true });
        assert.equal(head.headers.get('content-length'), '1000');
        assert.equal((await client.answer()).body, 'xxx');
    });

    test('HEAD of nothing has no body either', async () => {
        const client = new Client(front).send('HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n' + get('/large/3'));
        assert.equal((await client.answer({ isHead: true })).status, 404);
        assert.equal((await client.answer()).body, 'xxx');
    });

    test('204 has neither body nor length', async () => {
        const client = new Client(front).send(get('/empty') + get('/large/3'));
        assert.equal((await client.answer()).headers.has('content-length'), false);
        assert.equal((await client.answer()).body, 'xxx');
    });

    test('a header value cannot end its line', async () => {
        const client = new Client(front).send(get('/split'));
        const answer = await client.answer();
        assert.equal(answer.headers.get('x-split'), 'a  X-Injected: b');
        assert.equal(answer.headers.has('x-injected'), false);
    });

    test('byte by byte', async () => {
        const client = new Client(front);
        for (const byte of post('hello', '/echo', 'X-Long: abc def\r\n') + chunked('3;x\r\nhel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n')) {
            client.send(byte);
            await new Promise((resolve) => setImmediate(resolve));
        }
        assert.equal((await client.answer()).body, 'hello');
        assert.equal((await client.answer()).body, 'hello');
    });
});

// ---- Connections ----

describe('connections', () => {
    test('1000 requests on one connection', async () => {
        const client = new Client(front);
        for (let i = 0; i < 1000; i++) {
            client.send(post(`request ${i}`));
            assert.equal((await client.answer()).body, `request ${i}`);
        }
    });

    test('two POSTs in one packet, the first slow: answered in order', async () => {
        const client = new Client(front).send(post('first', '/later') + post('second') + chunked('5\r\nthird\r\n0\r\n\r\n'));
        for (const body of ['first', 'second', 'third']) assert.equal((await client.answer()).body, body);
    });

    test('300 pipelined requests, more than may be under way: all answered, in order', async () => {
        const client = new Client(front);
        client.send(Array.from({ length: 300 }, (_, i) => post(`${i}`, i % 50 === 7 ? '/slow/20' : '/echo')).join(''));
        for (let i = 0; i < 300; i++) assert.equal((await client.answer()).body, `${i}`);
    });

    test('pipelined requests and then the end of input: all answered', async () => {
        const client = new Client(front).send(post('a', '/later') + post('b'));
        client.socket.end();
        assert.equal((await client.answer()).body, 'a');
        assert.equal((await client.answer()).body, 'b');
        await client.end();
    });

    test('Connection: close is kept', async () => {
        const client = new Client(front).send(post('a', '/echo', 'Connection: x, Close\r\n') + post('b'));
        const answer = await client.answer();
        assert.equal(answer.headers.get('connection'), 'close');
        await client.end();
    });

    test('HTTP/1.0 ends after the answer', async () => {
        const client = new Client(front).send('GET /echo HTTP/1.0\r\n\r\n');
        assert.equal((await client.answer()).headers.get('connection'), 'close');
        await client.end();
    });

    test('HTTP/1.0 goes on when asked', async () => {
        const request = 'GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
        const client = new Client(front).send(request);
        assert.equal((await client.answer()).headers.get('connection'), 'keep-alive');
        client.send(request);
        assert.equal((await client.answer()).status, 200);
    });

    test('a client that goes before its answer: the exchange ends as unreachable', async () => {
        const before = front.output.split('UNREACHABLE').length;
        const client = new Client(front).send(post('x', '/slow/500'));
        await sleep(100);
        client.socket.resetAndDestroy();
        await until(() => front.output.split('UNREACHABLE').length > before);
    });

    test('200 clients that reset in the middle of everything', async () => {
        for (let i = 0; i < 200; i++) {
            const client = new Client(front);
            const bytes = post('x'.repeat(2000), '/slow/5') + get('/large/500000') + post('y');
            client.send(bytes.slice(0, (i * 37) % bytes.length));
            setTimeout(() => client.socket.resetAndDestroy(), i % 10);
        }
        await sleep(50);
        assert.equal((await new Client(front).send(post('still here')).answer()).body, 'still here');
    });

    test('a refused upload gets its answer, not a reset', async () => {
        const client = new Client(front).send('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n');
        for (let i = 0; i < 60; i++) client.send('x'.repeat(65536));
        assert.equal((await client.answer()).status, 413);
        await client.end();
    });
});

describe('Expect: 100-continue', () => {
    const head = (path, length) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;

    test('is answered once the head is accepted', async () => {
        const client = new Client(front).send(head('/echo', 5));
        assert.equal((await client.answer()).status, 100);
        client.send('hello');
        assert.equal((await client.answer()).body, 'hello');
    });

    test('waits for the answers before it', async () => {
        const client = new Client(front).send(post('first', '/later') + head('/echo', 5));
        assert.equal((await client.answer()).body, 'first');
        assert.equal((await client.answer()).status, 100);
        client.send('hello');
        assert.equal((await client.answer()).body, 'hello');
    });

    test('is left out when the body is already there', async () => {
        const client = new Client(front).send(head('/echo', 5) + 'hello');
        assert.equal((await client.answer()).body, 'hello');
    });

    test('a refusal comes instead of it', async () => {
        await expectRefused(front, head('/echo', 9_000_000), 413);
        await expectRefused(front, head('/nothing', 5), 404);
    });
});
