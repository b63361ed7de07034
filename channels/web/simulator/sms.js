// What does the person read as SMS, and what does it cost?
//
// A reply may come in the answer to their own message (TwiML) or by Twilio's API: both are rows of the outbox. What
// the answer says is shown at once, since a farewell's row is gone once it is sent.

class SmsPhone {
    #post;
    #thread;

    constructor(post, number) {
        this.#post = post;
        this.receipts = new Receipts(post, 'sms', ['sent', 'delivered']);
        this.#thread = new Thread(`simulator.${number}.sms`, 'SMS', ({ text }) => [make('p', {}, ...withLinks(text))]);
        this.element = make('div', { class: 'screen' }, this.#thread.element, composer('Text', (text) => this.#say(text)));
    }

    hear(rows, taken) {
        for (const row of rows.filter(({ state }) => HAS_ARRIVED.includes(state))) {
            if (this.receipts.isOn)
                row.bodies?.forEach((body, i) => this.#thread.put({
                    key: `${row.id}.${i}`, isMine: false, state: row.state, text: new URLSearchParams(body).get('Body'),
                    ...(i === row.bodies.length - 1 ? { note: segmentsNote(row) } : {}),
                }));
            this.receipts.tell(row);
        }
        if (this.receipts.isOn) for (const message of taken) this.#hearTaken(message, rows);
    }

    /* A farewell by the API: its row is erased as soon as it is sent. */
    #hearTaken({ id: providerId, body }, rows) {
        const fields = new URLSearchParams(body);
        const id = new URLSearchParams(fields.get('StatusCallback')?.split('?')[1]).get('id');
        const key = `${id}.0`;
        // Without an id it is a part, not the last, of a longer one, which its row shows.
        if (!id || rows.some((row) => String(row.id) === id) || this.#thread.has(key)) return;
        this.#thread.put({ key, isMine: false, state: 'delivered', text: fields.get('Body') });
        this.receipts.tell({ id, state: 'sent', provider_id: providerId });
    }

    heardCount() {
        return this.#thread.heardCount;
    }

    /** Does again what somebody did: see recording.js. */
    act({ said }) {
        return this.#say(said.text);
    }

    async #say(text) {
        const delivery = await sayInThread(this.#thread, { text }, () => this.#post.say('sms', { Body: text }, `“${text}”`));
        if (delivery?.answer.status === 200) this.#readAnswer(delivery.answer.body);
    }

    #readAnswer(twiml) {
        const parts = new Map(); // of each message of ours: how many so far
        for (const message of new DOMParser().parseFromString(twiml, 'text/xml').querySelectorAll('Message')) {
            const id = new URLSearchParams(message.getAttribute('statusCallback')?.split('?')[1]).get('id') ?? crypto.randomUUID();
            const part = parts.get(id) ?? 0;
            parts.set(id, part + 1);
            this.#thread.put({ key: `${id}.${part}`, isMine: false, state: 'sent', text: message.textContent });
        }
    }
}
