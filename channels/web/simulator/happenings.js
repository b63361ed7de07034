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

class Happenings {
    #list;
    #session;
    #data;
    #outbox;
    #shown = '';

    constructor({ list, session, data, outbox }) {
        this.#list = list;
        this.#session = session;
        this.#data = data;
        this.#outbox = outbox;
    }

    add(title, channel, { request, answer, took_ms: tookMs }) {
        const isGood = answer.status >= 200 && answer.status < 300;
        const head = make('summary', {}, make('span', { class: 'when' }, new Date().toLocaleTimeString()),
            make('strong', {}, NAMES[channel]), make('span', { class: 'what' }, title),
            make('span', { class: isGood ? 'good' : 'bad' }, `${answer.status || 'no answer'} in ${tookMs} ms`));
        this.#list.prepend(make('li', {}, make('details', {}, head,
            make('h4', {}, 'The provider’s request'), code(requestText(request)),
            make('h4', {}, 'Our answer'), code(readable(answer.body) || '(empty)'))));
        while (this.#list.children.length > MOST_SHOWN) this.#list.lastChild.remove();
    }

    show(news) {
        const text = JSON.stringify(news);
        if (text === this.#shown) return;
        this.#shown = text;
        this.#showSession(news.session);
        this.#outbox.replaceChildren(...news.outbox.toReversed().map((row) => make('tr', {},
            ...[row.id, NAMES[row.channel], row.payload.text, row.state, row.attempts,
                row.settled_ms === null ? '' : `${row.settled_ms} ms`, row.error ?? '',
            ].map((cell) => make('td', {}, String(cell))))));
    }

    #showSession(session) {
        const { collected_data: data = {}, steps_completed: steps = [], ...rest } = session ?? {};
        const facts = session ? { ...rest, steps_completed: steps.join(', ') } : { session: 'none yet: say something' };
        this.#session.replaceChildren(...Object.entries(facts).flatMap(([name, value]) =>
            [make('dt', {}, name.replaceAll('_', ' ')), make('dd', {}, String(value))]));
        this.#data.textContent = JSON.stringify(data, null, 2);
    }
}
