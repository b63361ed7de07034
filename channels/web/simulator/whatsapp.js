// How does WhatsApp look on the person's phone? What the Graph API was sent, drawn as the app draws it.

const PLACES = {
    Pune: [18.5204, 73.8567], London: [51.5074, -0.1278], Nairobi: [-1.2864, 36.8172], 'São Paulo': [-23.5505, -46.6333],
    'Null Island': [0, 0],
};

class WhatsappPhone {
    #post;
    #thread;
    #offers = new Map(); // of each button's title, the newest: what pressing it does

    constructor(post, number) {
        this.#post = post;
        this.receipts = new Receipts(post, 'whatsapp', ['sent', 'delivered', 'read']);
        this.#thread = new Thread(`simulator.${number}.whatsapp`, 'WhatsApp', (entry) => this.#draw(entry));
        this.element = make('div', { class: 'screen' }, this.#thread.element,
            composer('Message', (text) => this.say(text), this.#locations()));
    }

    /** The outbox's messages to this person, oldest first; and what the provider took that no outbox knows any more. */
    hear(rows, taken) {
        for (const row of rows.filter(({ state }) => HAS_ARRIVED.includes(state))) {
            if (this.receipts.isOn)
                row.bodies?.forEach((body, i) => this.#thread.put({
                    key: `${row.id}.${i}`, isMine: false, state: row.state, providerId: row.provider_id, content: JSON.parse(body),
                }));
            if (row.provider_id) this.receipts.tell(row);
        }
        if (this.receipts.isOn) for (const message of taken) this.#hearTaken(message, rows);
    }

    /* A farewell: its row is erased as soon as it is sent. */
    #hearTaken({ id: providerId, body }, rows) {
        const content = JSON.parse(body);
        const id = content.biz_opaque_callback_data;
        const key = `${id}.0`;
        // Without an id it is a part, not the last, of a longer one, which its row shows.
        if (!id || rows.some((row) => String(row.id) === id) || this.#thread.has(key)) return;
        this.#thread.put({ key, isMine: false, state: 'read', providerId, content });
        this.receipts.tell({ id, state: 'sent', provider_id: providerId });
    }

    heardCount() {
        return this.#thread.heardCount;
    }

    /** Does again what somebody did: see recording.js. */
    act({ kind, said }) {
        switch (kind) {
            case 'choice':
                return this.#offers.get(said.choice_title)?.();
            case 'location':
                return this.#say({ type: 'location', location: said.location }, `Location: ${said.location.name ?? 'a pin'}`);
            default:
                return this.say(said.text);
        }
    }

    say(text) {
        return this.#say({ type: 'text', text: { body: text } }, text);
    }

    #say(message, text) {
        return sayInThread(this.#thread, { text }, () => this.#post.say('whatsapp', message, `“${text}”`));
    }

    #choose(kind, { id, title }, providerId) {
        return this.#say({ type: 'interactive', context: { id: providerId }, interactive: { type: kind, [kind]: { id, title } } }, title);
    }

    #locations() {
        const select = make('select', { 'aria-label': 'Share a location', onchange: () => {
            const [latitude, longitude] = PLACES[select.value];
            this.#say({ type: 'location', location: { latitude, longitude, name: select.value } }, `Location: ${select.value}`);
            select.value = '';
        } }, make('option', { value: '' }, 'Pin'), ...Object.keys(PLACES).map((name) => make('option', {}, name)));
        return select;
    }

    // ---- Drawing ----

    #draw({ isMine, text, content, providerId }) {
        if (isMine) return [make('p', {}, text)];
        const { interactive, image, template } = content;
        const words = content.text?.body ?? interactive?.body.text ?? image?.caption ?? (template ? `Template ${template.name}` : '');
        const picture = interactive?.header?.image?.link ?? image?.link;
        return [
            ...(picture ? [this.#picture(picture)] : []),
            ...(words ? [make('p', {}, ...withLinks(words))] : []),
            ...(interactive ? this.#actions(interactive, providerId) : []),
        ];
    }

    /* Our own pictures come from where this page does, whatever PUBLIC_URL says. */
    #picture(link) {
        const { pathname, search } = new URL(link);
        return make('img', { src: `${pathname}${search}`, alt: 'The picture that was sent' });
    }

    #actions({ type, action }, providerId) {
        const choice = (kind, { id, title, description = '' }) => {
            const press = () => this.#choose(kind, { id, title }, providerId);
            this.#offers.set(title, press);
            return make('button', { type: 'button', onclick: press }, title, ...(description ? [make('small', {}, description)] : []));
        };
        switch (type) {
            case 'button':
                return [make('div', { class: 'choices' }, ...action.buttons.map(({ reply }) => choice('button_reply', reply)))];
            case 'list':
                return [make('details', { class: 'list' }, make('summary', {}, `≡ ${action.button}`),
                    make('div', { class: 'choices' }, ...action.sections.flatMap(({ rows }) => rows).map((row) => choice('list_reply', row))))];
            case 'location_request_message':
                return [make('p', { class: 'hint' }, 'Share a location with “Pin” below.')];
            case 'cta_url':
                return [make('p', {}, ...withLinks(action.parameters.url))];
            default:
                return [];
        }
    }
}
