// Does frontdesk-chart compute what the reference program of Swiss Ephemeris computes, and survive what it is sent?
//
// Random births over the whole globe from 1900 to 2026 are compared with the packaged `swetest`, with the ephemeris
// files and without: signs and houses must be equal, positions within an arc-second. 300 births and 60, or with
// FRONTDESK_TEST_ALL 2,000 and 500.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const frontdesk = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');
const program = path.join(path.dirname(frontdesk), 'frontdesk-chart');
const all = process.env.FRONTDESK_TEST_ALL !== undefined;
const run = promisify(execFile);

const ARC_SECOND = 1 / 3600;
const PROCESSES_AT_A_TIME = 4;
const EPHEMERIS = { files: ['-eswe', '-edir/usr/share/libswe/ephe/'], moshier: ['-emos'] };
const AYANAMSA = { lahiri: 1, raman: 3, krishnamurti: 5 };
// The reference's name of each body; Ketu stands opposite Rahu.
const BODIES = {
    sun: 'Sun', moon: 'Moon', mercury: 'Mercury', venus: 'Venus', mars: 'Mars', jupiter: 'Jupiter', saturn: 'Saturn',
    uranus: 'Uranus', neptune: 'Neptune', pluto: 'Pluto',
};
const ZONES = ['Asia/Kolkata', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Auckland', 'UTC',
    'America/St_Johns', 'Asia/Tehran', 'Africa/Monrovia', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Tokyo'];

// The same births in every run (mulberry32).
function randomFrom(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
}

function randomBirth(random, id) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const span = Date.UTC(2026, 10, 1) - Date.UTC(1900, 0, 1);
    const moment = new Date(Date.UTC(1900, 0, 1) + Math.floor(random() * span)).toISOString();
    return {
        id,
        birth_date: moment.slice(0, 10),
        birth_time: moment.slice(11, 19),
        // Even over the globe's surface, not crowded at its poles.
        latitude: Math.round((Math.asin(2 * random() - 1) * 180e4) / Math.PI) / 1e4,
        longitude: Math.round((random() * 360 - 180) * 1e4) / 1e4,
        timezone: pick(ZONES),
        ayanamsa: pick(Object.keys(AYANAMSA)),
        node: pick(['mean', 'true']),
        houses: pick(['whole_sign', 'placidus']),
    };
}

// Sends lines to one program and gives its answers, its exit code and what it wrote to standard error.
function ask(lines, args = []) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { stdio: 'pipe' });
        const out = [];
        const err = [];
        child.stdout.on('data', (data) => out.push(data));
        child.stderr.on('data', (data) => err.push(data));
        child.on('error', reject);
        child.stdin.on('error', () => {}); // it ended without reading, as with --help
        child.on('close', (code) => {
            const text = Buffer.concat(out).toString();
            resolve({ code, lines: text.split('\n').slice(0, -1), stderr: Buffer.concat(err).toString() });
        });
        child.stdin.end(lines.map((line) => `${line}\n`).join(''));
    });
}

// A time that came twice is asked for again, the later one; one that never was is moved as the program proposes.
async function charts(births, args) {
    const send = async (jobs) => (await ask(jobs.map((job) => JSON.stringify(job)), args)).lines.map((line) => JSON.parse(line));
    const jobs = [...births];
    const first = await send(jobs);
    const again = first.flatMap((answer, index) => {
        if (answer.error === undefined) return [];
        assert.match(answer.error.code, /^time_/, JSON.stringify(answer));
        const { birth_date, birth_time, utc_offset } = answer.error.choices[1];
        jobs[index] = { ...jobs[index], birth_date, birth_time, utc_offset };
        return [index];
    });
    const second = await send(again.map((index) => jobs[index]));
    second.forEach((answer, at) => { first[again[at]] = answer; });
    return first;
}

// swetest's lines "NAME  longitude [speed]" as a map.
async function reference(answer, job, ephemeris, more) {
    const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(.*)Z$/.exec(answer.utc);
    const { stdout } = await run('swetest', [`-b${Number(day)}.${Number(month)}.${Number(year)}`, `-ut${time}`,
        '-p0123456789mt', '-fPls', '-head', ...EPHEMERIS[ephemeris], ...more]);
    const rows = stdout.split('\n').map((line) => /^(.{15})\s+(-?[\d.]+)(?:\s+(-?[\d.]+))?/.exec(line)).filter(Boolean);
    return new Map(rows.map(([, name, longitude, speed]) => [name.trim().replace(/\s+/g, ' '), { longitude: Number(longitude), speed: Number(speed) }]));
}

const apart = (a, b) => Math.abs(((a - b + 540) % 360) - 180);
const signOf = (longitude) => Math.floor(longitude / 30) + 1;

function assertPlace(place, longitude, what) {
    assert.ok(apart(place.longitude, longitude) < ARC_SECOND, `${what}: ${place.longitude} and not ${longitude}`);
    assert.equal(place.sign, signOf(longitude), what);
    assert.ok(Math.abs(place.degree - (longitude % 30)) < ARC_SECOND, what);
}

function houseAmong(cusps, longitude) {
    const ahead = (from, to) => (to - from + 360) % 360;
    return cusps.findIndex((cusp, i) => ahead(cusp, longitude) < ahead(cusp, cusps[(i + 1) % 12])) + 1;
}

const cuspsOf = (rows) => Array.from({ length: 12 }, (_, i) => rows.get(`house ${i + 1}`).longitude);

function assertBodies(answer, job, sidereal, tropical, placidus) {
    const wholeSign = cuspsOf(sidereal);
    const node = job.node === 'mean' ? 'mean Node' : 'true Node';
    for (const position of answer.positions) {
        const what = `${JSON.stringify(job)} ${position.body}`;
        const name = BODIES[position.body] ?? node;
        const turn = position.body === 'ketu' ? 180 : 0;
        const expected = (sidereal.get(name).longitude + turn) % 360;
        assertPlace(position.sidereal, expected, `${what} sidereal`);
        assertPlace(position.tropical, (tropical.get(name).longitude + turn) % 360, `${what} tropical`);
        assert.equal(position.retrograde, sidereal.get(name).speed < 0, what);
        assert.ok(Math.abs(position.speed - sidereal.get(name).speed) < 1e-5, what);
        assert.equal(position.house_whole_sign, houseAmong(wholeSign, expected), what);
        assert.equal(position.house_placidus, placidus && houseAmong(placidus, expected), what);
        assert.equal(position.nakshatra.number, Math.floor((expected * 27) / 360) + 1, what);
        assert.equal(position.nakshatra.pada, (Math.floor((expected * 108) / 360) % 4) + 1, what);
    }
}

async function compare(answer, job, ephemeris) {
    const what = JSON.stringify(job);
    const sid = `-sid${AYANAMSA[job.ayanamsa]}`;
    const place = `${job.longitude},${job.latitude}`;
    const hasPlacidus = answer.houses.placidus !== null;
    // Right at the circle, which wanders by some seconds of arc, either is right.
    if (Math.abs(Math.abs(job.latitude) - 66.56) > 0.01) assert.equal(hasPlacidus, Math.abs(job.latitude) < 66.56, what);
    const [sidereal, tropical, cusps] = await Promise.all([
        reference(answer, job, ephemeris, [sid, `-house${place},W`]),
        reference(answer, job, ephemeris, [`-house${place},W`]),
        hasPlacidus && reference(answer, job, ephemeris, [sid, `-house${place},P`]),
    ]);
    assert.equal(answer.ephemeris, ephemeris, what);
    assert.equal(answer.notes.includes('no_placidus_here'), !hasPlacidus, what);
    assertPlace(answer.angles.ascendant.sidereal, sidereal.get('Ascendant').longitude, `${what} ascendant`);
    assertPlace(answer.angles.ascendant.tropical, tropical.get('Ascendant').longitude, `${what} ascendant`);
    assertPlace(answer.angles.midheaven.sidereal, sidereal.get('MC').longitude, `${what} midheaven`);
    assertPlace(answer.angles.midheaven.tropical, tropical.get('MC').longitude, `${what} midheaven`);
    const placidus = cusps ? cuspsOf(cusps) : null;
    if (cusps) answer.houses.placidus.sidereal.forEach((cusp, i) => assertPlace(cusp, placidus[i], `${what} cusp ${i + 1}`));
    assertBodies(answer, job, sidereal, tropical, placidus);
    const used = !hasPlacidus || job.houses === 'whole_sign' ? 'whole_sign' : 'placidus';
    assert.equal(answer.houses.system, used, what);
    for (const position of answer.positions) assert.equal(position.house, position[`house_${used}`], what);
}

async function compareAll(count, seed, ephemeris) {
    const random = randomFrom(seed);
    const births = Array.from({ length: count }, (_, i) => randomBirth(random, i));
    const answers = await charts(births, ['--ephemeris', ephemeris]);
    assert.equal(answers.length, count);
    let next = 0;
    const worker = async () => {
        while (next < count) {
            const i = next++;
            assert.equal(answers[i].id, i);
            await compare(answers[i], births[i], ephemeris);
        }
    };
    await Promise.all(Array.from({ length: PROCESSES_AT_A_TIME }, worker));
}

test('the program stands beside the gateway', () => assert.ok(existsSync(program), `${program} was not built`));

test('random births agree with the reference, with the ephemeris files', () => compareAll(all ? 2000 : 300, 1900, 'files'));

test('random births agree with the reference, without files', () => compareAll(all ? 500 : 60, 2026, 'moshier'));

test('every line gets one answer, in order, whatever it holds', async () => {
    const good = '{"id":"good","birth_date":"1990-08-15","birth_time":"06:30","latitude":18.52,"longitude":73.86,"timezone":"Asia/Kolkata"}';
    const random = randomFrom(7);
    const noise = () => Array.from({ length: 1 + Math.floor(random() * 300) }, () => String.fromCharCode(32 + Math.floor(random() * 1000))).join('');
    const broken = () => {
        const at = Math.floor(random() * good.length);
        return good.slice(0, at) + String.fromCharCode(33 + Math.floor(random() * 90)) + good.slice(at + 1 + Math.floor(random() * 3));
    };
    const lines = [];
    for (let i = 0; i < 500; i++) lines.push(noise(), broken(), good);
    lines.push('', '[' .repeat(8000), '{"a":'.repeat(1500), 'x'.repeat(1_000_000), `${good.slice(0, -1)},"x":"${'y'.repeat(9000)}"}`, good);
    const answer = await ask(lines);
    assert.equal(answer.code, 0, answer.stderr);
    assert.equal(answer.stderr, '');
    assert.equal(answer.lines.length, lines.length);
    const whole = answer.lines[2];
    assert.equal(JSON.parse(whole).moon_sign, 'taurus');
    lines.forEach((line, i) => {
        const parsed = JSON.parse(answer.lines[i]);
        if (line === good) assert.equal(answer.lines[i], whole);
        else assert.ok(parsed.error?.code || parsed.sun_sign !== undefined, answer.lines[i]);
    });
    assert.equal(JSON.parse(answer.lines.at(-3)).error.code, 'malformed');
});

// A program with its pipes open, ended with the test, whatever becomes of it.
function start(t, stdio) {
    const child = spawn(program, [], { stdio });
    child.stdin.on('error', () => {});
    t.after(() => child.kill('SIGKILL'));
    return child;
}

test('an answer comes at once, while the input stays open', async (t) => {
    const child = start(t, 'pipe');
    const answer = once(createInterface(child.stdout), 'line');
    child.stdin.write('{"id":1}\n');
    assert.match((await answer)[0], /^\{"id":1,"error":\{"code":"invalid"/);
    child.stdin.end();
    assert.deepEqual(await once(child, 'close'), [0, null]);
});

test('a reader that goes away ends it with exit code 1', async (t) => {
    const child = start(t, ['pipe', 'pipe', 'ignore']);
    child.stdout.destroy();
    child.stdin.write('{}\n'.repeat(1000));
    assert.deepEqual(await once(child, 'exit'), [1, null]);
});

test('missing ephemeris files are told, not hidden', async () => {
    const job = '{"birth_date":"1990-08-15","birth_time":"06:30","latitude":18.52,"longitude":73.86,"timezone":"Asia/Kolkata"}';
    const answer = JSON.parse((await ask([job], ['--ephemeris-path', '/nonexistent'])).lines[0]);
    assert.equal(answer.ephemeris, 'moshier');
    assert.deepEqual(answer.notes, ['moshier_ephemeris']);
    const version = await ask([], ['--version', '--ephemeris-path', '/nonexistent']);
    assert.match(version.lines.join('\n'), /ephemeris: moshier/);
});

test('help, version and wrong options', async () => {
    assert.match((await ask([], ['--help'])).lines[0], /^Usage: frontdesk-chart/);
    const version = await ask([], ['--version']);
    assert.equal(version.code, 0);
    assert.match(version.lines.join('\n'), /^frontdesk-chart \S+\nSwiss Ephemeris 2\.\S+, ephemeris: files\nLicence: AGPL/);
    for (const wrong of [['--nonsense'], ['--ephemeris', 'tables'], ['word'], ['--ephemeris-path', 'x'.repeat(300)]]) {
        const answer = await ask([], wrong);
        assert.equal(answer.code, 2);
        assert.deepEqual(answer.lines, []);
        assert.match(answer.stderr, /Usage/);
    }
});
