// Does the settings page tell what is set without telling it, and does the doctor find what is wrong?
import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { assertDiscreet, freePort, openHouse, runMeanwhile } from '../support/gateway.mjs';
import { graphError, twilioError } from '../support/providers.mjs';
import { ask } from '../support/request.mjs';

let house;
let gateway;
let proxy;
let spoils = false; // the proxy adds a blank to every body

/** Stands before the gateway as a reverse proxy does. */
async function startProxy() {
    const own = { port: 0 };
    const server = createServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(spoils && chunks.length ? [...chunks, Buffer.from(' ')] : chunks);
        const headers = { ...request.headers, 'content-length': body.length };
        const onward = httpRequest({ port: own.port, host: '127.0.0.1', method: request.method, path: request.url, headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.end(body);
    });
    const port = await freePort();
    await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
    own.url = `http://127.0.0.1:${port}`;
    own.stop = () => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    });
    return own;
}

before(async () => {
    house = await openHouse();
    proxy = await startProxy();
    gateway = await house.start({ env: { PUBLIC_URL: proxy.url, TICKETS: 'true', TICKETS_HOURS: 'mon-fri 09:00-18:00' } });
    proxy.port = gateway.port;
});
after(async () => {
    await gateway?.stop();
    if (gateway) assertDiscreet(gateway);
    await proxy?.stop();
    await house?.close();
});

const asks = (method, where, body = null) =>
    ask(`${gateway.url}/admin/api/${where}`, { method, body, headers: { authorization: `Bearer ${gateway.secrets.adminToken}` } });
/** What the doctor finds, as "verdict about: found", and without what is in order. */
async function examines() {
    const answer = await asks('POST', 'doctor', {});
    assert.equal(answer.status, 200, answer.text);
    return answer.json().findings.map(({ verdict, about, found, advice }) => ({ verdict, about, found, advice }));
}
const wrong = async () => (await examines()).filter(({ verdict }) => verdict === 'bad');
const rowsKept = () => gateway.value('select (select count(*) from frontdesk.inbound) + (select count(*) from frontdesk.outbox)');

test('it tells what is set and the addresses to paste, and no secret', async () => {
    const answer = await asks('GET', 'settings');
    const { channels, features, public_url: url } = answer.json();
    assert.equal(url, proxy.url);
    const whatsapp = channels.find(({ kind }) => kind === 'whatsapp');
    assert.deepEqual(whatsapp.credentials.map(({ variable, is_set: isSet, end }) => [variable, isSet, end]), [
        ['WHATSAPP_PHONE_NUMBER_ID', true, '2922'], ['WHATSAPP_ACCESS_TOKEN', true, undefined],
        ['WHATSAPP_APP_SECRET', true, undefined], ['WHATSAPP_VERIFY_TOKEN', true, undefined]]);
    assert.equal(whatsapp.webhooks[0].url, `${proxy.url}/webhooks/whatsapp`);
    assert.equal(channels.find(({ kind }) => kind === 'sms').webhooks[0].url, `${proxy.url}/webhooks/twilio/sms`);
    assert.match(features.find(({ name }) => name === 'Tickets').words, /mon-fri 09:00-18:00/);
    for (const [name, secret] of Object.entries(gateway.secrets)) assert.ok(!answer.text.includes(secret), name);
    assert.equal((await ask(`${gateway.url}/admin/api/settings`)).status, 401);
});

test('where all is well the doctor says so, and nothing is kept', async () => {
    gateway.providers.inquiry.numbers = [{ sms_url: `${proxy.url}/webhooks/twilio/sms`, voice_url: 'https://elsewhere.example/' }];
    const before = await rowsKept();
    const findings = await examines();
    assert.deepEqual(findings.filter(({ verdict }) => verdict === 'bad'), []);
    assert.deepEqual(findings.filter(({ verdict }) => verdict === 'warn').map(({ about }) => about), ['PUBLIC_URL', 'Twilio (sms): calls']);
    assert.match(findings.find(({ about }) => about === 'Twilio (sms): calls').advice, new RegExp(`${proxy.url}/webhooks/twilio/voice`));
    assert.equal(findings.filter(({ found }) => /recognised; nothing of it was kept/.test(found)).length, 2);
    assert.match(findings.find(({ about }) => about === 'WhatsApp: templates').found, /^None is used/);
    assert.equal(await rowsKept(), before);
    const { status, stdout } = await runMeanwhile(gateway.home, ['doctor'], gateway.env);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^ok {4}WhatsApp \(whatsapp\): credentials: Meta knows the token and the number/m);
});

test('a proxy that changes bodies, refused credentials and a dead address are found, with what to do', async () => {
    spoils = true;
    assert.deepEqual((await wrong()).map(({ about }) => about), ['WhatsApp (whatsapp): signature', 'Twilio (sms): signature']);
    spoils = false;
    gateway.providers.inquiry.next(graphError(190, 401), twilioError(20003, 401), twilioError(20003, 401));
    const refused = await wrong();
    assert.deepEqual(refused.map(({ about }) => about), ['WhatsApp (whatsapp): credentials', 'Twilio (sms): credentials']);
    assert.match(refused[0].found, /refuses WHATSAPP_ACCESS_TOKEN/);
    assert.ok(refused.every(({ advice }) => advice));
    const { status, stdout } = await runMeanwhile(gateway.home, ['doctor'], { ...gateway.env, PUBLIC_URL: `http://127.0.0.1:${await freePort()}` });
    assert.equal(status, 1);
    assert.match(stdout, /BAD {3}PUBLIC_URL: reached from here: .* does not answer/);
});
