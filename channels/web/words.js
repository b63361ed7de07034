// In which words does the widget speak?
//
// WORDS comes from config/lang (phrases `chat.` and `widget.`), put in front of this file by the gateway (src/gateway/site.c):
// { language: { name, script, words: { 'widget.open': '…' } } }.

const LANGUAGES = Object.keys(WORDS);
const FALLBACK_LANGUAGE = WORDS.en ? 'en' : LANGUAGES[0];
const RIGHT_TO_LEFT = /^(ar|dv|fa|he|ps|sd|ug|ur|yi)\b/;

/** The first of the wanted languages ("hi-Latn", "hi-IN", "en") that there are words in. */
function knownLanguage(...wanted) {
    const codes = wanted.flatMap((code) => [code ?? '', (code ?? '').toLowerCase().split('-')[0]]);
    return codes.find((code) => LANGUAGES.includes(code)) ?? FALLBACK_LANGUAGE;
}

/** The language in whose script most words of the text are (a name may be long, and of another script); `current` when
 *  that decides nothing. */
function languageOfText(text, current) {
    const words = (language) => {
        try {
            return text.match(new RegExp(`\\p{Script=${WORDS[language].script}}+`, 'gu'))?.length ?? 0;
        } catch {
            return 0; // a script that this browser doesn't know
        }
    };
    return LANGUAGES.reduce((best, language) => (words(language) > words(best) ? language : best), current);
}

/** The words of one widget; whoever shows one lets it be put, so that a switch of language reaches it. */
class Words {
    #shown = [];

    constructor(language) {
        this.language = language;
    }

    get direction() {
        return RIGHT_TO_LEFT.test(this.language) ? 'rtl' : 'ltr';
    }

    get(name, language = this.language) {
        return WORDS[language].words[name] ?? WORDS[FALLBACK_LANGUAGE].words[name] ?? '';
    }

    /** Puts a word into an element, or into one of its attributes. */
    put(element, name, attribute) {
        const show = () => {
            if (attribute) element.setAttribute(attribute, this.get(name));
            else element.textContent = this.get(name);
        };
        this.#shown.push({ element, show });
        show();
        return element;
    }

    switchTo(language) {
        this.language = language;
        this.#shown = this.#shown.filter(({ element }) => element.isConnected);
        for (const { show } of this.#shown) show();
    }
}
