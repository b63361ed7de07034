// How does a page show what changes, without asking again and again? The gateway tells it, while somebody looks.

const TROUBLE_AFTER_MS = 5000;
const AGAIN_MS = 5000;

/**
 * Calls render(document) with how `what` stands, now and after each change, until the function it gives is called. A page
 * in the background is not told: it costs nothing, and is told how things stand when it comes to the front.
 */
function live(what, render) {
    const where = `admin/api/live?what=${what}`;
    const trouble = document.getElementById('trouble');
    let source = null;
    let isLate = null; // a timer: nothing was heard since the connection broke
    let again = null;
    let isLeft = false; // somebody may be asked just then whether they are still signed in

    function open() {
        clearTimeout(again);
        if (source || document.hidden || isLeft) return;
        source = new EventSource(where);
        source.onmessage = (event) => {
            clearTimeout(isLate);
            isLate = null;
            trouble.textContent = '';
            render(JSON.parse(event.data));
        };
        source.onerror = lost;
    }

    function close() {
        clearTimeout(isLate);
        isLate = null;
        source?.close();
        source = null;
    }

    /* The browser comes again by itself, unless it was refused: then asking says why. */
    function lost() {
        isLate ??= setTimeout(() => {
            trouble.textContent = 'The gateway can’t be reached: these numbers are old. They go on by themselves once it is back.';
        }, TROUBLE_AFTER_MS);
        if (source.readyState !== EventSource.CLOSED) return;
        source.close();
        source = null;
        call('GET', 'me').catch(() => {}).finally(() => { again = setTimeout(open, AGAIN_MS); });
    }

    const turn = () => (document.hidden ? close() : open());
    document.addEventListener('visibilitychange', turn);
    open();
    return () => {
        document.removeEventListener('visibilitychange', turn);
        clearTimeout(again);
        close();
        isLeft = true;
    };
}
