// Does the gazetteer get into the database whole, and are its towns found by every name, fast?
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startPostgres } from '../support/postgres.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const frontdesk = process.env.FRONTDESK ?? path.join(root, 'build/debug/frontdesk');
const { Client } = createRequire(import.meta.url)('pg');

const MUMBAI = 1275339;
const OWN_HEADER = ['geoname_id', 'name', 'ascii_name', 'admin1_code', 'admin1_name', 'country_code', 'latitude',
    'longitude', 'population', 'timezone', 'aliases'];
const ROW = ['7', 'Neustadt', 'Neustadt', '16', 'Berlin', 'DE', '52.5', '13.4', '1200', 'Europe/Berlin', 'New Town'];

let pg;
let url;
let folder;
let migration;

before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'places-'));
    pg = await startPostgres();
    url = await pg.createDatabase('gazetteer');
    migration = run(['migrate']);
});
after(async () => {
    await pg?.stop();
    if (folder) rmSync(folder, { recursive: true });
});

function run(args, database = url) {
    const began = Date.now();
    const options = { cwd: root, encoding: 'utf8', env: { ...process.env, DATABASE_URL: database } };
    const { status, stdout, stderr } = spawnSync(frontdesk, args, options);
    return { status, stdout, stderr, seconds: (Date.now() - began) / 1000 };
}

function writeFile(name, content) {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
}

const own = (...rows) => [OWN_HEADER, ...rows].map((fields) => fields.join('\t') + '\n').join('');
const changed = (column, value) => ROW.map((field, i) => (OWN_HEADER[i] === column ? value : field));

async function contentOf(db = 'gazetteer') {
    return pg.psql(`select (select md5(string_agg(p::text, '' order by id)) from frontdesk.places p),
        (select md5(string_agg(n::text, '' order by folded, place_id)) from frontdesk.place_names n),
        (select md5(string_agg(r::text, '' order by folded, country, admin1_code)) from frontdesk.regions r)`, { db });
}

async function emptyDatabase(name) {
    const database = await pg.createDatabase(name);
    await pg.psql(`create schema frontdesk;`, { db: name });
    for (const migration of ['0004_places', '0010_place_sounds']) {
        await pg.psql({ file: path.join(root, `sql/migrations/${migration}.sql`) }, { db: name });
    }
    return database;
}

// The queries as the gateway sends them: prepared once, then run again and again.
async function withQuery(name, work) {
    const client = new Client({ connectionString: url.replace(/@([^/]+)\//, '@/') + `?host=${pg.folder}` });
    await client.connect();
    await client.query('set jit = off');
    const text = readFileSync(path.join(root, `sql/queries/${name}.sql`), 'utf8');
    try {
        return await work(async (values) => {
            const began = process.hrtime.bigint();
            const { rows } = await client.query({ name, text, values, rowMode: 'array' });
            return { rows, ms: Number(process.hrtime.bigint() - began) / 1e6 };
        });
    } finally {
        await client.end();
    }
}

const percentile = (values, part) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)];

test('migrate loads the places that come with Frontdesk, and says so', async () => {
    assert.equal(migration.status, 0, migration.stderr);
    assert.match(migration.stdout, /loading places from .*places\.tsv\.gz\nloaded 168178 places with \d+ names/);
    console.log(`    ${migration.stdout.trim().split('\n').pop()}; migrate took ${migration.seconds} s`);
    const [counts] = await pg.rows(`select (select count(*) from frontdesk.places)::int as places,
        (select count(*) from frontdesk.place_names)::int as names,
        (select count(distinct (country, admin1_code)) from frontdesk.regions)::int as regions`, { db: 'gazetteer' });
    assert.equal(counts.places, 168178);
    assert.equal(counts.regions, 4112);
    assert.ok(counts.names > 260_000, `${counts.names} names`);
});

test('every place is found by its own name, ranked by its own population', async () => {
    const [{ lost }] = await pg.rows(`select count(*)::int as lost from frontdesk.places p
        where not exists (select from frontdesk.place_names n where n.place_id = p.id and n.population = p.population)`,
        { db: 'gazetteer' });
    assert.equal(lost, 0);
    const [{ strangers }] = await pg.rows(`select count(*)::int as strangers from frontdesk.place_names n
        where not exists (select from frontdesk.places p where p.id = n.place_id)`, { db: 'gazetteer' });
    assert.equal(strangers, 0);
});

test('a second migrate loads nothing', () => {
    const { status, stdout } = run(['migrate']);
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /loading/);
});

test('loading the same places again writes nothing', async () => {
    const written = () => pg.psql(`select sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) from pg_stat_user_tables
        where schemaname = 'frontdesk' and relname in ('places', 'place_names', 'regions')`, { db: 'gazetteer' });
    const content = await contentOf();
    const before = await written();
    const { status, stderr, seconds } = run(['places', 'import']);
    assert.equal(status, 0, stderr);
    console.log(`    the import alone: ${seconds} s`);
    assert.equal(await contentOf(), content);
    assert.equal(await written(), before);
});

test('Mumbai, Bombay, Bambai and मुंबई are one place', async () => {
    await withQuery('find_places', async (find) => {
        for (const name of ['mumbai', 'bombay', 'bambai', 'मुंबई']) {
            const { rows } = await find([[name]]);
            assert.deepEqual(rows.map((row) => [row[0], Number(row[2]), row[3], row[11]]),
                [[false, MUMBAI, 'Mumbai', 'Asia/Kolkata']], name);
        }
    });
});

test('a region that is named too brings its towns to the front', async () => {
    await withQuery('find_places', async (find) => {
        const first = async (...spans) => (await find([spans])).rows[0].slice(3, 5);
        assert.deepEqual(await first('paris'), ['Paris', 'Île-de-France']);
        assert.deepEqual(await first('paris texas', 'paris', 'texas'), ['Paris', 'Texas']);
        assert.deepEqual(await first('springfield', 'ohio'), ['Springfield', 'Ohio']);
        const { rows } = await find([['paris', 'texas']]);
        assert.deepEqual(rows.filter((row) => row[0]).map((row) => [Number(row[1]), row[6], row[5]]), [[1, 'US', 'TX']]);
    });
});

// What `frontdesk understand` makes of each line, in one run.
function understand(lines, lang = 'en') {
    const { status, stdout, stderr } = spawnSync(frontdesk, ['understand', '--kind', 'place', '--lang', lang], {
        cwd: root, encoding: 'utf8', input: lines.join('\n') + '\n', maxBuffer: 1 << 28,
        env: { ...process.env, DATABASE_URL: url } });
    assert.equal(status, 0, stderr);
    return stdout.trim().split('\n');
}

test('towns that are misspelt are found by their sound, also in Devanagari', () => {
    const cases = { Jaipurr: 'Jaipur', Dehraduun: 'Dehra Dūn', Bangaluru: 'Bengaluru', 'Vijaywada, AP': 'Vijayawada',
        'San Fransisco': 'San Francisco', 'AIIMS Delhi': 'Delhi', 'civil hospital Pune': 'Pune', 'Luckhnow near Kanpur': 'Lucknow',
        'Karim nagar': 'Karīmnagar', पंढरपुर: 'Pandharpur', जयपूर: 'Jaipur', 'Thiruvanathapuram kerela': 'Thiruvananthapuram' };
    const answers = understand(Object.keys(cases));
    Object.entries(cases).forEach(([said, name], i) => assert.equal(answers[i].replace(/\|..$/, ''), name, said));
    assert.deepEqual(understand(['haan', 'yes', 'ok', 'theek hai', 'asdfghjkl']), Array(5).fill('invalid:none'));
    assert.equal(understand(['Haan, Germany'])[0], 'Haan|DE');
});

test('a place lies by the one that is named with it, and an unknown village leads to its district', () => {
    const cases = { 'गाँव रामपुर जिला जौनपुर': 'Jaunpur', 'gaon rampur jila jaunpur': 'Jaunpur', 'Rampur, UP': 'Rāmpur',
        'तहसील सफीपुर जिला उन्नाव': 'Safīpur', 'Jalalabad near Fazilka': 'Jalālābād|IN', 'Whitefield Bangalore': 'Bengaluru',
        'gaon ballia jile mein hai, naam hai Maniar': 'Maniar', 'Rampura, district Neemuch': 'Rāmpura',
        'Bandipora, Jammu and Kashmir': 'Bandipura', 'calcutta (now kolkata)': 'Kolkata', 'not sure, maybe Patna': 'Patna' };
    const answers = understand(Object.keys(cases));
    Object.entries(cases).forEach(([said, name], i) => assert.ok(answers[i].startsWith(name), `${said}: ${answers[i]}`));
    assert.match(understand(['Nagpur, Mumbai'])[0], /^ambiguous:/);
});

test('names are found as people write them, and the seats of districts by the district', () => {
    const cases = { 'St Louis, Missouri': 'St. Louis|US', 'Frankfurt Oder': 'Frankfurt (Oder)|DE', Barabanki: 'Barabanki|IN',
        'U.P.': 'invalid:incomplete', 'U.S.A.': 'invalid:incomplete', 'Bhopal, M.P.': 'Bhopal|IN', Gopeshwar: 'Gopeshwar|IN' };
    assert.deepEqual(understand(Object.keys(cases)), Object.values(cases));
});

// mulberry32: the same sample for the same seed.
function random(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
}

// Not all: names with brackets or numbers in them, and the like; see sql/places/README.md.
test('of all names at most two in a hundred do not lead to their place', async () => {
    const seed = Number(process.env.FRONTDESK_TEST_SEED ?? Date.now() % 1e9);
    const next = random(seed);
    let names = await pg.rows(`select n.folded, p.name, p.admin1, p.country,
            (select g.name from frontdesk.regions g where g.country = p.country and g.admin1_code = '' limit 1) as land
        from frontdesk.place_names n join frontdesk.places p on p.id = n.place_id order by n.folded, p.id`, { db: 'gazetteer' });
    if (!process.env.FRONTDESK_TEST_ALL) names = Array.from({ length: 2000 }, () => names[Math.floor(next() * names.length)]);
    const answers = understand(names.map(({ folded, admin1, land }) => [folded, admin1, land].filter(Boolean).join(', ')));
    const lost = names.filter(({ name, country }, i) => !`${answers[i]}|`.includes(`${name}|${country}|`));
    const part = lost.length / names.length;
    console.log(`    ${names.length} names, ${lost.length} lost (seed ${seed}), such as: ` +
        lost.slice(0, 5).map(({ folded, name, country }) => `${folded} for ${name} ${country}`).join('; '));
    assert.ok(part <= 0.02, `${lost.length} of ${names.length} names are lost, seed ${seed}`);
});

test('looking up takes milliseconds', async () => {
    const spans = [['mumbai'], ['springfield illinois', 'springfield', 'illinois'], ['san antonio'], ['no such town'],
        ['born in a small town', 'small town', 'san jose', 'santa cruz', 'san juan', 'victoria', 'richmond', 'in']];
    const times = await withQuery('find_places', async (find) => {
        await find([['mumbai']]);
        const taken = [];
        for (let i = 0; i < 400; i++) taken.push((await find([spans[i % spans.length]])).ms);
        return taken;
    });
    console.log(`    find: p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`);
    assert.ok(percentile(times, 0.5) < 15);
});

test('a point is the town that people would name, from an index and fast', async () => {
    await withQuery('find_place_near', async (find) => {
        const name = async (...point) => (await find(point.map(String))).rows.map((row) => row[3]).join();
        assert.equal(await name(18.53, 73.85), 'Pune');
        assert.equal(await name(19.07, 72.88), 'Mumbai');
        assert.equal(await name(0, 9.45), 'Libreville', 'the equator is a latitude');
        assert.equal(await name(51.5, 0), 'London', 'and Greenwich a longitude');
        assert.equal(await name(0, 0), '', 'in the sea');
        assert.equal(await name(-90, 0), '');
        assert.equal(await name(90, 180), '');
        const times = [];
        for (let i = 0; i < 400; i++) times.push((await find([String(50 - (i % 90)), String((i * 37) % 360 - 180)])).ms);
        for (let i = 0; i < 100; i++) times.push((await find(['28.61', String(77 + i / 100)])).ms);
        console.log(`    near: p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`);
        assert.ok(percentile(times, 0.5) < 15);
    });
});

test('suggestions: the most populous first, each place once, and fast from the first letter on', async () => {
    const typed = [['m', ''], ['mu', ''], ['mum', ''], ['s', ''], ['sa', ''], ['san', ''], ['springf', 'ill'], ['मुंब', ''],
        ['x', ''], ['zz', ''], ['b', 'i'], ['santa', 'tex'], ['k', ''], ['par', '']];
    await withQuery('suggest_places', async (suggest) => {
        await suggest(['a', '']);
        const times = [];
        for (let i = 0; i < 420; i++) times.push((await suggest(typed[i % typed.length])).ms);
        console.log(`    suggest: p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`);
        assert.ok(percentile(times, 0.5) < 15);

        for (const beginning of typed) {
            const { rows } = await suggest(beginning);
            const populations = rows.map((row) => Number(row[8]));
            assert.deepEqual(populations, [...populations].sort((a, b) => b - a));
            assert.equal(new Set(rows.map((row) => row[0])).size, rows.length);
            assert.ok(rows.length <= 8);
        }
        assert.equal(Number((await suggest(['mumb', ''])).rows[0][0]), MUMBAI);
        assert.equal((await suggest(['springf', 'ill'])).rows[0][2], 'Illinois');
        assert.deepEqual((await suggest(['', ''])).rows, []);
        assert.deepEqual((await suggest(['%', ''])).rows, []);
    });
});

test('suggestions are those that a search through all names finds', async () => {
    await withQuery('suggest_places', async (suggest) => {
        for (const beginning of ['s', 'mumb', 'rampu', 'zwi', 'q']) {
            const { rows } = await suggest([beginning, '']);
            const all = await pg.rows(`select p.id from frontdesk.places p where p.id in (select place_id
                from frontdesk.place_names where starts_with(folded, '${beginning}'))
                order by population desc, id limit 8`, { db: 'gazetteer' });
            assert.deepEqual(rows.map((row) => Number(row[0])), all.map(({ id }) => id), beginning);
        }
    });
});

test('a malformed line is named with its number, and nothing is changed', async () => {
    const content = await contentOf();
    const cases = {
        'a missing field': [own(ROW, ROW.slice(1)), /:3: 10 fields where 11 are needed/],
        'an id that is none': [own(changed('geoname_id', 'x')), /:2: the id/],
        'no name': [own(changed('name', '')), /:2: the name/],
        'a long name': [own(changed('name', 'n'.repeat(201))), /:2: the name/],
        'a country in words': [own(ROW, changed('country_code', 'Germany')), /:3: the country/],
        'a latitude beyond the pole': [own(changed('latitude', '91')), /:2: the coordinates/],
        'a longitude that is none': [own(changed('longitude', 'nan')), /:2: the coordinates/],
        'fewer people than none': [own(changed('population', '-1')), /:2: the population/],
        'a zone with a blank': [own(changed('timezone', 'Europe/East Berlin')), /:2: the time zone/],
        'an endless line': [own(changed('aliases', 'a'.repeat(70_000))), /:2: a line is longer/],
        'a control character': [own(changed('name', 'Neu\u0001stadt')), /:2: not UTF-8, or a control character/],
        'bytes that are no UTF-8': [Buffer.concat([Buffer.from(own(ROW)), Buffer.from([0xff, 0x0a])]), /:3: not UTF-8/],
        'a gzip file cut off': [gzipSync(own(...Array(2000).fill(ROW))).subarray(0, -20), /can't be read further/],
        'another kind of file': ['name,country\nBerlin,DE\n', /:1: neither/],
        'a zip archive': [Buffer.from('PK\u0003\u0004rubbish'), /:1: /],
        'the same id twice': [own(ROW, ROW), /more than one place with the id 7; nothing was changed/],
        'a zone that nobody knows': [own(ROW, changed('timezone', 'Asia/Calcuta')), /:3: .* no time zone "Asia\/Calcuta"/],
        'no places': [own(), /has no places; nothing was changed/],
        'nothing at all': ['', /has no places; nothing was changed/],
    };
    for (const [what, [bytes, reason]] of Object.entries(cases)) {
        const { status, stderr } = run(['places', 'import', writeFile('bad.tsv', bytes)]);
        assert.equal(status, 1, what);
        assert.match(stderr, reason, what);
    }
    assert.equal(await contentOf(), content);
});

test('what was asked wrongly is told apart from what failed', async () => {
    assert.equal(run(['places']).status, 2);
    assert.equal(run(['places', 'export']).status, 2);
    assert.equal(run(['places', 'import', 'a', 'b']).status, 2);
    assert.equal(run(['places', 'import'], '').status, 2);
    const missing = run(['places', 'import', path.join(folder, 'nowhere.tsv')]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /nowhere\.tsv can't be read/);
    const away = run(['places', 'import'], `postgresql:///x?host=${folder}`);
    assert.equal(away.status, 1);
    assert.match(away.stderr, /can't connect/);
});

test('a region that is no country is refused, not read as one', () => {
    for (const region of ['XXX', 'in', 'I', 'India']) {
        const { status, stderr } = run(['understand', '--kind', 'date', '--region', region]);
        assert.equal(status, 2, region);
        assert.match(stderr, new RegExp(`"${region}" is no country's code`));
    }
});

test("GeoNames' own dump is taken: towns only, provinces by name, every spelling folded", async () => {
    const database = await emptyDatabase('dump');
    const town = (id, name, others, more = {}) => {
        const fields = [id, name, name, others, '18.97', '72.83', 'P', 'PPLA', 'IN', '', '16', '', '', '', '12691836', '',
            '8', 'Asia/Kolkata', '2024-01-01'];
        Object.entries(more).forEach(([at, value]) => (fields[at] = value));
        return fields.join('\t') + '\n';
    };
    const dump = town(MUMBAI, 'Mumbai', 'BOM,Bombay,Bómbay,मुंबई') + town(5, 'Back\\slash', '') +
        town(6, 'Some River', '', { 6: 'H' }) + town(8, 'Zoneless', '', { 17: '' });
    for (const [name, bytes] of [['dump.txt', dump], ['dump.txt.gz', gzipSync(dump)]]) {
        const { status, stderr } = run(['places', 'import', writeFile(name, bytes)], database);
        assert.equal(status, 0, stderr);
        assert.deepEqual(await pg.rows(`select id, name, admin1, country, timezone from frontdesk.places order by id`,
            { db: 'dump' }), [
            { id: 5, name: 'Back\\slash', admin1: 'Maharashtra', country: 'IN', timezone: 'Asia/Kolkata' },
            { id: MUMBAI, name: 'Mumbai', admin1: 'Maharashtra', country: 'IN', timezone: 'Asia/Kolkata' },
        ]);
        const names = (await pg.psql(`select folded from frontdesk.place_names where place_id = ${MUMBAI}`, { db: 'dump' }))
            .split('\n');
        // Bambai is from the aliases kept by hand, which are for every gazetteer.
        for (const name of ['mumbai', 'bom', 'bombay', 'मुंबई', 'bambai']) assert.ok(names.includes(name), name);
        assert.equal(names.length, new Set(names).size);
    }
});

test('a new list replaces the old one: gone places go, changed ones change', async () => {
    const database = await emptyDatabase('replaced');
    const load = (...rows) => assert.equal(run(['places', 'import', writeFile('list.tsv', own(...rows))], database).status, 0);
    load(ROW, changed('geoname_id', '9'));
    load(changed('population', '1300'), changed('geoname_id', '11'));
    assert.equal(await pg.psql('select id, population from frontdesk.places order by id', { db: 'replaced' }), '7|1300\n11|1200');
    assert.equal(await pg.psql(`select place_id, folded, population from frontdesk.place_names order by 1, 2`,
        { db: 'replaced' }), '7|neustadt|1300\n7|new town|1300\n11|neustadt|1200\n11|new town|1200');
});

test("the operator's own names are found, stay through an import, and replace the earlier ones", async () => {
    const database = await emptyDatabase('own');
    const header = 'geoname_id\talias\tlanguage\tsource-note\n';
    const names = () => pg.psql('select folded from frontdesk.place_names where place_id = 7 order by 1', { db: 'own' });
    const load = (...rows) => run(['places', 'import', '--aliases', writeFile('mine.tsv', header + rows.join(''))], database);
    assert.equal(run(['places', 'import', writeFile('list.tsv', own(ROW))], database).status, 0);
    assert.equal(load('7\tNyestadt\ten\tours\n').stdout, 'loaded 1 name of your own\n');
    assert.equal(await names(), 'neustadt\nnew town\nnyestadt');
    assert.equal(await pg.psql(`select count(*) from frontdesk.place_sounds where sound = 'nyestadt'`, { db: 'own' }), '1');

    const stranger = load('7\tNy\ten\tours\n', '8\tNowhere\ten\tours\n');
    assert.equal(stranger.status, 1);
    assert.match(stranger.stderr, /no place has the id 8; nothing was changed/);
    const malformed = load('7\tNy\ten\tours\n', 'x\tNy\ten\tours\n');
    assert.equal(malformed.status, 1);
    assert.match(malformed.stderr, /mine\.tsv:3: not an id/);
    assert.equal(await names(), 'neustadt\nnew town\nnyestadt');

    assert.equal(run(['places', 'import', writeFile('list.tsv', own(ROW))], database).status, 0);
    assert.equal(await names(), 'neustadt\nnew town\nnyestadt');
    assert.equal(load('7\tNovy\ten\tours\n').status, 0);
    assert.equal(run(['places', 'import', writeFile('list.tsv', own(ROW))], database).status, 0);
    assert.equal(await names(), 'neustadt\nnew town\nnovy');
});

test('two imports at once both succeed, one after the other', async () => {
    const database = await emptyDatabase('both');
    const file = writeFile('both.tsv', own(ROW));
    const start = () => new Promise((resolve) => {
        const child = spawn(frontdesk, ['places', 'import', file], { cwd: root, stdio: 'ignore',
            env: { ...process.env, DATABASE_URL: database } });
        child.on('exit', resolve);
    });
    assert.deepEqual(await Promise.all([start(), start(), start()]), [0, 0, 0]);
    assert.equal(await pg.psql('select count(*) from frontdesk.places', { db: 'both' }), '1');
});
