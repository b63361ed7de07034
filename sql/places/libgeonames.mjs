// What does Debian's libgeonames know about a place? Reads its two packages without linking the library:
//   libgeonames0        one GResource inside the shared object: an array of (id, name, ..., zone, people, position)
//   libgeonames-common  one gettext catalogue a locale, from GeoNames id to the name in that language
// Both formats are little-endian on every architecture that Debian builds them on for us; others are refused.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const CITIES_TYPE = 'a(sssssssudd)';
const STRINGS_IN_CITY = 7;

// The bytes of the only file in the GResource. A GResource is a GVDB hash table; the one entry that has a
// value of type "v" is the file, serialised as (size, flags, content), zero-terminated and followed by its
// type string.
function resource_content(library) {
    const start = library.indexOf('GVariant\0\0\0\0');
    if (start < 0) {
        throw new Error('no GResource in libgeonames: is this a big-endian or a newer build?');
    }
    const table_start = library.readUInt32LE(start + 16);
    const table = start + table_start;
    const bloom_words = library.readUInt32LE(table) & 0x7ffffff;
    const buckets = library.readUInt32LE(table + 4);
    const table_end = start + library.readUInt32LE(start + 20);
    const first_item = table + 8 + 4 * (bloom_words + buckets);
    for (let item = first_item; item + 24 <= table_end; item += 24) {
        if (String.fromCharCode(library[item + 14]) === 'v') {
            const from = start + library.readUInt32LE(item + 16);
            const size = library.readUInt32LE(from);
            const is_compressed = library.readUInt32LE(from + 4) & 1;
            const rest = library.subarray(from + 8, start + library.readUInt32LE(item + 20));
            return is_compressed ? inflateSync(rest).subarray(0, size) : rest.subarray(0, size);
        }
    }
    throw new Error('no file in the GResource of libgeonames');
}

// GVariant framing: the offsets where each variable-size member ends stand at the end of its container, in
// the smallest width that can address the container.
function offset_size(container_len) {
    return container_len <= 0xff ? 1 : container_len <= 0xffff ? 2 : 4;
}

function align(position, boundary) {
    return Math.ceil(position / boundary) * boundary;
}

function read_city(bytes) {
    const width = offset_size(bytes.length);
    const strings = [];
    let position = 0;
    for (let i = 0; i < STRINGS_IN_CITY; i++) {
        const end = bytes.readUIntLE(bytes.length - width * (i + 1), width);
        strings.push(bytes.toString('utf8', position, end - 1));
        position = end;
    }
    const population_at = align(position, 4);
    const latitude_at = align(population_at + 4, 8);
    return {
        strings,
        population: bytes.readUInt32LE(population_at),
        latitude: bytes.readDoubleLE(latitude_at),
        longitude: bytes.readDoubleLE(latitude_at + 8),
    };
}

export function read_cities(path) {
    const data = resource_content(readFileSync(path));
    const width = offset_size(data.length);
    const offsets_at = data.readUIntLE(data.length - width, width);
    const cities = [];
    let position = 0;
    for (let at = offsets_at; at < data.length; at += width) {
        position = align(position, 8);
        const end = data.readUIntLE(at, width);
        cities.push(read_city(data.subarray(position, end)));
        position = end;
    }
    return cities;
}

// A gettext catalogue: two parallel tables of (length, offset), of message ids and of their translations.
function read_catalogue(path) {
    const data = readFileSync(path);
    if (data.readUInt32LE(0) !== 0x950412de) {
        throw new Error(`${path} is no little-endian gettext catalogue`);
    }
    const count = data.readUInt32LE(8);
    const ids_at = data.readUInt32LE(12);
    const names_at = data.readUInt32LE(16);
    const text = (table, i) => {
        const length = data.readUInt32LE(table + 8 * i);
        const offset = data.readUInt32LE(table + 8 * i + 4);
        return data.toString('utf8', offset, offset + length);
    };
    const names = [];
    for (let i = 0; i < count; i++) {
        const id = Number(text(ids_at, i));
        if (id > 0) {
            names.push([id, text(names_at, i)]);
        }
    }
    return names;
}

// GeoNames id -> [[locale, name], ...], locales in alphabetical order so that a rebuild gives the same bytes.
export function read_names(locale_folder) {
    const names = new Map();
    for (const locale of readdirSync(locale_folder).sort()) {
        const path = `${locale_folder}/${locale}/LC_MESSAGES/geonames.mo`;
        if (!existsSync(path)) {
            continue;
        }
        for (const [id, name] of read_catalogue(path)) {
            if (!names.has(id)) {
                names.set(id, []);
            }
            names.get(id).push([locale, name]);
        }
    }
    return names;
}
