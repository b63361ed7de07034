// What stands on a messaging phone? Bubbles in the order they came, with ticks; kept over a reload.

const TICKS = { waiting: '…', sent: '✓', delivered: '✓✓', read: '✓✓', failed: '!' };
const MOST_KEPT = 200;

/** Text with its addresses as links. */
function withLinks(text) {
    return text.split(/(https?:\/\/\S+)/).map((part) => (isWebAddress(part)
        ? make('a', { href: part, target: '_blank', rel: 'noopener' }, part) : part));
}

class Thread {
    #place;
    #draw;
    #entries;
    #elements = new Map();

    /** `draw(entry)` gives what stands in a bubble. An entry: { key, isMine, state, note? … }. */
    constructor(place, label, draw) {
        this.#place = place;
        this.#draw = draw;
        this.#entries = JSON.parse(sessionStorage.getItem(place) ?? '[]');
        this.element = make('div', { class: 'thread', role: 'log', 'aria-label': label, tabindex: '0' });
        // A picture that comes later makes its bubble longer; load events don't bubble.
        this.element.addEventListener('load', () => this.#scrollToEnd(), true);
        for (const entry of this.#entries) this.#show(entry);
    }

    #scrollToEnd() {
        this.element.scrollTop = this.element.scrollHeight;
    }

    has(key) {
        return this.#elements.has(key);
    }

    /** How many messages of ours are there. */
    get heardCount() {
        return this.#entries.filter(({ isMine }) => !isMine).length;
    }

    /** Adds an entry, or changes the one with that key. */
    put(entry) {
        const known = this.#entries.find(({ key }) => key === entry.key);
        const changed = Object.keys(entry).filter((name) => JSON.stringify(known?.[name]) !== JSON.stringify(entry[name]));
        if (known && !changed.length) return;
        if (known) Object.assign(known, entry);
        else this.#entries.push(entry);
        /* A list that somebody has just opened stays open while its ticks change. */
        if (known && changed.every((name) => ['state', 'note'].includes(name))) this.#elements.get(entry.key).lastChild.replaceWith(this.#foot(known));
        else this.#show(known ?? entry);
        sessionStorage.setItem(this.#place, JSON.stringify(this.#entries.slice(-MOST_KEPT)));
    }

    #show(entry) {
        const { key, isMine } = entry;
        const bubble = this.#elements.get(key) ?? make('div');
        bubble.className = isMine ? 'mine' : 'ours';
        bubble.replaceChildren(...this.#draw(entry), this.#foot(entry));
        if (this.#elements.has(key)) return;
        this.#elements.set(key, bubble);
        this.element.append(bubble);
        this.#scrollToEnd();
    }

    #foot({ state, note }) {
        return make('span', { class: 'foot' }, note ? `${note} ` : '',
            make('span', { class: `ticks ${state}`, role: 'img', 'aria-label': state, title: state }, TICKS[state] ?? state));
    }
}

/** The line in which a person writes. `say(text)` is called with what they wrote. */
function composer(label, say, ...more) {
    const field = make('input', { type: 'text', 'aria-label': label, placeholder: label, maxlength: '4096', autocomplete: 'off' });
    return make('form', {
        class: 'composer',
        onsubmit: (event) => {
            event.preventDefault();
            const text = field.value.trim();
            field.value = '';
            if (text) say(text);
        },
    }, field, make('button', { type: 'submit', class: 'main' }, 'Send'), ...more);
}

/** States in which a message has arrived on a phone. */
const HAS_ARRIVED = ['sent', 'delivered', 'read'];

/** Says something and keeps the person's own bubble true: on its way, taken by us, or not. */
async function sayInThread(thread, entry, bring) {
    const key = crypto.randomUUID();
    thread.put({ key, isMine: true, state: 'waiting', ...entry });
    try {
        const delivery = await bring();
        const isTaken = delivery.answer.status === 200;
        thread.put({ key, state: isTaken ? 'delivered' : 'failed', note: isTaken ? segmentsNote(delivery) : `answered ${delivery.answer.status || delivery.answer.body}` });
        return delivery;
    } catch (error) {
        thread.put({ key, state: 'failed', note: error.message });
        return null;
    }
}

function segmentsNote({ segments, encoding }) {
    if (!segments) return '';
    return `${segments} ${segments === 1 ? 'segment' : 'segments'}, ${encoding}`;
}
