// How long does a person wait for their chart, from the last answer to the message with the link, at 20 charts a
// second? And for a picture of it, at 20 a second?
//
//     node tests/bench/charts.mjs [--rate N] [--seconds N]
//
// A private PostgreSQL, a gateway with two workers and two chart processes, people by SMS through the signed webhook;
// everything on one machine. Prints numbers; judges nothing. FRONTDESK names another program than
// build/release/frontdesk: built without sanitizers, or the numbers mean nothing.
import { fileURLToPath } from 'node:url';
import { smsPerson } from '../support/people.mjs';
import { ask } from '../support/request.mjs';
import { sleep, until } from '../support/until.mjs';

process.env.FRONTDESK ??= fileURLToPath(new URL('../../build/release/frontdesk', import.meta.url));
// Only now: it looks for the program when it is loaded.
const { openHouse } = await import('../support/gateway.mjs');
const argument = (name, usual) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1 || Infinity] ?? usual);
const RATE = argument('rate', 20);
const SECONDS = argument('seconds', 20);
const COUNT = RATE * SECONDS;
const TALKING = 16;

const ANSWERS = ['hi', 'Asha Rao', '15 August 1990', '6:30 am', 'Pune'];

/* Each of `count` tasks begins on its tick, whether the ones before have ended or not. */
async function paced(count, task) {
    const began = performance.now();
    const running = [];
    for (let i = 0; i < count; i++) {
        await sleep(Math.max(0, began + i * 1000 / RATE - performance.now()));
        running.push(task(i));
    }
    return Promise.all(running);
}

function report(what, times) {
    times.sort((a, b) => a - b);
    const at = (part) => times[Math.min(times.length - 1, Math.ceil(times.length * part) - 1)].toFixed(0);
    console.log(`${what}: ${times.length} at ${RATE} a second, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}

const house = await openHouse();
/* A real number takes fewer texts a second; that is the provider's limit, not what is asked here. */
const settings = (yaml) => yaml.replace(/sms_per_second: \d+/, 'sms_per_second: 10000');
const gateway = await house.start({ workers: 2, settings, env: { CHART_PROCESSES: '2', LOG_LEVEL: 'error' } });
const arrived = new Map();
let serial = 0;
gateway.providers.twilio.always(({ content }) => {
    arrived.set(content.To, performance.now());
    return { status: 201, body: { sid: `SM${String(++serial).padStart(32, '0')}`, status: 'queued' } };
});

const people = Array.from({ length: COUNT }, (_, i) => smsPerson(gateway, `+919819${String(i).padStart(6, '0')}`));
const waiting = [...people];
await Promise.all(Array.from({ length: TALKING }, async () => {
    while (waiting.length) await waiting.pop().saysAll(...ANSWERS);
}));

const said = new Map();
await paced(COUNT, async (i) => {
    said.set(people[i].number, performance.now());
    await people[i].says('1');
});
await until(() => arrived.size === COUNT, 'all charts', 60_000);
report('last answer to chart', people.map(({ number }) => arrived.get(number) - said.get(number)));

const pictures = (await gateway.rows(`select p.profile_id, l.shared_token from instant_onboarding_profiles p,
    frontdesk.chart_link(p.profile_id) l limit ${COUNT}`)).map((row) => `${gateway.url}/chart/${row.profile_id}.png?t=${row.shared_token}`);
let refused = 0;
const drawn = await paced(COUNT, async (i) => {
    const began = performance.now();
    const { status } = await ask(pictures[i]);
    if (status !== 200) refused++;
    return performance.now() - began;
});
report(`picture (${refused} refused)`, drawn);
await house.close();
