// What does a newcomer see first? Eight stops in one minute. It is no modal: everything can be tried meanwhile.

const TOURED = 'simulator.toured';

const STOPS = [
    { at: '#whatsapp', title: 'Four phones, one conversation', text: 'Each phone speaks with the gateway as the real one would: by the provider’s webhook, signed. Write to the first one, or let it be done.', act: 'Say “hi”' },
    { at: '#happenings', title: 'What just happened', text: 'Every request of the provider with our answer and its time. Open one: the signature is real, and it was checked.' },
    { at: '#session', title: 'The session', text: 'The row in PostgreSQL as it is now, and every answer as it was understood.' },
    { at: '#outbox', title: 'The outbox', text: 'What we say is written in the same transaction as the session, then sent. So a crash loses no answer.' },
    { at: '#sms', title: 'SMS', text: 'The same conversation, counted in segments. Write “delete my data” one day: it is gone, and you are told.' },
    { at: '#voice', title: 'A call', text: 'Press Call. Answer by keys or speech; what is spoken stands there as well.' },
    { at: '#trouble', title: 'Trouble', text: 'Deliver twice or late, let the providers fail, kill a worker, switch a phone off. Then look at the outbox.' },
    { at: '#again', title: 'Once more', text: 'Hold the conversation again with somebody new, or save it as a test for tests/conversations.' },
];

class Tour {
    #stop = 0;
    #box;
    #begin;
    #act;

    /** `begin`: the button that starts it; `act()` does what the first stop offers. */
    constructor(begin, act) {
        this.#begin = begin;
        this.#act = act;
        this.#box = make('dialog', { class: 'tour', 'aria-labelledby': 'tour-title', onkeydown: (event) => this.#press(event) });
        document.body.append(this.#box);
        begin.classList.toggle('main', !localStorage.getItem(TOURED));
        begin.addEventListener('click', () => this.#show(0));
    }

    #show(stop) {
        const { at, title, text, act } = STOPS[stop];
        const isLast = stop === STOPS.length - 1;
        this.#unmark();
        this.#stop = stop;
        const place = document.querySelector(at).closest('.phone, fieldset, .part');
        place.classList.add('toured');
        place.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
        const next = make('button', { type: 'button', class: 'main', onclick: () => (isLast ? this.#end() : this.#show(stop + 1)) }, isLast ? 'Done' : 'Next');
        this.#box.replaceChildren(
            make('h2', { id: 'tour-title' }, `${stop + 1} of ${STOPS.length}: ${title}`), make('p', {}, text),
            make('div', { class: 'row' },
                ...(act ? [make('button', { type: 'button', onclick: () => this.#act() }, act)] : []),
                ...(stop ? [make('button', { type: 'button', onclick: () => this.#show(stop - 1) }, 'Back')] : []),
                ...(isLast ? [] : [make('button', { type: 'button', onclick: () => this.#end() }, 'Skip')]), next));
        if (!this.#box.open) this.#box.show();
        next.focus({ preventScroll: true });
    }

    #press(event) {
        const to = { ArrowRight: this.#stop + 1, ArrowLeft: this.#stop - 1 }[event.key];
        if (event.key === 'Escape') this.#end();
        else if (STOPS[to]) this.#show(to);
    }

    #unmark() {
        document.querySelector('.toured')?.classList.remove('toured');
    }

    #end() {
        this.#unmark();
        this.#box.close();
        localStorage.setItem(TOURED, 'yes');
        this.#begin.classList.remove('main');
        this.#begin.focus();
    }
}
