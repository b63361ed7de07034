// What was said, and how is it shown?
//
// A list of bubbles: first everything that has its place in the conversation, then what still waits to be sent. New
// replies are also read out by a polite live region of their own, so that nobody has to hear an old conversation again.

const EDITABLE = ['name', 'date', 'time', 'place'];
const CATCH_UP_MS = 1000;
const READ_OUT_AT_ONCE = 3;
const AT_END_PX = 8;

class Transcript {
    #waiting = new Map(); // id → bubble of what is not acknowledged yet
    #edits = new Map(); // kind of answer → its button
    #question = null; // the last one's kind of answer
    #answer = null; // what was said to it
    #held = null; // an answer of which the choice that followed it has to show whether it was one
    #quietUntil = 0;
    #choices = null;
    #dots = null;
    #isAtEnd = true; // not so while somebody reads further up

    /** `conf`: words, choose(choice, isByKeyboard), edit(kind). */
    constructor(conf) {
        this.conf = conf;
        const { words } = conf;
        this.list = make('ol');
        this.element = make('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0' }, this.list);
        words.put(this.element, 'widget.conversation', 'aria-label');
        this.reader = make('div', { class: 'unseen', 'aria-live': 'polite' });
        this.#keepEndInSight();
    }

    clear() {
        this.#waiting.clear();
        this.#edits.clear();
        this.#question = this.#answer = this.#held = this.#choices = this.#dots = null;
        this.list.replaceChildren();
        this.reader.replaceChildren();
    }

    /** What comes now is from before: it is shown, not read out. */
    catchUp() {
        this.#quietUntil = Date.now() + CATCH_UP_MS;
    }

    /** The person said it; it is on its way. */
    wait({ id, text }) {
        const note = this.conf.words.put(make('small'), 'widget.waiting');
        const bubble = this.#bubble('mine', text, note);
        bubble.classList.add('waiting');
        this.#waiting.set(id, bubble);
        this.list.append(bubble);
        this.#closeChoices();
        this.#scroll();
    }

    /** It is where it belongs: acknowledged, or said in another tab or before. */
    echo({ id, text }) {
        const bubble = this.#waiting.get(id) ?? this.#bubble('mine', text);
        this.#waiting.delete(id);
        bubble.classList.remove('waiting');
        bubble.querySelector('small')?.remove();
        bubble.querySelector('.text').textContent = text;
        this.#place(bubble);
        this.#answer = { bubble, text };
        this.#closeChoices();
    }

    /** It will not be sent. */
    takeBack(id) {
        this.#waiting.get(id)?.remove();
        this.#waiting.delete(id);
    }

    message(message) {
        this.typing(false);
        this.#offerEdit(message.input);
        this.#closeChoices();
        const parts = [];
        if (isWebAddress(message.image)) parts.push(this.#picture(message));
        if (isWebAddress(message.link?.url)) parts.push(this.#link(message.link.url, message.link.title || message.link.url));
        this.#place(this.#bubble('theirs', message.text, ...parts));
        if (message.choices?.length) this.#place(this.#offer(message.choices));
        this.#readOut([message.text, ...(message.choices ?? []).map(({ title }) => title)].join('\n'));
        this.#question = message.input;
    }

    typing(isTyping) {
        if (!isTyping) {
            this.#dots?.remove();
            this.#dots = null;
        } else if (!this.#dots) {
            const word = this.conf.words.put(make('span', { class: 'unseen' }), 'widget.typing');
            this.#dots = make('li', { class: 'theirs dots' }, make('p', {}, word, make('i'), make('i'), make('i')));
            this.#place(this.#dots);
            this.#readOut(word.textContent);
        }
    }

    /** Answers can't be changed any more. */
    closeEdits() {
        for (const button of this.#edits.values()) button.remove();
        this.#edits.clear();
    }

    // ---- Bubbles ----

    #bubble(whose, text, ...more) {
        const { words } = this.conf;
        const who = words.put(make('span', { class: 'unseen' }), whose === 'mine' ? 'widget.you' : 'widget.they');
        const said = make('span', { class: 'text', dir: 'auto', lang: languageOfText(text, words.language) }, text);
        return make('li', { class: whose }, make('p', {}, who, said, ...more));
    }

    #picture({ image, link }) {
        const picture = make('img', { src: image, referrerpolicy: 'no-referrer', onload: () => this.#isAtEnd && this.#scroll() });
        this.conf.words.put(picture, 'widget.picture', 'alt');
        return isWebAddress(link?.url) ? this.#link(link.url, picture) : picture;
    }

    #link(url, content) {
        return make('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, content);
    }

    /* Before what waits to be sent. */
    #place(item) {
        const [first] = this.#waiting.values();
        this.list.insertBefore(item, first ?? null);
        if (this.#dots && item !== this.#dots) this.list.insertBefore(this.#dots, first ?? null);
        this.#scroll();
    }

    /* To the end; but to a question whose choices take more than the room there is, so that they are read from its top. */
    #scroll() {
        this.#isAtEnd = true;
        const { element } = this;
        const question = this.#choices?.previousElementSibling;
        const top = question ? question.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop : Infinity;
        element.scrollTop = Math.min(element.scrollHeight, top - AT_END_PX);
    }

    /* A picker above the field, a notice or a screen keyboard takes its room from what was said, not from its last words. */
    #keepEndInSight() {
        const { element } = this;
        let top = 0;
        element.addEventListener('scroll', () => {
            if (element.scrollHeight - element.clientHeight - element.scrollTop < AT_END_PX) this.#isAtEnd = true;
            else if (element.scrollTop < top) this.#isAtEnd = false;
            top = element.scrollTop;
        });
        new ResizeObserver(() => this.#isAtEnd && this.#scroll()).observe(element);
    }

    #readOut(text) {
        if (Date.now() < this.#quietUntil) return;
        this.reader.append(make('p', { lang: languageOfText(text, this.conf.words.language) }, text));
        while (this.reader.children.length > READ_OUT_AT_ONCE) this.reader.firstChild.remove();
    }

    // ---- What can be chosen ----

    #offer(choices) {
        const buttons = choices.map((choice) => {
            const title = make('span', { dir: 'auto' }, choice.title);
            const button = make('button', { type: 'button', onclick: ({ detail }) => this.conf.choose(choice, detail === 0) }, title);
            if (choice.description) button.append(make('small', { dir: 'auto' }, choice.description));
            return button;
        });
        const group = make('div', { class: 'choices', role: 'group' }, ...buttons);
        this.conf.words.put(group, 'widget.choices', 'aria-label');
        this.#choices = make('li', { class: 'offer' }, group);
        return this.#choices;
    }

    #closeChoices() {
        this.#choices?.remove();
        this.#choices = null;
    }

    // ---- What can be changed ----

    /* What was said was an answer if another question follows that was not answered before. After a choice only the
     * question behind it tells: "which day do you mean?" follows an answer, "shall I delete everything?" does not. */
    #offerEdit(next) {
        const { kind, answer } = this.#question === 'choice' && this.#held || { kind: this.#question, answer: this.#answer };
        this.#answer = this.#held = null;
        if (this.#question === 'choice' && this.#edits.has(next)) this.closeEdits(); // it began again from there
        if (!answer || !EDITABLE.includes(kind) || next === 'none' || next === kind || this.#edits.has(next)) return;
        if (next === 'choice') {
            this.#held = { kind, answer };
            return;
        }
        this.#edits.get(kind)?.remove();
        const name = make('span', { class: 'unseen' }, answer.text);
        const button = make('button', { type: 'button', class: 'edit', onclick: () => this.conf.edit(kind) },
            this.conf.words.put(make('span'), 'widget.edit'), name);
        answer.bubble.append(button);
        this.#edits.set(kind, button);
    }
}
