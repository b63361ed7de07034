// Does a conversation end with its chart: by the door its person wrote by, once, whatever dies meanwhile?
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertDiscreet, openHouse } from '../support/gateway.mjs';
import { newTab } from '../support/web_person.mjs';
import { nextYear, restClient, smsPerson, whatsappPerson, wordsOf } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { until } from '../support/until.mjs';

const ANSWERS = ['hi', 'Asha Rao', '15 August 1990', '6:30 am', 'Pune', 'yes'];
// Pune, 15 August 1990, 6:30 in the morning.
const SIGNS = ['Sun sign: Cancer', 'Moon sign: Taurus', 'Ascendant: Leo', 'Nakshatra: Rohini'];
const PATIENCE_MS = 60_000;

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, env: { CHART_PROCESSES: '2' } });
});
after(async () => { await house?.close(); });

const sessionOf = async (number, of = gateway) => (await of.rows(`select s.* from instant_onboarding_sessions s
    join frontdesk.conversations c on c.session_id = s.id join frontdesk.addresses a on a.contact_id = c.contact_id
    where a.address = '${number}' order by s.created_at desc limit 1`))[0];

const hasEnded = (number, status = 'completed', of = gateway) => until(async () => {
    const session = await sessionOf(number, of);
    return session?.status === status && session;
}, `${number} to be ${status}`, PATIENCE_MS);

const profilesOf = (session, of = gateway) => of.rows(`select p.*, c.chart from instant_onboarding_profiles p
    left join frontdesk.charts c using (profile_id) where p.session_id = '${session.id}'`);

/* The workers' children: name and process id from /proc, which nothing can fake. */
function chartProcesses(of = gateway) {
    return of.workers().flatMap((worker) => readdirSync(`/proc/${worker}/task`).flatMap((task) => {
        try {
            return readFileSync(`/proc/${worker}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
        } catch {
            return [];
        }
    }));
}

/* One that died is started again after a moment. */
const bothChartProcesses = () => until(() => chartProcesses().length === 2 && chartProcesses(), 'two chart processes');

test('a conversation by SMS ends with the chart, sent to the number that was written from', async () => {
    const asha = smsPerson(gateway, '+919812390001');
    assert.match((await asha.saysAll(...ANSWERS))[0], /is being made/);
    const session = await hasEnded(asha.number);
    const [{ content }] = await gateway.providers.twilio.called(1, asha.number);
    assert.equal(content.From, gateway.smsNumber);
    const [words, link, ...rest] = content.Body.split('\n');
    assert.equal(words, 'Your birth chart: Sun Cancer, Moon Taurus, Asc Leo');
    assert.deepEqual(rest, []);
    const leads = await ask(gateway.url + link.slice(gateway.publicUrl.length));
    assert.equal(leads.status, 302);
    assert.equal((await ask(new URL(leads.headers.location, `${gateway.url}/c/`).href)).status, 200);
    assert.equal(session.chart_generated, true);
    assert.notEqual(session.completed_at, null);
    const [profile, ...more] = await profilesOf(session);
    assert.deepEqual(more, []);
    assert.equal(profile.channel, 'sms');
    assert.ok(profile.time_taken_seconds >= 0 && profile.time_taken_seconds < 120);
    assert.equal(profile.chart.sun_sign, 'cancer');
    assert.equal(profile.chart.positions.length, 12);
    const jobs = await gateway.rows(`select kind, state, attempts from frontdesk.jobs where session_id = '${session.id}'`);
    assert.deepEqual(jobs, [{ kind: 'chart', state: 'done', attempts: 1 }]);
});

test('on WhatsApp the chart comes after what was said before it', async () => {
    const asha = whatsappPerson(gateway, '919812390002');
    await asha.talks(...ANSWERS);
    await hasEnded('+919812390002');
    const sent = (await gateway.providers.graph.called(8, asha.number)).map(({ content }) => content);
    const heard = sent.map(wordsOf);
    assert.match(heard[5], /^Thank you/);
    for (const sign of SIGNS) assert.ok(heard[6].includes(sign), `${sign} is in ${heard[6]}`);
    assert.equal(heard.length, 8);
    const own = heard[6].match(/for you alone: (\S+)$/)[1];
    const shared = heard[7].match(/To share: (\S+)$/)[1];
    assert.notEqual(own, shared);
    assert.equal(sent[7].type, 'image');
    assert.equal(sent[7].image.link, shared.replace('?', '.png?'), 'the picture that is handed on is the shared one');
    assert.equal(heard[7].split('\n').length, 5, 'what they are, three insights and the link');
});

test('in Hindi, and without a time of birth, there is no ascendant and it says so', async () => {
    const asha = whatsappPerson(gateway, '919812390003');
    await asha.talks('नमस्ते', 'आशा राव', '15 अगस्त 1990', 'पता नहीं', 'Pune', 'हाँ');
    const session = await hasEnded('+919812390003');
    const heard = (await gateway.providers.graph.called(8, asha.number)).map(({ content }) => wordsOf(content));
    assert.match(heard[6], /आपकी कुंडली तैयार है!\nसूर्य राशि: कर्क\nचंद्र राशि: वृषभ\nजन्म का समय न हो, तो लग्न नहीं निकलता।\nआपकी कुंडली, केवल आपके लिए: \S+$/);
    const [profile] = await profilesOf(session);
    assert.equal(profile.chart.ascendant, null);
});

test('the web chat sees it come, without a gap, and again after a reload', async () => {
    const tab = await newTab(gateway);
    for (const text of ANSWERS.slice(1)) await tab.asks(text);
    await until(() => tab.of('status').at(-1)?.status === 'completed', 'the status', PATIENCE_MS);
    const said = tab.of('message');
    assert.ok(SIGNS.every((sign) => said.at(-2).text.includes(sign)), said.at(-2).text);
    assert.match(said.at(-2).link.url, /\/chart\/[0-9a-f-]{36}\?t=[\w-]{24}$/);
    assert.equal(said.at(-1).image, said.at(-1).link.url.replace('?', '.png?'));
    const numbers = [...said, ...tab.of('echo')].map(({ seq }) => seq).sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((seq, i) => i + 1));
    await tab.close();
});

test('by the API the session tells its chart once it is there', async () => {
    const api = restClient(gateway);
    const { session_key: key } = await api.begin();
    for (const text of ANSWERS.slice(1)) await api.collect({ session_key: key, text });
    const answer = await until(async () => {
        const session = (await api.session(key)).json();
        return session.status === 'completed' && session;
    }, 'completed', PATIENCE_MS);
    assert.equal(answer.next_step, null);
    const again = (await api.collect({ session_key: key, text: 'hello?' })).json();
    for (const sign of SIGNS) assert.ok(again.message.includes(sign), again.message);
});

test('a time that the clocks skipped or repeated is asked about, and the chart is made of the answer', async () => {
    const moments = [['25 March 1990', /was skipped/, '02:30:00', '1990-03-25T01:30:00Z'], ['28 October 1990', /came twice/, '01:30:00', '1990-10-28T01:30:00Z']];
    for (const [i, [day, question, time, utc]] of moments.entries()) {
        const number = `91981239020${i}`;
        const asha = whatsappPerson(gateway, number);
        const confirm = await asha.talks('hi', 'Asha Rao', day, '1:30 am', 'London, England');
        assert.match(wordsOf(confirm), /Is this right/);
        const heard = gateway.providers.graph.to(number).length;
        await asha.says('yes');
        const asked = await asha.hears(heard + 2);
        assert.match(wordsOf(asked), question);
        const second = asked.interactive.action.buttons[1].reply;
        await asha.sends(asha.tap('button_reply', second.id, second.title));
        const session = await hasEnded(`+${number}`);
        assert.equal(session.collected_data.birth_time, time);
        const [profile, ...more] = await profilesOf(session);
        assert.deepEqual(more, []);
        assert.equal(profile.chart.utc, utc);
    }
});

test('a birth that can\'t be computed ends as failed at once, with an apology; then one begins anew', async () => {
    const asha = whatsappPerson(gateway, '919812390004');
    await gateway.sql(`create function frontdesk.nowhere() returns trigger language plpgsql as $$
        begin new.payload := jsonb_set(new.payload, '{data,timezone}', '"Nowhere/Land"'); return new; end $$;
        create trigger nowhere before insert on frontdesk.jobs for each row execute function frontdesk.nowhere();`);
    await asha.talks(...ANSWERS);
    await gateway.sql('drop trigger nowhere on frontdesk.jobs;');
    const session = await hasEnded('+919812390004', 'failed');
    assert.match(wordsOf(await asha.hears(7)), /could not be made.*begin once more/);
    assert.deepEqual(await profilesOf(session), []);
    assert.deepEqual(await gateway.rows(`select state, last_error from frontdesk.jobs where session_id = '${session.id}'`),
        [{ state: 'failed', last_error: 'unknown_timezone' }]);
    assert.match(wordsOf(await asha.talks('hi')), /^Hello! Your chart could not be made\. What would you like to do\?/);
    assert.match(wordsOf(await asha.talks('2')), /What's your name/);
});

test('another flow ends as before: with its webhook, and without a chart', async () => {
    const api = restClient(gateway);
    const { session_key: key, session_id: id } = await api.begin({ channel: 'web', language: 'en', flow: 'appointment' });
    let answer;
    for (const text of ['Asha Rao', 'consultation', nextYear('15 December'), '9812340001', 'yes'])
        answer = (await api.collect({ session_key: key, text })).json();
    assert.equal(answer.status, 'completed');
    await gateway.providers.operator.called(1);
    assert.deepEqual(await gateway.rows(`select kind from frontdesk.jobs where session_id = '${id}'`), [{ kind: 'webhook' }]);
    assert.deepEqual(await profilesOf({ id }), []);
});

test('kill -9 of the chart processes in the middle: each conversation still gets one chart', async () => {
    const people = Array.from({ length: 12 }, (_, i) => smsPerson(gateway, `+9198123910${String(i).padStart(2, '0')}`));
    await bothChartProcesses();
    let kills = 0;
    const killer = setInterval(() => {
        for (const pid of chartProcesses()) {
            process.kill(pid, 'SIGKILL');
            kills++;
        }
    }, 30);
    try {
        await Promise.all(people.map((person) => person.saysAll(...ANSWERS)));
        await until(() => kills > 2, 'a second process, killed too');
    } finally {
        clearInterval(killer);
    }
    for (const person of people) {
        const session = await hasEnded(person.number);
        assert.equal((await profilesOf(session)).length, 1);
        await gateway.providers.twilio.called(1, person.number);
    }
    assert.match(gateway.log, /a chart process died and is started again/);
});

test('a process that does not answer is ended, and the job is done by the next', async () => {
    for (const pid of await bothChartProcesses()) process.kill(pid, 'SIGSTOP');
    const asha = smsPerson(gateway, '+919812390005');
    await asha.saysAll(...ANSWERS);
    const session = await hasEnded(asha.number);
    assert.ok(await gateway.value(`select attempts from frontdesk.jobs where session_id = '${session.id}'`) > 1);
});

test('a job whose worker died is taken up again when its lease has run out', async () => {
    const asha = smsPerson(gateway, '+919812390006');
    await gateway.sql(`create function frontdesk.leave_it() returns trigger language plpgsql as $$
        begin new.state := 'leased'; new.lease_until := now() + interval '1 hour'; new.attempts := 1; return new; end $$;
        create trigger leave_it before insert on frontdesk.jobs for each row execute function frontdesk.leave_it();`);
    await asha.saysAll(...ANSWERS);
    await gateway.sql('drop trigger leave_it on frontdesk.jobs;');
    const session = await sessionOf(asha.number);
    assert.equal(session.status, 'generating_chart');
    await gateway.sql("update frontdesk.jobs set lease_until = now() - interval '1 second' where state = 'leased';");
    await hasEnded(asha.number);
    assert.equal((await profilesOf(session)).length, 1);
});

test('a job done twice changes nothing', async () => {
    const asha = smsPerson(gateway, '+919812390007');
    await asha.saysAll(...ANSWERS);
    const session = await hasEnded(asha.number);
    await gateway.providers.twilio.called(1, asha.number);
    const before = await profilesOf(session);
    await gateway.sql(`update frontdesk.jobs set state = 'waiting', due_at = now() where session_id = '${session.id}';`);
    await until(async () => await gateway.value(
        `select state from frontdesk.jobs where session_id = '${session.id}'`) === 'done', 'the job to be done again');
    assert.deepEqual(await profilesOf(session), before);
    assert.equal(gateway.providers.twilio.to(asha.number).length, 1);
});

test('when every try fails, the session ends as failed with an apology', async () => {
    const asha = smsPerson(gateway, '+919812390008');
    await gateway.sql(`create function frontdesk.last_try() returns trigger language plpgsql as $$
        begin new.attempts := 5; return new; end $$;
        create trigger last_try before insert on frontdesk.jobs for each row execute function frontdesk.last_try();`);
    await asha.saysAll(...ANSWERS);
    await gateway.sql('drop trigger last_try on frontdesk.jobs;');
    const session = await hasEnded(asha.number, 'failed');
    const [{ content }] = await gateway.providers.twilio.called(1, asha.number);
    assert.match(content.Body, /could not be made.*begin once more/);
    assert.deepEqual(await profilesOf(session), []);
});

test('who has opted out meanwhile is not written to, and has the chart all the same', async () => {
    const asha = smsPerson(gateway, '+919812390009');
    await gateway.sql(`create function frontdesk.later() returns trigger language plpgsql as $$
        begin new.due_at := now() + interval '1 hour'; return new; end $$;
        create trigger later before insert on frontdesk.jobs for each row execute function frontdesk.later();`);
    await asha.saysAll(...ANSWERS, 'STOP');
    await gateway.sql('drop trigger later on frontdesk.jobs;');
    await gateway.sql("update frontdesk.jobs set due_at = now() where state = 'waiting';");
    const session = await hasEnded(asha.number);
    assert.equal((await profilesOf(session)).length, 1);
    assert.deepEqual(gateway.providers.twilio.to(asha.number), []);
});

test('without Swiss Ephemeris\' files it says so from the start, before anybody has a chart', async () => {
    const bare = await house.start({ workers: 1, env: { CHART_PROCESSES: '1', SE_EPHE_PATH: '/nonexistent' } });
    await until(async () => (await ask(`${bare.url}/readyz`)).json().why
        .includes('charts are computed without Swiss Ephemeris\' files'), 'the word of it', PATIENCE_MS);
    assert.match(bare.log, /charts are computed without Swiss Ephemeris' files: install swe-basic-data/);
    await bare.stop();
});

test('the chart process knows no secret of ours, and ends with the gateway', async () => {
    const [pid] = await until(() => chartProcesses().length && chartProcesses(), 'a chart process');
    assert.equal(readFileSync(`/proc/${pid}/environ`, 'utf8'), '');
    const inherited = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    assert.deepEqual(inherited.filter((file) => !file.startsWith('/usr/share/')), []);
    await gateway.stop();
    await until(() => !readdirSync('/proc').includes(String(pid)), 'it to end');
    assertDiscreet(gateway);
});
