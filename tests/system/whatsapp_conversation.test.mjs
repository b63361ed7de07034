// Does a person on WhatsApp get through a conversation, with buttons, lists, and several messages at once?
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { metaEvent, newWamid, nowSeconds, postMeta, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

const API = '/api/v2/instant-onboarding';
const DAY_S = 86_400;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
});
after(async () => { await house?.close(); });

const sessionOf = async (number) => (await gateway.rows(`select s.*, s.status::text from instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id
    join frontdesk.addresses a on a.contact_id = c.contact_id
    where a.address = '${number}' order by s.created_at desc`))[0];

/* Nothing more is said to them: their conversation has come to rest. */
async function staysAt(person, count) {
    await sleep(300);
    assert.equal(gateway.providers.graph.to(person.number).length, count);
}

test('Meta\'s subscription check gets its challenge back, with the right token only', async () => {
    const check = (token) => ask(`${gateway.url}${API}/whatsapp/webhook?hub.mode=subscribe` +
        `&hub.verify_token=${token}&hub.challenge=1158201444`);
    const right = await check(gateway.secrets.verifyToken);
    assert.equal(right.status, 200);
    assert.equal(right.text, '1158201444');
    const wrong = await check('guess');
    assert.equal(wrong.status, 403);
    assert.ok(!wrong.text.includes('1158201444'));
});

test('a person gets through with text and a button, and is stored', async () => {
    const asha = whatsappPerson(gateway, '919812350001');
    const confirm = await asha.talks('hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune');
    assert.equal(confirm.type, 'interactive');
    assert.equal(confirm.interactive.type, 'button');
    const [yes] = confirm.interactive.action.buttons.map((button) => button.reply);
    assert.equal((await asha.sends(asha.tap('button_reply', yes.id, yes.title))).status, 200);
    assert.match(wordsOf(await asha.hears(6)), /^Thank you!/);
    const session = await sessionOf('+919812350001');
    assert.equal(session.status, 'generating_chart');
    assert.equal(session.channel, 'whatsapp');
    assert.equal(session.collected_data.birth_place, 'Pune, Maharashtra, India');
    const [call] = gateway.providers.graph.to(asha.number);
    assert.equal(call.path, `/graph/v25.0/${gateway.whatsappId}/messages`);
    assert.equal(call.headers.authorization, `Bearer ${gateway.secrets.whatsappToken}`);
});

test('several places of a name come as a list, and its row is an answer', async () => {
    const asha = whatsappPerson(gateway, '919812350002');
    const which = await asha.talks('hi', 'Asha', '15 August 1990', '6:30 pm', 'Springfield');
    assert.equal(which.interactive.type, 'list');
    const rows = which.interactive.action.sections.flatMap((section) => section.rows);
    const row = rows.find(({ title, description }) => `${title} ${description}`.includes('Illinois'));
    await asha.sends(asha.tap('list_reply', row.id, row.title));
    assert.match(wordsOf(await asha.hears(6)), /Springfield, Illinois/);
});

test('a tap on an old button changes nothing', async () => {
    const asha = whatsappPerson(gateway, '919812350003');
    const which = await asha.talks('hi', 'Asha', '15 August 1990', '6:30 pm', 'Springfield');
    const rows = which.interactive.action.sections.flatMap((section) => section.rows);
    await asha.sends(asha.tap('list_reply', rows[0].id, rows[0].title));
    await asha.hears(6);
    const before = await sessionOf('+919812350003');
    await asha.sends(asha.tap('list_reply', rows[1].id, rows[1].title));
    const after = await sessionOf('+919812350003');
    assert.deepEqual(after.collected_data, before.collected_data);
});

test('two messages in one webhook are taken in their order', async () => {
    const asha = whatsappPerson(gateway, '919812350004');
    await asha.talks('hi');
    await asha.sends(asha.text('Asha Rao'), asha.text('15 August 1990'), asha.text('6:30 pm'));
    assert.match(wordsOf(await asha.hears(2)), /born in\?/);
    const { collected_data: data } = await sessionOf('+919812350004');
    assert.deepEqual([data.name, data.birth_date, data.birth_time], ['Asha Rao', '1990-08-15', '18:30:00']);
});

test('a pin where the place is asked for is only a suggestion', async () => {
    const asha = whatsappPerson(gateway, '919812350015');
    await asha.talks('hi', 'Asha', '15 August 1990', '6:30 am');
    await asha.sends(asha.message('location', { latitude: 18.531234, longitude: 73.851234 }));
    assert.match(wordsOf(await asha.hears(5)), /^You sent Pune, .*Were you born there\?/);
    assert.equal((await sessionOf('+919812350015')).collected_data.birth_place, undefined);
    assert.match(wordsOf(await asha.talks('yes')), /Place of birth: Pune/);
});

test('a photo, a voice note, a contact card, a pin and a poll get a kind word and are no miss', async () => {
    const asha = whatsappPerson(gateway, '919812350005');
    await asha.talks('hi', 'Asha');
    const others = [
        ['image', { id: '111', mime_type: 'image/jpeg', sha256: 'x', caption: '15 August' }, /only read text/],
        ['audio', { id: '112', mime_type: 'audio/ogg; codecs=opus', sha256: 'x', voice: true }, /only read text/],
        ['contacts', [{ name: { formatted_name: 'R K' }, phones: [] }], /contact cards/],
        ['location', { latitude: 0.0, longitude: 77.594566 }, /pin/],
        ['unsupported', { type: 'poll' }, /can't read that kind/],
    ];
    for (const [i, [type, content, words]] of others.entries()) {
        await asha.sends(asha.message(type, content));
        const heard = wordsOf(await asha.hears(3 + i));
        assert.match(heard, words, type);
        assert.match(heard, /When were you born\?/, type);
    }
    assert.match(wordsOf(await asha.talks('15 August 1990')), /What time were you born\?/);
    const pins = await gateway.rows("select said -> 'location' as pin from frontdesk.inbound where said ? 'location' order by received_at");
    assert.deepEqual(pins.map(({ pin }) => pin), [{ latitude: 18.53, longitude: 73.85 }, { latitude: 0, longitude: 77.59 }], 'where somebody is is kept to about a kilometre');
});

test('reactions, system messages and unknown types are acknowledged and move nothing', async () => {
    const asha = whatsappPerson(gateway, '919812350006');
    await asha.talks('hi', 'Asha');
    const before = await sessionOf('+919812350006');
    const quiet = [
        asha.message('reaction', { message_id: newWamid(), emoji: '👍' }),
        asha.message('reaction', { message_id: newWamid() }),
        asha.message('system', { body: 'changed', type: 'user_changed_number', wa_id: '919812350099' }),
        asha.message('request_welcome', {}),
    ];
    for (const message of quiet) assert.equal((await asha.sends(message)).status, 200);
    await staysAt(asha, 2);
    const after = await sessionOf('+919812350099');
    assert.deepEqual([after.current_step, after.collected_data], [before.current_step, before.collected_data]);
});

test('one bad item of a batch does not hurt the others', async () => {
    const asha = whatsappPerson(gateway, '919812350007');
    const event = metaEvent(gateway, { messages: [null, 7, { id: 'x' }, { from: [], id: newWamid(), type: 'text' }, asha.text('hi')] });
    event.entry[0].changes.unshift({ field: 'account_update', value: {} }, null, 'x');
    event.entry.unshift(null, { changes: 'none' });
    assert.equal((await postMeta(gateway, event)).status, 200);
    assert.match(wordsOf(await asha.hears(1)), /What's your name\?/);
});

test('foreign numbers and groups are acknowledged, counted and ignored', async () => {
    const asha = whatsappPerson(gateway, '919812350008');
    const before = await gateway.metric('frontdesk_ignored_total');
    const foreign = metaEvent(gateway, { messages: [asha.text('hi')] }, '999999999999999');
    const group = metaEvent(gateway, { messages: [asha.text('hi', { group_id: 'g1' })] });
    for (const event of [foreign, group]) assert.equal((await postMeta(gateway, event)).status, 200);
    assert.equal(await gateway.metric('frontdesk_ignored_total'), before + 2);
    await staysAt(asha, 0);
    assert.equal(await sessionOf('+919812350008'), undefined);
});

test('statuses move a message forward only, even when they come in the wrong order', async () => {
    const asha = whatsappPerson(gateway, '919812350009');
    await asha.talks('hi');
    const [call] = gateway.providers.graph.to(asha.number);
    const id = call.content.biz_opaque_callback_data;
    const wamid = call.answer.body.messages[0].id;
    const state = () => gateway.value(`select state from frontdesk.outbox where id = ${id}`);
    await until(async () => (await state()) === 'sent');
    const tell = (status) => postMeta(gateway, metaEvent(gateway,
        { statuses: [{ id: wamid, status, timestamp: nowSeconds(), recipient_id: asha.number }] }));
    const seen = [];
    for (const status of ['delivered', 'sent', 'read', 'delivered', 'deleted', 'failed', 'warning']) {
        assert.equal((await tell(status)).status, 200);
        seen.push(await state());
    }
    assert.deepEqual(seen, ['delivered', 'delivered', 'read', 'read', 'read', 'read', 'read']);
});

test('a person with a user id and no number is answered by it, and is the same person once the number shows', async () => {
    const userId = 'IN.13491208655302741918';
    const says = (body, more) => postMeta(gateway, metaEvent(gateway, {
        messages: [{ id: newWamid(), timestamp: nowSeconds(), type: 'text', text: { body }, from_user_id: userId, ...more }],
    }));
    await says('hi');
    const [call] = await gateway.providers.graph.called(1, userId);
    assert.equal(call.content.to, undefined);
    await says('Asha Rao');
    await gateway.providers.graph.called(2, userId);
    gateway.numbers.add('919812350010');
    await says('15 August 1990', { from: '919812350010' });
    const [heard] = await gateway.providers.graph.called(1, '919812350010');
    assert.match(wordsOf(heard.content), /What time were you born\?/);
    const contacts = await gateway.rows(`select distinct contact_id from frontdesk.addresses
        where address in ('${userId}', '+919812350010')`);
    assert.equal(contacts.length, 1);
});

test('looking a person up reads a few rows, however many people there are', async () => {
    const text = await readFile(new URL('../../sql/queries/load_turns.sql', import.meta.url), 'utf8');
    // As the gateway does: planned once, while there is hardly anybody, and then for good (see store/store.c).
    const plan = await gateway.sql(`set plan_cache_mode = force_generic_plan; set enable_seqscan = off;
        set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
        begin;
        prepare load as ${text};
        explain (costs off) execute load(null, null, null, null, null, null, null, null);
        insert into frontdesk.contacts (id, brand) select md5(n::text)::uuid, 'crowd' from generate_series(1, 2000) n;
        insert into frontdesk.addresses (brand, kind, address, contact_id)
            select 'crowd', kind, kind || n, md5(n::text)::uuid
            from generate_series(1, 2000) n, unnest('{phone,whatsapp_user}'::text[]) kind;
        explain (analyze, costs off, timing off) execute load(array[gen_random_uuid()], '{crowd}', '{instant_onboarding}',
            '{phone7}', '{whatsapp_user7}', '{null}', '{null}', '{null}');
        rollback;`);
    const counts = [...plan.matchAll(/actual rows=(\d+)/g)].map(([, rows]) => Number(rows));
    assert.ok(counts.length > 5 && Math.max(...counts) < 100, plan);
});

test('"stop" is answered with a farewell that says the way back; START leads back', async () => {
    const asha = whatsappPerson(gateway, '919812350011');
    await asha.talks('hi', 'Asha');
    assert.match(wordsOf(await asha.talks('please stop messaging me')), /send START/);
    assert.equal((await asha.says('15 August 1990')).status, 200);
    await staysAt(asha, 3);
    assert.match(wordsOf(await asha.talks('START')), /Good to have you back![^]*When were you born\?/);
});

test('"delete my data" erases everything but the farewell, and that too once it was sent', async () => {
    const asha = whatsappPerson(gateway, '919812350012', 'Profile Toerase');
    await asha.talks('hi', 'Aishwarya Erased', 'delete my data');
    assert.match(wordsOf(await asha.talks('yes')), /has been deleted/);
    const traces = () => gateway.rows(`select 'session' as what from instant_onboarding_sessions where collected_data::text like '%Aishwarya%'
        union all select 'contact' from frontdesk.contacts where profile_name = 'Profile Toerase'
        union all select 'address' from frontdesk.addresses where address like '%9812350012'
        union all select 'inbound' from frontdesk.inbound where said::text like '%Aishwarya%'
        union all select 'outbox' from frontdesk.outbox where recipient::text like '%9812350012%'`);
    await until(async () => (await traces()).length === 0, 'every trace to go');
});

test('while their answers take longer than a moment, all who wait see that we are typing', async () => {
    const people = ['919812350021', '919812350022'].map((number) => whatsappPerson(gateway, number));
    const texts = people.map((person) => person.text('hi'));
    const shown = (id) => gateway.providers.graph.calls.map(({ content }) => content)
        .filter((content) => content.message_id === id);
    const letGo = await gateway.holds('frontdesk.inbound');
    const sent = people.map((person, i) => person.sends(texts[i]));
    await until(() => texts.every(({ id }) => shown(id).length), 'both to see that we are typing');
    await letGo();
    await Promise.all(sent);
    for (const person of people) assert.match(wordsOf(await person.hears(1)), /What's your name\?/);
    for (const { id } of texts)
        assert.deepEqual(shown(id), [{
            messaging_product: 'whatsapp', status: 'read', message_id: id, typing_indicator: { type: 'text' },
        }]);
});

test('a message older than seven days is acknowledged, counted and ignored', async () => {
    const asha = whatsappPerson(gateway, '919812350013');
    const before = await gateway.metric('frontdesk_ignored_total');
    const old = String(Math.floor(Date.now() / 1000) - 8 * DAY_S);
    assert.equal((await asha.says('hi', { timestamp: old })).status, 200);
    assert.equal(await gateway.metric('frontdesk_ignored_total'), before + 1);
    await staysAt(asha, 0);
    const recent = String(Math.floor(Date.now() / 1000) - 6 * DAY_S);
    await asha.says('hi', { timestamp: recent });
    assert.match(wordsOf(await asha.hears(1)), /What's your name\?/);
});

test('who waits longer than a moment sees that the message was read and that somebody is typing', async () => {
    const asha = whatsappPerson(gateway, '919812350014');
    const message = asha.text('hi');
    const signs = () => gateway.providers.graph.calls.filter(({ content }) => content.message_id === message.id);
    const letGo = await gateway.holds('frontdesk.inbound');
    const answered = asha.sends(message);
    await until(() => signs().length, 'the sign that somebody is typing');
    await letGo();
    assert.equal((await answered).status, 200);
    assert.match(wordsOf(await asha.hears(1)), /What's your name\?/);
    assert.deepEqual(signs().map(({ content }) => content), [{
        messaging_product: 'whatsapp', status: 'read', message_id: message.id, typing_indicator: { type: 'text' },
    }]);
});

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
