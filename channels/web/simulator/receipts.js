// What does a phone tell of the messages that reach it, and what while it is switched off?
//
// A message that a provider took is "sent". It is "delivered" once the phone has it, and "read" where somebody looks. A
// phone that is switched off has nothing and tells nothing; when it is switched on, all of it comes late.

class Receipts {
    isOn = true;
    #post;
    #channel;
    #states;
    #told = new Map(); // of each message: how many of the states
    #ids = new Map();

    /** `states`: in their order, as this provider tells them. */
    constructor(post, channel, states) {
        this.#post = post;
        this.#channel = channel;
        this.#states = states;
    }

    async tell({ id, state, provider_id: providerId }) {
        if (!this.#told.has(id)) this.#told.set(id, state === 'sent' ? 0 : this.#states.indexOf(state) + 1);
        if (!this.#ids.has(id)) this.#ids.set(id, providerId ?? newId(this.#channel)); // of a reply by TwiML only Twilio knows it
        while (this.#told.get(id) < (this.isOn ? this.#states.length : 1)) {
            const next = this.#states[this.#told.get(id)];
            this.#told.set(id, this.#told.get(id) + 1);
            await this.#post.tell(this.#channel, this.#ids.get(id), next, id);
        }
    }
}

/** The button that switches a phone off and on; `changed()` is called then. */
function phoneSwitch(receipts, screen, changed) {
    const button = make('button', { type: 'button', class: 'switch', onclick: () => {
        receipts.isOn = !receipts.isOn;
        screen.inert = !receipts.isOn;
        screen.classList.toggle('dark', !receipts.isOn);
        button.textContent = receipts.isOn ? 'Switch off' : 'Switch on';
        changed();
    } }, 'Switch off');
    return button;
}
