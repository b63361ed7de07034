// How does a test let dozens of people talk at once, and account for every word of it afterwards?
//
//     const crowd = startCrowd(gateway, { sms: 12, whatsapp: 12 });     // seats: who has finished makes room for the next
//     await crowd.spoke(100);                                          // 100 more messages were acknowledged
//     ... something breaks ...
//     await crowd.leaves();                                            // nobody new comes, all finish
//     await comesToRest(gateway);                                      // the outbox too
//     await assertAccountedFor(gateway, crowd);
//
// Each says five things, one after the other; what is not answered 200 is brought again, with the same id, until it
// is: Meta does that for days; Twilio tries once more at once, and then we go on in its place.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { assertDiscreet } from './gateway.mjs';
import { newSid, smsPerson, whatsappPerson, wordsOf } from './people.mjs';
import { sleep, until } from './until.mjs';

const PATIENCE_MS = 60_000;
const AGAIN_MS = 250;
const QUIET_MS = 1000;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];
const SYLLABLES = ['ra', 'mi', 'vo', 'ne', 'ta', 'lu', 'sha', 'ki', 'do', 'pe'];

let serial = 0;

// ---- One person ----

const twoDigits = (number) => String(number).padStart(2, '0');

/* What the n-th person says, and what has to be stored of it. No two have the same name. */
function makeScript(n) {
    const surname = [...String(n).padStart(3, '0')].map((digit) => SYLLABLES[digit]).join('');
    const name = `Asha ${surname[0].toUpperCase()}${surname.slice(1)}`;
    const [day, month, year] = [1 + n % 28, n % 12, 1950 + n % 50];
    const [hour, minute] = [1 + n % 11, n % 60];
    return {
        texts: ['hi', name, `${day} ${MONTHS[month]} ${year}`, `${hour}:${twoDigits(minute)} am`, 'Pune'],
        data: {
            name,
            birth_date: `${year}-${twoDigits(month + 1)}-${twoDigits(day)}`,
            birth_time: `${twoDigits(hour)}:${twoDigits(minute)}:00`,
            birth_place: 'Pune, Maharashtra, India',
        },
    };
}

function makeTexter(gateway, n) {
    const { texts, data } = makeScript(n);
    const person = smsPerson(gateway, `+919814${String(n).padStart(6, '0')}`);
    const messages = [...texts, '1'].map((text) => {
        const id = newSid();
        return { id, text, post: () => person.says(text, { MessageSid: id }) };
    });
    return { channel: 'sms', address: person.number, number: person.number, data, messages };
}

function makeWhatsappUser(gateway, n) {
    const { texts, data } = makeScript(n);
    const person = whatsappPerson(gateway, `919815${String(n).padStart(6, '0')}`);
    const messages = [...texts, 'yes'].map((text) => {
        const message = person.text(text);
        return { id: message.id, text, post: () => person.sends(message) };
    });
    return { channel: 'whatsapp', address: `+${person.number}`, number: person.number, data, messages };
}

// ---- The crowd ----

/**
 * sms, whatsapp: how many talk at once. isDoubled: every message is brought twice at the same time.
 *
 * people: all that ever came, each { channel, address, data, messages }; a message knows its id, text, and after it was
 * acknowledged `said`: the texts of the answer. failures: { 503: n, ECONNRESET: n, … } of tries that were not.
 */
export function startCrowd(gateway, { sms = 12, whatsapp = 12, isDoubled = false } = {}) {
    const crowd = { people: [], acknowledged: 0, failures: {} };
    let isLeaving = false;

    async function bring(message) {
        if (!isDoubled) return message.post();
        const [answer, copy] = await Promise.all([message.post(), message.post()]);
        assert.deepEqual([copy.status, copy.text], [answer.status, answer.text], 'both copies are answered alike');
        return answer;
    }

    async function deliver(message) {
        const end = Date.now() + PATIENCE_MS;
        for (let tries = 1; ; tries++) {
            const answer = await bring(message).catch((error) => ({ status: error.code ?? error.message }));
            if (answer.status === 200) {
                message.said = answer.said ?? [];
                message.saidAt = Date.now();
                crowd.acknowledged++;
                // Spooled: nobody goes on at once when no answer comes.
                if (answer.said?.length === 0) await sleep(AGAIN_MS);
                return;
            }
            crowd.failures[answer.status] = (crowd.failures[answer.status] ?? 0) + 1;
            if (Date.now() > end) throw new Error(`"${message.text}" was not taken in ${PATIENCE_MS} ms: ${answer.status}`);
            if (tries > 1) await sleep(AGAIN_MS * (0.5 + Math.random()));
        }
    }

    async function fillSeat(makePerson) {
        while (!isLeaving) {
            const person = makePerson(gateway, ++serial);
            crowd.people.push(person);
            for (const message of person.messages) await deliver(message);
        }
    }

    const seats = [...Array(sms).fill(makeTexter), ...Array(whatsapp).fill(makeWhatsappUser)].map(fillSeat);
    const all = Promise.all(seats);
    all.catch(() => {});     // it is leaves() that fails

    /** Waits until that many more messages were acknowledged. */
    crowd.spoke = (count) => {
        const goal = crowd.acknowledged + count;
        return until(() => crowd.acknowledged >= goal, `${count} more messages to be acknowledged`, PATIENCE_MS);
    };
    crowd.leaves = () => {
        isLeaving = true;
        return all;
    };
    return crowd;
}

// ---- Afterwards ----

const OPEN = "select id, state, attempts from frontdesk.outbox where state in ('waiting', 'leased') order by id";

/**
 * Lets a crowd talk to a gateway of the house while `breaks(gateway, crowd)` goes about; holds the gateway to its word.
 * What was spooled is answered by API: at a test's pace, not at a number's.
 */
export async function underLoad(house, breaks, options = {}, crowdOptions = {}) {
    const quickly = (yaml) => yaml.replace(/(sms|whatsapp)_per_second: .*/g, '$1_per_second: 1000');
    const settings = (yaml) => quickly((options.settings ?? String)(yaml));
    const gateway = await house.start({ workers: 2, ...options, settings });
    const crowd = startCrowd(gateway, crowdOptions);
    try {
        await crowd.spoke(24);
        await breaks(gateway, crowd);
        await crowd.spoke(24);
    } catch (error) {
        crowd.leaves().catch(() => {});     // what broke says more than what the crowd met then
        throw error;
    }
    await crowd.leaves();
    await comesToRest(gateway);
    await assertAccountedFor(gateway, crowd);
    await gateway.stop();
    assertDiscreet(gateway);
    return { gateway, crowd };
}

/**
 * Waits until everything was said. A lease that is left once nothing moves any more is of a worker that died: it is
 * made to run out, since the real one takes its time.
 */
export async function comesToRest(gateway) {
    await until(async () => await gateway.metric('frontdesk_spool_records').catch(() => 1) === 0, 'the spool to be empty', PATIENCE_MS);
    let before = '';
    let since = 0;
    await until(async () => {
        const open = await gateway.rows(OPEN);
        const now = JSON.stringify(open);
        if (now !== before) [before, since] = [now, Date.now()];
        if (open.length && Date.now() - since > QUIET_MS) {
            await gateway.sql("update frontdesk.outbox set lease_until = now() - interval '1 s' where state = 'leased'");
            since = Date.now();
        }
        return open.length === 0;
    }, 'the outbox to be said', PATIENCE_MS).catch((error) => {
        throw new Error(`${error.message}; it is left with ${before}\n${gateway.log.slice(-2000)}`);
    });
}

const keyOf = (channel, id) => createHash('sha256').update(`${channel}:${id}`).digest('hex').slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function groupBy(rows, keyOfRow) {
    const groups = new Map();
    for (const row of rows) groups.set(keyOfRow(row), [...(groups.get(keyOfRow(row)) ?? []), row]);
    return groups;
}

/** Every message once in the database, in order; every session as its person said; every reply said, in order. */
export async function assertAccountedFor(gateway, crowd) {
    const odd = Object.keys(crowd.failures).filter((why) => !['503', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(why));
    assert.deepEqual(odd, [], 'a provider heard nothing but 200, 503, or a connection that broke');
    const sessions = groupBy(await gateway.rows(`
        select a.address, s.id, s.status::text, s.collected_data, c.version,
               (select count(*)::int from frontdesk.jobs j where j.session_id = s.id and j.kind = 'chart') as jobs,
               (select count(*)::int from public.instant_onboarding_profiles p where p.session_id = s.id) as profiles
        from frontdesk.addresses a join frontdesk.conversations c using (contact_id)
        join public.instant_onboarding_sessions s on s.id = c.session_id`), (row) => row.address);
    const inbound = groupBy(await gateway.rows(`select message_key, session_id, kind, said ->> 'text' as text
        from frontdesk.inbound order by received_at`), (row) => row.session_id);
    const outbox = groupBy(await gateway.rows(`select id, session_id, message_key, state, payload ->> 'text' as text
        from frontdesk.outbox order by id`), (row) => row.session_id);
    assert.equal(sessions.size, crowd.people.length, 'everybody has a session');
    for (const person of crowd.people) {
        const [session, ...others] = sessions.get(person.address);
        assert.deepEqual(others, [], `${person.address} has one session`);
        assertStored(person, session, inbound.get(session.id));
        assertSaid(gateway, person, outbox.get(session.id));
    }
    assert.equal(inbound.size, crowd.people.length, 'no input stands outside their sessions');
    assert.equal(outbox.size, crowd.people.length, 'nor anything said');
    await assertNobodyTwice(gateway, crowd);
}

function assertStored(person, session, inputs) {
    const { name, birth_date, birth_time, birth_place } = session.collected_data;
    assert.deepEqual({ name, birth_date, birth_time, birth_place }, person.data);
    assert.equal(session.version, person.messages.length, 'each message moved the session once');
    assert.ok(['generating_chart', 'completed'].includes(session.status), session.status);
    assert.deepEqual([session.jobs, session.profiles <= 1], [1, true]);
    assert.deepEqual(inputs.map(({ message_key: key, kind, text }) => ({ key, kind, text })),
        person.messages.map(({ id, text }) => ({ key: keyOf(person.channel, id), kind: 'text', text })));
}

/* In the answers of webhooks and by the providers' APIs, in the order of time: all, in order, repeated at once or not
 * at all. */
function assertSaid(gateway, person, rows) {
    assert.deepEqual(rows.map((row) => row.message_key), person.messages.map(({ id }) => keyOf(person.channel, id)),
        `${person.address}: one reply to each message`);
    const calls = gateway.providers[person.channel === 'sms' ? 'twilio' : 'graph'].to(person.number)
        .map(({ at, content }) => ({ at, text: content.Body ?? wordsOf(content) }));
    const inline = person.messages.flatMap(({ said, saidAt }) => said.map((text) => ({ at: saidAt, text })));
    // A channel may add to the text what else it can't show: "1 That's right".
    const plain = (text) => rows.find((row) => text.startsWith(row.text))?.text ?? text;
    const heard = [...inline, ...calls].sort((a, b) => a.at - b.at).map(({ text }) => plain(text));
    const once = heard.filter((text, i) => text !== heard[i - 1]);
    // A question that the next message made needless was superseded before it left.
    const toHear = rows.filter(({ state, text }) => state !== 'superseded' || once.includes(text));
    assert.deepEqual(once, toHear.map((row) => row.text), `${person.address} heard everything in order`);
    for (const { state, text } of rows) {
        assert.ok(['sent', 'superseded'].includes(state), `${person.address}: "${text}" ended as ${state}`);
    }
}

async function assertNobodyTwice(gateway, crowd) {
    const count = (what) => gateway.value(`select count(*)::int from ${what}`);
    assert.equal(await count('frontdesk.inbound'), crowd.acknowledged);
    assert.equal(await count('frontdesk.contacts'), crowd.people.length);
    assert.equal(await count('public.instant_onboarding_sessions'), crowd.people.length);
    assert.equal(await count(`(select from frontdesk.conversations where is_open
        group by contact_id, flow having count(*) > 1) as twice`), 0);
    assert.equal(await count("frontdesk.jobs where state = 'leased' and kind <> 'chart'"), 0);
}
