// Which conversation is looked for? Found by id, key, number or status, a page at a time; always masked.

const STATUSES = { started: 'started', collecting_data: 'being asked', generating_chart: 'chart in the making', completed: 'completed', failed: 'failed' };
const MAY_HELP = new Set(['operator', 'privacy']);

/* What was looked for last, so that coming back from a session finds the list as it was. */
const looked = { q: '', status: '', channel: '' };

/** A menu with "any" above the names that are given by value. */
function choice(label, name, names, chosen) {
    const options = Object.entries({ '': 'any', ...names }).map(([value, words]) => make('option', { value, selected: value === chosen }, words));
    return make('label', {}, label, make('select', { name }, ...options));
}

function personOf({ id, name, address }) {
    return make('a', { href: `#/sessions/${id}` }, [name, address].filter(Boolean).join(' ') || 'nobody known');
}

const statusClass = { failed: 'bad', completed: 'good' };

const SESSION_COLUMNS = [
    { name: 'Person', value: (row) => row.name ?? row.address, cell: personOf },
    { name: 'Status', value: (row) => STATUSES[row.status], cell: (row) => make('span', { class: statusClass[row.status] ?? false }, STATUSES[row.status]) },
    { name: 'Channel', value: (row) => CHANNELS[row.channel] },
    { name: 'Answers', value: (row) => row.answers, isNumber: true },
    { name: 'Began', value: (row) => row.created_at, cell: (row) => moment(row.created_at) },
    { name: 'Last moved', value: (row) => row.updated_at, cell: (row) => moment(row.updated_at) },
    { name: 'Language', value: (row) => LANGUAGES[row.language] ?? row.language },
    { name: 'Flow', value: (row) => row.flow },
];

// ---- Export ----

function saveFile(name, type, parts) {
    const url = URL.createObjectURL(new Blob(parts, { type }));
    make('a', { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/* Part after part, until there is none left; each is noted in the audit log. */
async function fetchExport(wish, tell) {
    const parts = [];
    let rows = 0;
    for (let after = null, isFirst = true; isFirst || after; isFirst = false) {
        const part = await call('POST', 'sessions/export', { ...wish, ...(after ? { after } : {}) });
        parts.push(part.csv);
        rows += part.rows;
        tell(`${counted(rows, 'session', 'sessions')} so far …`);
        ({ after } = part);
    }
    saveFile(`sessions-${new Date().toISOString().slice(0, 10)}.csv`, 'text/csv;charset=utf-8', parts);
    return rows;
}

async function exportSessions(filters, told) {
    const reveals = make('input', { type: 'checkbox' });
    const since = make('input', { type: 'date' });
    const progress = make('p', { class: 'hint', role: 'status' });
    const rows = await act({
        title: 'Export sessions',
        words: 'A CSV file of all sessions with the status and channel chosen above, oldest first. Cells that a spreadsheet could take for formulas are disarmed.',
        fields: [make('label', {}, 'Begun on this day (UTC) or later', since), make('label', { class: 'check' }, reveals, ' With names, numbers and answers'), progress],
        button: 'Export',
        send: (why) => fetchExport({ why, status: filters.status, channel: filters.channel, since: since.value, reveals: reveals.checked },
            (words) => { progress.textContent = words; }),
    });
    if (rows !== null) told(`${counted(rows, 'session', 'sessions')} exported.`);
}

// ---- The page ----

async function showSessions(place, operator) {
    const list = table({ caption: 'Sessions, newest first', columns: SESSION_COLUMNS, nothing: 'No session fits.' });
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const notice = make('p', { class: 'hint', role: 'status' });
    const more = make('button', { type: 'button', hidden: true, onclick: () => look(true) }, 'Show earlier ones');
    const form = make('form', { class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); look(false); } },
        make('label', { class: 'grow' }, 'Id, key or number', make('input', { type: 'search', name: 'q', value: looked.q, placeholder: '+919…70', maxlength: 255 })),
        choice('Status', 'status', STATUSES, looked.status), choice('Channel', 'channel', CHANNELS, looked.channel),
        make('button', { type: 'submit', class: 'main' }, 'Look'));
    if (operator.role === 'privacy')
        form.append(make('button', { type: 'button', onclick: () => exportSessions(read(), (words) => { notice.textContent = words; }) }, 'Export…'));
    let rows = [];
    let asked = 0;

    const read = () => Object.fromEntries(new FormData(form));

    async function look(isMore) {
        const mine = ++asked;
        const filters = Object.assign(looked, read());
        const last = isMore && rows.at(-1);
        const query = new URLSearchParams({ ...filters, ...(last ? { before: last.created_at, before_id: last.id } : {}) });
        trouble.textContent = '';
        try {
            const found = await call('GET', `sessions?${query}`);
            if (mine !== asked) return;
            rows = last ? [...rows, ...found.sessions] : found.sessions;
            more.hidden = !found.has_more;
            list.update(rows);
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }
    for (const select of form.querySelectorAll('select')) select.addEventListener('change', () => look(false));
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Sessions')),
        make('div', { class: 'cards' }, make('section', { class: 'card whole steady' }, form, trouble, notice, list, more)));
    await look(false);
}
