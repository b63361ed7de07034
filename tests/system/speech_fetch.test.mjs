// Is a recording fetched from a host that is allowed, and from nowhere else?
//
// A public address and a certificate are needed, which no test machine has: so the file runs itself once more in network
// and mount namespaces of its own, where 1.1.1.1 is this machine, media.example its name, and our authority trusted.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHouse } from '../support/gateway.mjs';
import { restClient } from '../support/people.mjs';
import { ask } from '../support/request.mjs';

const ADDRESS = '1.1.1.1';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const OGG = Buffer.from('OggS\0 and what was said');
const folder = process.env.SPEECH_FETCH_INSIDE;

if (folder) inside();
else outside();

function outside() {
    const canUnshare = process.getuid() === 0 && spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
    test('recordings are fetched in a world of their own', { skip: !canUnshare && 'needs root and namespaces' }, () => {
        const home = mkdtempSync(path.join(tmpdir(), 'fd-fetch-'));
        makeWorld(home);
        const script = `set -e; ip link set lo up; ip addr add ${ADDRESS}/32 dev lo
            mount --bind ${home}/bundle.crt ${BUNDLE}; mount --bind ${home}/hosts /etc/hosts
            exec "$0" --test "$1"`;
        const { NODE_TEST_CONTEXT: _, ...env } = process.env;
        const run = spawnSync('unshare', ['-n', '-m', 'sh', '-c', script, process.execPath, fileURLToPath(import.meta.url)],
            { env: { ...env, SPEECH_FETCH_INSIDE: home }, encoding: 'utf8' });
        rmSync(home, { recursive: true, force: true });
        assert.equal(run.status, 0, run.stdout + run.stderr);
        assert.match(run.stdout, /# pass [1-9]/);
    });
}

function makeWorld(home) {
    const openssl = (...args) => execFileSync('openssl', args, { cwd: home, stdio: 'ignore' });
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', 'key.pem',
        '-out', 'cert.pem', '-subj', '/CN=media.example', '-addext', 'subjectAltName=DNS:media.example,DNS:inside.example');
    copyFileSync(BUNDLE, path.join(home, 'bundle.crt'));
    writeFileSync(path.join(home, 'bundle.crt'), readFileSync(path.join(home, 'cert.pem')), { flag: 'a' });
    writeFileSync(path.join(home, 'hosts'),
        `127.0.0.1 localhost inside.example\n${ADDRESS} media.example other.example\n`);
}

function inside() {
    let house;
    let gateway;
    let server;
    const seen = [];
    const hosts = ['media.example', 'inside.example', 'other.example'];

    before(async () => {
        const read = (name) => readFileSync(path.join(folder, name));
        server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, (request, response) => {
            seen.push(request.url);
            if (request.url === '/moved') response.writeHead(302, { location: '/voice.ogg' }).end();
            else if (request.url === '/gone') response.writeHead(404).end();
            else if (request.url === '/page') response.end('<html>');
            else if (request.url === '/long') response.end(Buffer.concat([OGG, Buffer.alloc(4 * 1024 * 1024)]));
            else response.end(OGG);
        });
        await new Promise((resolve) => { server.listen(443, '0.0.0.0', resolve); });
        house = await openHouse();
        gateway = await house.start({
            env: ({ providers }) => ({ TRANSCRIBE_URL: providers.url, AUDIO_HOSTS: hosts.join(',') }),
        });
        gateway.providers.speech.hears = { text: 'Asha Rao' };
    });
    after(async () => {
        await gateway?.stop();
        await house?.close();
        server?.close();
    });

    const say = async (url) => {
        const { session_key: key } = await restClient(gateway).begin({ channel: 'web', language: 'en' });
        return ask(`${gateway.url}/api/v2/instant-onboarding/voice/process`,
            { method: 'POST', body: { session_key: key, audio_url: url } });
    };
    const codeOf = async (url) => {
        const answer = await say(url);
        assert.equal(answer.status, 422, answer.text);
        return answer.json().errors[0].code;
    };

    test('the recording behind audio_url is heard', async () => {
        for (const url of ['https://media.example/voice.ogg?a=b#c', 'https://MEDIA.example:443/voice.ogg']) {
            const answer = await say(url);
            assert.equal(answer.status, 200, answer.text);
            assert.equal(answer.json().next_step, 'birth_date');
            assert.ok(gateway.providers.speech.calls.at(-1).content.file.bytes.equals(OGG));
        }
    });

    test('no redirect is followed, and what is no recording is refused', async () => {
        seen.length = 0;
        assert.equal(await codeOf('https://media.example/moved'), 'redirected');
        assert.equal(await codeOf('https://media.example/gone'), 'unreachable');
        assert.equal(await codeOf('https://media.example/page'), 'unknown_type');
        assert.equal((await say('https://media.example/long')).status, 413);
        assert.deepEqual(seen, ['/moved', '/gone', '/page', '/long']);
    });

    test('an allowed name that leads inside is not connected, nor is one without a right certificate', async () => {
        seen.length = 0;
        assert.equal(await codeOf('https://inside.example/voice.ogg'), 'not_public');
        assert.equal(await codeOf('https://other.example/voice.ogg'), 'unreachable');
        assert.deepEqual(seen, []);
    });
}
