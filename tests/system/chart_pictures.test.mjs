// Is a chart drawn as it was looked at and found good? FRONTDESK_REWRITE=1 draws the golden pictures anew: look at them.
//
// Compared with a tolerance: fonts and cairo may smooth an edge otherwise, they must not move a letter.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';

const PROGRAM = path.join(path.dirname(path.resolve(process.env.FRONTDESK ?? 'build/debug/frontdesk')), 'frontdesk-chart');
const GOLDEN = path.resolve('tests/golden/chart');
const folder = mkdtempSync(path.join(tmpdir(), 'pictures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const KEYS = ['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'rahu', 'ketu', 'uranus', 'neptune', 'pluto'];
const WORDS = {
    en: {
        labels: ['Su', 'Mo', 'Me', 'Ve', 'Ma', 'Ju', 'Sa', 'Ra', 'Ke', 'Ur', 'Ne', 'Pl'], ascendant: 'Asc', title: 'Asha Rao',
        lines: ['15 August 1990 · 6:30 in the morning', 'Pune, Maharashtra, India', 'Sun Cancer, Moon Taurus, Asc Leo · Rohini'],
        indian: 'Indian chart', western: 'Western chart',
    },
    hi: {
        labels: ['सू', 'चं', 'बु', 'शु', 'मं', 'गु', 'श', 'रा', 'के', 'अ', 'व', 'य'], ascendant: 'ल', title: 'आशा राव की कुंडली',
        lines: ['सूर्य कर्क, चंद्र वृषभ, लग्न सिंह · ज्येष्ठा'], indian: 'लग्न कुंडली', western: 'पश्चिमी कुंडली',
    },
};

function ask(job, env = {}) {
    const { stdout, stderr } = spawnSync(PROGRAM, [], { input: `${JSON.stringify(job)}\n`, env: { ...process.env, ...env }, maxBuffer: 1 << 24 });
    assert.ok(stdout.length, String(stderr));
    return JSON.parse(stdout);
}

/** The job of a picture: of a birth, as the gateway asks it. */
function pictureOf(language, { birth_date: day = '1990-08-15', birth_time: time = '06:30', ...more } = {}) {
    const chart = ask({ id: '1', birth_date: day, birth_time: time, latitude: 18.52, longitude: 73.86, timezone: 'Asia/Kolkata' });
    const words = WORDS[language];
    const place = (both, body, label) => ({ body, label, sidereal: both.sidereal.longitude, tropical: both.tropical.longitude, retrograde: both.retrograde ?? false });
    return {
        id: 'p', picture: {
            form: 'png', title: words.title, lines: words.lines, indian: words.indian, western: words.western,
            link: 'https://charts.example.com/chart/0190c0de-0000-8000-8000-000000000001?t=abcdefghijklmnopqrstuvwx',
            bodies: chart.positions.map((both, i) => place(both, KEYS[i], words.labels[i])),
            ...(chart.angles && { ascendant: place(chart.angles.ascendant, 'ascendant', words.ascendant), midheaven: chart.angles.midheaven.tropical.longitude }),
            aspects: chart.aspects.map(({ first, second, kind }) => [first, second, kind]), ...more,
        },
    };
}

function draw(job) {
    const answer = ask(job);
    assert.equal(answer.error, undefined, JSON.stringify(answer.error));
    return Buffer.from(answer.picture, 'base64');
}

/** Width, height and grey values of a PNG with eight bits of red, green and blue, as cairo writes it. */
function readPng(bytes) {
    const chunks = [];
    let [width, height, kind] = [0, 0, 0];
    for (let at = 8; at < bytes.length;) {
        const length = bytes.readUInt32BE(at);
        const type = bytes.toString('latin1', at + 4, at + 8);
        const data = bytes.subarray(at + 8, at + 8 + length);
        if (type === 'IHDR') [width, height, kind] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9]];
        if (type === 'IDAT') chunks.push(data);
        at += length + 12;
    }
    assert.equal(kind, 2, 'red, green, blue');
    const raw = inflateSync(Buffer.concat(chunks));
    const stride = width * 3;
    const pixels = Buffer.alloc(height * stride);
    for (let y = 0; y < height; y++) {
        const filter = raw[y * (stride + 1)];
        for (let i = 0; i < stride; i++) {
            const left = i >= 3 ? pixels[y * stride + i - 3] : 0;
            const up = y ? pixels[(y - 1) * stride + i] : 0;
            const corner = y && i >= 3 ? pixels[(y - 1) * stride + i - 3] : 0;
            const guess = left + up - corner;
            const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
            const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
            pixels[y * stride + i] = raw[y * (stride + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth][filter];
        }
    }
    const grey = new Uint8Array(width * height);
    for (let i = 0; i < grey.length; i++) grey[i] = (pixels[i * 3] + pixels[i * 3 + 1] * 2 + pixels[i * 3 + 2]) >> 2;
    return { width, height, grey };
}

/** The part of the picture's squares of eight pixels whose mean differs visibly. */
function difference(a, b) {
    assert.deepEqual([a.width, a.height], [b.width, b.height]);
    let [squares, differing] = [0, 0];
    for (let top = 0; top + 8 <= a.height; top += 8)
        for (let left = 0; left + 8 <= a.width; left += 8, squares++) {
            let sum = 0;
            for (let y = 0; y < 8; y++)
                for (let x = 0; x < 8; x++) {
                    const at = (top + y) * a.width + left + x;
                    sum += a.grey[at] - b.grey[at];
                }
            if (Math.abs(sum) / 64 > 12) differing++;
        }
    return differing / squares;
}

const PICTURES = {
    'en': () => pictureOf('en'),
    'hi_shared_crowded': () => pictureOf('hi', { birth_date: '1962-02-04' }),
    'en_no_time': () => pictureOf('en', { birth_time: null, lines: [] }),
    'hi_tall': () => pictureOf('hi', { tall: true }),
};

for (const [name, job] of Object.entries(PICTURES)) {
    test(`the picture ${name} looks as it did`, () => {
        const file = path.join(GOLDEN, `${name}.png`);
        const bytes = draw(job());
        if (process.env.FRONTDESK_REWRITE) writeFileSync(file, bytes);
        const drawn = readPng(bytes);
        const differing = difference(drawn, readPng(readFileSync(file)));
        if (differing >= 0.005) writeFileSync(path.join(folder, `${name}.png`), bytes);
        assert.ok(differing < 0.005, `${(differing * 100).toFixed(2)} % of it differs`);
    });
}

test('the comparison sees a planet that moved, and a word that changed', () => {
    const golden = readPng(readFileSync(path.join(GOLDEN, 'en.png')));
    const moved = pictureOf('en');
    moved.picture.bodies[1].sidereal = (moved.picture.bodies[1].sidereal + 60) % 360;
    assert.ok(difference(readPng(draw(moved)), golden) >= 0.002);
    assert.ok(difference(readPng(draw(pictureOf('en', { title: 'Ravi Kumar' }))), golden) >= 0.005);
});

test('an SVG needs no font: letters are outlines', () => {
    const { picture } = ask(pictureOf('hi', { form: 'svg' }));
    assert.match(picture, /^<\?xml[^]*<svg [^]*<\/svg>\s*$/);
    assert.doesNotMatch(picture, /<text|font-family|href="http/);
    const packed = Buffer.from(ask(pictureOf('hi', { form: 'svgz' })).picture, 'base64');
    assert.equal(gunzipSync(packed).toString(), picture);
    assert.ok(packed.length < picture.length / 3, 'outlines pack well');
});

test('no planet is left out of the square, however many stand in one house', () => {
    const letters = (signOf) => {
        const job = pictureOf('en', { form: 'svg' });
        job.picture.bodies.forEach((body, i) => Object.assign(body, { sidereal: signOf(i) * 30 + 10 + i, retrograde: true }));
        return ask(job).picture.match(/<use /g).length;
    };
    const apart = letters((i) => i);
    for (let sign = 0; sign < 12; sign++) assert.equal(letters(() => sign), apart, `all in sign ${sign + 1}`);
});

test('where the fonts are missing it says so, and goes on', () => {
    const none = path.join(folder, 'fonts.conf');
    writeFileSync(none, `<?xml version="1.0"?><fontconfig><dir>${folder}</dir><cachedir>${folder}</cachedir></fontconfig>`);
    const { error } = ask(pictureOf('hi'), { FONTCONFIG_FILE: none });
    assert.equal(error.code, 'font_missing');
    assert.match(error.message, /fonts-noto-core/);
});

test('what can\'t be drawn is refused, and a name that no font knows is drawn as well as can be', () => {
    const good = pictureOf('en').picture;
    for (const wrong of [{ form: 'gif' }, { bodies: [{ body: 'moon' }] }, { bodies: [{ ...good.bodies[0], sidereal: 360 }] }, { bodies: [{ ...good.bodies[0], body: 'vulcan' }] },
        { aspects: [['sun', 'moon', 'love']] }, { ascendant: {} }, { bodies: [{ ...good.bodies[0], label: undefined }] }, { link: 'x'.repeat(501) }])
        assert.equal(ask({ id: 'p', picture: { ...good, ...wrong } }).error.code, 'invalid', JSON.stringify(wrong).slice(0, 60));
    assert.equal(ask({ id: 'p', picture: 7 }).error.code, 'invalid');
    for (const more of [{ title: '\u{10FFFD} 𓀀'.repeat(60) }, { lines: Array(5).fill('x'.repeat(999)) }, { title: '', lines: null, link: null }, { bodies: [] , aspects: [] }])
        assert.ok(draw({ id: 'p', picture: { ...good, ...more } }).length > 1000);
});
