// How does the page ask the gateway, and what does it say when that fails?

/** Why something could not be done, in words for people. `status` 0: nobody answered. */
class Problem extends Error {
    constructor(status, words) {
        super(words);
        this.status = status;
    }
}

const AWAY = 'The gateway can’t be reached. What you wrote is still here; try again in a moment.';

async function problemOf(answer) {
    const body = await answer.json().catch(() => ({}));
    const fields = (body.errors ?? []).map(({ detail }) => detail).join(' ');
    if (answer.status === 429) return `Too fast: try again in ${answer.headers.get('Retry-After') ?? 'a few'} seconds.`;
    if (answer.status === 503) return 'PostgreSQL is away just now. Nothing was changed; try again in a moment.';
    return fields || body.detail || body.title || `The gateway answered ${answer.status}.`;
}

/** Who hears that nobody is signed in any more. */
let signedOut = () => {};

/**
 * Asks admin/api/`path`; gives what was answered. Throws a Problem whose message can be shown as it is. A POST's `body`
 * becomes JSON.
 */
async function call(method, path, body) {
    const options = { method, headers: { 'X-Frontdesk-Csrf': '1' }, credentials: 'same-origin' };
    if (body !== undefined) {
        options.headers['Content-Type'] = 'application/json';
        options.body = JSON.stringify(body);
    }
    const answer = await fetch(`admin/api/${path}`, options).catch(() => null);
    if (!answer) throw new Problem(0, AWAY);
    if (!answer.ok) {
        const problem = new Problem(answer.status, await problemOf(answer));
        if (answer.status === 401) signedOut(problem);
        throw problem;
    }
    return answer.json();
}

// ---- How things are written ----

const CHANNELS = { whatsapp: 'WhatsApp', sms: 'SMS', voice: 'Call', web: 'Web chat' };
const LANGUAGES = { en: 'English', hi: 'हिन्दी', 'hi-Latn': 'Hinglish' };

const count = (number) => (number ?? 0).toLocaleString('en');
const percent = (part, whole) => whole ? `${(100 * part / whole).toFixed(part === whole ? 0 : 1)} %` : '–';

function duration(seconds) {
    if (seconds === null || seconds === undefined) return '–';
    if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    return seconds < 129600 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86400)} days`;
}

/** A moment in the operator's own time zone, and to the second when pointed at. */
function moment(iso) {
    if (!iso) return '–';
    const at = new Date(iso);
    const shown = at.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
    return make('time', { datetime: at.toISOString(), title: at.toLocaleString() }, shown);
}
