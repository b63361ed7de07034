// What just happened, under the phones: each request of a provider with our answer, the session, the outbox.

const MOST_SHOWN = 40;
const NAMES = { whatsapp: 'WhatsApp', sms: 'SMS', voice: 'Call', web: 'Web chat' };

/** JSON indented, a form one field a line, anything else as it is. */
function readable(body) {
    if (/^[[{]/.test(body)) {
        try {
            return JSON.stringify(JSON.parse(body), null, 2);
        } catch { /* then it is no JSON */ }
    }
    if (/^[A-Za-z]+=/.test(body)) return [...new URLSearchParams(body)].map(([name, value]) => `${name}: ${value}`).join('\n');
    return body;
}

const code = (text) => make('pre', { tabindex: '0' }, text);

function requestText({ method, url, headers, body }) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [`${method} ${url}`, ...lines, '', readable(body)].join('\n');
}

/* When it was settled; or when it is tried again, or taken from a worker that died with it. */
function afterText({ state, settled_ms: settledMs, again_ms: againMs }) {
    if (settledMs !== null) return `${settledMs} ms`;
    const seconds = Math.ceil(againMs / 1000);
    return state === 'leased' ? `being sent; anybody’s in ${seconds} s` : `next try in ${seconds} s`;
}

class Happenings {
    #list;
    #session;
    #data;
    #outbox;
    #statuses;
    #workers;
    #shown = '';
    #seen = {}; // session, status, restarts: the last ones
    #rows = new Map(); // of the outbox: state and tries as they were

    constructor({ list, session, data, outbox, statuses, workers }) {
        this.#statuses = statuses;
        this.#workers = workers;
        this.#list = list;
        this.#session = session;
        this.#data = data;
        this.#outbox = outbox;
    }

    add(title, channel, delivery) {
        if (!delivery) {
            this.note(NAMES[channel], title, false);
            return;
        }
        const { request, answer, took_ms: tookMs } = delivery;
        this.exchange(title, channel, {
            parts: { 'The provider’s request': requestText(request), 'Our answer': readable(answer.body) || '(empty)' },
            outcome: `${answer.status || 'no answer'} in ${tookMs} ms`, isGood: answer.status >= 200 && answer.status < 300,
        });
    }

    /** What went to and fro: `parts` by their headings, and what came of it. */
    exchange(title, channel, { parts, outcome = '', isGood = true }) {
        const head = make('summary', {}, make('span', { class: 'when' }, new Date().toLocaleTimeString()),
            make('strong', {}, NAMES[channel]), make('span', { class: 'what' }, title),
            make('span', { class: isGood ? 'good' : 'bad' }, outcome));
        this.#put(make('li', {}, make('details', {}, head,
            ...Object.entries(parts).flatMap(([heading, text]) => [make('h4', {}, heading), code(text)]))));
    }

    /** Something that is no request. */
    note(who, what, isGood = true) {
        this.#put(make('li', {}, make('p', { class: 'note' }, make('span', { class: 'when' }, new Date().toLocaleTimeString()),
            make('strong', {}, who), make('span', { class: isGood ? 'what' : 'what bad' }, what))));
    }

    #put(item) {
        this.#list.prepend(item);
        while (this.#list.children.length > MOST_SHOWN) this.#list.lastChild.remove();
    }

    show(news) {
        const text = JSON.stringify(news);
        if (text === this.#shown) return;
        this.#shown = text;
        this.#showSession(news.session);
        this.#showStatus(news.session);
        this.#showWorkers(news);
        for (const row of news.outbox) this.#tellOf(row);
        this.#outbox.replaceChildren(...news.outbox.toReversed().map((row) => make('tr', {},
            ...[row.id, NAMES[row.channel], row.payload.text, row.state, row.attempts, afterText(row), row.error ?? '',
            ].map((cell) => make('td', {}, String(cell))))));
    }

    /* Each status with the moment at which it was seen; another session begins a new line. */
    #showStatus(session) {
        if (!session || (session.id === this.#seen.session && session.status === this.#seen.status)) return;
        const isNew = session.id !== this.#seen.session;
        const at = isNew ? new Date(session.created_at) : new Date(session.updated_at);
        this.#statuses.append(make('li', {}, make('span', { class: 'when' }, at.toLocaleTimeString()),
            ` ${isNew ? `a session by ${NAMES[session.channel]}: ` : ''}${session.status}`));
        this.#seen = { ...this.#seen, session: session.id, status: session.status };
    }

    #showWorkers({ workers, restarts }) {
        const pids = workers.map(({ pid }) => pid || 'being started').join(', ');
        this.#workers.textContent = `Workers: ${pids}. Started again since the gateway began: ${restarts}.`;
        if (this.#seen.restarts !== undefined && restarts > this.#seen.restarts)
            this.note('Gateway', `A worker died and was started again; workers are now ${pids}`);
        this.#seen.restarts = restarts;
    }

    /* What the outbox did about trouble. */
    #tellOf({ id, channel, state, attempts, error, again_ms: againMs }) {
        const before = this.#rows.get(id);
        this.#rows.set(id, `${state} ${attempts}`);
        if (before === `${state} ${attempts}`) return;
        const seconds = (againMs / 1000).toFixed(1);
        if (state === 'waiting' && attempts && error)
            this.note('Outbox', `${NAMES[channel]} message ${id} was not taken (${error}); try ${attempts + 1} in ${seconds} s`, false);
        if (['sent', 'delivered', 'read'].includes(state) && attempts > 1 && !/^(sent|delivered|read)/.test(before ?? 'sent'))
            this.note('Outbox', `${NAMES[channel]} message ${id} was taken at try ${attempts}`);
        if (state === 'failed') this.note('Outbox', `${NAMES[channel]} message ${id} was given up: ${error}`, false);
        if (state === 'superseded') this.note('Outbox', `${NAMES[channel]} message ${id} is not needed any more: a later one says it better`);
    }

    #showSession(session) {
        const { collected_data: data = {}, steps_completed: steps = [], ...rest } = session ?? {};
        const facts = session ? { ...rest, steps_completed: steps.join(', ') } : { session: 'none yet: say something' };
        this.#session.replaceChildren(...Object.entries(facts).flatMap(([name, value]) =>
            [make('dt', {}, name.replaceAll('_', ' ')), make('dd', {}, String(value))]));
        this.#data.textContent = JSON.stringify(data, null, 2);
    }
}
