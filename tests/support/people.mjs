// How do people reach the gateway in a test? Through the providers' signed webhooks, or the REST API.
//
// smsPerson and whatsappPerson speak as somebody with a number; signatures are made by the official twilio package,
// and as Meta documents them.

import { createHmac, randomBytes } from 'node:crypto';
import twilio from 'twilio';
import { ask } from './request.mjs';

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';
const API = '/api/v2/instant-onboarding';

let serial = 0;
const unique = () => randomBytes(6).toString('hex') + (++serial).toString(16).padStart(4, '0');
export const newSid = () => `SM${unique().padStart(32, '0')}`;
export const newWamid = () => `wamid.IN${unique()}`;

// ---- SMS ----

/** What a TwiML document says: one text a message, entities decoded. */
export function spoken(twiml) {
    const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
    const decode = (text) => text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
        (all, decimal, hex, name) => (name ? entities[name] : String.fromCodePoint(parseInt(decimal ?? hex, decimal ? 10 : 16))));
    return [...twiml.matchAll(/<Message[^>]*>([^]*?)<\/Message>/g)].map(([, text]) => decode(text));
}

/** A signed POST of a form to one of the gateway's Twilio webhooks. `changed` headers may break it. */
export function postTwilio(gateway, path, params, changed = {}) {
    const url = gateway.publicUrl + path;
    const signature = twilio.getExpectedTwilioSignature(gateway.secrets.twilioToken, url, params);
    const headers = { 'content-type': FORM, 'x-twilio-signature': signature, ...changed };
    return ask(gateway.url + path, { method: 'POST', headers, body: new URLSearchParams(params).toString() });
}

export function smsParams(gateway, from, text, more = {}) {
    const MessageSid = more.MessageSid ?? newSid();
    return {
        MessageSid, SmsSid: MessageSid, AccountSid: gateway.secrets.accountSid, From: from, To: gateway.smsNumber,
        Body: text, NumMedia: '0', NumSegments: '1', SmsStatus: 'received', ApiVersion: '2010-04-01', ...more,
    };
}

/** Somebody who texts; `number` in E.164. says() gives the answer with `said`: the texts of its TwiML. */
export function smsPerson(gateway, number) {
    gateway.numbers.add(number);
    return {
        number,
        async says(text, more) {
            const answer = await postTwilio(gateway, '/webhooks/twilio/sms', smsParams(gateway, number, text, more));
            return { ...answer, said: spoken(answer.text) };
        },
        /** Several things, one after the other; gives the texts said to the last. */
        async saysAll(...texts) {
            let answer;
            for (const text of texts) answer = await this.says(text);
            return answer.said;
        },
    };
}

/** Twilio tells what became of a message: `callback` is the StatusCallback that the gateway gave with it. */
export function tellStatus(gateway, callback, sid, status, more = {}) {
    const path = callback.slice(gateway.publicUrl.length);
    return postTwilio(gateway, path, {
        MessageSid: sid, SmsSid: sid, MessageStatus: status, SmsStatus: status, AccountSid: gateway.secrets.accountSid,
        To: '+15550000000', From: gateway.smsNumber, ApiVersion: '2010-04-01', ...more,
    });
}

// ---- WhatsApp ----

/** A signed POST of bytes to the WhatsApp webhook. */
export function postMeta(gateway, body, { path = `${API}/whatsapp/webhook`, headers = {} } = {}) {
    const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    const digest = createHmac('sha256', gateway.secrets.whatsappSecret).update(bytes).digest('hex');
    const signed = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${digest}`, ...headers };
    return ask(gateway.url + path, { method: 'POST', headers: signed, body: bytes });
}

/** A webhook with these messages and statuses in one change. */
export function metaEvent(gateway, { messages, statuses, contacts } = {}, phoneNumberId = gateway.whatsappId) {
    const metadata = { display_phone_number: '15550100001', phone_number_id: phoneNumberId };
    const value = { messaging_product: 'whatsapp', metadata, contacts, messages, statuses };
    return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] };
}

export const nowSeconds = () => String(Math.floor(Date.now() / 1000));

/**
 * Somebody on WhatsApp; `number` is digits without plus. message() makes one of any type; sends() posts some in one
 * webhook; hears(n) waits for the n-th message sent to them and gives what was posted to the Graph API.
 */
export function whatsappPerson(gateway, number, profile = 'Asha') {
    gateway.numbers.add(number);
    const contacts = [{ profile: { name: profile }, wa_id: number }];
    const message = (type, content, more = {}) =>
        ({ from: number, id: newWamid(), timestamp: nowSeconds(), type, [type]: content, ...more });
    return {
        number,
        message,
        text: (body, more) => message('text', { body }, more),
        tap: (kind, id, title) => message('interactive', { type: kind, [kind]: { id, title } }),
        sends: (...messages) => postMeta(gateway, metaEvent(gateway, { messages, contacts })),
        says(body, more) { return this.sends(this.text(body, more)); },
        async hears(count) {
            const calls = await gateway.providers.graph.called(count, number);
            return calls[count - 1].content;
        },
        async talks(...texts) {
            let heard;
            for (const text of texts) {
                const before = gateway.providers.graph.to(number).length;
                const { status } = await this.says(text);
                if (status !== 200) throw new Error(`the webhook answered ${status}`);
                heard = await this.hears(before + 1);
            }
            return heard;
        },
    };
}

/** The words of a message posted to the Graph API, whatever its form. */
export const wordsOf = (content) => content.text?.body ?? content.interactive?.body.text ?? content.image?.caption;

// ---- Days ----

/** That day of next year: a day to come, whenever the test runs. */
export const nextYear = (day) => `${day} ${new Date().getUTCFullYear() + 1}`;

// ---- REST ----

/** Gives { start, collect, session, get }: each resolves to the whole answer. */
export function restClient(gateway) {
    const post = (path, body, headers) => ask(gateway.url + API + path, { method: 'POST', body, headers });
    return {
        start: (body = { channel: 'web', language: 'en' }, headers = {}) => post('/session/start', body, headers),
        collect: (body, headers = {}) => post('/session/collect', body, headers),
        session: (key) => ask(`${gateway.url}${API}/session`, { headers: { 'x-session-key': key } }),
        get: (path, headers = {}) => ask(gateway.url + API + path, { headers }),
        /** Starts a session and gives what came. */
        async begin(body) {
            const answer = await this.start(body);
            if (answer.status !== 200) throw new Error(`start answered ${answer.status} ${answer.text}`);
            return answer.json();
        },
    };
}
