// Do deploy/up and deploy/down keep their word? On copies of their own: own folder, own port, the release build.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '../support/gateway.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const COMMAND_PATIENCE_MS = 600_000; // the first one may have to build
const WARM_START_MS = 60_000;        // without a build, an import of places and a migration: a few seconds where nothing else runs

const copies = [];

async function newCopy() {
    const copy = { folder: mkdtempSync(path.join(tmpdir(), 'fd-deploy-')), port: await freePort() };
    copies.push(copy);
    return copy;
}

function environmentOf(copy) {
    const { FRONTDESK, ...rest } = process.env;
    return { ...rest, FRONTDESK_VAR: copy.folder, PORT: String(copy.port), ...copy.settings };
}

function deploy(copy, command, ...args) {
    const { status, stdout, stderr } = spawnSync(path.join(root, 'deploy', command), args, {
        env: environmentOf(copy),
        encoding: 'utf8',
        timeout: COMMAND_PATIENCE_MS,
        killSignal: 'SIGTERM',
    });
    return { status, output: stdout + stderr };
}

function up(copy) {
    const result = deploy(copy, 'up', '--detach');
    assert.equal(result.status, 0, result.output);
    return result.output;
}

function down(copy, ...args) {
    const result = deploy(copy, 'down', ...args);
    assert.equal(result.status, 0, result.output);
    return result.output;
}

// var/env as a shell reads it.
function environmentFile(copy) {
    const { stdout, status } = spawnSync('sh', ['-c', '. "$0/env" && env', copy.folder], {
        env: { PATH: process.env.PATH },
        encoding: 'utf8',
    });
    assert.equal(status, 0);
    return Object.fromEntries(stdout.split('\n').filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

// The status of /readyz, on a connection of its own; undefined where nobody listens.
function readiness(copy) {
    return new Promise((resolve) => {
        const request = get({ port: copy.port, host: '127.0.0.1', path: '/readyz', agent: false, timeout: 5000 });
        request.once('response', (response) => resolve(response.resume().statusCode));
        request.once('timeout', () => request.destroy());
        request.once('error', () => resolve(undefined));
    });
}

async function query(copy, sql) {
    const client = new pg.Client({ connectionString: environmentFile(copy).DATABASE_URL });
    await client.connect();
    try {
        return (await client.query(sql)).rows;
    } finally {
        await client.end();
    }
}

const processOf = (copy, name) => Number(readFileSync(path.join(copy.folder, 'run', name), 'utf8').split(' ')[0]);

function isAlive(pid) {
    try {
        return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
        return false;
    }
}

async function until(condition, patienceMs) {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
        if (await condition()) return true;
    }
    return false;
}

after(() => {
    for (const copy of copies) {
        deploy(copy, 'down', '--wipe');
        rmSync(copy.folder, { recursive: true, force: true });
    }
});

const first = await newCopy();

test('deploy/up --detach returns when /readyz answers 200', async () => {
    up(first);
    assert.equal(await readiness(first), 200);
});

test('var/env says what was started, to its owner only', async () => {
    assert.equal(statSync(path.join(first.folder, 'env')).mode & 0o777, 0o600);
    const env = environmentFile(first);
    assert.equal(env.PORT, String(first.port));
    assert.equal(env.PUBLIC_URL, `http://localhost:${first.port}`);
    assert.equal(env.FRONTDESK, path.join(root, 'build/release/frontdesk'));
    assert.match(env.REDIS_URL, /^unix:\/\/\/.+/);
    assert.ok(env.ADMIN_TOKEN.length >= 32);
    assert.match(env.TWILIO_ACCOUNT_SID, /^AC[0-9a-f]{32}$/);
    assert.match(env.TWILIO_FROM, /^\+1555010\d{4}$/);
    for (const name of ['WHATSAPP_VERIFY_TOKEN', 'WHATSAPP_APP_SECRET', 'WHATSAPP_ACCESS_TOKEN',
        'WHATSAPP_PHONE_NUMBER_ID', 'TWILIO_AUTH_TOKEN', 'WEBHOOK_SECRET']) {
        assert.ok(env[name]?.length >= 10, name);
    }
});

test('the database answers by its URL, to a role that is no superuser, and not on the network', async () => {
    const [row] = await query(first, `select rolsuper, current_setting('listen_addresses') as addresses,
        pg_get_userbyid(datdba) as owner, current_user as me
        from pg_roles, pg_database where rolname = current_user and datname = current_database()`);
    assert.deepEqual(row, { rolsuper: false, addresses: '', owner: row.me, me: row.me });
});

test('a second deploy/up says that it runs already and changes nothing', async () => {
    const gateway = processOf(first, 'frontdesk');
    assert.match(up(first), new RegExp(`runs already: http://localhost:${first.port} .*changed settings`));
    assert.equal(processOf(first, 'frontdesk'), gateway);
    assert.ok(isAlive(gateway));
});

test('after kill -9 of the gateway, deploy/up starts it again on the same database in seconds', async () => {
    await query(first, 'create table kept (word text)');
    const before = environmentFile(first);
    const [gateway, postgres] = [processOf(first, 'frontdesk'), processOf(first, 'postgres')];
    process.kill(gateway, 'SIGKILL');
    assert.ok(await until(() => !isAlive(gateway), 15_000));
    const start = Date.now();
    up(first);
    assert.ok(Date.now() - start < WARM_START_MS);
    assert.equal(await readiness(first), 200);
    assert.notEqual(processOf(first, 'frontdesk'), gateway);
    assert.equal(processOf(first, 'postgres'), postgres);
    assert.deepEqual(environmentFile(first), before);
    await query(first, `insert into kept values ('yes')`);
});

test('after kill -9 of everything, deploy/up recovers', async () => {
    const all = ['frontdesk', 'postgres', 'redis'].map((name) => processOf(first, name));
    for (const pid of all) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => !all.some(isAlive), 15_000));
    up(first);
    assert.equal(await readiness(first), 200);
    assert.deepEqual(await query(first, 'select word from kept'), [{ word: 'yes' }]);
});

const second = await newCopy();

test('a second copy runs beside the first and does not touch it', async () => {
    second.settings = { ADMIN_TOKEN: 'forty characters that an operator chose.', TWILIO_AUTH_TOKEN: '$(id) \'x\'' };
    up(second);
    assert.equal(await readiness(second), 200);
    assert.notEqual(environmentFile(second).DATABASE_URL, environmentFile(first).DATABASE_URL);
    assert.notEqual(environmentFile(second).WEBHOOK_SECRET, environmentFile(first).WEBHOOK_SECRET);
    assert.equal(await readiness(first), 200);
});

test('a port that another program has is said to be taken', async () => {
    const blocked = await newCopy();
    blocked.port = first.port;
    const result = deploy(blocked, 'up', '--detach');
    assert.equal(result.status, 1);
    assert.match(result.output, new RegExp(`port ${first.port} is taken`));
});

test('what the environment says wins over what is made up', async () => {
    const env = environmentFile(second);
    assert.equal(env.ADMIN_TOKEN, second.settings.ADMIN_TOKEN);
    assert.equal(env.TWILIO_AUTH_TOKEN, second.settings.TWILIO_AUTH_TOKEN);
    assert.equal(env.TWILIO_ACCOUNT_SID, undefined, 'own credentials are not mixed with made-up ones');
});

test('a process that only has the same number as one of ours is left alone', async () => {
    const gateway = processOf(second, 'frontdesk');
    down(second);
    const stranger = spawn('sleep', ['600']);
    try {
        const record = `${stranger.pid} 1 00000000-0000-0000-0000-000000000000\n`;
        writeFileSync(path.join(second.folder, 'run', 'frontdesk'), record);
        assert.notEqual(stranger.pid, gateway);
        down(second, '--wipe');
        assert.ok(isAlive(stranger.pid));
        assert.ok(!existsSync(second.folder));
        assert.equal(await readiness(second), undefined);
        assert.equal(await readiness(first), 200);
    } finally {
        stranger.kill('SIGKILL');
    }
});

test('in the foreground, Ctrl-C stops everything and the data stays', async () => {
    down(first);
    const shell = spawn(path.join(root, 'deploy/up'), [], {
        env: environmentOf(first),
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    shell.stdout.on('data', (bytes) => (output += bytes));
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    assert.ok(await until(() => output.includes('Ctrl-C stops it'), 60_000), output);
    assert.equal(await readiness(first), 200);
    const all = ['frontdesk', 'postgres', 'redis'].map((name) => processOf(first, name));
    process.kill(-shell.pid, 'SIGINT'); // to the whole group, as a terminal does
    assert.equal(await ended, 0);
    assert.deepEqual(all.filter(isAlive), []);
    up(first);
    assert.deepEqual(await query(first, 'select word from kept'), [{ word: 'yes' }]);
});

test('deploy/down stops everything and keeps the data; --wipe deletes it', async () => {
    const all = ['frontdesk', 'postgres', 'redis'].map((name) => processOf(first, name));
    const credentials = environmentFile(first);
    down(first);
    assert.deepEqual(all.filter(isAlive), []);
    assert.equal(await readiness(first), undefined);
    up(first);
    assert.deepEqual(environmentFile(first), credentials);
    assert.deepEqual(await query(first, 'select word from kept'), [{ word: 'yes' }]);
    down(first, '--wipe');
    assert.ok(!existsSync(first.folder));
});
