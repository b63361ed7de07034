// Who is at the dashboard, and which page do they see? The address says it: #/sessions/ID shows a session.
//
// A page is a function show(place, argument, operator) that fills `place`; what it gives, if anything, is called when the
// page is left.

const PAGES = [
    { at: 'overview', name: 'Overview', show: showOverview },
    { at: 'funnel', name: 'Funnel', show: showFunnel },
    { at: 'sessions', name: 'Sessions', show: (place, id, operator) => (id ? showSession(place, id, operator) : showSessions(place, operator)) },
    { at: 'tickets', name: 'Tickets', show: (place, id, operator) => showTickets(place, id, operator) },
    { at: 'outbox', name: 'Outbox', show: (place, argument, operator) => showOutbox(place, operator) },
    { at: 'flow', name: 'Flow', show: showFlow },
    { at: 'settings', name: 'Settings', show: showSettings },
    { at: 'audit', name: 'Audit log', show: showAudit },
];

const byId = (id) => document.getElementById(id);
const main = byId('main');

let operator = null; // { name, role } of who is signed in
let leave = null; // of the page that is shown

// ---- Which page ----

function wanted() {
    const [at, argument = ''] = location.hash.replace(/^#\/?/, '').split('/');
    return { page: PAGES.find((page) => page.at === at) ?? PAGES[0], argument: decodeURIComponent(argument) };
}

function leavePage() {
    leave?.();
    leave = null;
    main.replaceChildren();
    byId('trouble').textContent = '';
}

/* The link that was pressed is gone with the page it stood in: whoever uses keys or hears the page begins at its top. */
function startAtTop() {
    if (document.activeElement === document.body) main.focus({ preventScroll: true });
}

async function showPage() {
    if (!operator) return;
    const { page, argument } = wanted();
    leavePage();
    document.title = `${page.name} · Frontdesk`;
    for (const link of byId('pages').children) {
        const isThis = link.hash === `#/${page.at}`;
        if (isThis) link.setAttribute('aria-current', 'page');
        if (isThis) link.scrollIntoView({ block: 'nearest', inline: 'center' }); // on a phone the row is wider than the screen
        else link.removeAttribute('aria-current');
    }
    const place = make('div');
    main.replaceChildren(place);
    startAtTop();
    try {
        const parting = await page.show(place, argument, operator);
        if (place.isConnected) leave = parting ?? null;
        else parting?.();
    } catch (problem) {
        if (place.isConnected && problem.status !== 401) byId('trouble').textContent = problem.message;
        if (!(problem instanceof Problem)) throw problem;
    }
}

// ---- Who ----

/* Over the page, which stays as it is: what was typed there can be sent after signing in again. */
function showDoor(words = '') {
    byId('refusal').textContent = words;
    if (!byId('doorway').open) byId('doorway').showModal();
    byId('token').focus();
}

function enter(who) {
    const isSame = operator?.name === who.name && operator?.role === who.role;
    operator = who;
    byId('token').value = '';
    byId('doorway').close();
    for (const id of ['pages', 'operator', 'main']) byId(id).hidden = false;
    byId('who').textContent = `${who.name} (${who.role})`;
    if (!isSame || !main.hasChildNodes()) showPage();
}

async function signIn(event) {
    event.preventDefault();
    byId('refusal').textContent = '';
    try {
        enter(await call('POST', 'sign-in', { token: byId('token').value.trim() }));
    } catch (problem) {
        byId('refusal').textContent = problem.message;
    }
}

async function signOut() {
    try {
        await call('POST', 'sign-out', {});
        leavePage();
        operator = null;
        showDoor();
    } catch (problem) {
        byId('trouble').textContent = problem.message;
    }
}

signedOut = () => {
    if (operator && !byId('doorway').open)
        showDoor('You are signed out: half a day has passed, or the token has changed. What you wrote is kept; sign in again.');
};

async function begin() {
    byId('pages').append(...PAGES.map((page) => make('a', { href: `#/${page.at}` }, page.name)));
    byId('door').addEventListener('submit', signIn);
    byId('leave').addEventListener('click', signOut);
    byId('skip').addEventListener('click', (event) => {
        event.preventDefault(); // the address says which page is shown
        main.focus();
    });
    byId('doorway').addEventListener('cancel', (event) => event.preventDefault());
    addEventListener('hashchange', showPage);
    try {
        enter(await call('GET', 'me'));
    } catch (problem) {
        showDoor(problem.status === 401 ? '' : problem.message);
    }
}

begin();
