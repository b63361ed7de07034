// Is the shipped gazetteer whole and right? Reads the committed files as the importer does and needs no
// package, no database and no network: form of every line first, then what a person would notice.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

const FOLDER = new URL('../../sql/places/', import.meta.url);
const MAX_PACKED_BYTES = 6_000_000;
const MAX_NAME_BYTES = 200;

function read_strict(name) {
    const bytes = readFileSync(new URL(name, FOLDER));
    const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
}

function table_of(name, columns) {
    const text = read_strict(name);
    assert.ok(text.endsWith('\n'), `${name} ends with a line feed`);
    assert.doesNotMatch(
        text,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ufffd]/,
        `${name}: control character`,
    );
    const [header, ...lines] = text.slice(0, -1).split('\n');
    assert.deepEqual(header.split('\t'), columns, name);
    return lines.map((line, i) => {
        const fields = line.split('\t');
        assert.equal(fields.length, columns.length, `${name}:${i + 2}`);
        return Object.fromEntries(columns.map((column, c) => [column.replace('-', '_'), fields[c]]));
    });
}

const places = table_of('places.tsv.gz', [
    'geoname_id',
    'name',
    'ascii_name',
    'admin1_code',
    'admin1_name',
    'country_code',
    'latitude',
    'longitude',
    'population',
    'timezone',
    'aliases',
]);
const hand_kept = table_of('aliases.tsv', ['geoname_id', 'alias', 'language', 'source-note']);
const regions = table_of('regions.tsv', ['kind', 'country_code', 'admin1_code', 'name', 'aliases']);
const by_id = new Map(places.map((place) => [place.geoname_id, place]));

const hand_kept_by_id = new Map();
for (const { geoname_id, alias } of hand_kept) {
    hand_kept_by_id.set(geoname_id, [...(hand_kept_by_id.get(geoname_id) ?? []), alias]);
}

function names_of(place) {
    const aliases = place.aliases === '' ? [] : place.aliases.split('|');
    return [place.name, place.ascii_name, ...aliases, ...(hand_kept_by_id.get(place.geoname_id) ?? [])];
}

// name -> most populous place of that name, as the gateway ranks them before any qualifier
const best_by_name = new Map();
for (const place of places) {
    for (const name of names_of(place)) {
        const key = name.toLowerCase();
        const best = best_by_name.get(key);
        if (!best || Number(place.population) > Number(best.population)) {
            best_by_name.set(key, place);
        }
    }
}

test('the file is small enough to ship and holds every town we count on', () => {
    assert.ok(statSync(new URL('places.tsv.gz', FOLDER)).size <= MAX_PACKED_BYTES);
    assert.ok(places.length >= 165_000, `${places.length} places`);
    assert.ok(places.filter((place) => place.country_code === 'IN').length >= 6_500);
    assert.ok(new Set(places.map((place) => place.country_code)).size >= 240);
    assert.ok(hand_kept.length >= 1_500, `${hand_kept.length} hand-kept aliases`);
});

test('every id is there once, in order, and fits a 32-bit column', () => {
    let last = 0;
    for (const { geoname_id } of places) {
        assert.match(geoname_id, /^[1-9][0-9]*$/);
        assert.ok(Number(geoname_id) > last && Number(geoname_id) < 2 ** 31, geoname_id);
        last = Number(geoname_id);
    }
});

test('numbers are numbers within their bounds', () => {
    for (const { geoname_id, latitude, longitude, population } of places) {
        assert.match(latitude, /^-?[0-9]{1,2}(\.[0-9]{1,5})?$/, geoname_id);
        assert.match(longitude, /^-?[0-9]{1,3}(\.[0-9]{1,5})?$/, geoname_id);
        assert.ok(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180, geoname_id);
        assert.match(population, /^(0|[1-9][0-9]{0,7})$/, geoname_id);
    }
});

test("every place has a zone that the system's tzdata knows", () => {
    const zones = new Set(places.map((place) => place.timezone));
    assert.ok(zones.size >= 350, `${zones.size} zones`);
    for (const zone of zones) {
        assert.match(zone, /^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_-]+){1,2}$/);
        assert.ok(existsSync(`/usr/share/zoneinfo/${zone}`), zone);
    }
});

test('Indian places are all on Indian time, and no place is far from the clock of its longitude', () => {
    for (const place of places) {
        assert.equal(place.country_code === 'IN', place.timezone === 'Asia/Kolkata', place.name);
    }
    const offset_of = new Map();
    for (const { timezone } of places) {
        if (!offset_of.has(timezone)) {
            const clock = new Date('2000-01-15T12:00:00Z').toLocaleString('sv-SE', { timeZone: timezone });
            offset_of.set(
                timezone,
                (Date.parse(clock.replace(' ', 'T') + 'Z') - Date.UTC(2000, 0, 15, 12)) / 3.6e6,
            );
        }
    }
    for (const place of places) {
        const apart = Math.abs(offset_of.get(place.timezone) - place.longitude / 15);
        assert.ok(Math.min(apart, 24 - apart) < 4, `${place.geoname_id} ${place.name} ${place.timezone}`);
    }
});

test('names are clean: not empty, bounded, composed, no repetition in aliases', () => {
    for (const place of places) {
        assert.notEqual(place.name, '', place.geoname_id);
        assert.notEqual(place.ascii_name, '', place.geoname_id);
        const aliases = place.aliases === '' ? [] : place.aliases.split('|');
        assert.equal(new Set(aliases).size, aliases.length, place.geoname_id);
        for (const name of [place.name, place.ascii_name, ...aliases]) {
            assert.ok(
                name === name.trim() && name === name.normalize('NFC') && name !== '',
                place.geoname_id,
            );
            assert.ok(Buffer.byteLength(name) <= MAX_NAME_BYTES, `${place.geoname_id} ${name}`);
        }
    }
    const beyond_ascii = places.filter((place) => /[^\x20-\x7e]/.test(place.ascii_name));
    assert.ok(beyond_ascii.length <= 25, `${beyond_ascii.length} names have no ASCII form`);
});

test("hand-kept aliases name places that exist, once each, in their language's script", () => {
    const seen = new Set();
    for (const { geoname_id, alias, language, source_note } of hand_kept) {
        assert.ok(by_id.has(geoname_id), `${geoname_id} ${alias}`);
        const key = `${geoname_id} ${alias.toLowerCase()}`;
        assert.ok(!seen.has(key), key);
        seen.add(key);
        assert.ok(['en', 'hi', 'hi-Latn'].includes(language), `${alias} ${language}`);
        assert.equal(language === 'hi', /[\u0900-\u097f]/.test(alias), alias);
        assert.ok(
            source_note.startsWith(`${by_id.get(geoname_id).ascii_name}: `),
            `${alias}: ${source_note}`,
        );
    }
});

test('regions cover every code that a place has, and codes agree with the names', () => {
    const countries = new Set();
    const provinces = new Map();
    for (const { kind, country_code, admin1_code, name } of regions) {
        if (kind === 'country') {
            assert.ok(admin1_code === '' && !countries.has(country_code), country_code);
            countries.add(country_code);
        } else {
            assert.equal(kind, 'admin1');
            assert.ok(!provinces.has(`${country_code}.${admin1_code}`), `${country_code}.${admin1_code}`);
            provinces.set(`${country_code}.${admin1_code}`, name);
        }
        assert.notEqual(name, '');
    }
    for (const place of places) {
        assert.ok(countries.has(place.country_code), place.country_code);
        const name = provinces.get(`${place.country_code}.${place.admin1_code}`) ?? '';
        assert.equal(place.admin1_name, name, place.geoname_id);
    }
    const unnamed = places.filter((place) => place.admin1_name === '' && place.population > 0);
    assert.ok(unnamed.length <= 100, `${unnamed.length} towns without a province`);
});

test('qualifiers are known by code, name, old name and in Hindi', () => {
    const region_of = (alias, country, kind) =>
        regions
            .filter(
                (region) =>
                    region.kind === kind &&
                    (!country || region.country_code === country) &&
                    [region.name, ...region.aliases.split('|')].includes(alias),
            )
            .map((region) => region.admin1_code || region.country_code);
    const expected = [
        ['UP', 'IN', '36'],
        ['उत्तर प्रदेश', 'IN', '36'],
        ['MP', 'IN', '35'],
        ['TN', 'IN', '25'],
        ['Orissa', 'IN', '21'],
        ['Uttaranchal', 'IN', '39'],
        ['Pondicherry', 'IN', '22'],
        ['TX', 'US', 'TX'],
        ['Texas', 'US', 'TX'],
        ['Ontario', 'CA', '08'],
        ['ON', 'CA', '08'],
        ['Scotland', 'GB', 'SCT'],
        ['Sindh', 'PK', '05'],
        ['Bagmati', 'NP', '3'],
    ];
    for (const [alias, country, code] of expected) {
        assert.deepEqual(region_of(alias, country, 'admin1'), [code], `${alias}, ${country}`);
    }
    for (const [alias, code] of [
        ['USA', 'US'],
        ['UK', 'GB'],
        ['भारत', 'IN'],
        ['India', 'IN'],
        ['UAE', 'AE'],
        ['Burma', 'MM'],
    ]) {
        assert.deepEqual(region_of(alias, '', 'country'), [code], alias);
    }
    for (const region of regions.filter((one) => one.country_code === 'IN' && one.kind === 'admin1')) {
        assert.match(region.aliases, /[\u0900-\u097f]/, `${region.name} has a Hindi name`);
    }
});

test('well-known names lead to the right town, country and zone', () => {
    const expected = [
        ['Mumbai', '1275339', 'IN', 'Asia/Kolkata'],
        ['Bombay', '1275339'],
        ['मुंबई', '1275339'],
        ['Pune', '1259229', 'IN'],
        ['Poona', '1259229'],
        ['Varanasi', '1253405', 'IN'],
        ['Banaras', '1253405'],
        ['Benares', '1253405'],
        ['Kashi', '1253405'],
        ['बनारस', '1253405'],
        ['Calcutta', '1275004', 'IN'],
        ['Madras', '1264527', 'IN'],
        ['Baroda', '1253573', 'IN'],
        ['Trivandrum', '1254163', 'IN'],
        ['Vizag', '1253102', 'IN'],
        ['Gurgaon', '1270642', 'IN'],
        ['Gurugram', '1270642'],
        ['Ooty', '1253993', 'IN'],
        ['Dilli', '1273294', 'IN'],
        ['Nai Dilli', '1261481', 'IN'],
        ['नई दिल्ली', '1261481'],
        ['Lakhnau', '1264733', 'IN'],
        ['Blr', '1277333', 'IN'],
        ['Banglore', '1277333'],
        ['इलाहाबाद', '1278994', 'IN'],
        ['Prayagraj', '1278994'],
        ['Gorakhpur', '1270927', 'IN'],
        ['Kathmandu', '1283240', 'NP', 'Asia/Kathmandu'],
        ['काठमांडू', '1283240'],
        ['London', '2643743', 'GB', 'Europe/London'],
        ['लंदन', '2643743'],
        ['Dhaka', '1185241', 'BD', 'Asia/Dhaka'],
        ['Karachi', '1174872', 'PK', 'Asia/Karachi'],
        ['Saigon', '1566083', 'VN', 'Asia/Ho_Chi_Minh'],
        ['Peking', '1816670', 'CN', 'Asia/Shanghai'],
        ['Leningrad', '498817', 'RU', 'Europe/Moscow'],
        ['NYC', '5128581', 'US', 'America/New_York'],
        ['LA', '5368361', 'US', 'America/Los_Angeles'],
        ['Москва', '524901', 'RU'],
        ['東京', '1850147', 'JP', 'Asia/Tokyo'],
        ['القاهرة', '360630', 'EG', 'Africa/Cairo'],
        ['São Paulo', '3448439', 'BR', 'America/Sao_Paulo'],
        ['Sao Paulo', '3448439'],
        ['Paris', '2988507', 'FR', 'Europe/Paris'],
        ['Sydney', '2147714', 'AU', 'Australia/Sydney'],
        ['Dubai', '292223', 'AE', 'Asia/Dubai'],
        ['Singapore', '1880252', 'SG', 'Asia/Singapore'],
    ];
    for (const [name, id, country, zone] of expected) {
        const place = best_by_name.get(name.toLowerCase());
        assert.equal(place?.geoname_id, id, `${name} leads to ${place?.name}`);
        assert.ok(!country || place.country_code === country, name);
        assert.ok(!zone || place.timezone === zone, `${name} ${place.timezone}`);
    }
});

test('a zone without a big town is that of its small ones', () => {
    const expected = [
        ['Menominee', 'MI', 'America/Menominee'],
        ['Ironwood', 'MI', 'America/Menominee'],
        ['Knox', 'IN', 'America/Indiana/Knox'],
        ['Vevay', 'IN', 'America/Indiana/Vevay'],
        ['Beulah', 'ND', 'America/North_Dakota/Beulah'],
    ];
    for (const [name, admin1, zone] of expected) {
        const [found] = places.filter(
            (place) => place.country_code === 'US' && place.name === name && place.admin1_code === admin1,
        );
        assert.equal(found.timezone, zone, name);
    }
});

test('province borders decide the zone where a country has several', () => {
    const expected = [
        ['Louisville', 'KY', 'America/Kentucky/Louisville'],
        ['Gary', 'IN', 'America/Chicago'],
        ['Pensacola', 'FL', 'America/Chicago'],
        ['El Paso', 'TX', 'America/Denver'],
        ['Phoenix', 'AZ', 'America/Phoenix'],
    ];
    for (const [name, admin1, zone] of expected) {
        const found = places.filter(
            (place) =>
                place.country_code === 'US' &&
                place.name === name &&
                place.admin1_code === admin1 &&
                place.population > 10_000,
        );
        assert.deepEqual(
            found.map((place) => place.timezone),
            [zone],
            name,
        );
    }
});
