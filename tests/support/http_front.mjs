// How does a test speak with the HTTP front, byte by byte?
//
// startFront(settings) runs the small server tests/support/front_echo.c on a port of its own; a Client is a raw socket
// that sends exactly what it is given and takes answers apart. stopFronts() lets every server drain and fails when one
// leaked or crashed (in the debug build, which has sanitizers).
//
//     const front = await startFront({ request_ms: 300 });
//     const client = new Client(front).send(post('hello'));
//     assert.equal((await client.answer()).body, 'hello');

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const GATEWAY = process.env.FRONTDESK ?? fileURLToPath(new URL('../../build/debug/frontdesk', import.meta.url));
const PROGRAM = process.env.FRONT_ECHO ?? path.join(path.dirname(GATEWAY), 'tests/net_front_echo'); // of the same build
const PATIENCE_MS = 15_000;
const servers = [];

// ---- The server under test ----

export async function startFront(settings = {}) {
    const args = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const front = { child, output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => { front.output += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { front.errors += text; });
    await until(() => front.output.includes('\n'));
    front.port = Number.parseInt(front.output, 10);
    front.exited = once(child, 'exit');
    servers.push(front);
    return front;
}

export async function until(condition) {
    const end = Date.now() + PATIENCE_MS;
    while (!condition()) {
        assert.ok(Date.now() < end, 'waited in vain');
        await sleep(1);
    }
}

export async function stopFronts() {
    for (const front of servers) {
        if (front.child.exitCode === null && front.child.signalCode === null) front.child.kill('SIGTERM');
        await front.exited;
        assert.equal(front.child.exitCode, 0, front.errors);
    }
}

// ---- A client that does what it is told ----

export class Client {
    constructor(front, options = {}) {
        this.socket = net.connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true, ...options });
        this.socket.setNoDelay(true);
        this.bytes = Buffer.alloc(0);
        this.ended = false;
        this.error = null;
        this.socket.on('data', (data) => { this.bytes = Buffer.concat([this.bytes, data]); });
        this.socket.on('end', () => { this.ended = true; });
        this.socket.on('error', (error) => { this.error = error; });
    }

    send(text) {
        this.socket.write(Buffer.from(text, 'latin1'));
        return this;
    }

    /** The next answer, taken off the bytes; `isHead`: its body is not there. */
    async answer({ isHead = false } = {}) {
        let answer = null;
        await until(() => (answer = cutAnswer(this, isHead)) || this.ended || this.error);
        const got = JSON.stringify(this.bytes.toString('latin1'));
        assert.ok(answer, `no answer; got ${got}, ${this.error ?? 'end'}`);
        return answer;
    }

    /** The server has shut its side, without a reset, and nothing more came. */
    async end() {
        await until(() => this.ended || this.error);
        assert.equal(this.error, null);
        assert.equal(this.bytes.toString('latin1'), '');
        this.socket.end();
    }
}

function cutAnswer(client, isHead) {
    const headEnd = client.bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return null;
    const [statusLine, ...lines] = client.bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
    const headers = new Map(lines.map((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }));
    assert.equal(headers.size, lines.length, 'no header twice');
    const status = Number(statusLine.split(' ')[1]);
    const length = isHead || status === 204 || status < 200 ? 0 : Number(headers.get('content-length'));
    if (client.bytes.length < headEnd + 4 + length) return null;
    const body = client.bytes.subarray(headEnd + 4, headEnd + 4 + length).toString('latin1');
    client.bytes = client.bytes.subarray(headEnd + 4 + length);
    return { status, headers, body, statusLine };
}

// ---- Requests ----

export const post = (body, path = '/echo', more = '') =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
export const get = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
export const chunked = (chunks, more = '') =>
    `POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n${more}\r\n${chunks}`;

/** Sends the bytes, and expects that status, a problem (where the errors have one) and the end. */
export async function expectRefused(front, bytes, status) {
    const client = new Client(front);
    client.send(bytes);
    const answer = await client.answer();
    assert.equal(answer.status, status, JSON.stringify(answer));
    assert.equal(answer.headers.get('connection'), 'close');
    if (answer.body) assert.equal(JSON.parse(answer.body).status, status);
    else assert.ok([414, 417, 505].includes(status));
    await client.end();
}
