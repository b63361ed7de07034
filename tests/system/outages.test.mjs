// Is every acknowledged message accounted for when PostgreSQL, a provider or the disk is there, but of no use?
//
// What dies altogether is in faults.test.mjs. Each test lets a crowd talk meanwhile and accounts for every word of it.
// With FRONTDESK_TEST_ALL each outage lasts longer, and there are more.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { openHouse } from '../support/gateway.mjs';
import { underLoad } from '../support/load.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { graphError, twilioError } from '../support/providers.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const ALL = Boolean(process.env.FRONTDESK_TEST_ALL);
const OUTAGE_MS = ALL ? 30_000 : 3000;
const isLong = { skip: !ALL && 'long: --all' };
const CONNECTIONS = 45;

let house;
before(async () => { house = await openHouse({ postgres: { settings: { max_connections: CONNECTIONS, superuser_reserved_connections: 0 } } }); });
after(async () => { await house?.close(); });

const hasSpooled = (gateway) => until(async () => await gateway.metric('frontdesk_spooled_total') > 0, 'something to be spooled', 30_000);

test('PostgreSQL restarted under load: nobody hears of it', isLong, async () => {
    const { crowd } = await underLoad(house, async () => {
        await house.postgres.restart();
        await sleep(OUTAGE_MS / 3);
        await house.postgres.restart();
    });
    assert.deepEqual(crowd.failures, {});
});

test('PostgreSQL read-only for a while: what comes is spooled, and nobody hears of it', async () => {
    const set = (value) => house.postgres.psql(`alter system set default_transaction_read_only = ${value}; select pg_reload_conf();`);
    const { crowd } = await underLoad(house, async (gateway) => {
        await set('on');
        try {
            await hasSpooled(gateway);
            await sleep(OUTAGE_MS / 3);
        } finally {
            // A session that is read-only may still write this, and the next one is as before.
            await house.postgres.psql('set default_transaction_read_only = off; alter system reset default_transaction_read_only; select pg_reload_conf();');
        }
    });
    assert.deepEqual(crowd.failures, {});
});

test('PostgreSQL out of connections for a while: what comes is spooled, and nobody hears of it', async () => {
    const { crowd } = await underLoad(house, async (gateway) => {
        const greedy = [];
        const hand = new pg.Client(gateway.database);
        await hand.connect();
        try {
            // The gateway's connections are ended again and again, until others have taken all that it needs.
            await until(async () => {
                await hand.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
                greedy.push(...Array.from({ length: 10 }, () => spawn('psql', ['--quiet', '--no-psqlrc', '--dbname', house.postgres.url,
                    '--command', 'select pg_sleep(3600)'], { stdio: 'ignore' })));
                await sleep(300);
                return /(too many clients|remaining connection slots)/.test(gateway.log) && await gateway.metric('frontdesk_spooled_total') > 0;
            }, 'the gateway to find no connection, and something to be spooled', 30_000);
            await sleep(OUTAGE_MS / 3);
        } finally {
            for (const child of greedy) child.kill('SIGKILL');
            await hand.end();
            // psql is gone, but its session sleeps on.
            await until(() => house.postgres.psql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(3600)%' and pid <> pg_backend_pid()")
                .then(() => true, () => endOne(house.postgres)), 'the connections to be free again');
        }
    });
    assert.deepEqual(crowd.failures, {});
});

/* Ends a session from outside, so that somebody can get in to end the others. */
function endOne(postgres) {
    const children = readFileSync(`/proc/${postgres.pid()}/task/${postgres.pid()}/children`, 'utf8').trim().split(' ').map(Number);
    const sleeping = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('SELECT'));
    if (sleeping) process.kill(sleeping, 'SIGTERM');
    return false;
}

test('PostgreSQL that reads and lets no commit through: health says so, what comes is spooled, its connections are not used up', async () => {
    const setStandby = (setting) => house.postgres.psql(`set synchronous_commit = local; alter system ${setting}; select pg_reload_conf();`);
    const { crowd } = await underLoad(house, async (gateway) => {
        const stuck = () => house.postgres.rows(`select count(*)::int as n from pg_stat_activity where datname = '${gateway.name}' and wait_event = 'SyncRep'`)
            .then(([{ n }]) => n);
        await setStandby("set synchronous_standby_names = 'nobody'");
        try {
            await until(async () => /"degraded".*lets no commit through; WhatsApp and SMS are spooled/.test((await ask(`${gateway.url}/readyz`)).text), 'health to say so', 30_000);
            await hasSpooled(gateway);
            // Both workers know by then, and what they began before they knew has come to its end.
            await sleep(5000);
            const before = await stuck();
            await sleep(OUTAGE_MS);
            assert.equal(await gateway.metric('frontdesk_database_up'), 0);
            assert.ok(await stuck() <= before, 'nothing new is begun that nobody will wait for');
        } finally {
            await setStandby('reset synchronous_standby_names');
        }
        await until(async () => await gateway.metric('frontdesk_database_up') === 1, 'PostgreSQL to be there again');
    });
    assert.deepEqual(crowd.failures, {});
});

test('PostgreSQL that answers after 2 s: all is late, nothing is lost', async () => {
    const { crowd } = await underLoad(house, async (gateway, talking) => {
        for (let i = 0; i < (ALL ? 5 : 1); i++) {
            await house.postgres.psql('begin; lock table frontdesk.inbound in access exclusive mode; select pg_sleep(2); commit;', { db: gateway.name });
            await talking.spoke(24);
        }
    });
    assert.deepEqual(crowd.failures, {});
});

test('providers that fail at TLS, throttle, fail, hang, break the connection or answer with rubbish: all is said once they are well', async () => {
    const troubles = [{ status: 500, body: 'oops' }, 'reset', { status: 503, body: '<html>' }];
    /* The first two calls are never answered. */
    const troubled = (throttle) => {
        let calls = 0;
        const answers = [throttle, ...troubles];
        return () => (++calls <= 2 ? 'hang' : answers[calls % answers.length]);
    };
    await underLoad(house, async (gateway, talking) => {
        await until(() => gateway.value("select count(*)::int from frontdesk.outbox where channel = 'whatsapp' and attempts > 0 and state = 'waiting'"), 'calls to fail', 30_000);
        assert.equal(gateway.providers.graph.calls.length, 0);
        assert.match(gateway.log, /a call to another service failed host="127\.0\.0\.1" why="SSL/);
        assert.match(gateway.log, /a message is put off channel="whatsapp" message="\d+" tries=1 /);
        gateway.env.WHATSAPP_GRAPH_URL = gateway.env.WHATSAPP_GRAPH_URL.replace('https:', 'http:');
        gateway.signal('SIGTERM');
        await gateway.exited;
        await gateway.run();
        gateway.providers.twilio.always(troubled({ ...twilioError(20429, 429), headers: { 'retry-after': '1' } }));
        gateway.providers.graph.always(troubled(graphError(131000, 500)));
        await talking.spoke(12);
        await sleep(OUTAGE_MS / 2);
        gateway.providers.twilio.always(null);
        gateway.providers.graph.always(null);
    }, { env: ({ providers }) => ({ SMS_REPLY: 'api', WHATSAPP_GRAPH_URL: `${providers.url.replace('http:', 'https:')}/graph/v25.0` }) });
});

const canMount = process.getuid() === 0 && (() => {
    try {
        execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
        return true;
    } catch {
        return false;
    }
})();

test('a disk that is full while PostgreSQL is away: what found no room is refused with 503, what was taken is kept', { skip: !canMount && 'needs to mount a small disk' }, async () => {
    const disk = path.join(house.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', disk]);
    try {
        const { crowd } = await underLoad(house, async (gateway) => {
            await house.postgres.psql(`alter database ${gateway.name} with allow_connections false;
                select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}';`);
            await until(() => /can't be spooled and is refused.*no room/.test(gateway.log), 'the disk to be full', 60_000);
            await house.postgres.psql(`alter database ${gateway.name} with allow_connections true;`);
        }, { env: { SPOOL_FOLDER: path.join(disk, 'spool') } });
        assert.ok(crowd.failures[503] > 0, JSON.stringify(crowd.failures));
    } finally {
        execFileSync('umount', ['--lazy', disk]);
    }
});

/* Its machine still runs, and says that nobody listens there; or it is off, and says nothing. */
const waysToDie = [['dies', (primary) => primary.kill()], ['falls silent', (primary) => primary.freeze()]];

for (const [dies, die] of waysToDie) {
    test(`the primary ${dies} and its synchronous standby is promoted: nothing acknowledged is lost`, async () => {
        const own = await openHouse();
        const primary = own.postgres;
        let standby = null;
        let thaw = null;
        try {
            await primary.psql('create database failover template template_frontdesk;');
            standby = await startPostgres({ standbyOf: primary });
            await primary.psql("alter system set synchronous_standby_names = '*'; select pg_reload_conf();");
            await until(async () => (await primary.rows('select sync_state from pg_stat_replication'))[0]?.sync_state === 'sync', 'the standby to follow');
            const database = `postgresql://postgres@/failover?host=${primary.folder},${standby.folder}&target_session_attrs=read-write`;
            await underLoad(own, async (gateway, crowd) => {
                await crowd.spoke(24);
                thaw = await die(primary);
                own.postgres = standby;
                await hasSpooled(gateway);
                await standby.psql('select pg_promote();');
                await gateway.isReady();
                await crowd.spoke(24);
            }, { database });
        } finally {
            thaw?.();
            own.postgres = primary;
            await standby?.stop();
            await own.close();
        }
    });
}
