// Does everything go on while nobody can say where the database's host is?
//
// A DNS of our own is needed: so the file runs itself once more in network and mount namespaces of its own, where the only
// name server is this test, which answers, or is silent.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHouse } from '../support/gateway.mjs';
import { smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const NAME = 'db.example';      // the other one, gone.example, is never found

if (process.env.DATABASE_HOST_INSIDE) inside();
else outside();

function outside() {
    const canUnshare = process.getuid() === 0 && spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
    test('the database\'s host is looked up in a world of its own', { skip: !canUnshare && 'needs root and namespaces' }, () => {
        const home = mkdtempSync(path.join(tmpdir(), 'fd-dns-'));
        // A look-up that nobody answers takes ten seconds.
        writeFileSync(path.join(home, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:2 attempts:5\n');
        const script = `set -e; ip link set lo up; mount --bind ${home}/resolv.conf /etc/resolv.conf; exec "$0" --test "$1"`;
        const { NODE_TEST_CONTEXT: _, ...env } = process.env;
        const run = spawnSync('unshare', ['-n', '-m', 'sh', '-c', script, process.execPath, fileURLToPath(import.meta.url)],
            { env: { ...env, DATABASE_HOST_INSIDE: '1' }, encoding: 'utf8' });
        rmSync(home, { recursive: true, force: true });
        assert.equal(run.status, 0, run.stdout + run.stderr);
        assert.match(run.stdout, /# pass 1\n/);
    });
}

function inside() {
    const dns = createSocket('udp4');
    let isSilent = false;
    let house;

    before(async () => {
        dns.on('message', (question, { port: from, address }) => { if (!isSilent) dns.send(answerTo(question), from, address); });
        await new Promise((resolve) => { dns.bind(53, '127.0.0.1', resolve); });
        house = await openHouse({ postgres: { settings: { listen_addresses: '127.0.0.1' } } });
    });
    after(async () => {
        await house?.close();
        dns.close();
    });

    test('while DNS is silent, webhooks are spooled and health is told at once; it speaks again, and all goes on', async () => {
        const gateway = await house.start({
            env: ({ name }) => ({ DATABASE_URL: `postgresql://postgres@gone.example:5432,${NAME}:5432/${name}` }),
        });
        const asha = smsPerson(gateway, '+919812451101');
        assert.match((await asha.says('hi')).said[0], /name/);
        isSilent = true;
        await until(async () => {
            // One that was only coming in is not among them, the first time.
            await house.postgres.psql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}'`);
            return /PostgreSQL is away/.test((await ask(`${gateway.url}/readyz`, { patienceMs: 5000 })).text);
        }, 'it to be noticed');
        for (let round = 0; round < 8; round++) {
            assert.equal((await ask(`${gateway.url}/healthz`, { patienceMs: 2000 })).status, 200);
            await sleep(250);
        }
        assert.equal((await asha.says('Asha Rao')).status, 200);
        assert.equal(await gateway.metric('frontdesk_spooled_total'), 1, gateway.log);
        isSilent = false;
        await until(async () => await gateway.value('select count(*)::int from frontdesk.inbound') === 2, 'what was spooled to be handled', 60_000);
        assert.deepEqual((await asha.says('15 August 1990')).said.length, 1);
        await gateway.stop();
    });
}

/* To a question for an address of NAME: 127.0.0.1; to one for its IPv6 address: none; to any other: no such name. */
function answerTo(question) {
    const labels = [];
    let at = 12;
    for (; question[at] > 0; at += 1 + question[at]) labels.push(question.subarray(at + 1, at + 1 + question[at]).toString());
    const isKnown = labels.join('.') === NAME;
    const hasAddress = isKnown && question.readUInt16BE(at + 1) === 1;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
    for (const [offset, count] of [[6, hasAddress ? 1 : 0], [8, 0], [10, 0]]) head.writeUInt16BE(count, offset);
    const address = Buffer.from([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    return Buffer.concat([head, question.subarray(12, at + 5), ...hasAddress ? [address] : []]);
}
