// Is anything lost, doubled or mixed up when a part is killed in the middle of load?
//
// Each test lets a crowd hold whole conversations over signed webhooks while something dies again and again, and
// accounts for every message afterwards. With FRONTDESK_TEST_ALL each goes on for longer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { underLoad } from '../support/load.mjs';
import { newSid, smsPerson } from '../support/people.mjs';
import { startLiar, startRedis } from '../support/redis.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const LONGER = process.env.FRONTDESK_TEST_ALL ? 3 : 1;
const FREEZE_MS = 7000;     // longer than a turn waits for PostgreSQL

let house;
before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

async function leavesWithin(gateway, mostMs) {
    const began = Date.now();
    gateway.signal('SIGTERM');
    const [code] = await gateway.exited;
    const ms = Date.now() - began;
    assert.deepEqual([code, ms < mostMs], [0, true], `it took ${ms} ms`);
}

async function times(count, task) {
    for (let i = 0; i < count * LONGER; i++) await task(i);
}

function isAlive(pid) {
    try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0] !== 'Z';
    } catch {
        return false;
    }
}

async function whileFrozen(task) {
    const thaw = house.postgres.freeze();
    try {
        await task();
    } finally {
        thaw();
    }
}

test('without a fault, and every message brought twice at once: all is said once, and nobody had to try again', async () => {
    const { gateway, crowd } = await underLoad(house, (_, talking) => talking.spoke(48), {}, { isDoubled: true });
    assert.deepEqual(crowd.failures, {});
    assert.deepEqual(gateway.providers.twilio.calls, []);
    const expected = crowd.people.filter(({ channel }) => channel === 'whatsapp').flatMap(({ messages }) => messages);
    assert.equal(gateway.providers.graph.calls.filter(({ content }) => content.to).length, expected.length);
});

test('workers that are killed again and again lose nothing', async () => {
    await underLoad(house, async (gateway, crowd) => {
        await times(6, async (i) => {
            const workers = await until(() => gateway.workers().length === 2 && gateway.workers(), 'both workers', 30_000);
            process.kill(workers[i % 2], 'SIGKILL');
            await crowd.spoke(24);
        });
    });
});

test('a supervisor that is killed takes its workers along, and the next goes on from the database', async () => {
    await underLoad(house, async (gateway, crowd) => {
        await times(2, async () => {
            const workers = gateway.workers();
            await gateway.kill9('supervisor');
            await until(() => !workers.some(isAlive), 'the workers to die with it');
            await gateway.run();
            await crowd.spoke(24);
        });
    });
});

test('restarts by SIGTERM under load lose nothing, and each ends well', async () => {
    await underLoad(house, async (gateway, crowd) => {
        await times(2, async () => {
            await leavesWithin(gateway, 10_000);
            await gateway.run();
            await crowd.spoke(24);
        });
    });
});

test('PostgreSQL killed, stopped at once, and crashing by one of its own: every acknowledged message is there', async () => {
    const ways = [
        () => house.postgres.kill(),
        () => process.kill(house.postgres.pid(), 'SIGQUIT'),     // pg_ctl stop -m immediate
    ];
    await underLoad(house, async (gateway, crowd) => {
        for (const way of ways) {
            await times(1, async () => {
                await way();
                await house.postgres.restart();
                await crowd.spoke(24);
            });
        }
        await times(1, async () => {
            // After the last crash it may not be connected again yet: it spools.
            const [{ pid }] = await until(async () => {
                const sessions = await gateway.rows(`select pid from pg_stat_activity
                    where application_name = 'frontdesk' and datname = current_database() order by random() limit 1`).catch(() => []);
                return sessions.length && sessions;
            }, 'a session of the gateway');
            process.kill(pid, 'SIGKILL');     // all others are ended, and the write-ahead log is replayed
            await crowd.spoke(24);
        });
    });
});

test('PostgreSQL frozen for longer than a turn waits: what was committed or not is found out, nothing is done twice', async () => {
    await underLoad(house, async (gateway, crowd) => {
        await times(1, async () => {
            await whileFrozen(() => sleep(FREEZE_MS));
            await crowd.spoke(24);
        });
        assert.deepEqual(crowd.failures, {}, 'what could not be committed was spooled');
        assert.ok(await gateway.metric('frontdesk_spooled_total') > 0);
    });
});

test('SIGTERM while PostgreSQL is frozen: it leaves in time all the same, and nothing is lost', async () => {
    const settings = (yaml) => yaml.replace(/drain_ms: .*/, 'drain_ms: 3000');     // less than a turn waits
    await underLoad(house, async (gateway) => {
        await whileFrozen(async () => {
            await leavesWithin(gateway, 10_000);
        });
        assert.match(gateway.log, /leaving before everything was done/);
        await gateway.run();
    }, { settings });
});

test('Redis killed, frozen and started again: nobody notices', async () => {
    const redis = await startRedis();
    try {
        const { crowd } = await underLoad(house, async (gateway, talking) => {
            await times(2, async () => {
                await redis.kill9();
                await talking.spoke(24);
                await redis.restart();
                await talking.spoke(24);
            });
            redis.signal('SIGSTOP');
            await talking.spoke(24);
            redis.signal('SIGCONT');
        }, { env: { REDIS_URL: redis.unixUrl } });
        assert.deepEqual(crowd.failures, {});
    } finally {
        await redis.stop();
    }
});

test('a Redis that is slow, and one that answers something else: nobody notices', async () => {
    const rubbish = ['$-1\r\n', '*2\r\n:9\r\n:-1\r\n', ':99999999999\r\n', '-ERR no\r\n', '+OK\r\n'.repeat(50), '\0\xff?', 'close'];
    const liar = await startLiar();
    let slow = 0;
    let wrong = 0;
    liar.behave(() => sleep(500).then(() => (slow++ % 2 ? ':1\r\n' : '+PONG\r\n')));
    try {
        const { crowd } = await underLoad(house, async (_, talking) => {
            await until(() => slow > 1, 'Redis to be asked');
            await talking.spoke(24);
            liar.behave(() => rubbish[wrong++ % rubbish.length]);
            await until(() => wrong > 1, 'Redis to be asked again');
            await talking.spoke(24);
        }, { env: { REDIS_URL: liar.url } });
        assert.deepEqual(crowd.failures, {});
    } finally {
        await liar.stop();
    }
});

test('while the only worker is being replaced, whoever connects waits and is answered; the pause doubles', async () => {
    const gateway = await house.start();
    for (let i = 0; i < 4; i++) {
        const [worker] = await until(() => gateway.workers().length && gateway.workers(), 'a worker');
        await gateway.isReady();
        process.kill(worker, 'SIGKILL');
        await until(() => !isAlive(worker), 'it to be gone');
        assert.equal((await ask(`${gateway.url}/healthz`)).status, 200);
    }
    const pauses = [...gateway.log.matchAll(/a worker died and is started again.*pause_ms=(\d+)/g)].map(([, ms]) => Number(ms));
    assert.deepEqual(pauses, [100, 200, 400, 800]);
    assert.match((await ask(`${gateway.url}/metrics`)).text, /^frontdesk_worker_restarts_total 4$/m);
    await gateway.stop();
});

// ---- What a dead worker leaves of an answer that it gave in the response ----

/* As if the worker had died after the commit: nobody settles what was to be said in the response. */
const unsettleLast = (gateway) => gateway.sql(`update frontdesk.outbox
    set state = 'leased', settled_at = null, lease_until = now() + interval '1 hour'
    where id = (select max(id) from frontdesk.outbox)`);

const leaseEnds = (gateway) => gateway.sql("update frontdesk.outbox set lease_until = now() where lease_until is not null");

const TWO_SWEEPS_MS = 2500;

const statesOf = async (gateway) => (await gateway.rows('select state from frontdesk.outbox order by id')).map(({ state }) => state);

const isSettled = (gateway, count) => until(async () => {
    const states = await statesOf(gateway);
    return states.length === count && states.every((state) => state === 'sent');
}, 'everything to be settled');

test('an answer that no response brought is said by the API once its lease has run out', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812900001');
    const { said } = await asha.says('hi');
    await isSettled(gateway, 1);
    await unsettleLast(gateway);
    await leaseEnds(gateway);
    const [call] = await gateway.providers.twilio.called(1);
    assert.equal(call.content.Body, said[0]);
    await isSettled(gateway, 1);
    await gateway.stop();
});

test('an answer that a response brought is not said again when its worker died before that was noted', async () => {
    const gateway = await house.start();
    const settles = (how) => gateway.sql(`create or replace function frontdesk.settles() returns trigger language plpgsql as
        $$ begin ${how} return new; end $$`);
    await settles('perform pg_sleep(60);');
    await gateway.sql(`create trigger settles before update on frontdesk.outbox for each row
        when (new.state = 'sent') execute function frontdesk.settles()`);
    const asha = smsPerson(gateway, '+919812900004');
    const { said } = await asha.says('hi');
    assert.equal(said.length, 1);
    await until(() => gateway.value("select count(*)::int from pg_stat_activity where wait_event = 'PgSleep'"), 'it to be about to be noted');
    await settles('');
    await gateway.kill9('worker');
    await isSettled(gateway, 1);     // long before the lease runs out
    assert.deepEqual(gateway.providers.twilio.calls, []);
    await gateway.stop();
});

test('answers that no response brought, all of which anybody may say after a long stop: only the newest is said', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812900013');
    await asha.says('hi');
    const [question] = await asha.says('Asha Rao').then(({ said }) => said);
    await isSettled(gateway, 2);
    await gateway.sql(`update frontdesk.outbox set state = 'leased', lease_until = now() - interval '1 s', settled_at = null`);
    await until(async () => (await statesOf(gateway)).join() === 'superseded,sent', 'the newest to be said');
    assert.deepEqual(gateway.providers.twilio.calls.map(({ content }) => content.Body), [question]);
    await gateway.stop();
});

test('an answer that a redelivery brought is not said again by the API', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812900002');
    const sid = newSid();
    const { said } = await asha.says('hi', { MessageSid: sid });
    await isSettled(gateway, 1);
    await unsettleLast(gateway);
    assert.deepEqual((await asha.says('hi', { MessageSid: sid })).said, said);
    await isSettled(gateway, 1);
    await leaseEnds(gateway);
    await sleep(TWO_SWEEPS_MS);
    assert.deepEqual(gateway.providers.twilio.calls, []);
    await gateway.stop();
});

test('an answer that no response brought is not said after a newer one', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812900003');
    await asha.says('hi');
    await isSettled(gateway, 1);
    await unsettleLast(gateway);
    assert.equal((await asha.says('Asha Rao')).said.length, 1);
    await leaseEnds(gateway);
    await until(async () => (await statesOf(gateway)).join() === 'superseded,sent', 'the older one to be superseded');
    await sleep(TWO_SWEEPS_MS);
    assert.deepEqual(gateway.providers.twilio.calls, []);
    await gateway.stop();
});
