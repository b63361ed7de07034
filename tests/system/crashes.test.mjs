// Is every acknowledged message accounted for when workers, supervisor, PostgreSQL and Redis are killed under load?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newSid, newWamid, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { sleep, until } from '../support/until.mjs';

const TEXTS = ['hi', 'Asha Rao', '15 August 1990', '6:30 pm', 'Pune', '1'];
const PEOPLE_A_CHANNEL = 12;
const PATIENCE_MS = 60_000;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2 });
});
after(async () => { await house?.close(); });

/* As a provider does: the same message again until it is taken. */
async function deliver(send) {
    return until(async () => {
        const answer = await send().catch(() => null);
        assert.ok(answer === null || [200, 503, 504].includes(answer.status), answer?.text);
        return answer?.status === 200 && answer;
    }, 'a message to be taken', PATIENCE_MS);
}

/* Says everything, a moment between; gives what was answered in the responses. */
async function converse(person, isSms) {
    const answers = [];
    for (const text of TEXTS) {
        const id = isSms ? newSid() : newWamid();
        answers.push(await deliver(() => (isSms ? person.says(text, { MessageSid: id }) : person.says(text, { id }))));
        await sleep(200 + Math.random() * 300);
    }
    return answers;
}

async function crashEverything() {
    await sleep(500);
    await gateway.kill9('worker');
    await sleep(600);
    await house.redis.kill9();
    await gateway.kill9('worker');
    await sleep(400);
    await house.postgres.kill();
    await house.postgres.restart();
    await sleep(600);
    await house.redis.restart();
    await gateway.kill9('supervisor');
    await gateway.run();
    await sleep(300);
    for (const pid of gateway.workers()) process.kill(pid, 'SIGKILL');
}

test('kill -9 of workers, supervisor, PostgreSQL and Redis under load loses no acknowledged message', { timeout: 180_000 }, async () => {
    const numbers = Array.from({ length: PEOPLE_A_CHANNEL }, (_, i) => String(919812410000 + i));
    const texters = numbers.map((number) => smsPerson(gateway, `+${number}`));
    const chatters = numbers.map((number) => whatsappPerson(gateway, String(Number(number) + 1000)));
    const talks = [...texters.map((person) => converse(person, true)), ...chatters.map((person) => converse(person, false))];
    await Promise.all([crashEverything(), ...talks]);

    const sessions = await gateway.rows('select status::text, collected_data, count(*) from instant_onboarding_sessions group by 1, 2');
    assert.deepEqual(sessions.map(({ status, count }) => [status, count]), [['generating_chart', 2 * PEOPLE_A_CHANNEL]]);
    const [{ collected_data: data }] = sessions;
    assert.deepEqual([data.name, data.birth_date, data.birth_time, data.birth_place],
        ['Asha Rao', '1990-08-15', '18:30:00', 'Pune, Maharashtra, India']);
    const taken = await gateway.rows("select said ->> 'text' as text, count(*) as n from frontdesk.inbound group by 1");
    for (const { text, n } of taken) assert.equal(n, 2 * PEOPLE_A_CHANNEL, `"${text}" was taken once from each`);
    assert.equal(taken.length, TEXTS.length);

    await comesToRest();
    for (const [i, person] of texters.entries()) {
        const inline = (await talks[i]).flatMap(({ said }) => said);
        await assertHeardAll(person, [...inline, ...gateway.providers.twilio.to(person.number).map(({ content }) => content.Body)]);
    }
    for (const person of chatters)
        await assertHeardAll(person, gateway.providers.graph.to(person.number).map(({ content }) => wordsOf(content)));
});

/* What a dead worker had not noted as said is said again, by API, once its lease has run out. */
async function comesToRest() {
    await gateway.sql("update frontdesk.outbox set lease_until = now() - interval '1 second' where state = 'leased';");
    const left = "select count(*) from frontdesk.outbox where state not in ('sent', 'superseded')";
    await until(async () => await gateway.value(left) === 0, 'everything to be sent', PATIENCE_MS);
    const rows = await gateway.value('select count(*) from frontdesk.outbox');
    assert.equal(rows, 2 * PEOPLE_A_CHANNEL * TEXTS.length, 'one reply a message');
}

/* At least once, in the response or by API; what was superseded is said better by a later reply. */
async function assertHeardAll(person, heard) {
    const number = `+${person.number.replace('+', '')}`;
    const rows = await gateway.rows(`select payload ->> 'text' as text, state from frontdesk.outbox
        where recipient ->> 'to' in ('${number}', '${number.slice(1)}')`);
    assert.equal(rows.length, TEXTS.length, number);
    for (const { text, state } of rows)
        assert.ok(state === 'superseded' || heard.some((words) => words.startsWith(text)), `${number} heard "${text}"`);
    assert.ok(heard.some((words) => words.startsWith('Thank you')), `${number} heard the end`);
}

test('no sanitizer complained, and no secret and no whole number got into the log', async () => {
    await gateway.stop();
    assertDiscreet(gateway);
});
