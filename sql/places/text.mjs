// How is a name written in the gazetteer? Everything that decides which characters of a name stay, and when
// two spellings are the same one. The gateway's own normaliser folds far more; here only true repetition is
// dropped.
import { readFileSync } from 'node:fs';

// Latin letters that have no decomposition into a base letter and an accent.
const PLAIN_LETTERS = new Map(
    Object.entries({
        Æ: 'AE',
        æ: 'ae',
        Ð: 'D',
        ð: 'd',
        Đ: 'D',
        đ: 'd',
        Ħ: 'H',
        ħ: 'h',
        ı: 'i',
        Ł: 'L',
        ł: 'l',
        Ø: 'O',
        ø: 'o',
        Œ: 'OE',
        œ: 'oe',
        Þ: 'Th',
        þ: 'th',
        ß: 'ss',
        ẞ: 'SS',
        Ŧ: 'T',
        ŧ: 't',
        Ə: 'A',
        ə: 'a',
        Ɣ: 'Gh',
        ɣ: 'gh',
        Ɛ: 'E',
        ɛ: 'e',
        Ɔ: 'O',
        ɔ: 'o',
        Ŋ: 'Ng',
        ŋ: 'ng',
        Ɖ: 'D',
        ɖ: 'd',
        Ɓ: 'B',
        ɓ: 'b',
        Ɗ: 'D',
        ɗ: 'd',
        ƙ: 'k',
        '‘': "'",
        '’': "'",
        ʻ: "'",
        ʼ: "'",
        ʽ: "'",
        ʿ: "'",
        ʾ: "'",
        ʹ: "'",
        '′': "'",
        '`': "'",
        '´': "'",
        '–': '-',
        '—': '-',
        '‐': '-',
        '·': '-',
        '“': '"',
        '”': '"',
        º: 'o',
        ª: 'a',
        '\u00a0': ' ',
    }),
);

export function ascii_of(name) {
    return [...name.normalize('NFKD').replace(/\p{M}/gu, '')].map((c) => PLAIN_LETTERS.get(c) ?? c).join('');
}

// Equal keys mean one spelling: accents count in no Latin word, marks are vowels in an Indian one.
export function spelling_key(name) {
    const ascii = ascii_of(name).toLowerCase();
    return /^[\x20-\x7e]*$/.test(ascii)
        ? ascii.replace(/[^a-z0-9]/g, '')
        : name.normalize('NFC').toLowerCase();
}

// A translated name as people would write it: without the explanations that translators add (", Sweden",
// " (Oder)", "जिला" for district), without direction marks; empty where nothing usable is left.
export function clean_alias(name) {
    const text = name
        .normalize('NFC')
        .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/g, '')
        .replace(/\s*\([^)]*\)/g, '')
        .replace(/[,،;].*$/u, '')
        .replace(/\s+(जिला|शहर)$/u, '')
        .replace(/\s+/g, ' ')
        .trim();
    const is_two_names = / - |[/|()[\]=]/.test(text);
    return is_two_names || /[\p{Cc}\p{Co}\p{Cn}\ufffd]/u.test(text) || !/\p{L}/u.test(text) ? '' : text;
}

// What people write of a name that ends with the word for city: 東京都 -> 東京, 부산광역시 -> 부산; else empty.
export function without_city_word(name) {
    const match =
        /^(\p{Script=Han}{2,})[市都府縣县区區]$/u.exec(name) ??
        /^(\p{Script=Hangul}{2,}) ?(?:광역|특별)?시$/u.exec(name);
    return match ? match[1] : '';
}

// Rows of a hand-kept table as objects by column; every row must have exactly the columns of the first line.
export function read_table(path) {
    const [header, ...lines] = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
    const columns = header.split('\t');
    return lines.map((line, i) => {
        const fields = line.split('\t');
        if (fields.length !== columns.length) {
            throw new Error(`${path}:${i + 2}: ${fields.length} fields where ${columns.length} are needed`);
        }
        return Object.fromEntries(columns.map((column, c) => [column, fields[c]]));
    });
}

export function table_text(columns, rows) {
    return [columns, ...rows].map((fields) => fields.join('\t') + '\n').join('');
}
