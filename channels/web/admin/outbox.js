// What waits to be said and why, what was given up, and shall it be tried again or dropped?

const OUTBOX_STATES = { waiting: 'waiting', leased: 'being sent', failed: 'given up' };
const NO_CODE = -1; // of those without an error
const REASONS = {
    due: 'about to be sent', sending: 'is being sent', behind: 'waits behind an earlier message to this person', later: 'is tried again later',
    held: 'held for a moment: its person is still writing', given_up: 'given up', opted_out: 'given up; the person has opted out since',
};
const DEEDS = {
    retry: { name: 'Try again…', state: 'failed', title: (n) => `Try ${n} again?`, words: 'They are sent once more, oldest first. People who have opted out since are left out.', button: 'Try again' },
    drop: { name: 'Drop…', state: 'waiting', title: (n) => `Drop ${n}?`, words: 'They are given up and not sent. They can be tried again later, as long as they are kept.', button: 'Drop', isBad: true },
};

const messages = (number) => counted(number, 'message', 'messages');
const errorOf = ({ error_code: code, error_title: title }) => [code, title].filter((part) => part !== null && part !== '').join(' ') || 'no error';

/** First how many, then the question; gives what was done, or null. */
async function decide(name, which) {
    const wanted = DEEDS[name];
    const { count: number } = await call('POST', `outbox/${name}`, which);
    if (number === 0) throw new Problem(409, 'There is no message for which that could be done any more.');
    return act({
        title: wanted.title(messages(number)), words: wanted.words, button: `${wanted.button}: ${messages(number)}`, isBad: wanted.isBad,
        send: (why) => call('POST', `outbox/${name}`, { ...which, count: number, why }),
    });
}

async function showOutbox(place, operator) {
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const notice = make('p', { class: 'hint', role: 'status' });
    const mayAct = MAY_HELP.has(operator.role);
    let rows = [];

    /* The button of a group or of one message, where there is something to be done about it. */
    function button(state, which) {
        const name = Object.keys(DEEDS).find((deed) => DEEDS[deed].state === state);
        return name && mayAct ? make('button', { type: 'button', onclick: () => press(name, which) }, DEEDS[name].name) : '';
    }
    const groups = table({
        caption: 'How much of what', nothing: 'Nothing waits, and nothing was given up.', columns: [
            { name: 'State', value: (row) => OUTBOX_STATES[row.state] },
            { name: 'Messages', value: (row) => row.count, cell: (row) => count(row.count), isNumber: true },
            { name: 'All of them', isDeed: true, value: () => '', cell: (row) => button(row.state, { code: row.error_code ?? 'none', channel: row.channel }) },
            { name: 'Channel', value: (row) => CHANNELS[row.channel] },
            { name: 'Error', isLong: true, value: errorOf, cell: (row) => make('button', { type: 'button', class: 'link', title: 'Show these below', onclick: () => showOnly(row) }, errorOf(row)) },
            { name: 'Oldest', value: (row) => row.oldest, cell: (row) => moment(row.oldest) },
        ],
    });
    const most = make('p', { class: 'hint', hidden: true }, `Counted among the first ${count(MOST_COUNTED)} messages. Before anything is done, all are counted.`);
    const list = table({
        caption: 'Messages, newest first', nothing: 'No message fits.', columns: [
            { name: 'To', value: (row) => row.to, cell: (row) => (row.session_id ? make('a', { href: `#/sessions/${row.session_id}` }, row.to || 'session') : row.to) },
            { name: 'Why', isLong: true, value: (row) => REASONS[row.why], cell: (row) => make('span', { class: row.state === 'failed' ? 'bad' : false }, REASONS[row.why]) },
            { name: 'This one', isDeed: true, value: () => '', cell: (row) => (row.why === 'opted_out' ? '' : button(row.state, { id: row.id })) },
            { name: 'Error', isLong: true, value: (row) => (row.error_title || row.error_code ? errorOf(row) : '') },
            { name: 'Written', value: (row) => row.created_at, cell: (row) => moment(row.created_at) },
            { name: 'Due', value: (row) => (row.state === 'waiting' ? row.due_at : ''), cell: (row) => (row.state === 'waiting' ? moment(row.due_at) : '') },
            { name: 'Tries', value: (row) => row.attempts, isNumber: true },
            { name: 'Channel', value: (row) => CHANNELS[row.channel] },
        ],
    });
    const code = make('input', { type: 'hidden', name: 'code' });
    const only = make('button', { type: 'button', hidden: true, onclick: () => showOnly() });
    const form = make('form', { class: 'filters', onsubmit: (event) => { event.preventDefault(); look(false); } },
        choice('State', 'state', OUTBOX_STATES, ''), choice('Channel', 'channel', CHANNELS, ''), code, make('button', { type: 'submit' }, 'Look again'), only);
    const more = make('button', { type: 'button', hidden: true, onclick: () => look(true) }, 'Show earlier ones');

    async function look(isMore) {
        const before = isMore ? { before: rows.at(-1).id } : {};
        const wanted = Object.entries({ ...Object.fromEntries(new FormData(form)), ...before }).filter(([, value]) => value !== '');
        trouble.textContent = '';
        try {
            const found = await call('GET', `outbox?${new URLSearchParams(wanted)}`);
            rows = isMore ? [...rows, ...found.messages] : found.messages;
            groups.update(found.groups);
            most.hidden = found.groups.reduce((sum, group) => sum + group.count, 0) < MOST_COUNTED;
            list.update(rows);
            more.hidden = !found.has_more;
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }

    /* The messages of one group; without it all of them again. */
    function showOnly(group) {
        form.elements.state.value = group?.state ?? '';
        form.elements.channel.value = group?.channel ?? '';
        code.value = group ? group.error_code ?? NO_CODE : '';
        only.hidden = !group;
        only.textContent = group ? `✕ only ${errorOf(group)}` : '';
        only.setAttribute('aria-label', group ? `Show all again, not only ${errorOf(group)}` : '');
        look(false);
        if (group) list.scrollIntoView({ block: 'center' });
    }

    async function press(name, which) {
        trouble.textContent = '';
        try {
            const done = await decide(name, which);
            if (done) notice.textContent = name === 'retry' ? `${messages(done.count)} will be tried again.` : `${messages(done.count)} dropped.`;
            if (done) await look(false);
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }
    for (const select of form.querySelectorAll('select')) select.addEventListener('change', () => look(false));
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Outbox')), trouble, notice, make('div', { class: 'cards' },
        make('section', { class: 'card whole steady' }, groups, most), make('section', { class: 'card whole steady' }, form, list, more)));
    await look(false);
}
