// Does every #include go in a direction that the house allows?
//
// The layers: gateway → store → talk → understand → base, gateway → net → base, gateway → channels → base.
// `message.h` and `http.h` are plain data that everybody may speak; `cli` and the program itself see everything.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const MAY_INCLUDE = {
    base: ['base'],
    understand: ['understand', 'base'],
    talk: ['talk', 'understand', 'base'],
    net: ['net', 'base'],
    store: ['store', 'talk', 'understand', 'base'],
    channels: ['channels', 'base'],
    gateway: ['gateway', 'store', 'talk', 'understand', 'net', 'channels', 'base'],
    chart: ['chart', 'base'],
};
// Waiting code shares one loop: the store waits on it as the net does, and needs nothing else of the net.
const MAY_INCLUDE_TOO = { store: ['net/loop.h'] };
const SHARED_WORDS = ['message.h', 'http.h'];

// What the compiler itself brings: C17 and POSIX.
const SYSTEM_HEADERS =
    /^(assert|ctype|dirent|errno|fcntl|fenv|float|fnmatch|getopt|glob|inttypes|langinfo|limits|locale|malloc|math|netdb|poll|pwd|regex|sched|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|syslog|termios|time|unistd|wchar|wctype|endian|byteswap)\.h$|^(sys|netinet|arpa|linux|net)\//;
const CXX_STANDARD_HEADERS = /^[a-z_]+$/;
const FILES_PER_THIRD_PARTY_HEADER = 2;

function sourceFiles(folder) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourceFiles(name);
        return /\.(c|h|cpp)$/.test(entry.name) ? [name] : [];
    });
}

function includesOf(file, text) {
    const lines = text.split('\n');
    return lines.flatMap((line, index) => {
        const match = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/.exec(line);
        return match ? [{ file, at: `${file}:${index + 1}`, own: match[1], foreign: match[2] }] : [];
    });
}

// The folder that a file or an included name belongs to; undefined for the files directly in src/.
function layerOf(name) {
    const parts = name.replace(/^src\//, '').split('/');
    return parts.length > 1 ? parts[0] : undefined;
}

// An include as a path below src/ or from the top: "talk/flow.h", or "flow.h" beside the includer.
function resolve(include, known) {
    const beside = path.posix.join(path.posix.dirname(include.file), include.own);
    const found = [beside, `src/${include.own}`, include.own].find((name) => known.has(name));
    return found?.replace(/^src\//, '');
}

function directionFault(include, known) {
    const from = layerOf(include.file);
    const to = resolve(include, known);
    if (to === undefined) return `${include.at}: "${include.own}" is no file of ours`;
    if (from === undefined || from === 'cli') {
        const own = from === undefined && SHARED_WORDS.includes(path.posix.basename(include.file));
        return own && layerOf(to) !== 'base' ? `${include.at}: a shared word may see only base, not ${to}` : undefined;
    }
    if (SHARED_WORDS.includes(to) || MAY_INCLUDE_TOO[from]?.includes(to)) return undefined;
    if (MAY_INCLUDE[from]?.includes(layerOf(to))) return undefined;
    return `${include.at}: ${from} may not see ${to}`;
}

function isThirdParty(include) {
    if (include.foreign === undefined || SYSTEM_HEADERS.test(include.foreign)) return false;
    return !(include.file.endsWith('.cpp') && CXX_STANDARD_HEADERS.test(include.foreign));
}

function thirdPartyFaults(includes) {
    const foreign = includes.filter(isThirdParty);
    const inHeaders = foreign
        .filter((include) => include.file.endsWith('.h'))
        .map((include) => `${include.at}: <${include.foreign}> in a header of ours`);
    const users = new Map();
    for (const include of foreign) {
        if (!users.has(include.foreign)) users.set(include.foreign, new Set());
        users.get(include.foreign).add(include.file);
    }
    const spread = [...users]
        .filter(([, files]) => files.size > FILES_PER_THIRD_PARTY_HEADER)
        .map(([header, files]) => `<${header}> is included by ${[...files].join(', ')}`);
    return [...inHeaders, ...spread];
}

const files = [...sourceFiles('src'), ...sourceFiles('channels')];
const known = new Set(files);
const includes = files.flatMap((file) => includesOf(file, readFileSync(path.join(root, file), 'utf8')));
const include = (file, own) => ({ file, at: file, own });

test('every include goes in an allowed direction', () => {
    assert.ok(includes.length > 0, 'no #include was found at all');
    const ours = includes.filter((each) => each.own !== undefined);
    assert.deepEqual(ours.map((each) => directionFault(each, known)).filter(Boolean), []);
});

test('a third-party header is included by one or two source files and by no header of ours', () => {
    assert.deepEqual(thirdPartyFaults(includes), []);
});

test('this check itself finds what is forbidden', () => {
    const tree = new Set(['src/talk/talk.h', 'src/store/pg.h', 'src/net/loop.h', 'src/message.h', 'channels/channel.h']);
    const judge = (file, own) => directionFault(include(file, own), tree);
    assert.match(judge('channels/sms.c', 'talk/talk.h'), /channels may not see talk/);
    assert.match(judge('channels/sms.c', 'net/loop.h'), /channels may not see net/);
    assert.match(judge('src/talk/talk.c', 'store/pg.h'), /talk may not see store/);
    assert.match(judge('src/net/loop.c', 'channels/channel.h'), /net may not see channels/);
    assert.match(judge('src/message.h', 'talk/talk.h'), /only base/);
    assert.match(judge('src/talk/talk.c', 'nowhere.h'), /no file of ours/);
    assert.equal(judge('src/gateway/turn.c', 'channels/channel.h'), undefined);
    assert.equal(judge('channels/sms.c', 'channel.h'), undefined);
    assert.equal(judge('channels/sms.c', 'message.h'), undefined);
    assert.equal(judge('src/store/pg.c', 'net/loop.h'), undefined);
    assert.equal(judge('src/cli/serve.c', 'store/pg.h'), undefined);
    const curl = (file) => ({ file, at: file, foreign: 'curl/curl.h' });
    assert.equal(thirdPartyFaults([curl('src/net/a.c'), curl('src/net/b.c')]).length, 0);
    assert.equal(thirdPartyFaults([curl('src/net/a.c'), curl('src/net/b.c'), curl('src/net/c.c')]).length, 1);
    assert.equal(thirdPartyFaults([curl('src/net/a.h')]).length, 1);
});
