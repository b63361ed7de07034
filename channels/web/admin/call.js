// How does the page ask the gateway, and what does it say when that fails?

/** Why something could not be done, in words for people. `status` 0: nobody answered. */
class Problem extends Error {
    constructor(status, words) {
        super(words);
        this.status = status;
    }
}

const AWAY = 'The gateway can’t be reached. What you wrote is still here; try again in a moment.';

async function problemOf(answer, method) {
    const body = await answer.json().catch(() => ({}));
    const fields = (body.errors ?? []).map(({ detail }) => detail).join(' ');
    const wait = Number(answer.headers.get('Retry-After'));
    if (answer.status === 429) return `Too fast: try again in ${wait ? counted(wait, 'second', 'seconds') : 'a few seconds'}.`;
    if (answer.status === 503) return method === 'GET' ? 'PostgreSQL is away just now; try again in a moment.' : 'PostgreSQL did not answer. Look again before you repeat it: it may have been done.';
    return fields || body.detail || body.title || `The gateway answered ${answer.status}.`;
}

/** Who hears that nobody is signed in any more. */
let signedOut = () => {};

/**
 * Asks admin/api/`path`; gives what was answered. Throws a Problem whose message can be shown as it is. A POST's `body`
 * becomes JSON.
 */
async function call(method, path, body) {
    const options = { method, headers: { 'X-Frontdesk-Csrf': '1' }, credentials: 'same-origin' };
    if (body !== undefined) {
        options.headers['Content-Type'] = 'application/json';
        options.body = JSON.stringify(body);
    }
    const answer = await fetch(`admin/api/${path}`, options).catch(() => null);
    if (!answer) throw new Problem(0, AWAY);
    if (!answer.ok) {
        const problem = new Problem(answer.status, await problemOf(answer, method));
        if (answer.status === 401) signedOut(problem);
        throw problem;
    }
    return answer.json();
}
