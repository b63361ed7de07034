// Which IANA time zone is a place in, when only some places have a known one? Time zones follow the borders
// of countries and provinces, so the nearest known neighbour within the same province decides; then the
// nearest in the country; and only where no neighbour is near, as on lone islands, the point lookup of
// tz-lookup. That one comes first where it names a zone in which no known place lies: the four counties of
// Michigan on Central time have no town big enough to be known.
import { readFileSync } from 'node:fs';
import lookup_point from '@photostructure/tz-lookup';

// Names that the sources use and tzdata has merged into another: the clocks are the same since 1970,
// and the old names are missing where Debian packages them apart.
const MERGED_ZONES = new Map([
    ['America/Thunder_Bay', 'America/Toronto'],
    ['America/Coyhaique', 'America/Santiago'], // apart since 2025 only, and not in older tzdata
    ['America/Yellowknife', 'America/Edmonton'],
    ['Asia/Choibalsan', 'Asia/Ulaanbaatar'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['Europe/Uzhgorod', 'Europe/Kyiv'],
    ['Europe/Zaporozhye', 'Europe/Kyiv'],
]);

const RADIANS = Math.PI / 180;
const EARTH_RADIUS_KM = 6371;
const MAX_NEIGHBOUR_KM = 300;

// Squared chord on the unit sphere: orders like the distance, without trigonometry in the inner loop.
function unit_vector(place) {
    const latitude = place.latitude * RADIANS;
    const longitude = place.longitude * RADIANS;
    return [
        Math.cos(latitude) * Math.cos(longitude),
        Math.cos(latitude) * Math.sin(longitude),
        Math.sin(latitude),
    ];
}

// The nearest candidate, with its distance in kilometres (a chord, which is shorter by 0.01 % at 300 km).
function nearest(candidates, place, except_id) {
    const [x, y, z] = unit_vector(place);
    let best;
    let best_distance = Infinity;
    for (const candidate of candidates) {
        const [cx, cy, cz] = candidate.vector;
        const distance = (cx - x) ** 2 + (cy - y) ** 2 + (cz - z) ** 2;
        if (distance < best_distance && candidate.id !== except_id) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best && { zone: best.zone, kilometres: EARTH_RADIUS_KM * Math.sqrt(best_distance) };
}

function group_by(items, key_of) {
    const groups = new Map();
    for (const item of items) {
        const key = key_of(item);
        if (!groups.has(key)) {
            groups.set(key, []);
        }
        groups.get(key).push(item);
    }
    return groups;
}

export class ZoneFinder {
    // known_places: places with `id`, `country`, `admin1`, `latitude`, `longitude` and a `zone` that is
    // right. zone_countries: zone -> code of its country, as read_zone_countries gives it.
    constructor(known_places, zone_countries) {
        const known = known_places.map((place) => ({ ...place, vector: unit_vector(place) }));
        this.by_province = group_by(known, (place) => `${place.country}.${place.admin1}`);
        this.by_country = group_by(known, (place) => place.country);
        this.known_zones = new Set(known.map((place) => place.zone));
        this.zone_countries = zone_countries;
    }

    // The zone and how it was found. except_id hides one known place, to measure how often the others guess
    // it.
    find(place, except_id) {
        const zone = point_zone(place);
        const is_of_country = this.zone_countries.get(zone) === place.country;
        if (is_of_country && !this.known_zones.has(zone)) {
            return { zone, by: 'point' };
        }
        const province = this.by_province.get(`${place.country}.${place.admin1}`) ?? [];
        const in_province = nearest(province, place, except_id);
        if (in_province?.kilometres <= MAX_NEIGHBOUR_KM) {
            return { zone: in_province.zone, by: 'province' };
        }
        const in_country = nearest(this.by_country.get(place.country) ?? [], place, except_id);
        if (in_country?.kilometres <= MAX_NEIGHBOUR_KM) {
            return { zone: in_country.zone, by: 'country' };
        }
        if (is_of_country || (!in_country && this.zone_countries.has(zone))) {
            return { zone, by: 'point' };
        }
        const far = in_province ?? in_country;
        if (!far) {
            throw new Error(
                `no zone for ${place.name}, ${place.country}: no neighbour, and tz-lookup says ${zone}`,
            );
        }
        return { zone: far.zone, by: in_province ? 'province' : 'country' };
    }
}

export function current_zone(zone) {
    return MERGED_ZONES.get(zone) ?? zone;
}

export function point_zone(place) {
    return current_zone(lookup_point(place.latitude, place.longitude));
}

// Names that tzdata lists for a place on the map, with their countries. Older names still work, but only as
// links.
export function read_zone_countries(zone_tab) {
    return new Map(
        readFileSync(zone_tab, 'utf8')
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('#'))
            .map((line) => line.split('\t'))
            .map(([country, , zone]) => [zone, country]),
    );
}

// Do two zones show the same wall clock in all these years? Compared on the first of each month, which finds
// every difference that lasts a month.
export function clocks_agree(zone, other, from_year, to_year) {
    const clock = (name) =>
        new Intl.DateTimeFormat('en-GB', { timeZone: name, dateStyle: 'short', timeStyle: 'short' });
    const [a, b] = [clock(zone), clock(other)];
    for (let month = 12 * from_year; month < 12 * (to_year + 1); month++) {
        const instant = Date.UTC(Math.floor(month / 12), month % 12, 1);
        if (a.format(instant) !== b.format(instant)) {
            return false;
        }
    }
    return true;
}
