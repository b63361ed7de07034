// How long does the HTTP front wait, for how many at once, and how does it end? As in http_front.test.mjs.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, get, post, startFront, stopFronts, until } from '../support/http_front.mjs';

after(stopFronts);

describe('deadlines', () => {
    test('a request that dribbles in gets 408 in time', async () => {
        const slow = await startFront({ request_ms: 300 });
        const client = new Client(slow);
        const begun = Date.now();
        const dribble = setInterval(() => client.send('G'), 50);
        try {
            assert.equal((await client.answer()).status, 408);
        } finally {
            clearInterval(dribble);
        }
        assert.ok(Date.now() - begun >= 250 && Date.now() - begun < 8000);
        await client.end();
    });

    test('a body that dribbles in too, and answers owed before it come first', async () => {
        const slow = await startFront({ request_ms: 300 });
        const client = new Client(slow).send(post('first', '/slow/500') + 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx');
        assert.equal((await client.answer()).body, 'first');
        assert.equal((await client.answer()).status, 408);
        await client.end();
    });

    test('an answer may take longer than a request', async () => {
        const slow = await startFront({ request_ms: 500, idle_ms: 500, write_ms: 500 });
        assert.equal((await new Client(slow).send(post('x', '/slow/1000')).answer()).body, 'x');
    });

    test('an idle connection is closed, before and after a request', async () => {
        const idle = await startFront({ idle_ms: 700 });
        const fresh = new Client(idle);
        const used = new Client(idle).send(post('x'));
        await used.answer();
        await fresh.end();
        await used.end();
    });

    test('a connection that is used is not idle, however soon each request is answered', async () => {
        const idle_ms = 1500;
        const client = new Client(await startFront({ idle_ms }));
        for (const end = Date.now() + idle_ms + 500; Date.now() < end; await sleep(50)) {
            client.send(post('x'));
            assert.equal((await client.answer()).body, 'x');
        }
    });

    test('a client that does not take its answer is let go', async () => {
        const front2 = await startFront({ write_ms: 300 });
        const client = new Client(front2).send(get('/large/30000000'));
        client.socket.pause();
        await until(() => front2.output.includes('written UNREACHABLE'));
        client.socket.destroy();
    });

    test('a client that takes its answer slowly, but within its time, gets all of it', async () => {
        const front = await startFront();
        const client = new Client(front).send(get('/large/5000000'));
        client.socket.pause();
        await sleep(200);
        client.socket.resume();
        assert.equal((await client.answer()).body.length, 5_000_000);
    });
});

describe('limits', () => {
    test('over the connection limit: 503 at once; under it again: served', async () => {
        const small = await startFront({ max_connections: 3 });
        const clients = [];
        for (let i = 0; i < 3; i++) {
            clients.push(new Client(small).send(post('x')));
            await clients[i].answer();
        }
        const extra = new Client(small);
        const answer = await extra.answer();
        assert.equal(answer.status, 503);
        assert.equal(JSON.parse(answer.body).status, 503);
        await extra.end();
        const talkative = new Client(small).send(post('x'.repeat(100_000)));
        assert.equal((await talkative.answer()).status, 503);
        await talkative.end();
        clients[0].socket.destroy();
        let served;
        do served = await new Client(small).send(post('x')).answer(); while (served.status === 503);
        assert.equal(served.body, 'x');
    });

    test('500 turned away at once do no harm', async () => {
        const small = await startFront({ max_connections: 1 });
        const first = new Client(small).send(post('x'));
        await first.answer();
        const crowd = Array.from({ length: 500 }, () => new Client(small));
        await until(() => crowd.every((client) => client.ended || client.error));
        first.send(post('y'));
        assert.equal((await first.answer()).body, 'y');
        for (const client of crowd) client.socket.destroy();
    });
});

describe('drain', () => {
    /* Whoever comes after them is served after them. */
    async function haveArrived(front, ...clients) {
        await until(() => clients.every(({ socket }) => !socket.connecting && socket.writableLength === 0));
        const last = new Client(front).send(get('/echo', 'Connection: close\r\n'));
        await last.answer();
        await last.end();
    }

    test('idle connections are closed, busy ones after their answer, new ones refused', async () => {
        const leaving = await startFront();
        const idle = new Client(leaving).send(post('x'));
        await idle.answer();
        const busy = new Client(leaving).send(post('y', '/slow/300') + post('z', '/slow/300'));
        const partial = new Client(leaving).send(post('hello').slice(0, -2));
        await haveArrived(leaving, busy, partial);
        leaving.child.kill('SIGTERM');
        await idle.end();
        partial.send('lo');
        const last = await partial.answer();
        assert.equal(last.body, 'hello');
        assert.equal(last.headers.get('connection'), 'close');
        assert.equal((await busy.answer()).headers.has('connection'), false);
        const end = await busy.answer();
        assert.equal(end.body, 'z');
        assert.equal(end.headers.get('connection'), 'close');
        await leaving.exited;
        assert.equal(leaving.child.exitCode, 0, leaving.errors);
    });

    test('an answer nobody has given yet keeps the server busy', async () => {
        const leaving = await startFront();
        const client = new Client(leaving).send(post('x', '/never'));
        await haveArrived(leaving, client);
        leaving.child.kill('SIGTERM');
        assert.equal((await client.answer()).status, 503);
        await leaving.exited;
        assert.equal(leaving.child.exitCode, 0, leaving.errors);
    });
});
