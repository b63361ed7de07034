// Is somebody who answers in bubbles, or who was kept waiting, asked once and not again and again?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { whatsappPerson, wordsOf } from '../support/people.mjs';
import { until } from '../support/until.mjs';

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({});
});
after(async () => { await house?.close(); });

const statesOf = async ({ number }) => (await gateway.rows(`select state from frontdesk.outbox
    where recipient ->> 'to' = '${number}' order by id`)).map(({ state }) => state).join();
const becomes = (person, states) => until(async () => (await statesOf(person)) === states, states);
const heard = ({ number }) => gateway.providers.graph.to(number).map(({ content }) => wordsOf(content));

test('4: of the questions to what came together only the last is asked', async () => {
    const asha = whatsappPerson(gateway, '919812410001');
    await asha.talks('hi');
    await asha.sends(asha.text('Asha'), asha.text('15 August 1990'), asha.text('6:30 pm'));
    await becomes(asha, 'sent,superseded,superseded,sent');
    assert.deepEqual(heard(asha).slice(1), ['Which town or city were you born in? For example Pune.']);
});

test('4: where the later message needs no reply the question to the earlier one is asked', async () => {
    const ravi = whatsappPerson(gateway, '919812410002');
    await ravi.talks('hi');
    await ravi.sends(ravi.text('Ravi'), ravi.message('reaction', { message_id: 'wamid.X', emoji: '👍' }));
    await becomes(ravi, 'sent,sent');
    assert.match(heard(ravi)[1], /Nice to meet you, Ravi! When were you born/);
});

test('4: what a command brought is said though more came with it', async () => {
    const uma = whatsappPerson(gateway, '919812410003');
    await uma.talks('hi');
    await uma.sends(uma.text('agent'), uma.text('Uma'));
    await becomes(uma, 'sent,sent,sent');
    assert.match(heard(uma)[1], /no person here/);
});

test('4: messages one by one are answered one by one', async () => {
    const zoya = whatsappPerson(gateway, '919812410004');
    await zoya.talks('hi', 'Zoya', '15 August 1990');
    assert.equal(await statesOf(zoya), 'sent,sent,sent');
});

test('4: who waited more than a minute gets one reply with an apology, and at most one miss', async () => {
    const leela = whatsappPerson(gateway, '919812410005');
    await leela.talks('hi', 'Leela');
    const timestamp = String(Math.floor(Date.now() / 1000) - 120);
    await leela.sends(...['banana', 'hello?', 'anybody there'].map((text) => leela.text(text, { timestamp })));
    await becomes(leela, 'sent,sent,superseded,superseded,sent');
    const [words] = heard(leela).slice(2);
    assert.match(words, /^Sorry for the wait! .*15 August 1990\.$/s);
    const [{ memory }] = await gateway.rows(`select c.memory from frontdesk.conversations c
        join public.instant_onboarding_sessions s on s.id = c.session_id where s.collected_data ->> 'name' = 'Leela'`);
    assert.equal(memory.misses, 1);
    const answer = await leela.talks('15 August 1990');
    assert.doesNotMatch(wordsOf(answer), /wait/);
});
