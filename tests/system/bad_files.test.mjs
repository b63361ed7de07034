// What if the operator's files are wrong at a bad moment?

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openHouse, runIn } from '../support/gateway.mjs';
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

test('a channel may say how far its people\'s clocks are from UTC', async () => {
    const gateway = await house.start({ settings: (yaml) => yaml.replace('    id: sms\n', '    id: sms\n    utc_offset_minutes: 60\n') });
    runIn(gateway.home, ['check'], gateway.env);
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
