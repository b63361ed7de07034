// Of what are the pages made? How numbers, times and names are written, and the small pieces that several pages show.

const CHANNELS = { whatsapp: 'WhatsApp', sms: 'SMS', voice: 'Call', web: 'Web chat' };
const LANGUAGES = { en: 'English', hi: 'हिन्दी', 'hi-Latn': 'Hinglish' };

const count = (number) => (number ?? 0).toLocaleString('en');
const MOST_COUNTED = 100_000; // of the outbox: more costs too much to count again and again
const countedUpTo = (number) => (number >= MOST_COUNTED ? `${count(MOST_COUNTED)}+` : count(number));
const counted = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
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

const named = (name) => name.replaceAll('_', ' ');

/** Draws anew what is in `place`. Who uses keys stays where they are: at the same link or button, or what stands there now. */
function redraw(place, draw) {
    const stops = () => [...place.querySelectorAll('a, button:not(:disabled)')];
    const { activeElement } = document;
    const at = stops().indexOf(activeElement);
    draw();
    if (at < 0 || activeElement.isConnected) return;
    const now = stops();
    const isSame = (stop) => stop?.textContent === activeElement.textContent;
    (isSame(now[at]) ? now[at] : now.find(isSame) ?? now[Math.min(at, now.length - 1)])?.focus({ preventScroll: true });
}

// ---- Pieces ----

const card = (...children) => make('section', { class: 'card' }, ...children);
const figure = (name, value) => make('div', { class: 'figure' }, make('b', {}, value), name);
const option = (value, text) => make('option', { value }, text);
/** Leads to a session; its whole id shows when pointed at. */
const sessionLink = (id) => make('a', { href: `#/sessions/${id}`, title: id }, `…${id.slice(-6)}`);

/** A name, and drawn under it how much `part` is of `whole`. */
function bar(name, part, whole) {
    const inner = make('span', { class: 'bar' });
    inner.style.setProperty('--share', whole ? part / whole : 0);
    return make('div', {}, name, make('span', { class: 'bars' }, inner));
}
