// What does the person read as SMS, and what does it cost?
//
// A reply may come in the answer to their own message (TwiML) or by Twilio's API: both are rows of the outbox. What
// the answer says is shown at once, since a farewell's row is gone once it is sent.

class SmsPhone {
    #post;
    #thread;
    #told = new Set();

    constructor(post, number) {
        this.#post = post;
        this.#thread = new Thread(`simulator.${number}.sms`, 'SMS', ({ text }) => [make('p', {}, ...withLinks(text))]);
        this.element = make('div', { class: 'screen' }, this.#thread.element, composer('Text', (text) => this.#say(text)));
    }

    hear(rows) {
        for (const row of rows.filter(({ state }) => HAS_ARRIVED.includes(state))) {
            row.bodies?.forEach((body, i) => this.#thread.put({
                key: `${row.id}.${i}`, isMine: false, state: row.state, text: new URLSearchParams(body).get('Body'),
                ...(i === row.bodies.length - 1 ? { note: segmentsNote(row) } : {}),
            }));
            if (row.state === 'sent' && !this.#told.has(row.id)) this.#tell(row);
        }
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

    async #tell({ id, provider_id: providerId }) {
        this.#told.add(id);
        const sid = providerId ?? newId('sms'); // of a reply by TwiML only Twilio knows it
        for (const status of ['sent', 'delivered']) await this.#post.tell('sms', sid, status, id);
    }
}
