// How does WhatsApp look on the person's phone? What the Graph API was sent, drawn as the app draws it.

const PLACES = {
    Pune: [18.5204, 73.8567], London: [51.5074, -0.1278], Nairobi: [-1.2864, 36.8172], 'São Paulo': [-23.5505, -46.6333],
    'Null Island': [0, 0],
};

class WhatsappPhone {
    #post;
    #thread;
    #told = new Set();

    constructor(post, number) {
        this.#post = post;
        this.#thread = new Thread(`simulator.${number}.whatsapp`, 'WhatsApp', (entry) => this.#draw(entry));
        this.element = make('div', { class: 'screen' }, this.#thread.element,
            composer('Message', (text) => this.#say({ type: 'text', text: { body: text } }, text), this.#locations()));
    }

    /** The outbox's messages to this person, oldest first. */
    hear(rows) {
        for (const row of rows.filter(({ state }) => HAS_ARRIVED.includes(state))) {
            row.bodies?.forEach((body, i) => this.#thread.put({
                key: `${row.id}.${i}`, isMine: false, state: row.state, providerId: row.provider_id, content: JSON.parse(body),
            }));
            if (row.state === 'sent' && row.provider_id && !this.#told.has(row.id)) this.#tell(row);
        }
    }

    /* As a phone that is switched on and looked at. */
    async #tell({ id, provider_id: providerId }) {
        this.#told.add(id);
        for (const status of ['sent', 'delivered', 'read']) await this.#post.tell('whatsapp', providerId, status, id);
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
        const choice = (kind, { id, title, description = '' }) => make('button', {
            type: 'button', onclick: () => this.#choose(kind, { id, title }, providerId),
        }, title, ...(description ? [make('small', {}, description)] : []));
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
