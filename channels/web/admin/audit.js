// Who did what, when, and why?

function detailText(detail) {
    return Object.entries(detail).map(([name, value]) => `${named(name)}: ${typeof value === 'object' ? JSON.stringify(value) : value}`).join('; ');
}

async function showAudit(place) {
    const rows = [];
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const more = make('button', { type: 'button', onclick: () => look(true) }, 'Show older');
    const operators = make('select', { name: 'operator' }, option('', 'all'));
    const actions = make('select', { name: 'action' }, option('', 'all'));
    const session = make('input', { name: 'session', placeholder: 'its whole id' });
    const form = make('form', { class: 'filters', onchange: () => look(), onsubmit: (event) => { event.preventDefault(); look(); } },
        make('label', {}, 'Operator', operators), make('label', {}, 'Action', actions), make('label', {}, 'Session', session));
    const list = table({ caption: 'What operators did, the newest first', nothing: 'Nobody has changed or revealed anything.', columns: [
        { name: 'When', value: ({ at }) => at, cell: ({ at }) => moment(at) },
        { name: 'Operator', value: ({ operator }) => operator },
        { name: 'Action', value: ({ action }) => named(action) },
        { name: 'Session', value: (row) => row.session_id, cell: (row) => (row.session_id ? sessionLink(row.session_id) : '–') },
        { name: 'Why', isLong: true, value: ({ why }) => why },
        { name: 'Details', isLong: true, value: ({ detail }) => detailText(detail) },
    ] });

    function fill(select, names) {
        const chosen = select.value;
        select.replaceChildren(option('', 'all'), ...names.map((name) => option(name, named(name))));
        select.value = chosen;
    }

    async function look(isOlder = false) {
        const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
        if (isOlder && rows.length) query.set('before', rows.at(-1).id);
        try {
            const found = await call('GET', `audit?${query}`);
            trouble.textContent = '';
            if (!isOlder) rows.length = 0;
            rows.push(...found.rows);
            fill(operators, found.operators);
            fill(actions, found.actions);
            list.update([...rows]);
            more.hidden = !found.has_more;
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }

    place.append(make('div', { class: 'head' }, make('h2', {}, 'Audit log'), form), trouble, make('div', { class: 'card steady' }, list, more));
    more.hidden = true;
    await look();
}
