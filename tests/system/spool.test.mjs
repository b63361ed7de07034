// Guarantee 6: is what comes while PostgreSQL is away kept on disk, answered, and handled in order once it is back?
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse, runAnyhow, runIn } from '../support/gateway.mjs';
import { metaEvent, newSid, postMeta, smsPerson, tellStatus, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const NOTHING_SAID = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

let house;
before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

// ---- PostgreSQL goes away by no longer letting anybody into the gateway's database: quicker than to stop it ----

async function goesAway(gateway) {
    await house.postgres.psql(`alter database ${gateway.name} with allow_connections false;
        select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}';`);
    await until(async () => (await readiness(gateway)).why.some((why) => why.includes('PostgreSQL is away')), 'it to be noticed');
    await sleep(1200);     // by every worker
}
const comesBack = (gateway) => house.postgres.psql(`alter database ${gateway.name} with allow_connections true;`);

const readiness = async (gateway) => (await ask(`${gateway.url}/readyz`)).json();
const folderOf = (gateway) => path.join(gateway.home, 'var/spool');
const segmentsOf = (gateway, folder = '') => readdirSync(path.join(folderOf(gateway), folder))
    .filter((name) => name.endsWith('.spool')).sort();
const isDrained = (gateway) => until(async () =>
    segmentsOf(gateway).length === 0 && await gateway.metric('frontdesk_spool_records') === 0, 'the spool to be empty', 60_000);
const textsOf = async (gateway, number) => (await gateway.rows(`select i.said ->> 'text' as text from frontdesk.inbound i
    join frontdesk.conversations c using (session_id) join frontdesk.addresses a using (contact_id)
    where a.address = '${number}' order by i.received_at`)).map(({ text }) => text);

async function withGateway(options, task) {
    const gateway = await house.start(options);
    await task(gateway);
    await gateway.stop();
    assertDiscreet(gateway);
}

test('6: while PostgreSQL is away messages and receipts are answered 200, kept, and handled in order once it is back', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450001');
        const ravi = whatsappPerson(gateway, '919812450002');
        await asha.saysAll('hi', 'Asha Rao');
        await ravi.talks('hi');
        const [{ provider_id: told }] = await until(async () => {
            const rows = await gateway.rows("select provider_id from frontdesk.outbox where provider_id is not null");
            return rows.length && rows;
        }, 'the reply to be sent');
        await goesAway(gateway);
        for (const text of ['15 August 1990', '6:30 pm', 'Pune']) {
            const { status, text: said, headers } = await asha.says(text);
            assert.deepEqual([status, said, headers['content-type'].split(';')[0]], [200, NOTHING_SAID, 'text/xml']);
            if (text === '15 August 1990') assert.ok((await readiness(gateway)).why.includes('1 webhook waits in the spool'));
        }
        assert.equal((await ravi.sends(ravi.text('Ravi'), ravi.text('3 March 1985'))).status, 200);
        const statuses = [{ id: told, status: 'delivered', timestamp: '1700000000', recipient_id: ravi.number }];
        assert.equal((await postMeta(gateway, metaEvent(gateway, { statuses }))).status, 200);

        const { status, text } = await ask(`${gateway.url}/readyz`);
        assert.equal(status, 200);
        assert.equal(JSON.parse(text).status, 'degraded');
        assert.match(text, /5 webhooks wait in the spool/);
        for (const [name, count] of [['spooled_total', 5], ['spool_records', 5], ['spool_drained_total', 0]])
            assert.equal(await gateway.metric(`frontdesk_${name}`), count, name);
        assert.equal(statSync(folderOf(gateway)).mode & 0o777, 0o700);
        for (const name of segmentsOf(gateway)) assert.equal(statSync(path.join(folderOf(gateway), name)).mode & 0o777, 0o600);

        await comesBack(gateway);
        await isDrained(gateway);
        assert.deepEqual(await textsOf(gateway, asha.number), ['hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune']);
        // Their next messages waited already, so only the last question need be asked.
        const hears = (person, door, words) => until(() =>
            words.test(gateway.providers[door].to(person.number).map(({ content }) => content.Body ?? wordsOf(content)).at(-1)), words);
        await hears(asha, 'twilio', /Is this right\?/);
        await hears(ravi, 'graph', /What time/);
        const states = await gateway.rows(`select state from frontdesk.outbox where provider_id = '${told}'`);
        assert.deepEqual(states, [{ state: 'delivered' }]);
        assert.equal(await gateway.metric('frontdesk_spool_drained_total'), 5);
        assert.deepEqual(await readiness(gateway), { status: 'ready', why: [] });
        assert.match((await asha.saysAll('1'))[0], /^Thank you/, 'afterwards answers are inline again');
    });
});

test('6: what is spooled keeps the time at which it came, and says nothing of itself in the log or in a file that stays', async () => {
    await withGateway({}, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450003');
        await goesAway(gateway);
        const before = Date.now();
        await asha.says('hello, it is Aishwarya');
        const after = Date.now();
        const [segment] = segmentsOf(gateway);
        assert.ok(readFileSync(path.join(folderOf(gateway), segment)).includes('Aishwarya'));
        await sleep(1000);
        await comesBack(gateway);
        await isDrained(gateway);
        const at = await gateway.value('select extract(epoch from said_at) * 1000 from frontdesk.inbound');
        assert.ok(at >= before - 1 && at <= after + 1, `${before} <= ${at} <= ${after}`);
        assert.deepEqual([...segmentsOf(gateway), ...segmentsOf(gateway, 'aside')], []);
        assert.ok(!gateway.log.includes('Aishwarya'));
    });
});

test('6: the provider\'s own repetition of something spooled changes nothing, before and after', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450004');
        const MessageSid = newSid();
        await goesAway(gateway);
        for (let i = 0; i < 3; i++) assert.equal((await asha.says('hi', { MessageSid })).status, 200);
        await comesBack(gateway);
        await isDrained(gateway);
        assert.equal((await asha.says('hi', { MessageSid })).status, 200);
        assert.deepEqual(await textsOf(gateway, asha.number), ['hi']);
        await until(async () => (await gateway.rows('select state from frontdesk.outbox'))[0].state === 'sent');
        assert.equal(gateway.providers.twilio.calls.length, 1);
    });
});

/* As Twilio does, and then we in its place: the same message until it is answered 200. */
async function tells(person, texts, pauseMs) {
    for (const text of texts) {
        const MessageSid = newSid();
        await until(async () => (await person.says(text, { MessageSid }).catch(() => null))?.status === 200, `"${text}" to be taken`, 60_000);
        await sleep(Math.random() * pauseMs);
    }
}

test('6: killed again and again, at any moment of writing and of handing over: what was answered is handled once, in order', async (t) => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const people = Array.from({ length: 12 }, (_, i) => smsPerson(gateway, `+9198124600${10 + i}`));
        const texts = ['hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune', '1'];
        const handled = () => gateway.value('select count(*)::int from frontdesk.inbound');
        const killedAfter = async (ms) => {
            t.diagnostic(`killed after ${ms} ms`);
            await sleep(ms);
            await gateway.kill9('supervisor');
            await gateway.run({ isReady: false });
        };
        await goesAway(gateway);
        const talks = Promise.all(people.map((person) => tells(person, texts, 300)));
        for (let i = 0; i < 3; i++) {
            await killedAfter(Math.floor(Math.random() * 200));
            await until(() => ask(`${gateway.url}/healthz`).catch(() => null), 'it to be there', 30_000);
        }
        assert.equal((await ask(`${gateway.url}/readyz`)).status, 503, 'it has never seen PostgreSQL');
        await talks;
        await comesBack(gateway);
        for (let i = 0; i < 3; i++) {
            const more = Math.min(await handled() + 1, people.length * texts.length);
            await until(async () => await handled() >= more, 'some to be handled', 60_000);
            await killedAfter(Math.floor(Math.random() * 30));
        }
        await gateway.isReady();
        await isDrained(gateway);
        for (const person of people) assert.deepEqual(await textsOf(gateway, person.number), texts);
        assert.deepEqual(segmentsOf(gateway, 'aside'), []);
    });
});

test('6: workers killed while they hand over what was spooled: the next goes on, nothing is done twice', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const people = Array.from({ length: 30 }, (_, i) => smsPerson(gateway, `+9198124610${10 + i}`));
        const texts = ['hi', 'Asha Rao', '15 August 1990', '6:30 pm'];
        await goesAway(gateway);
        for (const text of texts) await Promise.all(people.map((person) => person.says(text)));
        await comesBack(gateway);
        for (let i = 0; i < 2; i++) {
            const count = 30 * (i + 1);
            await until(async () => await gateway.value('select count(*)::int from frontdesk.inbound') >= count, 'some to be handled');
            for (const pid of gateway.workers()) process.kill(pid, 'SIGKILL');
        }
        await until(() => gateway.workers().length === 2 && gateway.isReady(), 'both workers');
        await isDrained(gateway);
        for (const person of people) assert.deepEqual(await textsOf(gateway, person.number), texts);
        assert.equal(await gateway.value('select count(*)::int from frontdesk.outbox'), people.length * texts.length);
    });
});

test('6: PostgreSQL that goes away again in the middle: what is done leaves the disk, the rest waits', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const people = Array.from({ length: 100 }, (_, i) => smsPerson(gateway, `+9198124${70100 + i}`));
        await goesAway(gateway);
        for (const text of ['hi', 'Asha Rao']) await Promise.all(people.map((person) => person.says(text)));
        await comesBack(gateway);
        await until(async () => await gateway.value('select count(*)::int from frontdesk.inbound').catch(() => 0) >= 30, 'some to be handled');
        await goesAway(gateway);
        await until(async () => await gateway.metric('frontdesk_spool_records') < 200, 'what is done to leave the disk');
        await comesBack(gateway);
        await isDrained(gateway);
        for (const person of people) assert.deepEqual(await textsOf(gateway, person.number), ['hi', 'Asha Rao']);
    });
});

test('6: full, it refuses with 503 and says so; emptied, it takes again', async () => {
    await withGateway({ workers: 2, env: { SPOOL_MEGABYTES: '1' } }, async (gateway) => {
        const asha = whatsappPerson(gateway, '919812450005');
        await goesAway(gateway);
        const long = 'x'.repeat(4000);
        const statuses = [];
        for (let i = 0; i < 300 && !statuses.includes(503); i++)
            statuses.push((await asha.sends(asha.text(long), asha.text(long))).status);
        const taken = statuses.filter((status) => status === 200).length;
        assert.ok(taken > 100 && statuses.at(-1) === 503, `${taken} were taken`);
        const { status, text } = await ask(`${gateway.url}/readyz`);
        assert.equal(status, 503);
        assert.match(text, /the spool is full/);
        assert.match(gateway.log, /a webhook can't be spooled and is refused.*no room/);
        await comesBack(gateway);
        await isDrained(gateway);
        assert.equal((await readiness(gateway)).status, 'ready');
        assert.equal((await textsOf(gateway, `+${asha.number}`)).length, 2 * taken);
    });
});

test('6: a disk that keeps nothing is told of before PostgreSQL is away; then it is refused, until it keeps something again', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const asha = whatsappPerson(gateway, '919812450015');
        const refused = "the spool's disk refuses";
        renameSync(folderOf(gateway), `${folderOf(gateway)}-away`);
        await until(async () => (await readiness(gateway)).why.includes(refused), 'the disk to be tried', 20_000);
        assert.deepEqual(await readiness(gateway), { status: 'degraded', why: [refused] });
        assert.equal(await gateway.metric('frontdesk_spool_refused'), 1);
        await goesAway(gateway);
        assert.equal((await asha.says('hello')).status, 503);
        assert.deepEqual(await readiness(gateway), { status: 'unavailable', why: ['PostgreSQL is away', refused] });
        renameSync(`${folderOf(gateway)}-away`, folderOf(gateway));
        // A load balancer sends nobody here: it has to find out by itself.
        await until(async () => (await readiness(gateway)).status === 'degraded', 'the disk to be tried again', 20_000);
        assert.equal((await asha.says('hello again')).status, 200);
        await comesBack(gateway);
        await isDrained(gateway);
        assert.deepEqual(await textsOf(gateway, `+${asha.number}`), ['hello again']);
    });
});

test('6: what is damaged on disk, or fails twice, is set aside, told of, and holds up nobody; it can be put back', async () => {
    await withGateway({}, async (gateway) => {
        const people = [6, 7, 8].map((n) => whatsappPerson(gateway, `91981245000${n}`));
        await goesAway(gateway);
        for (const person of people) await person.says('hello');
        await gateway.kill9('supervisor');
        const file = path.join(folderOf(gateway), segmentsOf(gateway)[0]);
        const bytes = readFileSync(file);
        const at = bytes.indexOf(people[1].number);
        bytes[at] ^= 1;
        writeFileSync(file, bytes);
        await comesBack(gateway);
        await gateway.run();
        await isDrained(gateway);
        for (const [i, count] of [1, 0, 1].entries())
            assert.equal((await textsOf(gateway, `+${people[i].number}`)).length, count, `person ${i}`);
        const [name] = segmentsOf(gateway, 'aside');
        const listed = runIn(gateway.home, ['outbox', 'list', '--poison'], gateway.env);
        assert.match(listed, new RegExp(`^var/spool/aside/${name}  spool  20\\d\\d-.* bytes$`, 'm'));
        assert.match(gateway.log, /damaged pieces of the spool are set aside/);

        const aside = path.join(folderOf(gateway), 'aside', name);
        const damaged = readFileSync(aside);
        damaged[damaged.indexOf(people[1].number.slice(1)) - 1] ^= 1;
        writeFileSync(aside, damaged);
        renameSync(aside, path.join(folderOf(gateway), name));
        await until(async () => (await textsOf(gateway, `+${people[1].number}`)).length === 1, 'it to be handled, mended and put back');
        assert.deepEqual([...segmentsOf(gateway), ...segmentsOf(gateway, 'aside')], []);
    });
});

test('6: what PostgreSQL takes too long over, each time, is set aside; nobody else waits for it, its person keeps the order', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const people = Array.from({ length: 12 }, (_, i) => smsPerson(gateway, `+9198124502${10 + i}`));
        const asha = people[3];
        await gateway.sql(`create function frontdesk.hang() returns trigger language plpgsql as
            $$ begin perform pg_sleep(60); return new; end $$;
            create trigger hang before insert on frontdesk.inbound for each row
            when (new.said ->> 'text' = 'hang') execute function frontdesk.hang()`);
        await goesAway(gateway);
        for (const person of people) await person.says(person === asha ? 'hang' : 'hi');
        await asha.says('hello');
        await comesBack(gateway);
        const others = people.filter((person) => person !== asha);
        await until(async () => await gateway.value('select count(*)::int from frontdesk.inbound').catch(() => 0) >= others.length, 'the others to be handled', 30_000);
        assert.deepEqual(await textsOf(gateway, asha.number), []);
        await isDrained(gateway);
        assert.deepEqual(await textsOf(gateway, asha.number), ['hello']);
        assert.equal(await gateway.metric('frontdesk_spool_set_aside_total'), 1);
        const [name] = segmentsOf(gateway, 'aside');
        await gateway.sql('drop trigger hang on frontdesk.inbound');
        renameSync(path.join(folderOf(gateway), 'aside', name), path.join(folderOf(gateway), name));
        await until(async () => (await textsOf(gateway, asha.number)).length === 2, 'it to be handled, put back');
        for (const person of others) assert.deepEqual(await textsOf(gateway, person.number), ['hi']);
    });
});

test('6: a setting that is gone when PostgreSQL is back: its webhooks are set aside, the others handled', async () => {
    await withGateway({}, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450009');
        const ravi = whatsappPerson(gateway, '919812450010');
        await goesAway(gateway);
        await asha.says('hi');
        await ravi.says('hi');
        await gateway.kill9('supervisor');
        const token = gateway.env.TWILIO_AUTH_TOKEN;
        gateway.env.TWILIO_AUTH_TOKEN = '';
        await comesBack(gateway);
        await gateway.run();
        await isDrained(gateway);
        assert.equal((await textsOf(gateway, `+${ravi.number}`)).length, 1);
        assert.equal(await gateway.metric('frontdesk_spool_set_aside_total'), 1);
        const [name] = segmentsOf(gateway, 'aside');

        await gateway.kill9('supervisor');
        gateway.env.TWILIO_AUTH_TOKEN = token;
        renameSync(path.join(folderOf(gateway), 'aside', name), path.join(folderOf(gateway), name));
        await gateway.run();
        await isDrained(gateway);
        assert.deepEqual(await textsOf(gateway, asha.number), ['hi'], 'put back, it is handled');
    });
});

test('6: a database that turned read-only counts as away', async () => {
    await withGateway({ workers: 2 }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450011');
        await asha.says('hi');
        await house.postgres.psql(`alter database ${gateway.name} set default_transaction_read_only = on;
            select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}';`);
        assert.equal((await asha.says('Asha Rao')).status, 200);
        await until(async () => (await readiness(gateway)).why.join().includes('PostgreSQL is away'), 'it to be noticed');
        assert.equal((await asha.says('15 August 1990')).status, 200);
        await house.postgres.psql(`alter database ${gateway.name} reset default_transaction_read_only;`);
        await isDrained(gateway);
        assert.deepEqual(await textsOf(gateway, asha.number), ['hi', 'Asha Rao', '15 August 1990']);
    });
});

test('a spool that another gateway uses, or that can\'t be made, is refused at the start', async () => {
    await withGateway({}, async (gateway) => {
        const serve = (folder) => runAnyhow(gateway.home, ['serve'], { ...gateway.env, PORT: '0', SPOOL_FOLDER: folder });
        const used = serve(folderOf(gateway));
        assert.equal(used.status, 1);
        assert.match(used.stderr, /can't use the spool's folder .*: another gateway uses it/);
        const unmade = serve('/proc/spool');
        assert.equal(unmade.status, 1);
        assert.match(unmade.stderr, /can't use the spool's folder \/proc\/spool: /);
    });
});

test('receipts by Twilio are spooled too', async () => {
    await withGateway({ env: { SMS_REPLY: 'api' } }, async (gateway) => {
        const asha = smsPerson(gateway, '+919812450012');
        await asha.says('hi');
        const [call] = await gateway.providers.twilio.called(1);
        const sid = call.answer?.body?.sid ?? await until(() => gateway.value('select provider_id from frontdesk.outbox'));
        await goesAway(gateway);
        assert.equal((await tellStatus(gateway, call.content.StatusCallback, sid, 'delivered')).status, 200);
        await comesBack(gateway);
        await until(async () => (await gateway.value('select state from frontdesk.outbox')) === 'delivered', 'the receipt');
    });
});
