// What does an idle socket cost? Ten thousand of them, each with a session that said hello; user-space memory of the
// workers before and after. (Only with --all. Sanitizers cost memory of their own: FRONTDESK should be a release build,
// else only the working is tested.)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { until } from '../support/until.mjs';
import { frame, generous, newTab, upgradeRequest } from '../support/web_person.mjs';

const SOCKETS = 10_000;
/* As many turns at once as there will be: what they worked in is kept for the next ones, and is no socket's. */
const WARM = 3000;
const IDLE_BYTES = 2048;
/* What a worker keeps of its largest burst, once; the first sockets do not bring each worker to it. */
const BURST_BYTES = 1_500_000;
const AT_ONCE = 200;
/* A socket takes three descriptors, and a worker may get half more than its share: the kernel gives them out as it likes. */
const WORKERS = 3;
const DESCRIPTORS = 1.5 * 3 * (WARM + SOCKETS) / WORKERS;

const hardLimit = Number(execFileSync('bash', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim().replace('unlimited', '1e9'));
const skip = !process.env.FRONTDESK_TEST_ALL || hardLimit < DESCRIPTORS;

let house;
before(async () => { if (!skip) house = await openHouse(); });
after(async () => { await house?.close(); });

const memoryOf = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/RssAnon:\s+(\d+)/)[1]) * 1024;
const memoryOfAll = (gateway) => gateway.workers().reduce((sum, pid) => sum + memoryOf(pid), 0);

/* A socket that said hello and was welcomed and greeted. */
function openIdle(gateway, hello) {
    return new Promise((resolve, reject) => {
        const socket = net.connect(gateway.port, '127.0.0.1');
        let heard = '';
        socket.setEncoding('latin1').on('error', reject).on('close', () => reject(new Error(`closed; heard ${heard}`)));
        socket.on('data', (text) => {
            heard += text;
            if (!heard.includes('"seq":1,')) return;
            heard = '';
            resolve(socket);
        });
        socket.write(Buffer.concat([upgradeRequest(), hello]));
    });
}

async function openMany(gateway, count, sockets) {
    const hello = frame(JSON.stringify({ type: 'hello' }));
    for (let i = 0; i < count; i += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, () => openIdle(gateway, hello));
        sockets.push(...await Promise.all(some));
    }
}

test('ten thousand idle sockets take 2 kB of memory each, and the next one is served as ever', { skip, timeout: 300_000 }, async () => {
    const gateway = await house.start({ workers: WORKERS, settings: generous() });
    const sockets = [];
    await openMany(gateway, WARM, sockets);
    const before = memoryOfAll(gateway);
    await openMany(gateway, SOCKETS, sockets);
    const each = (memoryOfAll(gateway) - before) / SOCKETS;
    console.log(`# ${Math.round(each)} bytes an idle socket`);
    const isSanitized = readFileSync(process.env.FRONTDESK).includes('AddressSanitizer');
    assert.ok(isSanitized || each <= IDLE_BYTES + BURST_BYTES * WORKERS / SOCKETS, `${each} bytes an idle socket`);

    const tab = await newTab(gateway);
    const began = Date.now();
    assert.equal((await tab.asks('Asha Rao')).input, 'date');
    assert.ok(Date.now() - began < 1000);
    for (const socket of sockets) socket.removeAllListeners('close').destroy();
    await until(async () => (await tab.asks(String(Date.now()))) !== null, 'an answer');
    await gateway.stop();
});
