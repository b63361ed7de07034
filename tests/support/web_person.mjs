// How does a test chat on the web? With npm `ws` as a browser's program would, or with raw frames as nobody should.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import net from 'node:net';
import WebSocket from 'ws';
import { until } from './until.mjs';

export const newId = () => randomUUID();

/** Makes the settings' limits of the web chat too high to be met in a test; `more` names others. */
export const generous = (more = {}) => (yaml) => {
    const wanted = { sockets_per_client: 100000, sessions_per_minute: 100000, messages_per_second: 1000, message_burst: 1000, ...more };
    let text = yaml;
    for (const [name, value] of Object.entries(wanted)) {
        const line = new RegExp(`^  ${name}: .*$`, 'm');
        assert.match(text, line);
        text = text.replace(line, `  ${name}: ${value}`);
    }
    return text;
};

/**
 * A socket; says nothing by itself. `heard` holds everything that came, in order.
 * of(type) gives what came of that type; next(type, n) waits for the n-th; hello() and says() speak.
 */
export class Tab {
    constructor(gateway, { headers = {}, ...options } = {}) {
        this.heard = [];
        this.closed = null;
        this.failed = null;
        this.socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`, { headers, ...options });
        this.socket.on('message', (bytes, isBinary) => {
            assert.equal(isBinary, false);
            this.heard.push(JSON.parse(bytes.toString()));
        });
        this.socket.on('close', (code, reason) => { this.closed = { code, reason: reason.toString() }; });
        this.socket.on('unexpected-response', (request, response) => {
            this.failed = response.statusCode;
            response.resume();
            request.destroy();
        });
        this.socket.on('error', (error) => { this.failed ??= error; });
    }

    /** Open, or refused: then `failed` is the status. */
    async opened() {
        await until(() => this.socket.readyState === WebSocket.OPEN || this.failed, 'the socket to open');
        return this;
    }

    send(message) {
        this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
        return this;
    }

    of(type) {
        return this.heard.filter((message) => message.type === type);
    }

    /** Waits for the `count`-th of that type and gives it. */
    async next(type, count = 1, patienceMs = undefined) {
        await until(() => {
            assert.ok(!this.closed || this.of(type).length >= count, `closed with ${JSON.stringify(this.closed)}`);
            return this.of(type).length >= count;
        }, `${type} number ${count}; heard ${JSON.stringify(this.heard)}`, patienceMs);
        return this.of(type)[count - 1];
    }

    async hello(more = {}) {
        await this.opened();
        const before = this.of('welcome').length;
        this.send({ type: 'hello', ...more });
        const welcome = await this.next('welcome', before + 1);
        this.key = welcome.session_key;
        return welcome;
    }

    /** Says something and waits until it is acknowledged; gives its id. */
    async says(content, id = newId()) {
        const before = this.of('ack').length;
        this.send({ type: 'message', id, ...(typeof content === 'string' ? { text: content } : content) });
        const ack = await this.next('ack', before + 1);
        assert.equal(ack.id, id);
        return id;
    }

    /** Everything that has a number, by number. */
    numbered() {
        return this.heard.filter((message) => message.seq !== undefined);
    }

    /** Waits until that number came; gives the message. */
    async seq(number) {
        await until(() => this.numbered().some((message) => message.seq === number),
            `seq ${number}; heard ${JSON.stringify(this.heard)}`);
        return this.numbered().find((message) => message.seq === number);
    }

    /** Says it and waits for what is said to it. */
    async asks(content) {
        const id = await this.says(content);
        return until(() => {
            const echo = this.of('echo').find((message) => message.id === id);
            return echo && this.of('message').find(({ seq }) => seq > echo.seq);
        }, `an answer to ${JSON.stringify(content)}; heard ${JSON.stringify(this.heard)}`);
    }

    async close() {
        this.socket.close();
        await until(() => this.closed, 'the socket to close');
    }

    async closes(patienceMs = undefined) {
        await until(() => this.closed, `the server to close; heard ${JSON.stringify(this.heard)}`, patienceMs);
        return this.closed;
    }
}

/** A tab that said hello. */
export async function newTab(gateway, hello = {}, options = {}) {
    const tab = new Tab(gateway, options);
    await tab.hello(hello);
    return tab;
}

/** Numbers from `from` on without a gap, each once. */
export function assertGapless(tab, from = 1) {
    assert.deepEqual(tab.numbered().map((message) => message.seq),
        Array.from({ length: tab.numbered().length }, (_, i) => from + i));
}

// ---- Raw frames ----

export function frame(payload, { opcode = 1, fin = true, masked = true, rsv = 0 } = {}) {
    const body = Buffer.from(payload);
    const first = (fin ? 0x80 : 0) | rsv << 4 | opcode;
    const bit = masked ? 0x80 : 0;
    const head = body.length < 126 ? Buffer.from([first, bit | body.length])
        : body.length < 65536 ? Buffer.from([first, bit | 126, body.length >> 8, body.length & 255])
            : Buffer.concat([Buffer.from([first, bit | 127, 0, 0, 0, 0]), uint32(body.length)]);
    if (!masked) return Buffer.concat([head, body]);
    const mask = randomBytes(4);
    return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i % 4])]);
}

function uint32(number) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
}

export const upgradeRequest = (more = {}) => {
    const headers = {
        Host: 'localhost', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'), ...more,
    };
    const lines = Object.entries(headers).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`);
};

/** A client that sends exactly these bytes and takes the server's frames apart. */
export class RawTab {
    constructor(gateway, options = {}) {
        this.all = '';
        this.bytes = Buffer.alloc(0);
        this.head = null;
        this.frames = [];
        this.ended = false;
        this.socket = net.connect({ port: gateway.port, host: '127.0.0.1', ...options });
        this.socket.setNoDelay(true);
        this.socket.on('data', (data) => {
            this.all += data.toString('latin1');
            this.bytes = Buffer.concat([this.bytes, data]);
            this.cut();
        });
        this.socket.on('close', () => { this.ended = true; });
        this.socket.on('error', () => {});
    }

    cut() {
        if (this.head === null) {
            const end = this.bytes.indexOf('\r\n\r\n');
            if (end < 0) return;
            this.head = this.bytes.subarray(0, end).toString();
            this.bytes = this.bytes.subarray(end + 4);
        }
        while (this.bytes.length >= 2) {
            const short = this.bytes[1] & 127;
            const start = short === 127 ? 10 : short === 126 ? 4 : 2;
            if (this.bytes.length < start) return;
            const length = short === 126 ? this.bytes.readUInt16BE(2) : short === 127 ? Number(this.bytes.readBigUInt64BE(2)) : short;
            if (this.bytes.length < start + length) return;
            this.frames.push({ opcode: this.bytes[0] & 15, payload: this.bytes.subarray(start, start + length) });
            this.bytes = this.bytes.subarray(start + length);
        }
    }

    send(...pieces) {
        this.socket.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
        return this;
    }

    status() {
        return this.head === null ? null : Number(this.head.split(' ')[1]);
    }

    async opened() {
        await until(() => this.head !== null || this.ended, 'an answer');
        assert.equal(this.status(), 101, this.head);
        return this;
    }

    messages() {
        return this.frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => JSON.parse(payload.toString()));
    }

    async heard(type) {
        return until(() => this.messages().find((message) => message.type === type),
            `${type}; heard ${JSON.stringify(this.messages())}`);
    }

    /** The code of the server's close frame, followed by the end of the connection. */
    async closeCode() {
        const close = await until(() => this.frames.find(({ opcode }) => opcode === 8), 'a close frame');
        this.send(frame(close.payload.subarray(0, 2), { opcode: 8 }));
        await until(() => this.ended, 'the end of the connection');
        return close.payload.readUInt16BE(0);
    }
}
