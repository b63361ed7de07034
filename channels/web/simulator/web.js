// How is the widget one of the phones? It is the real one, with a socket of its own: what goes over that is told like a
// provider's requests, and a replay does with it what a person would.

/* Frames that only keep the line, or repeat what was acknowledged, are no news. */
const SILENT_FRAMES = ['ping', 'echo'];

/** Tells of every frame of the page's sockets: told('sent' or 'heard', frame). */
function tapSockets(told) {
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...conf) {
            super(...conf);
            this.addEventListener('message', ({ data }) => told('heard', JSON.parse(data)));
        }

        send(data) {
            told('sent', JSON.parse(data));
            super.send(data);
        }
    };
}

function titleOfFrame({ type, text, status, code }) {
    return { welcome: 'Welcomes', message: `Says “${text}”`, status: `Status: ${status}`, typing: 'Is writing', error: `Error: ${code}` }[type] ?? type;
}

class WebPhone {
    #chat;
    #happened;
    #underWay = new Map(); // frames that were sent: 'hello', or a message's id

    /** `chat`: the widget; `happened(title, 'web', exchange)` hears of what goes over its socket. */
    constructor(chat, happened) {
        this.#chat = chat;
        this.#happened = happened;
        tapSockets((way, frame) => (way === 'sent' ? this.#sent(frame) : this.#heard(frame)));
    }

    /** Of the session that the widget holds; '' before it began. */
    get key() {
        return this.#chat.memory?.key ?? '';
    }

    // ---- What goes over the socket ----

    #sent(frame) {
        if (!SILENT_FRAMES.includes(frame.type)) this.#underWay.set(frame.id ?? frame.type, { frame, at: performance.now() });
    }

    #heard(frame) {
        if (SILENT_FRAMES.includes(frame.type)) return;
        const id = frame.type === 'welcome' ? 'hello' : frame.id;
        const asked = this.#underWay.get(id);
        this.#underWay.delete(id);
        const text = JSON.stringify(frame, null, 2);
        if (!asked) {
            this.#happened(titleOfFrame(frame), 'web', { parts: { 'Our frame': text }, isGood: frame.type !== 'error' });
            return;
        }
        this.#happened(frame.type === 'ack' ? `“${asked.frame.text ?? asked.frame.choice}”` : titleOfFrame(frame), 'web', {
            parts: { 'The widget’s frame': JSON.stringify(asked.frame, null, 2), 'Our frame': text },
            outcome: `${frame.type} in ${(performance.now() - asked.at).toFixed(2)} ms`, isGood: frame.type !== 'error',
        });
    }

    // ---- What the person does ----

    get #page() {
        return this.#chat.shadowRoot;
    }

    heardCount() {
        return this.#page.querySelectorAll('.log .theirs:not(.dots)').length;
    }

    /** Does again what somebody did: see recording.js. */
    act({ kind, said, language }) {
        if (kind === 'begin') {
            this.#page.querySelector(`.card button[lang="${language}"]`)?.click();
            return;
        }
        const buttons = [...this.#page.querySelectorAll('.offer button')];
        const offered = kind === 'choice' && buttons.find((button) => button.firstChild.textContent === said.choice_title);
        if (offered) offered.click();
        else this.#write(said.text ?? said.choice_title);
    }

    #write(text) {
        const field = this.#page.querySelector('#field');
        field.value = text;
        field.form.requestSubmit();
    }
}
