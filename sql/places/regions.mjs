// What are countries and provinces called, as qualifiers beside a town ("Paris, Texas", "लखनऊ, उत्तर
// प्रदेश")? Names of countries from Unicode's CLDR as Node carries it, of provinces from GeoNames, everything
// else from region_aliases.tsv.
import { ascii_of, read_table, spelling_key, table_text } from './text.mjs';

const COLUMNS = ['kind', 'country_code', 'admin1_code', 'name', 'aliases'];

function region_key(kind, country, admin1) {
    return `${kind} ${country}.${admin1}`;
}

// CLDR writes "Myanmar (Burma)" and "Hong Kong SAR China"; people write one of the names.
function without_explanation(name) {
    return name?.replace(/\s*\(.*\)$/, '').replace(/ SAR China$/, '');
}

// Country codes in places are ISO 3166-1 plus XK; "fallback: none" shows where CLDR has no name.
function country_rows(countries) {
    const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    const short_english = new Intl.DisplayNames(['en'], { type: 'region', style: 'short', fallback: 'none' });
    const hindi = new Intl.DisplayNames(['hi'], { type: 'region', fallback: 'none' });
    return [...countries].sort().map((code) => {
        const name = without_explanation(english.of(code));
        if (!name) {
            throw new Error(`CLDR has no English name for country ${code}`);
        }
        const aliases = [
            code,
            ...[short_english, hindi].map((language) => without_explanation(language.of(code))),
        ];
        return { kind: 'country', country: code, admin1: '', name, aliases };
    });
}

function admin1_rows(admin1_names) {
    return [...admin1_names]
        .map(([code, name]) => {
            const dot = code.indexOf('.');
            return {
                kind: 'admin1',
                country: code.slice(0, dot),
                admin1: code.slice(dot + 1),
                name,
                aliases: [],
            };
        })
        .sort((a, b) => (a.country + '.' + a.admin1 < b.country + '.' + b.admin1 ? -1 : 1));
}

function add_hand_kept(rows, path) {
    const by_key = new Map(rows.map((row) => [region_key(row.kind, row.country, row.admin1), row]));
    for (const { kind, country_code, admin1_code, aliases } of read_table(path)) {
        const row = by_key.get(region_key(kind, country_code, admin1_code));
        if (!row) {
            throw new Error(`${path}: no region ${kind} ${country_code} ${admin1_code}`);
        }
        row.aliases.push(...aliases.split('|'));
    }
}

function distinct_aliases(row) {
    const seen = new Set([spelling_key(row.name)]);
    const aliases = [];
    for (const alias of [ascii_of(row.name), ...row.aliases].filter(Boolean)) {
        const key = spelling_key(alias);
        if (!seen.has(key)) {
            seen.add(key);
            aliases.push(alias.normalize('NFC'));
        }
    }
    return aliases;
}

export function build_regions(admin1_names, countries, hand_kept_path) {
    const rows = [...country_rows(countries), ...admin1_rows(admin1_names)];
    add_hand_kept(rows, hand_kept_path);
    const fields = rows.map((row) => [
        row.kind,
        row.country,
        row.admin1,
        row.name.normalize('NFC'),
        distinct_aliases(row).join('|'),
    ]);
    return { text: table_text(COLUMNS, fields), count: fields.length };
}
