// How is it to telephone with us? The phone does with our TwiML what Twilio does: verbs from top to bottom, keys and
// speech to the question's address, silence too. What is spoken stands there as a caption as well.

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const BETWEEN_KEYS_MS = 3000;
const MOST_REDIRECTS = 30;

class CallPhone {
    #post;
    #call = null; // { id, began, gather, keys, redirects }
    #captions = make('div', { class: 'thread', role: 'log', 'aria-label': 'What is said in the call', tabindex: '0' });
    #entry = make('output', { class: 'entry', 'aria-label': 'Keys pressed' });
    #state = make('p', { class: 'call-state', role: 'status' }, 'No call');
    #ear = new Ear();
    #isLoud = make('input', { type: 'checkbox', id: 'loud', checked: true });
    #keysTimer;

    constructor(post) {
        this.#post = post;
        this.#dial = make('button', { type: 'button', class: 'main dial', onclick: () => (this.#call ? this.#hangUp() : this.#begin()) }, 'Call');
        this.#silence = make('button', { type: 'button', onclick: () => this.#answer({}, '(silence)') }, 'Say nothing');
        this.#keypad = make('div', { class: 'keypad' }, ...KEYS.map((key) => make('button', { type: 'button', onclick: () => this.#press(key) }, key)));
        this.#microphone = make('button', { type: 'button', title: 'Your browser may ask its maker’s service', onclick: () => this.#listen() }, 'Speak');
        this.#speech = composer('Speak (typed)', (text) => this.#answer({ SpeechResult: text, Confidence: '0.92' }, text));
        this.element = make('div', { class: 'screen' }, this.#state, this.#captions, this.#speech,
            make('div', { class: 'row' }, this.#entry, ...(Ear.isThere ? [this.#microphone] : []), this.#silence), this.#keypad,
            make('div', { class: 'row' }, this.#dial, this.#isLoud, make('label', { for: 'loud' }, 'Speak aloud')));
        this.#enable();
    }

    #dial;
    #silence;
    #keypad;
    #speech;
    #microphone;

    // ---- The call ----

    async #begin() {
        this.#captions.replaceChildren();
        this.#call = { id: newId('voice'), began: Date.now(), gather: null, keys: '', redirects: 0 };
        this.#enable();
        await this.#ask('/webhooks/twilio/voice', { CallStatus: 'ringing' }, 'Rings');
    }

    async #hangUp() {
        const { id, began } = this.#call;
        const message = { CallStatus: 'completed', CallDuration: String(Math.round((Date.now() - began) / 1000)) };
        this.#end('You hung up');
        await this.#post.bring({ channel: 'voice', id, target: '/webhooks/twilio/voice/status', message }, 'Hangs up');
    }

    #end(why) {
        clearTimeout(this.#keysTimer);
        this.#ear.stop();
        window.speechSynthesis?.cancel();
        this.#call = null;
        this.#state.textContent = why;
        this.#enable();
    }

    async #ask(target, message, title) {
        const call = this.#call;
        call.gather = null;
        this.#enable();
        try {
            const { answer } = await this.#post.bring({ channel: 'voice', id: call.id, target, message }, title);
            if (this.#call !== call) return;
            if (answer.status === 200) await this.#play(answer.body);
            else this.#end(`Twilio would say “an application error has occurred”: we answered ${answer.status || answer.body}`);
        } catch (error) {
            if (this.#call === call) this.#end(error.message);
        }
    }

    // ---- What we say ----

    async #play(twiml) {
        const call = this.#call;
        for (const verb of new DOMParser().parseFromString(twiml, 'text/xml').documentElement.children) {
            if (this.#call !== call) return;
            switch (verb.localName) {
                case 'Say':
                    this.#hear(verb);
                    break;
                case 'Gather':
                    for (const say of verb.querySelectorAll('Say')) this.#hear(say);
                    call.gather = { action: pathOf(verb.getAttribute('action')), most: Number(verb.getAttribute('numDigits')) || 0, language: verb.getAttribute('language') };
                    this.#enable();
                    return; // what stands behind is for silence, which this phone tells by its button
                case 'Pause':
                    await pause(1000 * Number(verb.getAttribute('length') ?? 1));
                    break;
                case 'Redirect':
                    if (++call.redirects > MOST_REDIRECTS) this.#end('The call was redirected in circles');
                    else await this.#ask(pathOf(verb.textContent), {}, 'Asks again');
                    return;
                default:
                    break;
            }
        }
        if (this.#call === call) this.#end('The call was ended');
    }

    #hear(say) {
        this.#caption(say.textContent, 'ours', say.getAttribute('language'));
        if (!this.#isLoud.checked || !window.speechSynthesis) return;
        const utterance = new SpeechSynthesisUtterance(say.textContent);
        utterance.lang = say.getAttribute('language') ?? 'en-IN';
        if (say.querySelector('prosody')) utterance.rate = 0.75;
        speechSynthesis.speak(utterance);
    }

    #caption(text, whose, language) {
        this.#captions.append(make('div', { class: whose, lang: language ?? false }, make('p', {}, text)));
        this.#captions.scrollTop = this.#captions.scrollHeight;
    }

    // ---- What the person does ----

    heardCount() {
        return this.#captions.querySelectorAll('.ours').length;
    }

    /** Does again what somebody did: see recording.js. */
    async act({ kind, said }) {
        if (kind === 'call') {
            if (this.#call) await this.#hangUp();
            await this.#begin();
        } else if (kind === 'digits') {
            await this.#answer({ Digits: said.text, FinishedOnKey: '' }, `[${said.text}]`);
        } else if (kind === 'speech') {
            await this.#answer({ SpeechResult: said.text, Confidence: String(said.confidence ?? 0.92) }, said.text);
        } else {
            await this.#answer({}, '(silence)');
        }
    }

    #listen() {
        window.speechSynthesis?.cancel();
        this.#state.textContent = 'Listening…';
        this.#ear.listen(this.#call.gather.language ?? 'en-IN',
            (text, confidence) => this.#answer({ SpeechResult: text, Confidence: String(confidence || 0.9) }, text),
            (why) => { this.#state.textContent = why; });
    }

    #press(key) {
        const { gather } = this.#call;
        clearTimeout(this.#keysTimer);
        if (key === '#' && gather.most !== 1) {
            this.#submitKeys('#');
            return;
        }
        this.#call.keys += key;
        this.#entry.value = this.#call.keys;
        if (gather.most && this.#call.keys.length >= gather.most) this.#submitKeys('');
        else this.#keysTimer = setTimeout(() => this.#submitKeys(''), BETWEEN_KEYS_MS);
    }

    #submitKeys(finishedOnKey) {
        const { keys } = this.#call;
        this.#answer({ Digits: keys, FinishedOnKey: finishedOnKey }, `[${keys}${finishedOnKey}]`);
    }

    #answer(message, caption) {
        const call = this.#call;
        if (!call?.gather) return null;
        const { action, language } = call.gather;
        clearTimeout(this.#keysTimer);
        this.#ear.stop();
        window.speechSynthesis?.cancel();
        call.keys = '';
        this.#entry.value = '';
        this.#caption(caption, 'mine');
        return this.#ask(action, message.SpeechResult && language ? { ...message, Language: language } : message, caption);
    }

    #enable() {
        const isAsked = Boolean(this.#call?.gather);
        this.#dial.textContent = this.#call ? 'Hang up' : 'Call';
        this.#dial.classList.toggle('bad', Boolean(this.#call));
        if (this.#call) this.#state.textContent = isAsked ? 'In a call: it is your turn' : 'In a call';
        for (const button of [this.#silence, this.#microphone, ...this.#keypad.children, this.#speech.querySelector('button')]) button.disabled = !isAsked;
    }
}

/* Behind a proxy PUBLIC_URL may have a path of its own. */
function pathOf(url) {
    return url.slice(url.indexOf('/webhooks/'));
}
