// What is said to nobody any more, and what is kept of nobody any more?
//
// Nothing that waits goes out after a STOP, by whichever way it comes to be tried again; of somebody who wanted
// everything erased no word and no number stays; and no log or list shows a number that a provider put into its error.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openHouse, runAnyhow, runIn } from '../support/gateway.mjs';
import { metaEvent, newSid, nowSeconds, postMeta, restClient, smsPerson, tellStatus, whatsappPerson, wordsOf } from '../support/people.mjs';
import { graphError } from '../support/providers.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;
let inline;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ env: { SMS_REPLY: 'api' } });
    inline = await house.start();
});
after(async () => {
    await gateway?.stop();
    await inline?.stop();
    await house?.close();
});

const statesOf = (digits) => gateway.rows(`select state from frontdesk.outbox
    where recipient ->> 'to' like '%${digits}' order by id`).then((rows) => rows.map(({ state }) => state));
const gone = /won't write to you again/;

test('what waits for another try is withdrawn by a STOP, its confirmation still comes', async () => {
    const asha = whatsappPerson(gateway, '919812350901');
    await asha.talks('hi');
    gateway.providers.graph.nextTo(asha.number, graphError(131000, 500));
    await asha.says('Asha Rao');
    await until(async () => (await statesOf(asha.number)).at(-1) === 'waiting', 'the second message to wait');
    await asha.says('stop');
    assert.match(wordsOf(await asha.hears(3)), gone);
    await until(async () => (await statesOf(asha.number)).join() === 'sent,superseded,sent', 'the end of all three');
});

test('what is on its way at a STOP and fails is not tried again', async () => {
    const ravi = whatsappPerson(gateway, '919812350902');
    await ravi.talks('hi');
    let fail;
    gateway.providers.graph.nextTo(ravi.number, () => new Promise((resolve) => { fail = resolve; }));
    await ravi.says('Ravi Rao');
    await gateway.providers.graph.called(2, ravi.number);
    await ravi.says('stop');
    fail(graphError(131000, 500));
    assert.match(wordsOf(await ravi.hears(3)), gone);
    assert.equal((await statesOf(ravi.number))[1], 'superseded');
});

test('a lasting failure of before a STOP is not given another round by the operator', async () => {
    const mira = whatsappPerson(gateway, '919812350903');
    gateway.providers.graph.nextTo(mira.number, graphError(131026));
    await mira.says('hi');
    await until(async () => (await statesOf(mira.number)).join() === 'failed', 'the message to fail');
    await mira.says('stop');
    await mira.hears(2);
    const tried = runAnyhow(gateway.home, ['outbox', 'retry', '--code', '131026'], gateway.env);
    assert.equal(tried.status, 1);
    assert.match(tried.stderr, /nothing for which that could be done/);
});

test('an address first seen beside one that opted out is out as well', async () => {
    const id = 'IN.kiran0000000001';
    const kiran = whatsappPerson(gateway, '919812350904');
    await kiran.talks('hi', 'stop');
    await kiran.sends(kiran.text('hello', { from_user_id: id }));
    const event = (from) => metaEvent(gateway, { messages: [
        { ...from, id: `wamid.${newSid()}`, timestamp: nowSeconds(), type: 'text', text: { body: 'hello?' } }] });
    assert.equal((await postMeta(gateway, event({ from_user_id: id }))).status, 200);
    const rows = await gateway.rows(`select kind, opted_out_at is not null as is_out from frontdesk.addresses
        where address in ('+${kiran.number}', '${id}') order by kind`);
    assert.deepEqual(rows, [{ kind: 'phone', is_out: true }, { kind: 'whatsapp_user', is_out: true }]);
    assert.equal(gateway.providers.graph.calls.filter(({ content }) => content.recipient === id).length, 0);
});

test('a number first seen beside a known user id is the same person', async () => {
    const id = 'IN.leela0000000001';
    const leela = whatsappPerson(gateway, '919812350905');
    const message = { id: `wamid.${newSid()}`, timestamp: nowSeconds(), type: 'text', text: { body: 'hi' } };
    await postMeta(gateway, metaEvent(gateway, { messages: [{ ...message, from_user_id: id }] }));
    await leela.sends(leela.text('Leela Rao', { from_user_id: id }));
    const [{ n }] = await gateway.rows(`select count(distinct contact_id)::int as n from frontdesk.addresses
        where address in ('+${leela.number}', '${id}')`);
    assert.equal(n, 1);
    await until(() => gateway.providers.graph.to(leela.number).length === 1, 'the answer to her name');
});

test('a farewell stays nowhere: said by the API, or delivered before its sending was recorded', async () => {
    const client = restClient(gateway);
    const { session_key } = await client.begin();
    for (const text of ['Asha', 'delete my data', 'yes'])
        assert.equal((await client.collect({ session_key, text })).status, 200);

    const nila = smsPerson(gateway, '+919812350906');
    await nila.says('hi');
    await nila.says('delete my data');
    await gateway.providers.twilio.called(2, nila.number);
    gateway.providers.twilio.nextTo(nila.number, async (call) => {
        await tellStatus(gateway, call.content.StatusCallback, newSid(), 'delivered');
        return null;
    });
    await nila.says('yes');
    await gateway.providers.twilio.called(3, nila.number);
    await until(async () => (await gateway.rows('select 1 from frontdesk.outbox where is_farewell')).length === 0,
        'no farewell to be left');
});

test('what belongs to no session is recorded without its words', async () => {
    const omar = smsPerson(gateway, '+919812350907');
    await omar.says('STOP');
    await omar.says('my name is Omar Unheard');
    const moved = whatsappPerson(gateway, '919812350908');
    await moved.talks('hi');
    await moved.sends(moved.message('system', { type: 'user_changed_number', body: 'moved', wa_id: '919812350909' }));
    assert.deepEqual(await gateway.rows('select said from frontdesk.inbound where session_id is null and said is not null'), []);
    const [{ n }] = await gateway.rows(`select count(distinct contact_id)::int as n from frontdesk.addresses
        where address in ('+919812350908', '+919812350909')`);
    assert.equal(n, 1);
});

test('a number in a provider\'s error shows in no log and no list', async () => {
    const priya = smsPerson(gateway, '+919812350910');
    gateway.providers.twilio.nextTo(priya.number,
        { status: 400, body: { code: 21999, message: `The number ${priya.number} can't be reached.`, status: 400 } });
    await priya.says('hi');
    await until(async () => (await statesOf('919812350910')).join() === 'failed', 'the message to be given up');
    const list = runIn(gateway.home, ['outbox', 'list', '--failed'], gateway.env);
    assert.match(list, /21999 The number \+… can't be reached/);
    for (const text of [list, gateway.log]) assert.ok(!text.includes('919812350910'));
});

test('a reply that only its repetition delivered is not said once more by the API', async () => {
    const sara = smsPerson(inline, '+919812350911');
    const MessageSid = newSid();
    await sara.says('hi', { MessageSid });
    await until(async () => (await inline.value('select state from frontdesk.outbox')) === 'sent', 'the reply to be settled');
    await inline.sql("update frontdesk.outbox set state = 'leased', settled_at = null, lease_until = now() + interval '1 hour'");
    const again = await sara.says('hi', { MessageSid });
    assert.equal(again.said.length, 1);
    await until(async () => (await inline.value('select state from frontdesk.outbox')) === 'sent', 'the reply to be settled again');
});
