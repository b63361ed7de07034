// What if the operator's files are wrong at a bad moment?

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openHouse, runAnyhow, runIn } from '../support/gateway.mjs';
import { ask } from '../support/request.mjs';
import { smsPerson } from '../support/people.mjs';
import { until } from '../support/until.mjs';

let house;

before(async () => { house = await openHouse(); });
after(async () => { await house?.close(); });

test('a worker that dies while a flow file is spoilt comes back with the flows that served before', async () => {
    const gateway = await house.start();
    const file = path.join(gateway.home, 'config/flows/appointment.yaml');
    const good = readFileSync(file);
    writeFileSync(file, 'steps: [');
    const [before_] = gateway.workers();
    await gateway.kill9('worker');
    await until(() => gateway.workers().length === 1 && gateway.workers()[0] !== before_, 'another worker');
    const ready = await gateway.isReady();
    assert.match(ready.text, /appointment\.yaml:2/);
    const asha = smsPerson(gateway, '+919812350920');
    assert.equal((await asha.says('hi')).said.length, 1);

    writeFileSync(file, good);
    gateway.signal('SIGHUP');
    await until(async () => !(await ask(`${gateway.url}/readyz`)).text.includes('appointment'), 'the complaint to end');
    await gateway.stop();
});

test('a SIGHUP that comes before a worker listens harms nobody', async () => {
    const gateway = await house.start({ isReady: false });
    for (let i = 0; i < 20; i++) {
        await until(() => gateway.log.includes('frontdesk serves'), 'the start');
        gateway.signal('SIGHUP');
        await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    await gateway.isReady();
    assert.doesNotMatch(gateway.log, /a worker died/);
    await gateway.stop();
});

test('a SIGHUP that comes while the settings are still read ends nothing, and reloads once they are', async () => {
    const pipe = path.join(house.folder, 'secret');     // reading it takes until something is written
    execFileSync('mkfifo', [pipe]);
    const gateway = await house.start({ isReady: false, env: { WEBHOOK_SECRET: null, WEBHOOK_SECRET_FILE: pipe } });
    const writer = await until(() => {
        try {
            return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
        } catch (error) {
            assert.equal(error.code, 'ENXIO', 'nobody reads yet');
            return null;
        }
    }, 'the settings to be read');
    gateway.signal('SIGHUP');
    writeSync(writer, gateway.secrets.webhookSecret);
    closeSync(writer);
    await gateway.isReady();
    await until(() => /flows and words were loaded anew/.test(gateway.log), 'it to reload');
    await gateway.stop();
});

test('many SIGHUPs at once are a few reloads, and nobody waits for the rest', async () => {
    const gateway = await house.start();
    for (let i = 0; i < 60; i++) {
        gateway.signal('SIGHUP');
        await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    await until(() => /flows and words were loaded anew/.test(gateway.log), 'it to reload');
    assert.equal((await ask(`${gateway.url}/healthz`)).status, 200);
    await gateway.stop();
    const reloads = gateway.log.match(/flows and words were loaded anew/g).length;
    assert.ok(reloads < 25, `${reloads} reloads`);
});

test('a channel may say how far its people\'s clocks are from UTC', async () => {
    const gateway = await house.start({ settings: (yaml) => yaml.replace('    id: sms\n', '    id: sms\n    utc_offset_minutes: 60\n') });
    runIn(gateway.home, ['check'], gateway.env);
    await gateway.stop();
});

test('check names a mistake in the words of a language, and what else is wrong there, and ends with 2', async () => {
    const gateway = await house.start();
    const file = path.join(gateway.home, 'config/lang/en.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('  name_frames: [', '  name_frames: ["no gap", '));
    const alone = runAnyhow(gateway.home, ['check'], gateway.env);
    assert.equal(alone.status, 2, alone.stderr);
    assert.match(alone.stderr, /^config\/lang\/en\.yaml:\d+:\d+: a frame needs \{\}/);
    assert.equal(alone.stderr.trim().split('\n').length, 1, alone.stderr);
    writeFileSync(file, good.replace('  name_frames: [', '  name_frames: ["no gap", ').replace(/^ {2}hello: .*\n/m, ''));
    assert.match(runAnyhow(gateway.home, ['check'], gateway.env).stderr, /the phrase "hello" is missing/);
    await gateway.stop();
});

test('either of two admin tokens opens the statistics while they are rotated', async () => {
    const tokens = ['o'.repeat(40), 'n'.repeat(40)];
    const gateway = await house.start({ env: { ADMIN_TOKEN: tokens.join(',') } });
    const stats = (token) => ask(`${gateway.url}/api/v2/instant-onboarding/stats`, { headers: { authorization: `Bearer ${token}` } });
    for (const token of tokens) assert.equal((await stats(token)).status, 200);
    for (const token of ['', 'x'.repeat(40), tokens.join(',')]) assert.equal((await stats(token)).status, 401);
    await gateway.stop();
});
