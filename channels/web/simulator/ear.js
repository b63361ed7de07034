// Can this browser write down what somebody says into the microphone? Some can, some by asking their maker's service.

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

const WHY_NOT = {
    'not-allowed': 'The browser may not use the microphone here: type instead.',
    'service-not-allowed': 'The browser may not use its speech service here: type instead.',
    'no-speech': 'Nothing was heard.',
    network: 'The browser’s speech service can’t be reached: type instead.',
};

class Ear {
    static isThere = Boolean(Recognition);
    #recognition = null;

    /** Listens for one utterance. `heard(text, confidence)` or `failed(why)` is called once, unless it was stopped. */
    listen(language, heard, failed) {
        this.stop();
        const recognition = new Recognition();
        this.#recognition = recognition;
        const end = (tell) => {
            if (this.#recognition !== recognition) return;
            this.#recognition = null;
            tell();
        };
        recognition.lang = language;
        recognition.onresult = ({ results }) => {
            const [{ transcript, confidence }] = results[0];
            end(() => heard(transcript.trim(), confidence));
        };
        recognition.onerror = ({ error }) => end(() => failed(WHY_NOT[error] ?? `It could not be understood (${error}): type instead.`));
        recognition.onend = () => end(() => failed(WHY_NOT['no-speech']));
        recognition.start();
    }

    stop() {
        const recognition = this.#recognition;
        this.#recognition = null;
        recognition?.abort();
    }
}
