// Who sees what on the pages of a chart, and what can its owner do with them?
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openHouse } from '../support/gateway.mjs';
import { caller } from '../support/caller.mjs';
import { ask } from '../support/request.mjs';
import { restClient } from '../support/people.mjs';
import { until } from '../support/until.mjs';

const FORM = 'application/x-www-form-urlencoded';
const BIRTH = { name: 'Asha <b>Rao</b>', birth_date: '1990-08-15', birth_time: '06:30', birth_place: 'Pune' };

let house;
let gateway;

before(async () => {
    house = await openHouse();
    gateway = await house.start({ workers: 2, env: { CHART_PROCESSES: '2' } });
});
after(async () => { await house?.close(); });

/** Somebody whose chart is there: { session, profile, own, shared, of(address) }. */
async function newChart({ language = 'en', data = BIRTH } = {}) {
    const api = restClient(gateway);
    const { session_key: key, session_id: session } = await api.begin({ channel: 'web', language });
    await api.collect({ session_key: key, data: { ...data, name: 'Asha Rao' } });
    await api.collect({ session_key: key, text: '1' });
    const profile = await until(async () => (await gateway.rows(
        `select * from instant_onboarding_profiles where session_id = '${session}'`))[0], 'the chart', 20_000);
    if (data.name) await gateway.sql(`update instant_onboarding_sessions
        set collected_data = collected_data || jsonb_build_object('name', '${data.name}') where id = '${session}';`);
    const [link] = await gateway.rows(`select * from frontdesk.chart_link('${profile.profile_id}')`);
    const path = `/chart/${profile.profile_id}`;
    return {
        key, session, path, id: profile.profile_id,
        own: link.owner_token, shared: link.shared_token,
        look: (token, suffix = '', more = {}) => ask(`${gateway.url}${path}${suffix}?t=${token}`, more),
        post: (suffix, fields) => ask(gateway.url + path + suffix,
            { method: 'POST', headers: { 'content-type': FORM }, body: new URLSearchParams(fields).toString() }),
        profile: async () => (await gateway.rows(
            `select * from instant_onboarding_profiles where profile_id = '${profile.profile_id}'`))[0],
    };
}

test('the owner sees everything, whoever has the shared link only the first name, the signs and what they may mean', async () => {
    const chart = await newChart();
    const own = await chart.look(chart.own);
    assert.equal(own.status, 200);
    assert.equal(own.headers['x-content-type-options'], 'nosniff', 'once');
    for (const words of ['15 August 1990', '6:30 in the morning', 'Pune', 'Cancer', 'Taurus', 'Rohini', 'Saturn', 'Born under Rohini'])
        assert.ok(own.text.includes(words), words);
    assert.ok(own.text.includes(chart.shared), 'its owner finds the link to share');
    const shared = await chart.look(chart.shared);
    assert.equal(shared.status, 200);
    for (const words of ['Cancer', 'Taurus', 'Leo', 'Rohini', 'Asha', 'Born under Rohini'])
        assert.ok(shared.text.includes(words), words);
    for (const words of ['1990', '6:30', 'Pune', 'Rao', 'Saturn', chart.own])
        assert.ok(!shared.text.includes(words), `${words} is not for everybody`);
    assert.match(shared.text, /<meta property="og:image" content="http[^"]+\.png\?t=/);
    assert.doesNotMatch(own.text, /og:/, 'the owner\'s link unfolds nothing where it is pasted');
});

test('an SVG travels packed to whoever takes that', async () => {
    const chart = await newChart();
    const size = async (accepted) => {
        const { status, headers } = await chart.look(chart.own, '.svg', { headers: { 'accept-encoding': accepted } });
        assert.deepEqual([status, headers['content-type'], headers.vary], [200, 'image/svg+xml', 'Accept-Encoding']);
        return [headers['content-encoding'], Number(headers['content-length'])];
    };
    const [[packing, packed], [none, plain]] = [await size('gzip, br'), await size('identity')];
    assert.deepEqual([packing, none], ['gzip', undefined]);
    assert.ok(packed < plain / 3, `${packed} of ${plain} bytes`);
});

test('a page keeps to itself: not indexed, not told to others, no program from elsewhere, no markup from a name', async () => {
    const chart = await newChart();
    for (const token of [chart.own, chart.shared]) {
        const { headers, text } = await chart.look(token);
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.match(headers['x-robots-tag'], /noindex/);
        assert.match(headers['cache-control'], /no-store/);
        assert.doesNotMatch(text, / (href|src|srcset|action)="\//, 'below a proxy’s prefix every address stays below it');
        assert.match(headers['content-security-policy'], /default-src 'none'.*script-src 'sha256-/);
        assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
        assert.doesNotMatch(text, /<b>|src="http|href="http:\/\/(?!127)/);
    }
    const head = await chart.look(chart.own, '', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
});

test('without a token, with another\'s, or for a chart that is not there, nobody learns anything', async () => {
    const chart = await newChart();
    const other = await newChart();
    const refused = [
        await ask(gateway.url + chart.path), await chart.look(other.own), await chart.look(other.shared), await chart.look(''),
        await chart.look(`${chart.own}x`), await chart.look(chart.own.slice(0, -1)), await chart.look('%FF%00'),
        await ask(`${gateway.url}/chart/${randomUUID()}?t=${chart.own}`), await chart.look(chart.own, '.gif'),
        await ask(`${gateway.url}/chart/?t=${chart.own}`), await ask(`${gateway.url}/c/nothing`),
        await chart.look('wrong', '.png'),
    ];
    for (const { status, text } of refused) {
        assert.equal(status, 404, text.slice(0, 200));
        assert.ok(!text.includes('Cancer'));
    }
    assert.equal(new Set(refused.map(({ text }) => text)).size, 1, 'all these answers are alike');
});

test('looking changes nothing; the beacon of the owner\'s page tells that it was seen, and sharing that it was shared', async () => {
    const chart = await newChart();
    await chart.look(chart.own);
    await chart.look(chart.shared);
    await chart.look(chart.own, '.png');
    assert.equal((await chart.profile()).viewed_chart, false);
    assert.equal((await chart.post('/viewed', { t: chart.shared })).status, 204);
    assert.equal((await chart.profile()).viewed_chart, false, 'somebody else has seen it');
    assert.equal((await chart.post('/viewed', { t: 'wrong' })).status, 404);
    assert.equal((await chart.post('/viewed', { t: chart.own })).status, 204);
    assert.equal((await chart.post('/viewed', { t: chart.own })).status, 204);
    assert.deepEqual([(await chart.profile()).viewed_chart, (await chart.profile()).shared_chart], [true, false]);
    assert.equal((await ask(`${gateway.url}${chart.path}/shared?t=${chart.own}`, { method: 'POST' })).status, 204);
    assert.equal((await chart.profile()).shared_chart, true);
});

test('the owner takes the shared link back, makes a new one, and the owner\'s own anew', async () => {
    const chart = await newChart();
    const gone = await chart.post('', { t: chart.own, wish: 'revoke_shared' });
    assert.equal(gone.status, 303);
    assert.equal(gone.headers.location, `..${chart.path}?t=${chart.own}#sharing`, 'below a proxy’s prefix, too');
    assert.equal((await chart.look(chart.shared)).status, 404);
    assert.match((await chart.look(chart.own)).text, /don&#39;t share/);
    await chart.post('', { t: chart.own, wish: 'renew_shared' });
    const renewed = (await chart.look(chart.own)).text.match(/\?t=([\w-]{24})" data-title/)[1];
    assert.notEqual(renewed, chart.shared);
    assert.equal((await chart.look(renewed)).status, 200);
    assert.equal((await chart.look(chart.shared)).status, 404, 'the old one stays dead');
    const moved = await chart.post('', { t: chart.own, wish: 'renew_owner' });
    assert.equal(moved.status, 303);
    assert.equal((await chart.look(chart.own)).status, 404);
    assert.equal((await ask(new URL(moved.headers.location, `${gateway.url}/chart/`).href)).status, 200);
});

test('only the owner may wish, only what there is to wish, and of two at once the second finds the door changed', async () => {
    const chart = await newChart();
    assert.equal((await chart.post('', { t: chart.shared, wish: 'revoke_shared' })).status, 404);
    assert.equal((await chart.post('', { t: chart.own, wish: 'drop_everything' })).status, 422);
    assert.equal((await chart.post('', { wish: 'revoke_shared' })).status, 404);
    assert.equal((await chart.post('', { t: chart.own, wish: 'x'.repeat(5000) })).status, 413);
    assert.equal((await chart.look(chart.shared)).status, 200);
    const both = await Promise.all([1, 2].map(() => chart.post('', { t: chart.own, wish: 'renew_owner' })));
    assert.deepEqual(both.map(({ status }) => status).sort(), [303, 404]);
});

test('date, time and place are on the shared page only while the owner chose so', async () => {
    const chart = await newChart();
    await chart.post('', { t: chart.own, wish: 'show_birth' });
    const open = (await chart.look(chart.shared)).text;
    assert.ok(open.includes('15 August 1990') && open.includes('Pune') && !open.includes('Rao'));
    await chart.post('', { t: chart.own, wish: 'hide_birth' });
    assert.doesNotMatch((await chart.look(chart.shared)).text, /1990|Pune/);
});

test('the page speaks the language of the conversation; without a time it says why there is no ascendant', async () => {
    const chart = await newChart({ language: 'hi', data: { ...BIRTH, birth_time: null } });
    const { text } = await chart.look(chart.own);
    assert.match(text, /<html lang="hi">/);
    assert.ok(text.includes('सूर्य राशि') && text.includes('लग्न नहीं निकलता'));
    assert.equal((await chart.look(chart.own, '.png')).status, 200);
});

test('without a time nothing is told of the hour: no house, and of a Moon that went on that day both its signs', async () => {
    const chart = await newChart({ data: { ...BIRTH, birth_date: '1985-07-03', birth_time: null } });
    const { text } = await chart.look(chart.own);
    const [planets] = text.match(/<table class="planets">[^]*?<\/table>/);
    assert.doesNotMatch(planets, /House/);
    assert.match(planets, /<td class="n">Moon<\/td><td>Sagittarius or Capricorn<\/td><td class="n"><\/td><td class="more"><\/td>/);
    assert.match(text, /as they stood at noon/);
});

test('no token stands in the database, and the same link is found again', async () => {
    const chart = await newChart();
    await chart.post('', { t: chart.own, wish: 'show_birth' });
    const [{ all }] = await gateway.rows(`select concat((select jsonb_agg(l) from frontdesk.chart_links l),
        (select jsonb_agg(c) from frontdesk.charts c), (select jsonb_agg(p) from public.instant_onboarding_profiles p)) as all`);
    assert.ok(all.includes(chart.id) && !all.includes(chart.own) && !all.includes(chart.shared));
    const [again] = await gateway.rows(`select * from frontdesk.chart_link('${chart.id}')`);
    assert.equal(again.owner_token, chart.own);
    await assert.rejects(gateway.sql(`set role authenticated; select frontdesk.chart_token('${chart.id}', 'owner', 1);`), /permission denied/);
});

test('a caller who asks for the link is texted it', async () => {
    const number = '+919812391201';
    const asha = await caller(gateway, number).dials();
    for (const words of ['English, please.', 'My name is Asha Rao.', 'Yes.', 'Fifteenth of August nineteen ninety.',
        'Half past six in the morning.', 'Pune.', 'Yes.', 'Yes.']) await asha.says(words);
    assert.match(asha.heard, /Shall I text the link/);
    await until(async () => (await gateway.rows(`select from instant_onboarding_profiles p join frontdesk.conversations c
        using (session_id) join frontdesk.addresses a using (contact_id) where a.address = '${number}'`)).length, 'the chart', 20_000);
    await asha.says('Yes, please.');
    assert.match(asha.heard, /^Sun sign: Cancer\. .*I've sent you a text message/);
    const [{ content }] = await gateway.providers.twilio.called(1, number);
    const [words, link] = content.Body.split('\n');
    assert.equal(words, 'Your birth chart: Sun Cancer, Moon Taurus, Asc Leo');
    assert.ok(link.startsWith(`${gateway.publicUrl}/c/`));
    const leads = await ask(gateway.url + link.slice(gateway.publicUrl.length));
    assert.match((await ask(new URL(leads.headers.location, `${gateway.url}/c/`).href)).text, /Asha Rao/);
});

test('callers who ask for the link while the chart is made are texted it once it is there', async () => {
    const callers = Array.from({ length: 12 }, (_, i) => caller(gateway, `+91981239${1300 + i}`));
    await Promise.all(callers.map(async (asha) => {
        await asha.dials();
        await asha.presses('1');
        await asha.says('Asha Rao');
        await asha.presses('1');
        await asha.presses('15081990');
        await asha.presses('1830');
        await asha.says('Pune');
        await asha.presses('1');
        await asha.presses('1');
        assert.match(asha.heard, /Shall I text the link/);
        await asha.presses('1');
    }));
    const linked = ({ number }) => gateway.providers.twilio.to(number).some(({ content }) => content.Body.includes(`${gateway.publicUrl}/c/`));
    await until(() => callers.every(linked), 'everybody to have the link', 20_000);
});

test('who asks again gets the link that holds now', async () => {
    const chart = await newChart();
    const { headers } = await chart.post('', { t: chart.own, wish: 'renew_owner' });
    const answer = await restClient(gateway).collect({ session_key: chart.key, text: 'status' });
    assert.equal(answer.status, 200);
    const [{ url }] = await gateway.rows(`select payload #>> '{link,url}' as url from frontdesk.outbox
        where session_id = '${chart.session}' order by id desc limit 1`);
    assert.equal(url, new URL(headers.location.split('#')[0], `${gateway.publicUrl}/chart/`).href);
});
