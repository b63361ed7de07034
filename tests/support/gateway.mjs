// How does a test run the whole gateway?
//
// openHouse() gives a test file its Redis and its PostgreSQL with one migrated template database, and start() the real
// binary on a database cloned from it, on a port of its own, with the providers of providers.mjs on the other side:
//
//     const house = await openHouse();
//     const gateway = await house.start({ workers: 2, env: { SMS_REPLY: 'api' } });
//     const asha = smsPerson(gateway, '+919812345670');
//     assert.deepEqual((await asha.says('hi')).said, ['…']);
//     await gateway.stop();     // SIGTERM; fails unless everything ended well and no sanitizer complained
//     await house.close();
//
// The gateway runs in a folder of its own, with copies of the shipped settings, flows and words, and with few places
// (loading all of them takes longer than most tests). tests/run lets all files share what the first of them has migrated.

import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startPostgres } from './postgres.mjs';
import { startProviders } from './providers.mjs';
import { startRedis } from './redis.mjs';
import { ask } from './request.mjs';
import { until } from './until.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const PROGRAM = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');
const PLACES = new Set(['Pune', 'Mumbai', 'Delhi', 'Jaipur', 'Paris', 'London', 'Springfield']);
const MIGRATED = process.env.FRONTDESK_TEST_CLUSTER;     // a folder that need not be there yet; not set: none is shared
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;

/** Credentials that may stand in no log. */
const SECRETS = {
    accountSid: 'AC0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    twilioToken: 'twilio-token-3b9f6c1d8e',
    whatsappSecret: 'whatsapp-app-secret-77c2',
    whatsappToken: 'whatsapp-access-token-EAAG5',
    verifyToken: 'whatsapp-verify-token-c41',
    adminToken: 'admin-token-0123456789-0123456789-abc',
    webhookSecret: 'webhook-secret-9d3e7f',
};

/** Everything that a test file's gateways share; close() stops what still runs. */
export async function openHouse(settings = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), 'fd-'));
    const copyOf = MIGRATED && existsSync(MIGRATED) ? MIGRATED : null;
    const postgres = await startPostgres({ ...settings.postgres, copyOf });
    const redis = await startRedis();
    const house = { folder, postgres, redis, gateways: [], databases: 0, holds: 0 };
    makeSqlFolder(path.join(folder, 'sql'));
    if (!copyOf) await makeTemplate(house);

    house.start = (options = {}) => startGateway(house, options);
    house.close = async () => {
        for (const gateway of house.gateways) await gateway.abandon();
        await redis.stop();
        await postgres.stop();
        rmSync(folder, { recursive: true, force: true });
    };
    return house;
}

async function makeTemplate(house) {
    const url = await house.postgres.createDatabase('template_frontdesk');
    runIn(makeHome(house, 'template', {}), ['migrate'], { DATABASE_URL: url });
    if (MIGRATED) await house.postgres.keepAs(MIGRATED);
}

// ---- Folders ----

/* The shipped statements, and of the places only some. */
function makeSqlFolder(folder) {
    mkdirSync(path.join(folder, 'places'), { recursive: true });
    for (const name of readdirSync(path.join(root, 'sql')))
        if (name !== 'places') symlinkSync(path.join(root, 'sql', name), path.join(folder, name));
    const [header, ...lines] = gunzipSync(readFileSync(path.join(root, 'sql/places/places.tsv.gz'))).toString().split('\n');
    const few = lines.filter((line) => PLACES.has(line.split('\t')[1]));
    const ids = new Set(few.map((line) => line.split('\t')[0]));
    writeFileSync(path.join(folder, 'places/places.tsv.gz'), gzipSync([header, ...few, ''].join('\n')));
    symlinkSync(path.join(root, 'sql/places/regions.tsv'), path.join(folder, 'places/regions.tsv'));
    const [names, ...aliases] = readFileSync(path.join(root, 'sql/places/aliases.tsv'), 'utf8').split('\n');
    const theirs = aliases.filter((line) => ids.has(line.split('\t')[0]));
    writeFileSync(path.join(folder, 'places/aliases.tsv'), [names, ...theirs, ''].join('\n'));
}

/* A folder to run in: settings, flows and words may be changed there. */
function makeHome(house, name, { settings = (yaml) => yaml }) {
    const home = path.join(house.folder, name);
    mkdirSync(home);
    cpSync(path.join(root, 'config'), path.join(home, 'config'), { recursive: true });
    symlinkSync(path.join(house.folder, 'sql'), path.join(home, 'sql'));
    const file = path.join(home, 'config/frontdesk.yaml');
    writeFileSync(file, settings(readFileSync(file, 'utf8')));
    return home;
}

const sanitizers = {
    ASAN_OPTIONS: 'abort_on_error=1:detect_leaks=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};

/** Runs a subcommand to its end; gives what it printed, fails when it fails. */
export function runIn(home, args, env) {
    const result = runAnyhow(home, args, env);
    assert.equal(result.status, 0, `frontdesk ${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
}

export function runAnyhow(home, args, env = {}) {
    return spawnSync(PROGRAM, args,
        { cwd: home, env: { PATH: process.env.PATH, ...sanitizers, ...env }, encoding: 'utf8', timeout: 60_000 });
}

/** The same while this process goes on, for a subcommand that asks something that runs here. */
export function runMeanwhile(home, args, env = {}) {
    return new Promise((resolve) => {
        execFile(PROGRAM, args, { cwd: home, env: { PATH: process.env.PATH, ...sanitizers, ...env }, timeout: 60_000 },
            (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr }));
    });
}

/* Of those that the system gives to nobody who asks for any (32768 and above on Linux): else another program could get it
 * before ours listens, or while ours is down and about to come back. Each process has twenty of its own to begin with. */
const PORTS = { first: 11_000, each: 20, processes: 1050 };
let nextPort = PORTS.first + PORTS.each * ((process.pid * 7919) % PORTS.processes);

const canListen = (port) => new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

export async function freePort() {
    for (;;) {
        const port = nextPort++;
        if (nextPort === PORTS.first + PORTS.each * PORTS.processes) nextPort = PORTS.first;
        if (await canListen(port)) return port;
    }
}

// ---- A gateway ----

/**
 * workers: how many. env: on top of the usual variables, or a function that gives it of the gateway's own; null removes
 * one. settings(yaml): changes the settings' text.
 * database: the url of one that exists, instead of a fresh clone. isReady: false to not wait for /readyz.
 */
async function startGateway(house, { workers = 1, env = {}, settings, database = null, isReady = true } = {}) {
    const name = `gateway_${++house.databases}`;
    const providers = await startProviders();
    const port = await freePort();
    const gateway = { name, providers, port, log: '', numbers: new Set(), secrets: SECRETS, stopped: false };
    gateway.home = makeHome(house, name, { settings });
    gateway.url = `http://127.0.0.1:${port}`;
    gateway.publicUrl = gateway.url;
    gateway.smsNumber = '+15550100001';
    gateway.whatsappId = '106540352242922';
    gateway.database = database ?? await cloneDatabase(house, name);
    gateway.env = withoutNulls({ ...usualEnvironment(house, gateway), ...(typeof env === 'function' ? env(gateway) : env) });
    addMethods(house, gateway, workers);
    house.gateways.push(gateway);
    await gateway.run({ isReady });
    return gateway;
}

async function cloneDatabase(house, name) {
    await house.postgres.psql(`create database ${name} template template_frontdesk;`);
    return house.postgres.urlFor(name);
}

function usualEnvironment(house, gateway) {
    return {
        PATH: process.env.PATH,
        ...sanitizers,
        PORT: String(gateway.port),
        PUBLIC_URL: gateway.publicUrl,
        DATABASE_URL: gateway.database,
        REDIS_URL: house.redis.unixUrl,
        FEATURE_INSTANT_ONBOARDING: 'true',
        WHATSAPP_VERIFY_TOKEN: SECRETS.verifyToken,
        WHATSAPP_APP_SECRET: SECRETS.whatsappSecret,
        WHATSAPP_ACCESS_TOKEN: SECRETS.whatsappToken,
        WHATSAPP_PHONE_NUMBER_ID: gateway.whatsappId,
        WHATSAPP_GRAPH_URL: `${gateway.providers.url}/graph/v25.0`,
        TWILIO_ACCOUNT_SID: SECRETS.accountSid,
        TWILIO_AUTH_TOKEN: SECRETS.twilioToken,
        TWILIO_FROM: gateway.smsNumber,
        TWILIO_API_URL: `${gateway.providers.url}/twilio`,
        ADMIN_TOKEN: SECRETS.adminToken,
        CHART_PROCESSES: '0', // a test that wants charts says how many
        WEBHOOK_SECRET: SECRETS.webhookSecret,
        APPOINTMENT_WEBHOOK_URL: `${gateway.providers.url}/operator/appointment`,
        LOG_LEVEL: 'debug',
    };
}

const withoutNulls = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

function addMethods(house, gateway, workers) {
    let child = null;
    const hasEnded = () => child === null || child.exitCode !== null || child.signalCode !== null;

    /** Starts the program (again, after it was stopped or killed), with only so many descriptors where that is said. */
    gateway.run = async ({ isReady = true, descriptors = null } = {}) => {
        const limit = descriptors ? ['prlimit', `--nofile=${descriptors}:${descriptors}`] : [];
        const [program, ...words] = [...limit, PROGRAM, 'serve', '--workers', String(workers)];
        child = spawn(program, words,
            { cwd: gateway.home, env: gateway.env, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding('utf8').on('data', (text) => { gateway.log += text; });
        gateway.exited = once(child, 'close');
        if (isReady) await gateway.isReady();
    };
    gateway.isReady = (status = 200) => until(async () => {
        assert.ok(!hasEnded(), `the gateway ended with ${child.exitCode ?? child.signalCode}:\n${gateway.log}`);
        const answer = await ask(`${gateway.url}/readyz`).catch(() => null);
        return answer?.status === status && answer;
    }, `/readyz to answer ${status}\n${gateway.log}`, START_PATIENCE_MS);

    gateway.pid = () => child.pid;
    gateway.signal = (signal) => child.kill(signal);
    gateway.exitCode = () => child.exitCode;
    /** The workers' process ids, oldest first. */
    gateway.workers = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
        .trim().split(' ').filter(Boolean).map(Number);
    /** Lets only the worker with that index accept and work while `task` runs: the others stand still. */
    gateway.onlyWorker = async (index, task) => {
        const others = gateway.workers().filter((pid, i) => i !== index);
        for (const pid of others) process.kill(pid, 'SIGSTOP');
        try {
            return await task();
        } finally {
            for (const pid of others) process.kill(pid, 'SIGCONT');
        }
    };
    /** Kills 'worker' (the first) or 'supervisor' as a crash would. */
    gateway.kill9 = async (who) => {
        process.kill(who === 'worker' ? gateway.workers()[0] : child.pid, 'SIGKILL');
        if (who === 'supervisor') await gateway.exited;
    };

    gateway.rows = (statement) => house.postgres.rows(statement, { db: databaseName(gateway) });
    gateway.sql = (script) => house.postgres.psql(script, { db: databaseName(gateway) });
    gateway.value = async (statement) => Object.values((await gateway.rows(statement))[0])[0];
    /** Lets nobody use a table until what it gives is called: turns that touch it wait meanwhile (and no longer than five seconds). */
    gateway.holds = async (table) => {
        const mark = `held ${++house.holds}`;
        const held = gateway.sql(`begin; lock table ${table} in access exclusive mode; select pg_sleep(60) /* ${mark} */;`).catch(() => {});
        const holder = `from pg_stat_activity where query like '%${mark} */%' and pid <> pg_backend_pid()`;
        await until(async () => (await house.postgres.rows(`select ${holder} and wait_event = 'PgSleep'`)).length, `${table} to be held`);
        return async () => {
            await house.postgres.rows(`select pg_terminate_backend(pid) ${holder}`);
            await held;
        };
    };
    /** Waits until that many of its sessions in PostgreSQL wait for what another holds. */
    gateway.waitsForLock = (count = 1) => until(async () => await gateway.value(`select count(*)::int from pg_stat_activity
        where datname = current_database() and application_name = 'frontdesk' and wait_event_type = 'Lock'`) >= count, 'it to wait');
    gateway.metric = async (name) => numberOf((await ask(`${gateway.url}/metrics`)).text, name);

    /** Stops it as an operator would, and holds it to ending well. */
    gateway.stop = async () => {
        gateway.signal('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
        const [code, signal] = await gateway.exited;
        clearTimeout(late);
        assert.equal(signal ?? code, 0, `the gateway did not end well:\n${gateway.log.slice(-4000)}`);
        const report = gateway.log.match(/^.*(Sanitizer|runtime error)[^]{0,3000}/m);
        assert.equal(report, null, `a sanitizer complained:\n${report?.[0]}`);
        await gateway.providers.stop();
    };
    gateway.abandon = async () => {
        if (!hasEnded()) {
            child.kill('SIGKILL');
            await gateway.exited;
        }
        await gateway.providers.stop();
    };
}

const databaseName = (gateway) => decodeURIComponent(new URL(gateway.database.replace('postgresql://', 'http://x@x/'))
    .pathname.split('/').at(-1));

function numberOf(metrics, name) {
    const line = metrics.split('\n').find((text) => text.startsWith(`${name} `));
    assert.ok(line, `there is no metric ${name}`);
    return Number(line.split(' ').at(-1));
}

/** A gateway's log names no credential and no whole phone number of those that spoke with it. */
export function assertDiscreet(gateway) {
    for (const [name, secret] of Object.entries(gateway.secrets))
        if (name !== 'accountSid') assert.ok(!gateway.log.includes(secret), `${name} stands in the log`);
    for (const number of gateway.numbers)
        assert.ok(!gateway.log.includes(number.replace(/^\+/, '')), 'a whole phone number stands in the log');
}
