// How does somebody telephone with a gateway in a test?
//
//     const asha = caller(gateway, '+919812345670');
//     await asha.dials();               // asha.heard: what was said; asha.gather: how the answer is gathered
//     await asha.presses('1');
//     await asha.says('Asha');
//     await asha.isSilent();
//     asha.hasEnded                     // the document hung up
//     await callersOf(gateway).atDate() // somebody who has come as far as the day of birth
//
// The caller behaves as Twilio does: executes the document's verbs from top to bottom, follows redirects, submits keys
// when numDigits are there, and posts to the question's own action URL with a signature by the official package.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { postTwilio } from './people.mjs';

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decode = (text) => text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));|&/g, (all, decimal, hex, name) => {
    if (name) assert.ok(name in entities, `an unknown entity: ${all}`);
    else assert.ok(decimal ?? hex, 'an & that begins no entity');
    return name ? entities[name] : String.fromCodePoint(parseInt(decimal ?? hex, decimal ? 10 : 16));
});

/** A document as { name, attributes, children }, texts as strings; fails on anything that is not well-formed. */
export function parseXml(document) {
    const token = /<\?xml[^?]*\?>|<\/([A-Za-z-]+)>|<([A-Za-z-]+)((?:\s+[A-Za-z-]+="[^"<]*")*)\s*(\/?)>|[^<]+/y;
    const root = { children: [] };
    const open = [root];
    while (token.lastIndex < document.length) {
        const from = token.lastIndex;
        const found = token.exec(document);
        assert.ok(found, `not well-formed at ${from}: ${document.slice(from, from + 80)}`);
        const [text, closed, opened, attributes, isEmpty] = found;
        if (text.startsWith('<?')) {
            assert.equal(from, 0, 'a declaration that does not come first');
        } else if (closed) {
            assert.equal(open.pop().name, closed, `</${closed}> closes something else`);
        } else if (opened) {
            const pairs = [...attributes.matchAll(/([A-Za-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, decode(value)]);
            const element = { name: opened, attributes: Object.fromEntries(pairs), children: [] };
            open.at(-1).children.push(element);
            if (!isEmpty) open.push(element);
        } else {
            open.at(-1).children.push(decode(text));
        }
    }
    assert.equal(open.length, 1, 'an element is not closed');
    assert.equal(root.children.length, 1, 'there is one root element');
    return root.children[0];
}

const textOf = (node) => (typeof node === 'string' ? node : node.children.map(textOf).join(''));
const saysOf = (node) => node.children.flatMap((child) => (child.name === 'Say' ? [child] : []));

const VERBS = new Set(['Gather', 'Say', 'Pause', 'Redirect', 'Hangup']);

/** What a voice document does: { spoken, heard, gather, redirect, isSlow }. */
export function readTwiml(document) {
    const response = parseXml(document);
    assert.equal(response.name, 'Response');
    const verbs = response.children;
    for (const verb of verbs) assert.ok(VERBS.has(verb.name), `no verb of ours: ${verb.name ?? verb}`);
    const gather = verbs.find(({ name }) => name === 'Gather');
    if (gather) for (const inner of gather.children) assert.ok(inner.name === 'Say', `${inner.name} inside Gather`);
    const says = [...(gather ? saysOf(gather) : []), ...saysOf(response)];
    const redirect = verbs.find(({ name }) => name === 'Redirect');
    return {
        document,
        spoken: says.map((say) => ({ ...say.attributes, text: textOf(say) })),
        heard: says.map(textOf).join(' ').replace(/\s+/g, ' '),
        isSlow: says.length > 0 && says.every((say) => say.children[0]?.name === 'prosody'),
        gather: gather?.attributes ?? null,
        redirect: redirect ? textOf(redirect) : null,
    };
}

export const newCallSid = () => `CA${randomBytes(16).toString('hex')}`;

export function voiceParams(gateway, callSid, from, more = {}) {
    return {
        CallSid: callSid, AccountSid: gateway.secrets.accountSid, From: from, To: gateway.smsNumber,
        Caller: from, Called: gateway.smsNumber, CallStatus: 'in-progress', Direction: 'inbound', ApiVersion: '2010-04-01',
        ...more,
    };
}

/** Somebody with a telephone; `number` may be 'anonymous'. */
export function caller(gateway, number, callSid = newCallSid()) {
    if (number.startsWith('+')) gateway.numbers.add(number);
    const person = { number, callSid, heard: null, gather: null, hasEnded: false, rounds: 0, slowest: 0 };

    /** Posts to a path; gives the document that is executed in the end, redirects followed. */
    person.posts = async (path, more) => {
        const began = Date.now();
        const answer = await postTwilio(gateway, path, voiceParams(gateway, callSid, number, more));
        person.slowest = Math.max(person.slowest, Date.now() - began);
        assert.equal(answer.status, 200, answer.text);
        assert.match(answer.headers['content-type'], /^text\/xml/);
        const read = readTwiml(answer.text);
        if (!read.redirect) return Object.assign(person, read, { hasEnded: !read.gather });
        person.rounds++;
        await new Promise((resolve) => { setTimeout(resolve, 1000); });
        return person.posts(read.redirect.slice(gateway.publicUrl.length), {});
    };
    person.answers = (more) => {
        assert.ok(person.gather, `nothing is asked: ${person.heard}`);
        return person.posts(person.gather.action.slice(gateway.publicUrl.length), more);
    };
    person.dials = () => person.posts('/webhooks/twilio/voice', { CallStatus: 'ringing' });
    person.presses = (keys, more = {}) => {
        const most = Number(person.gather?.numDigits ?? 100);
        assert.ok(keys.length <= most, `${most} keys are taken, not ${keys}`);
        return person.answers({ Digits: keys, FinishedOnKey: '', ...more });
    };
    person.says = (speech, confidence = 0.92) =>
        person.answers({ SpeechResult: speech, Confidence: String(confidence), Language: person.gather?.language });
    person.isSilent = () => person.answers({});
    person.hangsUp = () => postTwilio(gateway, '/webhooks/twilio/voice/status',
        voiceParams(gateway, callSid, number, { CallStatus: 'completed', CallDuration: '42' }));
    return person;
}

/** Callers in English, each with a mobile number that no other has, and what became of them. */
export function callersOf(gateway) {
    let serial = 0;
    const callers = {};
    callers.mobile = () => `+9198123${45000 + ++serial}`;
    callers.session = async (number) => (await gateway.rows(`
        select s.* from public.instant_onboarding_sessions s
        join frontdesk.conversations c on c.session_id = s.id
        join frontdesk.addresses a on a.contact_id = c.contact_id
        where a.address = '${number}' order by s.created_at desc limit 1`))[0];
    callers.texts = (number) => gateway.providers.twilio.to(number);

    /** Has chosen the language and is asked for the name; the others: for what their name says. */
    callers.atName = async (number = callers.mobile()) => {
        const asha = caller(gateway, number);
        await asha.dials();
        await asha.presses('1');
        return asha;
    };
    callers.atDate = async (number) => {
        const asha = await callers.atName(number);
        await asha.says('Asha');
        return asha.presses('1');
    };
    callers.atTime = async (number) => (await callers.atDate(number)).presses('15081990');
    callers.atPlace = async (number) => (await callers.atTime(number)).presses('1830');
    return callers;
}
