// How does a test get a Redis of its own, honest or not?
//
//     const redis = await startRedis();             // on a Unix socket and on a TCP port of its own
//     redis.unixUrl; redis.tcpUrl;                  // for REDIS_URL
//     await redis.cli('get', 'key');                // what redis-cli prints
//     await redis.kill9(); await redis.restart(); redis.signal('SIGSTOP'); await redis.stop();
//
//     const liar = await startLiar();               // { url, behave(answer), connections(), stop() }
//     liar.behave((asked) => '+OK\r\n');            // bytes for what was asked, or a promise; null: nothing; 'close'

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './gateway.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);

export async function startRedis({ password = null } = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), 'redis-'));
    const socket = path.join(folder, 'redis.sock');
    const port = await freePort();
    const login = password ? `:${encodeURIComponent(password)}@` : '';
    const redis = { unixUrl: `unix://${login}${socket}`, tcpUrl: `redis://${login}127.0.0.1:${port}/0`, port };
    let server = null;

    redis.cli = async (...args) => {
        const { stdout } = await run('redis-cli', ['-s', socket, ...(password ? ['-a', password, '--no-auth-warning'] : []), ...args]);
        return stdout.trimEnd();
    };
    redis.restart = async () => {
        const args = ['--port', String(port), '--bind', '127.0.0.1', '--unixsocket', socket, '--dir', folder, '--save', ''];
        server = spawn('setpriv', ['--pdeathsig=KILL', 'redis-server', ...args, ...(password ? ['--requirepass', password] : [])],
            { stdio: 'ignore' });
        server.unref();
        await until(() => redis.cli('ping').then((answer) => answer === 'PONG', () => false), 'redis-server to answer');
    };
    redis.signal = (signal) => server.kill(signal);
    redis.kill9 = async () => {
        if (server.exitCode !== null || server.signalCode !== null) return;
        server.ref();
        const gone = once(server, 'exit');
        server.kill('SIGKILL');
        await gone;
    };
    redis.stop = async () => {
        await redis.kill9();
        rmSync(folder, { recursive: true, force: true });
    };
    await redis.restart();
    return redis;
}

/** Something that listens where Redis should, and says what the test wants. */
export async function startLiar() {
    let behaviour = () => null;
    let connections = 0;
    const sockets = new Set();
    const server = createServer((socket) => {
        connections++;
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => sockets.delete(socket));
        socket.on('data', async (bytes) => {
            const answer = await behaviour(bytes.toString('latin1'));
            if (answer === 'close') socket.destroy();
            else if (answer !== null) socket.write(Buffer.from(answer, 'latin1'));
        });
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    server.unref();
    const drop = () => { for (const socket of sockets) socket.destroy(); };
    return {
        url: `redis://127.0.0.1:${server.address().port}`,
        /** From now on; what is connected has to connect anew. */
        behave: (answer) => {
            behaviour = answer;
            drop();
        },
        connections: () => connections,
        stop: () => new Promise((resolve) => {
            server.close(resolve);
            drop();
        }),
    };
}
