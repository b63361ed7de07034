// What is the chat on a page, and what does the person see of it?
//
// One custom element, <frontdesk-chat>, in one of three faces: shut, asking whether to go on with a conversation from
// before, or open. The script's own tag places one in the corner of the page; others can stand anywhere (docs/embed.md).

const SCRIPT = document.currentScript;
const BASE = new URL('.', SCRIPT?.src || location.href);
const NAME = 'frontdesk-chat';
const IDLE_MS = 30 * 60 * 1000;
const AWAY_NOTICE_MS = 400;
const FINISHED = ['completed', 'failed'];
const LASTING_NOTICES = ['widget.expired', 'widget.refused', 'chat.too_long']; // until the person goes on

class FrontdeskChat extends HTMLElement {
    #isBuilt = false;
    #noticeTimer;

    connectedCallback() {
        if (!this.#isBuilt) this.#build();
        if (this.memory.isOpen && this.memory.key) this.#open(false);
        else this.#face('shut');
    }

    disconnectedCallback() {
        this.line.close();
    }

    get #isFloating() {
        return this.hasAttribute('floating');
    }

    // ---- Building ----

    #build() {
        this.#isBuilt = true;
        const flow = this.getAttribute('flow') || undefined;
        this.memory = Memory.of([BASE.href, flow].join(' ').trim());
        const page = this.closest('[lang]')?.lang;
        this.words = new Words(knownLanguage(this.memory.language, this.getAttribute('language'), page, navigator.language));
        this.line = new Line({
            url: new URL('ws', BASE).href.replace(/^http/, 'ws'), memory: this.memory,
            hello: () => ({ language: this.words.language, flow }),
            hear: (message) => this.#hear(message), tell: (state) => this.#tell(state),
        });
        this.transcript = new Transcript({
            words: this.words,
            choose: (choice, isByKeyboard) => {
                this.#say({ choice: choice.id }, choice.title);
                this.#focusIn(isByKeyboard);
            },
            edit: (kind) => this.#saySo(`widget.say_change_${kind}`),
        });
        this.composer = new Composer({
            words: this.words, say: (text) => this.#say({ text }, text), suggest: (text) => this.#suggest(text),
            refuse: () => this.#notice('chat.too_long'),
        });
        const root = this.attachShadow({ mode: 'open' });
        dress(root);
        this.frame = make('div', { class: 'frame', onkeydown: (event) => event.key === 'Escape' && this.#escape() });
        this.frame.append(this.#launcher(), this.#panel());
        root.append(this.frame);
        this.#showLanguage();
        this.#watch();
    }

    #button(name, onclick, attributes = {}) {
        return this.words.put(make('button', { type: 'button', onclick, ...attributes }), name);
    }

    /* Shut, a chat in the corner is one button; one in the page a card that begins in the language one takes. */
    #launcher() {
        this.opener = this.#button('widget.open', () => this.#open(true), { class: 'opener', 'aria-expanded': 'false' });
        if (this.#isFloating) return this.opener;
        const starts = LANGUAGES.map((language) => make('button', {
            type: 'button', class: 'main', lang: language,
            onclick: () => { this.#speak(language); this.#open(true); },
        }, this.words.get('chat.start', language)));
        this.opener = make('div', { class: 'card' }, this.words.put(make('h2'), 'chat.title'),
            this.words.put(make('p'), 'widget.intro'), make('div', { class: 'choices' }, ...starts));
        return this.opener;
    }

    #panel() {
        const { words } = this;
        this.menuButton = this.#button('widget.menu', () => this.#showMenu(this.menu.hidden),
            { 'aria-expanded': 'false', 'aria-controls': 'menu' });
        this.notice = make('p', { class: 'notice', role: 'status' });
        this.over = make('div', { class: 'over', hidden: true }, this.#button('widget.fresh', () => this.#startFresh()));
        this.talk = make('div', { class: 'talk' }, this.transcript.element, this.transcript.reader, this.over, this.composer.element);
        this.panel = make('section', { class: 'panel', id: 'panel', tabindex: '-1', role: this.#isFloating ? 'dialog' : false },
            make('header', {}, words.put(make('h2'), 'chat.title'), this.menuButton,
                this.#button('widget.close', () => this.#shut())),
            this.#menu(), this.notice, this.#doorstep(), this.talk);
        return words.put(this.panel, 'chat.title', 'aria-label');
    }

    #menu() {
        const { words } = this;
        this.languages = make('select', { id: 'language', onchange: () => this.#chooseLanguage() },
            ...LANGUAGES.map((language) => make('option', { value: language, lang: language }, WORDS[language].name)));
        this.remember = make('input', {
            type: 'checkbox', id: 'remember', onchange: () => {
                this.memory.isRemembered = this.remember.checked;
                this.remember.checked = this.memory.isRemembered;
            },
        });
        this.menu = make('div', { class: 'menu', id: 'menu', hidden: true },
            make('div', { class: 'row' }, words.put(make('label', { for: 'language' }), 'widget.language'), this.languages),
            make('div', { class: 'row tick' }, this.remember, words.put(make('label', { for: 'remember' }), 'widget.remember')),
            make('div', { class: 'choices' },
                this.#button('widget.restart', () => (this.over.hidden ? this.#saySo('widget.say_restart') : this.#startFresh())),
                this.#button('widget.clear', () => this.#clearDevice())),
            words.put(this.#ownPage(), 'widget.own_page'));
        return this.menu;
    }

    /* Somebody else may sit here by now: nothing of the conversation is shown before they say whose it is. */
    #doorstep() {
        this.doorstep = make('div', { class: 'card', hidden: true }, this.words.put(make('p'), 'widget.before'),
            make('div', { class: 'choices' },
                this.#button('widget.continue', () => this.#enter(true), { class: 'main' }),
                this.#button('widget.fresh', () => this.#startFresh())));
        return this.doorstep;
    }

    #ownPage() {
        return make('a', { href: new URL('chat', BASE).href, target: '_blank', rel: 'noopener' });
    }

    /* A screen keyboard takes its room from the chat, not from the field in it. */
    #watch() {
        const fit = () => {
            this.style.setProperty('--frontdesk-top', `${visualViewport.offsetTop}px`);
            this.style.setProperty('--frontdesk-height', `${visualViewport.height}px`);
        };
        if (window.visualViewport) {
            for (const event of ['resize', 'scroll']) visualViewport.addEventListener(event, fit);
            fit();
        }
        const earlier = [...document.querySelectorAll(`${NAME}[floating]`)].indexOf(this);
        this.style.setProperty('--frontdesk-index', Math.max(earlier, 0));
        addEventListener('storage', (event) => this.#otherTab(this.memory.newsIn(event)));
        document.addEventListener('visibilitychange', () => document.hidden || this.#lookWhoIsThere());
    }

    // ---- Faces ----

    #face(face) {
        this.frame.dataset.face = face;
        this.panel.hidden = face === 'shut';
        this.opener.hidden = face !== 'shut';
        this.doorstep.hidden = face !== 'doorstep';
        this.talk.hidden = face !== 'open';
        this.menuButton.hidden = face !== 'open';
        if (face !== 'open') this.#showMenu(false);
    }

    #open(isAsked) {
        this.memory.isOpen = true;
        this.#notice('');
        if (this.memory.key && this.memory.idleMs > IDLE_MS) {
            this.#face('doorstep');
            if (!isAsked) return;
            this.#comeIntoView();
            this.doorstep.querySelector('button').focus();
        } else {
            this.#enter(isAsked);
        }
    }

    /* A page that was left open for long is like one that is opened again. */
    #lookWhoIsThere() {
        if (this.panel.hidden || this.talk.hidden || this.memory.idleMs <= IDLE_MS) return;
        this.line.close();
        this.transcript.clear();
        this.#face('doorstep');
    }

    #enter(isAsked) {
        this.remember.checked = this.memory.isRemembered;
        this.over.hidden = true;
        this.transcript.clear();
        if (this.memory.key) this.transcript.catchUp();
        this.transcript.typing(true); // until the first message is there: a slow network shows no empty chat
        for (const said of this.memory.pending) this.transcript.wait(said);
        this.memory.touch();
        this.#face('open');
        this.line.open();
        if (!isAsked) return;
        this.#comeIntoView();
        this.#focusIn(false);
    }

    #startFresh() {
        this.line.close();
        this.memory.forget();
        this.#tellOthersHere();
        this.#showMenu(false);
        this.#open(true);
    }

    /* In a page it grows when it opens, and its field may then stand below the window's edge. */
    #comeIntoView() {
        if (!this.#isFloating) this.panel.scrollIntoView({ block: 'nearest' });
    }

    #shut() {
        this.#leave();
        (this.opener.querySelector('button') ?? this.opener).focus();
    }

    #leave() {
        this.memory.isOpen = false;
        this.line.close();
        this.#notice('');
        this.#face('shut');
    }

    #escape() {
        if (!this.menu.hidden) {
            this.#showMenu(false);
            this.menuButton.focus();
        } else if (this.#isFloating && !this.panel.hidden) {
            this.#shut();
        }
    }

    /* Focus never falls back to the page. Who taps does not want the screen's keyboard over what was said. */
    #focusIn(isByKeyboard) {
        if (isByKeyboard || !matchMedia('(pointer: coarse)').matches) this.composer.focus();
        else this.transcript.element.focus({ preventScroll: true });
    }

    #showMenu(isShown) {
        this.menu.hidden = !isShown;
        this.menuButton.setAttribute('aria-expanded', String(isShown));
    }

    #clearDevice() {
        this.memory.clearDevice();
        this.#tellOthersHere();
        this.#shut();
        this.transcript.clear();
    }

    #otherTab(news) {
        if (this.panel.hidden || !this.isConnected) return;
        if (news === 'said') {
            this.line.lookAfterOthers();
        } else if (news === 'cleared' || (news === 'key' && !this.memory.key)) {
            this.#leave();
            this.transcript.clear();
        } else if (news === 'key' && !this.talk.hidden) {
            this.line.close();
            this.#enter(false);
        }
    }

    /* Chats of the same conversation on this page end with it. */
    #tellOthersHere() {
        for (const chat of document.querySelectorAll(NAME))
            if (chat !== this && chat.memory === this.memory) chat.#otherTab('cleared');
    }

    // ---- Languages ----

    #chooseLanguage() {
        this.#speak(this.languages.value);
        this.#say({ text: WORDS[this.words.language].name }, WORDS[this.words.language].name);
        this.menuButton.focus();
    }

    #speak(language) {
        if (this.memory.key) this.memory.language = language;
        if (language === this.words.language) return;
        this.words.switchTo(language);
        this.#showLanguage();
    }

    #showLanguage() {
        this.languages.value = this.words.language;
        this.frame.lang = this.words.language;
        this.frame.dir = this.words.direction;
    }

    // ---- Talking ----

    #say(content, text) {
        if (LASTING_NOTICES.includes(this.notice.dataset.word)) this.#notice('');
        this.transcript.wait(this.line.say(content, text));
        this.#showMenu(false);
    }

    /* A button says it in the person's stead. */
    #saySo(name) {
        this.#say({ text: this.words.get(name) }, this.words.get(name));
        this.#focusIn(false);
    }

    #hear(message) {
        switch (message.type) {
        case 'welcome':
        case 'status':
            this.over.hidden = !FINISHED.includes(message.status); // a finished conversation stays as it is
            if (message.status !== 'collecting_data' && message.status !== 'started') this.transcript.closeEdits();
            break;
        case 'message':
            this.#speak(languageOfText(message.text, this.words.language));
            this.transcript.message(message);
            this.composer.ask(message.input);
            break;
        case 'echo':
            this.transcript.echo(message);
            break;
        case 'typing':
            this.transcript.typing(true);
            break;
        case 'error':
            this.#takeBack(message.code);
        }
    }

    /* What can't be sent any more is not lost: it comes back into the field. */
    #takeBack(code) {
        const isOver = code === 'session_expired';
        for (const { id, text } of isOver ? this.memory.pending : this.memory.pending.slice(0, 1)) {
            this.memory.drop(id);
            this.transcript.takeBack(id);
            this.composer.giveBack(text);
        }
        if (isOver) this.transcript.clear();
        this.#notice(isOver ? 'widget.expired' : 'widget.refused');
    }

    /* A short break is nobody's business: it is told only once it lasts. */
    #tell(state) {
        clearTimeout(this.#noticeTimer);
        this.composer.element.hidden = state === 'not_offered';
        if (state === 'not_offered' || state === 'unreachable') this.transcript.typing(false);
        if (state === 'away') this.#noticeTimer = setTimeout(() => this.#notice('widget.away'), AWAY_NOTICE_MS);
        else if (state !== 'open') this.#notice(`widget.${state}`);
        else if (!LASTING_NOTICES.includes(this.notice.dataset.word)) this.#notice('');
    }

    #notice(name) {
        if (this.notice.dataset.word === name) return;
        this.notice.dataset.word = name;
        this.notice.replaceChildren();
        if (!name) return;
        this.notice.append(this.words.put(make('span'), name));
        if (name === 'widget.unreachable') this.notice.append(' ', this.words.put(this.#ownPage(), 'widget.own_page'));
    }

    async #suggest(text) {
        const url = new URL('api/v2/instant-onboarding/places', BASE);
        url.search = new URLSearchParams({ q: text, lang: this.words.language });
        try {
            const answer = await fetch(url, { headers: { 'X-Session-Key': this.memory.key ?? '' }, credentials: 'omit' });
            const { places } = await answer.json();
            return places.map(({ name, region, country }) => [name, region, country].filter(Boolean).join(', '));
        } catch { // they only help: without them the name is typed out
            return [];
        }
    }
}

/* A sheet that is made, not written into the page, is what a strict policy allows. Safari before 16.4 can't make one. */
function dress(root) {
    try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
    } catch {
        root.append(make('style', {}, STYLE));
    }
}

/* The script's own tag: a chat in the corner, unless the page places its own. */
function placeOne({ flow, language, theme, manual }) {
    if (manual !== undefined) return;
    const chat = document.createElement(NAME);
    chat.setAttribute('floating', '');
    for (const [name, value] of Object.entries({ flow, language, theme })) if (value) chat.setAttribute(name, value);
    document.body.append(chat);
}

if (!customElements.get(NAME)) customElements.define(NAME, FrontdeskChat);
if (SCRIPT && document.body) placeOne(SCRIPT.dataset);
else if (SCRIPT) addEventListener('DOMContentLoaded', () => placeOne(SCRIPT.dataset));
