// Are texts that came while nobody listened fetched from Twilio's list, and handled once?
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newSid, smsPerson } from '../support/people.mjs';
import { sleep, until } from '../support/until.mjs';

let house;
before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

/* A message of the list, as Twilio's API tells of it. */
const listed = (gateway, from, body, more = {}) => ({
    sid: newSid(), account_sid: gateway.secrets.accountSid, from, to: gateway.smsNumber, body, direction: 'inbound',
    status: 'received', date_sent: new Date().toUTCString().replace('GMT', '+0000'), num_media: '0',
    messaging_service_sid: null, error_code: null, ...more,
});
const textsOf = async (gateway) => (await gateway.rows("select said ->> 'text' as text from frontdesk.inbound order by received_at"))
    .map(({ text }) => text);
/* What was heard until now is noted when the gateway has looked for the first time. */
const isNoted = (gateway) => until(() => gateway.value("select count(*)::int from frontdesk.upkeep where task = 'texts heard until'"), 'the note');

test('after a start, texts that came while it was down are handled once, the oldest first, and answered by API', async () => {
    const gateway = await house.start({ workers: 2 });
    const asha = smsPerson(gateway, '+919812480001');
    const heard = newSid();
    await asha.says('hi', { MessageSid: heard });
    await isNoted(gateway);
    assert.equal(gateway.providers.list.calls.length, 0, 'the first start of all has nothing to look for');
    await gateway.kill9('supervisor');
    gateway.providers.list.messages = ['Pune', '6:30 pm', '15 August 1990', 'Asha Rao'].map((text) => listed(gateway, asha.number, text));
    gateway.providers.list.messages.push(listed(gateway, asha.number, 'hi', { sid: heard }));
    gateway.providers.list.messages.splice(2, 0,
        listed(gateway, gateway.smsNumber, 'what we said', { direction: 'outbound-api', to: asha.number }),
        listed(gateway, asha.number, 'weeks ago', { date_sent: 'Thu, 01 Jan 2026 10:00:00 +0000' }));
    gateway.numbers.add(asha.number);
    await gateway.run();
    const calls = await gateway.providers.twilio.called(4, asha.number);
    assert.match(calls[3].content.Body, /Is this right\?/);
    assert.deepEqual(await textsOf(gateway), ['hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune']);
    const [{ path, headers }, second] = gateway.providers.list.calls;
    const { searchParams } = new URL(path, gateway.url);
    assert.equal(searchParams.get('To'), gateway.smsNumber);
    const back = Date.now() - new Date(searchParams.get('DateSent>'));
    assert.ok(back > 290_000 && back < 600_000, `it looks back ${back} ms`);
    assert.match(headers.authorization, /^Basic /);
    assert.match(second.path, /PageToken=3/);
    await gateway.stop();
    assertDiscreet(gateway);
});

test('a note from a clock that was ahead is put right, so that nothing is passed over until then', async () => {
    const gateway = await house.start();
    await isNoted(gateway);
    await gateway.kill9('supervisor');
    const note = "task = 'texts heard until'";
    const isAhead = () => gateway.value(`select done_at > now() as is_ahead from frontdesk.upkeep where ${note}`);
    await gateway.sql(`update frontdesk.upkeep set done_at = now() + interval '2 days' where ${note}`);
    await gateway.run();
    await until(async () => !(await isAhead()), 'the note to be put right');
    const query = readFileSync(new URL('../../sql/queries/note_heard.sql', import.meta.url), 'utf8');
    await gateway.sql(`prepare note_heard as ${query}; execute note_heard(${Date.now() + 2 * 86_400_000}, 0);`);
    assert.equal(await isAhead(), false);
    await gateway.stop();
});

test('after PostgreSQL was away too, once the spool is empty', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812480002');
    await isNoted(gateway);
    await house.postgres.psql(`alter database ${gateway.name} with allow_connections false;
        select pg_terminate_backend(pid) from pg_stat_activity where datname = '${gateway.name}';`);
    await gateway.isReady(200);
    await until(() => /PostgreSQL is away/.test(gateway.log), 'it to be noticed');
    await asha.says('hi');
    gateway.providers.list.messages = [listed(gateway, asha.number, 'Asha Rao')];
    await house.postgres.psql(`alter database ${gateway.name} with allow_connections true;`);
    await gateway.providers.twilio.called(2, asha.number);
    assert.deepEqual(await textsOf(gateway), ['hi', 'Asha Rao']);
    assert.match(gateway.log, /texts that came meanwhile were looked for listed=1/);
    await sleep(700);
    assert.equal(gateway.providers.list.calls.length, 1);
    await gateway.stop();
    assertDiscreet(gateway);
});

test('what can\'t be had of the list is asked for again until it is there; a node that died over it is waited for as long as its lease', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812480003');
    await isNoted(gateway);
    await gateway.kill9('supervisor');
    const { list } = gateway.providers;
    list.next({ status: 200, body: '<html>' }, { status: 401, body: { code: 20003 } }, { status: 503, body: '' });
    list.messages = [listed(gateway, asha.number, 'hi')];
    const until3s = Date.now() + 3000;
    await gateway.sql("insert into frontdesk.upkeep values ('look for unheard texts', now() + interval '3 s')");
    await gateway.run();
    const [first] = await list.called(1, null, 30_000);
    assert.ok(first.at >= until3s - 200, `${until3s - first.at} ms early`);
    await gateway.providers.twilio.called(1, asha.number, 60_000);
    assert.equal(list.calls.length, 4);
    assert.equal(gateway.log.match(/texts that came meanwhile could not be fetched; it is tried again/g).length, 3);
    assert.deepEqual(await textsOf(gateway), ['hi']);
    await until(async () => await gateway.value("select count(*)::int from frontdesk.upkeep where task = 'look for unheard texts'") === 0, 'the lease to be given back');
    await gateway.stop();
});

test('what could not be noted as heard is looked for once more', async () => {
    const gateway = await house.start();
    const asha = smsPerson(gateway, '+919812480004');
    await isNoted(gateway);
    await gateway.kill9('supervisor');
    await gateway.sql(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
        create trigger refuse before update on frontdesk.upkeep for each row when (new.task = 'texts heard until') execute function refuse();`);
    await gateway.run();
    const { list } = gateway.providers;
    await list.called(1, null, 30_000);
    await until(() => /not now/.test(gateway.log), 'the refusal in the log');
    // The first look found nothing; its lease can't be given back, and runs out.
    list.messages = [listed(gateway, asha.number, 'hi')];
    await gateway.sql(`drop trigger refuse on frontdesk.upkeep;
        update frontdesk.upkeep set done_at = now() where task = 'look for unheard texts'`);
    await gateway.providers.twilio.called(1, asha.number, 60_000);
    assert.deepEqual(await textsOf(gateway), ['hi']);
    await gateway.stop();
    assertDiscreet(gateway);
});

test('a list of rubbish, with pages that lead elsewhere, harms nothing', async () => {
    const gateway = await house.start();
    await isNoted(gateway);
    await gateway.kill9('supervisor');
    gateway.providers.list.next({ status: 200, body: {
        messages: [null, 7, { direction: 'inbound' }, { direction: 'inbound', sid: {}, from: [], date_sent: 1 }],
        next_page_uri: '/2010-04-01/Accounts/ACsomebodyelse/Messages.json' } });
    await gateway.run();
    await until(() => /texts that came meanwhile (could not be fetched|were looked for)/.test(gateway.log), 'the log to tell');
    assert.ok(gateway.providers.list.calls.every(({ path }) => !path.includes('ACsomebodyelse')));
    assert.deepEqual(await textsOf(gateway), []);
    await gateway.stop();
});
