// What do the gateway's calls meet in a test?
//
// startProviders() is one small HTTP server that plays Meta's Graph API, Twilio's REST API and the operator's own
// webhook. Each is a door: it records what was asked, in order, and answers as the provider would, unless it was told
// otherwise.
//
//     const providers = await startProviders();
//     providers.twilio.next({ status: 429, body: { code: 20429 } });     // the next call gets this, later ones success
//     providers.graph.always(() => 'hang');                              // every call: no answer at all
//     await providers.graph.called(2);                                   // waits for two calls, gives them
//
// providers.speech writes recordings down: it holds each call to the form of /v1/audio/transcriptions and hears what stands
// in providers.speech.hears, an object as the service would answer. providers.media is Meta's two steps to a voice note:
// media.files[id] is its bytes.
//
// Twilio's list of messages is a door of its own, providers.list: list.messages is what it tells of, the newest first,
// PAGE of them at once.
//
// providers.inquiry is asked after a number or an account; inquiry.numbers are those of Twilio's account.
//
// An answer is { status, headers, body } (body: text, or an object as JSON), or { raw } (bytes for the socket, which then
// ends), or 'hang', or 'reset', or a function of the call that gives one, or a promise of one.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { until } from './until.mjs';

let serial = 0;
const unique = () => `${process.pid.toString(36)}${(++serial).toString(36).padStart(6, '0')}`;

const doors = {
    speech: { path: /^\/v1\/audio\/transcriptions$/, read: readForm, accept: writeDown },
    media: { path: /^\/(graph\/[^/]+\/media-|lookaside\/)/, read: () => ({}), accept: giveMedia },
    inquiry: { path: /^\/graph\/[^/]+\/\d+\?fields=|^\/twilio\/.*(Accounts\/\w+|IncomingPhoneNumbers)\.json/, read: () => ({}), accept: tellAbout },
    graph: { path: /^\/graph\//, read: (body) => JSON.parse(body), accept: acceptAsMeta },
    list: { path: /^\/twilio\/.*Messages\.json\?/, read: () => ({}), accept: listMessages },
    twilio: { path: /^\/twilio\//, read: (body) => Object.fromEntries(new URLSearchParams(body)), accept: acceptAsTwilio },
    operator: { path: /^\/operator\//, read: (body) => JSON.parse(body), accept: () => ({ status: 204 }) },
};

function acceptAsMeta(call) {
    const id = `wamid.OUT${unique()}`;
    const contacts = [{ input: call.content.to, wa_id: call.content.to }];
    return { status: 200, body: { messaging_product: 'whatsapp', contacts, messages: [{ id }] } };
}

/* Who asks after a number or an account. */
function tellAbout({ path }, door) {
    if (path.startsWith('/graph/')) return { status: 200, body: { display_phone_number: '+1 555 010 0001', quality_rating: 'GREEN', id: '1' } };
    if (path.includes('IncomingPhoneNumbers')) return { status: 200, body: { incoming_phone_numbers: door.numbers } };
    return { status: 200, body: { status: 'active' } };
}

function acceptAsTwilio(call) {
    const sid = `SM${unique().padStart(32, '0')}`;
    const { To: to, From: from, Body: body } = call.content;
    return { status: 201, body: { sid, status: 'queued', to, from, body, error_code: null, error_message: null } };
}

/* multipart/form-data (RFC 7578) to the letter; what is wrong with it stands under `problem`. */
function readForm(body, bytes, headers) {
    const boundary = /^multipart\/form-data; boundary=([\w'()+,./:=?-]{1,70})$/.exec(headers['content-type'] ?? '')?.[1];
    if (!boundary) return { problem: 'no multipart form' };
    const parts = `\r\n${bytes.toString('latin1')}`.split(`\r\n--${boundary}`);
    if (parts.shift() !== '' || parts.pop() !== '--\r\n') return { problem: 'the form has no beginning or no end' };
    const form = { fields: {}, file: null };
    for (const part of parts) {
        const found = /^\r\nContent-Disposition: form-data; name="([^"\r\n]+)"(?:; filename="([^"\r\n]+)"\r\nContent-Type: ([\w/]+))?\r\n\r\n([^]*)$/.exec(part);
        if (!found) return { problem: `a part that is none: ${part.slice(0, 80)}` };
        const [, name, filename, type, value] = found;
        if (filename) form.file = { name, filename, type, bytes: Buffer.from(value, 'latin1') };
        else form.fields[name] = Buffer.from(value, 'latin1').toString();
    }
    const { model, response_format: format } = form.fields;
    if (form.file?.name !== 'file' || !model || !/^(verbose_)?json$/.test(format)) return { ...form, problem: 'file, model or format' };
    return form;
}

function writeDown({ content, method }, door) {
    if (content.problem || method !== 'POST') return { status: 400, body: { error: { message: content.problem } } };
    return { status: 200, body: door.hears };
}

/* The first step tells where, the second gives; both want the token. */
function giveMedia({ path, headers }, door) {
    const id = /(media-\d+)/.exec(path)[1];
    const bytes = door.files[id];
    if (!/^Bearer ./.test(headers.authorization ?? '')) return { status: 401, body: { error: { code: 190 } } };
    if (!bytes) return { status: 404, body: { error: { code: 100 } } };
    if (path.startsWith('/lookaside/')) return { status: 200, headers: { 'content-type': 'audio/ogg' }, body: bytes };
    const url = `http://${headers.host}/lookaside/${id}`;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { status: 200, body: { messaging_product: 'whatsapp', url, mime_type: 'audio/ogg', sha256, file_size: bytes.length, id } };
}

const PAGE = 3;

/* As Twilio lists them: by number and time, page by page. */
function listMessages(call, door) {
    const { pathname, searchParams } = new URL(call.path, 'http://x');
    const from = Number(searchParams.get('PageToken') ?? 0);
    const wanted = door.messages.filter(({ to, date_sent: sent }) =>
        to === searchParams.get('To') && new Date(sent) >= new Date(searchParams.get('DateSent>')));
    searchParams.set('PageToken', from + PAGE);
    const next = from + PAGE < wanted.length ? `${pathname.replace('/twilio', '')}?${searchParams}` : null;
    return { status: 200, body: { messages: wanted.slice(from, from + PAGE), next_page_uri: next } };
}

const digitsOf = (recipient) => recipient.replace(/^\+/, '');
const recipientOf = ({ content }) => digitsOf(content.to ?? content.To ?? content.recipient ?? '');

class Door {
    #plan = [];
    #plansFor = new Map();
    #rule = null;
    #accept;

    constructor(accept) {
        this.#accept = accept;
        this.calls = [];
        this.messages = [];     // of the list
        this.numbers = [];      // of the account
        this.hears = { text: '' };
        this.files = {};
    }

    /** The next call gets this answer; several are used up one after the other. */
    next(...answers) {
        this.#plan.push(...answers);
    }

    /** The same for the next calls to one recipient. */
    nextTo(recipient, ...answers) {
        this.#plansFor.set(digitsOf(recipient), answers);
    }

    /** Every call gets this answer, until told otherwise; null: success again. */
    always(answer) {
        this.#rule = answer;
    }

    /** Calls for one recipient, in order. */
    to(recipient) {
        return this.calls.filter((call) => recipientOf(call) === digitsOf(recipient));
    }

    /** Waits until there were `count` calls (for that recipient), and gives them. */
    async called(count, recipient = null, patienceMs = 15_000) {
        const calls = () => (recipient ? this.to(recipient) : this.calls);
        await until(() => calls().length >= count, `${count} calls (there were ${calls().length})`, patienceMs);
        return calls();
    }

    async answerTo(call) {
        const planned = this.#plansFor.get(recipientOf(call))?.shift() ?? this.#plan.shift() ?? this.#rule;
        const answer = typeof planned === 'function' ? await planned(call) : planned;
        return answer ?? this.#accept(call, this);
    }
}

/** Gives { url, graph, twilio, list, inquiry, operator, speech, media, stop }. */
export async function startProviders() {
    const providers = {};
    for (const [name, { accept }] of Object.entries(doors)) providers[name] = new Door(accept);
    const server = createServer((request, response) => receive(providers, request, response));
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    server.unref();
    const url = `http://127.0.0.1:${server.address().port}`;
    const stop = () => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    });
    return { ...providers, url, stop };
}

async function receive(providers, request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [name, { read }] = Object.entries(doors).find(([, { path }]) => path.test(request.url));
    const bytes = Buffer.concat(chunks);
    const body = bytes.toString();
    const call = { at: Date.now(), method: request.method, path: request.url, headers: request.headers, body };
    call.content = read(body, bytes, request.headers);
    providers[name].calls.push(call);
    const answer = await providers[name].answerTo(call);
    call.answer = answer;
    if (answer === 'hang') return;
    if (answer === 'reset') {
        request.socket.destroy();
        return;
    }
    if (answer.raw) {
        request.socket.end(answer.raw);
        return;
    }
    const { status, headers = {}, body: said = '' } = answer;
    const isJson = typeof said !== 'string' && !Buffer.isBuffer(said);
    response.writeHead(status, { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers });
    response.end(isJson ? JSON.stringify(said) : said);
}

/** Graph API's refusal with one of its codes. */
export const graphError = (code, status = 400) => ({
    status, body: { error: { message: `(#${code}) refused`, type: 'OAuthException', code, fbtrace_id: 'A' } },
});

/** Twilio's refusal with one of its codes. */
export const twilioError = (code, status = 400) => ({
    status, body: { code, message: 'refused', more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});
