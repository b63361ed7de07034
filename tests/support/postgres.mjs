// How does a test get a PostgreSQL of its own?
//
// startPostgres() makes a cluster in a temporary folder and runs it as a child of this process: on a Unix
// socket only, no TCP, as the unprivileged user postgres even under root (PostgreSQL refuses root). The child
// gets a fast-shutdown signal if this process dies, and stop() removes the folder. Everything else goes
// through psql, so that no npm package is needed; a test that wants one connects it to `url`.
//
//     const pg = await startPostgres();
//     await pg.createDatabase('shop');
//     await pg.psql({ file: 'sql/verify.sql' }, { db: 'shop' });
//     const [{ n }] = await pg.rows('select count(*)::int as n from pg_class', { db: 'shop' });
//     await pg.stop();

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, closeSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BIN = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin';
const START_PATIENCE_MS = 30_000;
const SOCKET_FOLDER_MAX = 80;  // a socket's whole path must stay under 107 bytes

/**
 * Starts a private server and waits until it answers.
 *
 * superuser: name of the cluster's superuser (default postgres).
 * fsync: true to really flush to disk. Without it a killed server still loses nothing, only a machine would.
 * settings: further server settings, { name: value }.
 * standbyOf: another such server, of which this becomes a standby that follows it.
 * copyOf: a folder that keepAs() made: begins with everything that was in that server.
 *
 * Gives { folder, superuser, pid(), url, urlFor, psql, rows, createDatabase, restart, keepAs, freeze, kill, stop }:
 *   url                      libpq URI of database postgres as the superuser; also good for npm pg
 *   urlFor(db, user?)        the same for another database or user
 *   psql(sql, options?)      runs a script, or { file }, statement by statement; gives what it printed, one row a
 *                            line, columns separated by |. Rejects at the first error; its message is
 *                            PostgreSQL's. options: db, user, asOneQuery (all statements in one simple query,
 *                            as the Supabase SQL editor sends them)
 *   rows(sql, options?)      runs one statement that returns rows; gives them as objects
 *   createDatabase(name, { owner }?)   gives the database's url
 *   restart()                stops (if still running) and starts again with the same data
 *   keepAs(folder)           a copy of the data for copyOf; where there is one already, that one stays
 *   freeze()                 lets all its processes stand still, as if its machine had died; gives what lets them go on
 *   kill()                   kills the server as a crash would; restart() recovers
 *   stop()                   stops it and removes everything
 */
export async function startPostgres({ superuser = 'postgres', fsync = false, settings = {}, standbyOf = null, copyOf = null } = {}) {
    const folder = makeFolder();
    const data = join(folder, 'data');
    const log = join(folder, 'log');
    const options = serverOptions(folder, { fsync: fsync ? 'on' : 'off', ...settings });
    let server = null;

    const make = copyOf ? ['cp', ['--archive', copyOf, data]] : standbyOf
        ? unprivileged(join(BIN, 'pg_basebackup'), ['--pgdata', data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync',
            '--dbname', standbyOf.url])
        : unprivileged(join(BIN, 'initdb'), ['--pgdata', data, '--username', superuser,
            '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', '--no-instructions']);
    execFileSync(...make, { stdio: 'pipe', cwd: folder });

    const urlFor = (db, user = superuser) =>
        `postgresql://${encodeURIComponent(user)}@${encodeURIComponent(folder)}/${encodeURIComponent(db)}`;

    async function psql(script, { db = 'postgres', user = superuser, asOneQuery = false } = {}) {
        const sql = typeof script === 'string' ? script : readFileSync(script.file, 'utf8');
        const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1',
            '--dbname', urlFor(db, user), ...(asOneQuery ? ['--command', sql] : ['--file', '-'])];
        return runPsql(args, asOneQuery ? '' : sql);
    }

    async function rows(statement, options) {
        const query = statement.trim().replace(/;$/, '');
        const asJson = `with found as (${query}\n) select coalesce(json_agg(found), '[]') from found;`;
        return JSON.parse(await psql(asJson, options));
    }

    async function start() {
        const deadline = Date.now() + START_PATIENCE_MS;
        for (;;) {
            server = launch(data, options, log, folder);
            if (await becomesReady(server, folder, superuser, deadline)) {
                return;
            }
            // After a crash the old server's last processes may hold its shared memory a moment longer.
            if (Date.now() > deadline || !readFileSync(log, 'utf8').includes('shared memory block')) {
                throw new Error(`PostgreSQL did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
            }
            await sleep(200);
        }
    }

    async function end(signal) {
        if (server !== null && server.exitCode === null && server.signalCode === null) {
            server.ref();
            const gone = once(server, 'exit');
            server.kill(signal);
            await gone;
        }
        server = null;
    }

    await start();
    return {
        folder,
        superuser,
        url: urlFor('postgres'),
        urlFor,
        pid: () => server?.pid ?? null,
        psql,
        rows,
        async createDatabase(name, { owner = superuser } = {}) {
            await psql(`create database "${name}" owner "${owner}" template template0;`);
            return urlFor(name);
        },
        async restart() {
            await end('SIGINT');
            await start();
        },
        async keepAs(copy) {
            await end('SIGINT');
            const own = `${copy}.${process.pid}`;
            execFileSync('cp', ['--archive', data, own]);
            try {
                renameSync(own, copy);
            } catch {     // another process was faster
                rmSync(own, { recursive: true });
            }
            await start();
        },
        freeze() {
            const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ').map(Number);
            const processes = [server.pid, ...children];
            for (const pid of processes) process.kill(pid, 'SIGSTOP');
            return () => {
                // One that was killed meanwhile is gone now, or will be.
                for (const pid of processes) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT');
            };
        },
        kill: () => end('SIGKILL'),
        async stop() {
            await end('SIGINT');
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/* Also under root the folder belongs to the server's user. */
function makeFolder() {
    const base = tmpdir().length <= SOCKET_FOLDER_MAX ? tmpdir() : '/tmp';
    const folder = mkdtempSync(join(base, 'pg-'));
    if (process.getuid() === 0) {
        const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
        chownSync(folder, idOf('-u'), idOf('-g'));
    }
    return folder;
}

/* setpriv becomes the program it runs, so that the child's pid is the server's own. */
function unprivileged(program, args) {
    const user = process.getuid() === 0 ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
    return ['setpriv', [...user, '--pdeathsig=INT', program, ...args]];
}

function serverOptions(folder, settings) {
    const all = {
        listen_addresses: '',
        unix_socket_directories: folder,
        log_checkpoints: 'off',
        max_connections: 100,
        shared_buffers: '64MB',
        ...settings,
    };
    return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function launch(data, options, log, cwd) {
    const out = openSync(log, 'w');
    const child = spawn(...unprivileged(join(BIN, 'postgres'), ['-D', data, ...options]),
        { stdio: ['ignore', out, out], cwd });
    closeSync(out);
    child.unref();  // a test file that forgets stop() still ends, and the server with it
    return child;
}

async function becomesReady(server, folder, superuser, deadline) {
    const ended = () => server.exitCode !== null || server.signalCode !== null;
    while (!ended() && Date.now() < deadline) {
        const ready = await new Promise((resolve) => execFile(join(BIN, 'pg_isready'),
            ['--quiet', '--host', folder, '--username', superuser], (failed) => resolve(!failed)));
        if (ready && existsSync(join(folder, '.s.PGSQL.5432'))) {
            return true;
        }
        await sleep(30);
    }
    return false;
}

function runPsql(args, input) {
    return new Promise((resolve, reject) => {
        const child = execFile(join(BIN, 'psql'), args, { maxBuffer: 64 * 1024 * 1024, env: quietEnvironment() },
            (failed, stdout, stderr) => {
                if (failed) {
                    reject(new Error(stderr.trim() || failed.message));
                } else {
                    resolve(stdout.trimEnd());
                }
            });
        child.stdin.on('error', () => {});  // psql stops reading at the first error; that error is reported above
        child.stdin.end(input);
    });
}

/* The caller's own PostgreSQL settings must not leak into a test. */
function quietEnvironment() {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
    return { ...Object.fromEntries(kept), PGCLIENTENCODING: 'UTF8', LC_ALL: 'C.UTF-8' };
}
