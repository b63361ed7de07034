// Does somebody who asks for a person reach one, by whichever door, and is nobody else heard meanwhile?
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { caller } from '../support/caller.mjs';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';
import { newTab } from '../support/web_person.mjs';

const TOKENS = { Meera: 'operator-token-of-meera-0123', Ravi: 'operator-token-of-ravi-01234', Vera: 'viewer-token-of-vera-0123456' };
const ROLES = { Meera: 'operator', Ravi: 'operator', Vera: 'viewer' };
const listed = ([name, token]) =>
    `- name: ${name}\n  role: ${ROLES[name]}\n  sha256: ${createHash('sha256').update(token).digest('hex')}\n`;
const ASKED = /^I've asked a person to join/;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    const list = path.join(house.folder, 'operators.yaml');
    writeFileSync(list, Object.entries(TOKENS).map(listed).join(''), { mode: 0o600 });
    gateway = await house.start({ workers: 2, env: { ADMIN_TOKENS_FILE: list, TICKETS: 'true', TRUSTED_PROXIES: '127.0.0.0/8' } });
});
after(async () => {
    await gateway?.stop();
    if (gateway) assertDiscreet(gateway);
    await house?.close();
});

let clients = 0;
const asks = (method, where, body = null, who = 'Meera') => ask(`${gateway.url}/admin/api/tickets${where}`, {
    method, body, headers: { authorization: `Bearer ${TOKENS[who]}`, 'x-forwarded-for': `10.0.${++clients >> 8}.${clients & 255}` } });
async function sees(where = '', who = undefined) {
    const answer = await asks('GET', where, null, who);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
}
async function does(ticket, deed, body = {}, who = undefined) {
    const answer = await asks('POST', `/${ticket.id}/${deed}`, body, who);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
}
async function refuses(words, ticket, deed, body = {}, who = undefined, status = 409) {
    const answer = await asks('POST', `/${ticket.id}/${deed}`, body, who);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.json().detail, words);
}
const newest = async () => (await sees()).tickets.at(-1);
const audited = (ticket) => gateway.rows(`select operator, action from frontdesk.audit where detail ->> 'ticket' = '${ticket.id}' order by id`);
const words = ({ session }) => session.transcript.filter(({ text }) => text)
    .map(({ by, text, operator }) => `${operator ?? by}: ${text}`);
/** While a message to them is under way, an SMS's response has to leave the next one to the outbox. */
const isSaid = ({ session_id: id }) => until(async () => Number(await gateway.value(`select count(*) from frontdesk.outbox
    where session_id = '${id}' and state in ('waiting', 'leased')`)) === 0, 'everything to be said');
let serial = 0;
const mobile = () => `+9198127${String(10000 + ++serial)}`;

test('by text message: masked until taken, answered through Twilio, said once, and back to the question', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha Rao');
    assert.match((await asha.says('agent')).said[0], ASKED);
    assert.deepEqual((await asha.says('I was born in <b>Pune</b>')).said, []);
    const ticket = await newest();
    assert.equal(ticket.name, 'A…');
    assert.match(ticket.address, /^\+919…\d\d$/);
    assert.equal((await sees(`/${ticket.id}`)).session, undefined, 'nobody reads who has not taken it');
    await refuses(/Take the ticket first/, ticket, 'answer', { text: 'Hello' });
    await refuses(/role operator/, ticket, 'take', {}, 'Vera', 403);
    await does(ticket, 'take');
    await refuses(/Meera has taken it/, ticket, 'take', {}, 'Ravi');
    assert.deepEqual(await does(ticket, 'count', { text: 'नमस्ते '.repeat(20) }), { segments: 3, encoding: 'UCS-2' });
    const answer = { id: randomUUID(), text: 'Good morning, <i>Meera</i> here.\nHow can I help?' };
    await does(ticket, 'answer', answer);
    await does(ticket, 'answer', answer);
    const [heard] = await gateway.providers.twilio.called(1, asha.number);
    assert.equal(heard.content.Body, answer.text);
    assert.deepEqual(words(await sees(`/${ticket.id}`)).slice(-2), ['person: I was born in <b>Pune</b>', `Meera: ${answer.text}`]);
    await refuses(/Meera has taken it/, ticket, 'answer', { text: 'Me too' }, 'Ravi');
    await does(ticket, 'take', { takes_over: true, why: 'Meera goes home' }, 'Ravi');
    await does(ticket, 'hand_back', {}, 'Ravi');
    const back = (await gateway.providers.twilio.called(2, asha.number))[1];
    assert.match(back.content.Body, /^I'm back\. When were you born\?/);
    assert.equal(gateway.providers.twilio.to(asha.number).length, 2);
    await isSaid(ticket);
    assert.match((await asha.says('15 August 1990')).said[0], /^What time/);
    await refuses(/with the bot again/, ticket, 'answer', { text: 'One more thing' }, 'Ravi');
    assert.deepEqual((await audited(ticket)).map(({ operator, action }) => `${operator} ${action}`),
        ['Meera ticket_take', 'Meera ticket_answer', 'Ravi ticket_take', 'Ravi ticket_hand_back']);
    const closed = (await sees('?which=closed')).tickets.find(({ id }) => id === ticket.id);
    assert.equal(closed.closed_by, 'Ravi');
    assert.equal((await sees(`/${ticket.id}`, 'Ravi')).session, undefined, 'what is said to the bot afterwards is not the operator’s');
});

test('on WhatsApp: answered within 24 hours of their last message, and not afterwards', async () => {
    const asha = whatsappPerson(gateway, mobile().slice(1), 'Asha');
    await asha.talks('hi', 'Asha', 'agent');
    const ticket = await newest();
    await does(ticket, 'take');
    await does(ticket, 'answer', { text: 'Here I am.' });
    assert.equal(wordsOf(await asha.hears(4)), 'Here I am.');
    await gateway.sql(`update frontdesk.tickets set heard_at = now() - interval '24 hours' where id = '${ticket.id}'`);
    assert.equal((await sees(`/${ticket.id}`)).is_window_closed, true);
    await refuses(/more than 24 hours ago/, ticket, 'answer', { text: 'Are you still there?' });
    await asha.says('yes');
    await until(async () => !(await sees(`/${ticket.id}`)).is_window_closed, 'the window to open again');
    await does(ticket, 'answer', { text: 'Good.' });
    assert.equal(wordsOf(await asha.hears(5)), 'Good.');
    const before = gateway.providers.graph.to(asha.number).length;
    await asha.says('delete my data');
    await asha.hears(before + 1);
    await asha.says('yes');
    await until(async () => (await asks('GET', `/${ticket.id}`)).status === 404, 'the ticket to be erased');
});

test('in the web chat the answer comes to the open socket, in its place', async () => {
    const tab = await newTab(gateway);
    await tab.asks('hi');
    await tab.asks('Asha');
    assert.match((await tab.asks('agent')).text, ASKED);
    await tab.says('hello?');
    const ticket = await newest();
    assert.equal(ticket.channel, 'web');
    await does(ticket, 'take');
    await does(ticket, 'answer', { text: 'Hello, this is Meera.' });
    const { seq } = await until(() => tab.of('message').find(({ text }) => text === 'Hello, this is Meera.'), 'the answer');
    assert.equal(seq, tab.of('echo').at(-1).seq + 1);
    assert.match((await tab.asks('bot')).text, /^I'm back\. When were you born/);
    await refuses(/with the bot again/, ticket, 'answer', { text: 'Hello?' });
    await tab.close();
});

test('a caller is told that somebody will text, and is answered by text message', async () => {
    const asha = await caller(gateway, mobile()).dials();
    gateway.numbers.add(asha.number);
    await asha.presses('1');
    await asha.says('talk to a person');
    assert.match(asha.heard, /asked a person to text you/);
    assert.ok(asha.hasEnded);
    const [text] = await gateway.providers.twilio.called(1, asha.number);
    assert.match(text.content.Body, ASKED);
    const ticket = await newest();
    assert.equal(ticket.channel, 'sms');
    await does(ticket, 'take');
    await does(ticket, 'answer', { text: 'Meera here.' });
    assert.equal((await gateway.providers.twilio.called(2, asha.number))[1].content.Body, 'Meera here.');
    const again = await caller(gateway, asha.number).dials();
    assert.match(again.heard, /go on meanwhile/);
    await does(ticket, 'close');
});

test('an operator hands over whom nobody understands: it is a ticket like any other', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha');
    const [{ session_id: id, version }] = await gateway.rows(`select session_id, version from frontdesk.conversations c
        join frontdesk.addresses a using (contact_id) where a.address = '${asha.number}'`);
    const answer = await ask(`${gateway.url}/admin/api/sessions/${id}/hand_over`, { method: 'POST', body: { why: 'she rang us up', version: Number(version) },
        headers: { authorization: `Bearer ${TOKENS.Meera}` } });
    assert.equal(answer.status, 200, answer.text);
    assert.match((await gateway.providers.twilio.called(1, asha.number))[0].content.Body, ASKED);
    const ticket = await newest();
    assert.equal(ticket.session_id, id);
    await does(ticket, 'take');
    await does(ticket, 'answer', { text: 'Meera here.' });
    assert.equal((await gateway.providers.twilio.called(2, asha.number))[1].content.Body, 'Meera here.');
    await does(ticket, 'close');
});

test('nobody within ten minutes: it is said once, and who goes on has the bot again', async () => {
    const asha = smsPerson(gateway, mobile());
    await asha.saysAll('hi', 'Asha', 'agent');
    const ticket = await newest();
    const comeDue = () => gateway.sql(`
        update frontdesk.conversations set memory = jsonb_set(memory, '{desk,excuse}', to_jsonb((memory #>> '{desk,excuse}')::bigint - 600000))
        where session_id = '${ticket.session_id}' and memory #> '{desk,excuse}' is not null;
        update frontdesk.waits set due_at = now() where session_id = '${ticket.session_id}'`);
    const [{ minutes }] = await gateway.rows(`select extract(epoch from due_at - now()) / 60 as minutes from frontdesk.waits where session_id = '${ticket.session_id}'`);
    assert.ok(minutes > 9 && minutes <= 10, `due in ${minutes} minutes`);
    await comeDue();
    const [excuse] = await gateway.providers.twilio.called(1, asha.number);
    assert.match(excuse.content.Body, /^Sorry, nobody is free yet\. Shall we go on meanwhile\?\n1 Go on\n2 Wait$/);
    await comeDue();
    await isSaid(ticket);
    assert.match((await asha.says('1')).said[0], /^I'm back\. When were you born/);
    assert.equal(gateway.providers.twilio.to(asha.number).length, 1);
    assert.ok(!(await sees()).tickets.some(({ id }) => id === ticket.id));
});

test('who calls the bot back and who answers at the same moment: what is sent was accepted, and only that', async () => {
    const outcomes = new Set();
    for (let i = 0; i < 12; i++) {
        const asha = whatsappPerson(gateway, mobile().slice(1), 'Asha');
        await asha.talks('hi', 'Asha', 'agent');
        const ticket = await newest();
        const [taken, alsoTaken] = await Promise.all([asks('POST', `/${ticket.id}/take`, {}), asks('POST', `/${ticket.id}/take`, {}, 'Ravi')]);
        assert.deepEqual([taken.status, alsoTaken.status].toSorted(), [200, 409]);
        const who = taken.status === 200 ? 'Meera' : 'Ravi';
        const [, answer] = await Promise.all([asha.says('bot'), asks('POST', `/${ticket.id}/answer`, { text: 'Hello' }, who)]);
        outcomes.add(answer.status);
        await asha.hears(answer.status === 200 ? 5 : 4);
        const sent = gateway.providers.graph.to(asha.number).map(({ content }) => wordsOf(content));
        assert.equal(sent.filter((text) => text === 'Hello').length, answer.status === 200 ? 1 : 0);
        assert.equal((await audited(ticket)).filter(({ action }) => action === 'ticket_answer').length, answer.status === 200 ? 1 : 0);
    }
    assert.ok([...outcomes].every((status) => status === 200 || status === 409), [...outcomes].join());
});
