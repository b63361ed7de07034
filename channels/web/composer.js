// Where does the person write, and what helps them?
//
// One text field always, so that every question can be answered in one's own words. For a date and a time the
// browser's own picker stands above it, for a place suggestions come while one types (a combobox).

const SUGGEST_AFTER_MS = 180;
const SUGGEST_FROM_LETTERS = 2;
const MESSAGE_LETTERS = 1000;

class Composer {
    #asked = 'none';
    #suggestions = [];
    #active = -1;
    #timer;
    #lookUp = 0;

    /** `conf`: words, say(text), refuse() for a text that is too long, suggest(text) → list of texts. */
    constructor(conf) {
        this.conf = conf;
        const { words } = conf;
        this.field = make('input', {
            id: 'field', enterkeyhint: 'send', dir: 'auto', autocomplete: 'off',
            oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onblur: () => this.#close(),
        });
        words.put(this.field, 'chat.answer', 'placeholder');
        this.list = make('ul', { id: 'places', role: 'listbox', hidden: true });
        words.put(this.list, 'widget.places', 'aria-label');
        this.picker = make('input', { id: 'picker', onchange: () => this.#picked() });
        this.pickerLabel = make('label', { for: 'picker' });
        this.pickerRow = make('div', { class: 'picker', hidden: true }, this.pickerLabel, this.picker);
        this.element = make('form', { onsubmit: (event) => this.#submit(event) },
            this.pickerRow, this.list,
            make('div', { class: 'row' }, words.put(make('label', { for: 'field', class: 'unseen' }), 'chat.answer'),
                this.field, words.put(make('button', { class: 'main' }), 'chat.send')));
    }

    /** What kind of answer is asked for: `input` of the protocol. */
    ask(input) {
        this.#asked = input;
        this.field.autocomplete = input === 'name' ? 'name' : 'off';
        const isPicked = input === 'date' || input === 'time';
        this.pickerRow.hidden = !isPicked;
        if (isPicked) {
            this.picker.value = '';
            this.picker.type = input;
            if (input === 'date') this.picker.min = '1900-01-01';
            this.conf.words.put(this.pickerLabel, `widget.pick_${input}`);
        }
        const combobox = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'places', 'aria-expanded': 'false' };
        for (const [name, value] of Object.entries(combobox)) {
            if (input === 'place') this.field.setAttribute(name, value);
            else this.field.removeAttribute(name);
        }
        this.#close();
    }

    /** What could not be sent comes back to be looked at; what is being typed stays. */
    giveBack(text) {
        this.field.value = [text, this.field.value].filter(Boolean).join(' ');
    }

    focus() {
        this.field.focus({ preventScroll: true });
    }

    #submit(event) {
        event.preventDefault();
        const text = this.field.value.trim();
        if (!text) return;
        if (text.length > MESSAGE_LETTERS) { // no maxlength: what is pasted would be cut without a word
            this.conf.refuse();
            return;
        }
        this.field.value = '';
        this.#close();
        this.conf.say(text);
    }

    #picked() {
        const { value } = this.picker;
        if (!value) return;
        const day = new Date(`${value}T12:00:00Z`);
        const spoken = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' };
        this.field.value = this.#asked === 'date' ? new Intl.DateTimeFormat(`${this.conf.words.language}-IN`, spoken).format(day) : value;
    }

    // ---- Suggestions ----

    #typed() {
        clearTimeout(this.#timer);
        const text = this.field.value.trim();
        if (this.#asked !== 'place' || text.length < SUGGEST_FROM_LETTERS) {
            this.#close();
            return;
        }
        const lookUp = ++this.#lookUp;
        this.#timer = setTimeout(async () => {
            const suggestions = await this.conf.suggest(text);
            if (lookUp === this.#lookUp) this.#show(suggestions);
        }, SUGGEST_AFTER_MS);
    }

    #show(suggestions) {
        this.#suggestions = suggestions;
        this.list.replaceChildren(...suggestions.map((text, index) => make('li', {
            id: `place-${index}`, role: 'option', dir: 'auto', 'aria-selected': 'false',
            onpointerdown: (event) => event.preventDefault(), onclick: () => this.#take(index),
        }, text)));
        this.list.hidden = !suggestions.length;
        this.field.setAttribute('aria-expanded', String(!this.list.hidden));
        this.#select(-1);
    }

    #close() {
        clearTimeout(this.#timer);
        this.#lookUp++;
        if (this.list.hidden) return;
        this.#show([]);
    }

    #select(index) {
        this.#active = index;
        [...this.list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === index)));
        this.list.children[index]?.scrollIntoView({ block: 'nearest' });
        if (index < 0) this.field.removeAttribute('aria-activedescendant');
        else this.field.setAttribute('aria-activedescendant', `place-${index}`);
    }

    #take(index) {
        this.field.value = this.#suggestions[index];
        this.#close();
        this.focus();
    }

    #key(event) {
        const count = this.#suggestions.length;
        if (!count || event.isComposing) return;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) this.#select((this.#active + step + count + (this.#active < 0 && step < 0 ? 1 : 0)) % count);
        else if (event.key === 'Enter' && this.#active >= 0) this.#take(this.#active);
        else if (event.key === 'Escape') this.#close();
        else return;
        event.preventDefault();
        event.stopPropagation();
    }
}
