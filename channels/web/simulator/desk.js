// How does the page talk to the gateway, and how does what a person says get into trouble on its way?
//
// The Desk asks the gateway, with the operator's token where it wants one. The Post plays the providers: it brings
// what was said to the gateway's webhooks, once, twice, late or in the wrong order, and what became of our messages.

const TOKEN = 'simulator.token';
const LATE_MS = 8000;
/* Providers come again when nobody answers. */
const AGAIN_MS = 700;
const MOST_TIMES = 12;

class Desk {
    #askForToken;
    #token = sessionStorage.getItem(TOKEN) ?? '';

    /** `askForToken(isWrong)` shows a form and gives what was entered; `isWrong`: what was entered before opens nothing. */
    constructor(askForToken) {
        this.#askForToken = askForToken;
    }

    /** `webKey`: of the web chat's session; '' where there is none. */
    news(number, webKey) {
        return this.#ask(`simulator/news?${new URLSearchParams({ number })}`, { headers: keyHeader(webKey) });
    }

    deliver(what) {
        return this.#ask('simulator/deliver', { method: 'POST', body: JSON.stringify(what) });
    }

    /** The conversation on the person's phones so far, turn by turn; with a key that of the web chat. */
    recording(number, webKey = '') {
        return this.#ask(`simulator/recording?${new URLSearchParams({ number })}`, { headers: keyHeader(webKey) });
    }

    /** The providers answer the next `calls` messages so: '429', '500', 'timeout'; or 'none': as they should. */
    trouble(answers, calls) {
        return this.#ask('simulator/trouble', { method: 'POST', body: JSON.stringify({ answers, calls }) });
    }

    /** A worker dies: 'now', or 'answered': once what is said next was taken, before anybody hears of it. */
    kill(when) {
        return this.#ask('simulator/kill', { method: 'POST', body: JSON.stringify({ when }) });
    }

    async #ask(where, options = {}) {
        const headers = { 'Content-Type': 'application/json', ...options.headers };
        if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
        const answer = await fetch(where, { ...options, headers }).catch(() => {
            throw new TypeError('The gateway does not answer.');
        });
        if (answer.status === 401) {
            this.#token = await this.#askForToken(this.#token !== '');
            sessionStorage.setItem(TOKEN, this.#token);
            return this.#ask(where, options);
        }
        const body = await answer.json();
        if (!answer.ok) throw new Error(body.detail ?? body.title);
        return body;
    }
}

const keyHeader = (webKey) => (webKey ? { 'X-Session-Key': webKey } : {});

const PREFIXES = { whatsapp: 'wamid.simulated.', sms: 'SM', voice: 'CA' };

function newId(channel) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return PREFIXES[channel] + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

class Post {
    trouble = 'none'; // or twice, late, swapped, dies
    #desk;
    #from;
    #happened;
    #held = null; // said, and to arrive after what is said next

    /** `happened(title, delivery)` hears of everything that was delivered. */
    constructor(desk, from, happened) {
        this.#desk = desk;
        this.#from = from;
        this.#happened = happened;
    }

    /** Brings a message; gives the delivery: { id, took_ms, request, answer, … }. */
    async say(channel, message, title) {
        const what = { channel, message, id: newId(channel), at: Math.floor(Date.now() / 1000) };
        const { trouble } = this;
        if (trouble === 'late') await pause(LATE_MS);
        if (trouble === 'swapped' && !this.#held) return this.#hold(what, title);
        if (trouble === 'dies') await this.#desk.kill('answered');
        const delivery = await this.bring(what, trouble === 'late' ? `${title}, late` : title);
        if (trouble === 'twice') await this.bring(what, `${title}, once more`);
        await this.#release();
        return delivery;
    }

    /** Tells what became of a message of ours. */
    tell(channel, id, status, outboxId) {
        return this.bring({ channel, id, status: { status, outbox_id: String(outboxId) } }, `Status: ${status}`);
    }

    async bring(what, title) {
        for (let times = 1; ; times++) {
            try {
                const delivery = await this.#desk.deliver({ from: this.#from, ...what });
                this.#happened(times > 1 ? `${title}, brought again` : title, what.channel, delivery);
                return delivery;
            } catch (error) {
                if (!(error instanceof TypeError) || times === MOST_TIMES) throw error;
                this.#happened(`${title}: the connection broke, so nobody knows whether it was taken`, what.channel, null);
                await pause(AGAIN_MS);
            }
        }
    }

    #hold(what, title) {
        return new Promise((resolve, reject) => {
            this.#held = () => this.bring(what, `${title}, overtaken`).then(resolve, reject);
        });
    }

    async #release() {
        const held = this.#held;
        this.#held = null;
        await held?.();
    }

    get isHolding() {
        return this.#held !== null;
    }

    /** Trouble is over: what was held arrives. */
    async calm() {
        this.trouble = 'none';
        await this.#release();
    }
}
