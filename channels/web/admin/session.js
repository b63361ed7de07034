// What was said in this conversation, and what can be done about it?

const utc = (text) => (text ? `${text.replace(' ', 'T')}Z` : null);

/* What no person said: a line between the messages. */
const HAPPENINGS = {
    chart: 'The chart was computed.', wake: 'The person was silent for a while.', help: 'An operator stepped in.', desk: 'An operator saw to the ticket.',
    poison: 'An input on which a worker died was set aside.', call: 'The call began.', api: 'The chat was opened, on a page or by a program.', silence: 'Silence on the line.',
};
const FATES = {
    waiting: 'waits', leased: 'on its way', sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed', superseded: 'taken back: a later one says it better',
};

// ---- The transcript ----

/* By SMS and on the telephone choices are numbered lines, elsewhere buttons. */
function choicesOf({ channel, choices }) {
    if (!choices) return [];
    if (channel === 'sms' || channel === 'voice') return [make('p', { class: 'said' }, choices.map((title, i) => `${i + 1} ${title}`).join('\n'))];
    return [make('ul', { class: 'chips' }, ...choices.map((title) => make('li', {}, title)))];
}

function footOf(line) {
    const fate = FATES[line.state] ?? line.state ?? '';
    const error = [line.error_code, line.error_title].filter(Boolean).join(' ');
    return make('p', { class: line.state === 'failed' ? 'foot bad' : 'foot' }, moment(utc(line.at)), ` · ${CHANNELS[line.channel]}`, line.operator ? ` · ${line.operator}` : '',
        fate && ` · ${fate}`, error && ` (${error})`);
}

function lineOf(line) {
    const isOurs = line.by === 'us';
    if (!isOurs && !line.text) return make('li', { class: 'happening' }, moment(utc(line.at)), ` ${HAPPENINGS[line.kind] ?? `(${line.kind})`}`);
    return make('li', { class: isOurs ? 'ours' : 'theirs' },
        make('span', { class: 'unseen' }, isOurs ? 'We: ' : 'Person: '),
        ...(line.text ? [make('p', { class: 'said' }, line.text)] : []), ...choicesOf(line),
        ...(line.image ? [make('p', { class: 'said soft' }, `Picture: ${line.image}`)] : []),
        ...(line.link ? [make('p', { class: 'said soft' }, `Link: ${line.link}`)] : []), footOf(line));
}

/* What is missing, and why, in words. */
function gapsOf(session) {
    const gaps = [];
    if (session.created_at.slice(0, 10) < session.kept_since)
        gaps.push(`Messages are kept for eight days, by whole weeks: what was said before ${session.kept_since} is not kept any more. The answers given are.`);
    if (session.transcript_left_out) gaps.push(`${count(session.transcript_left_out)} earlier messages are kept but not shown here.`);
    gaps.push('Recordings, pictures and calls themselves are never kept: of them there is only what was understood.');
    return gaps;
}

function transcriptOf(session) {
    const lines = session.transcript.map(lineOf);
    return make('section', { class: 'card whole' }, make('h3', {}, 'Transcript'), ...gapsOf(session).map((gap) => make('p', { class: 'hint' }, gap)),
        lines.length ? make('ol', { class: 'talk', tabindex: '0', 'aria-label': 'Transcript' }, ...lines) : make('p', { class: 'empty' }, 'No messages.'));
}

// ---- The facts ----

const known = (value) => value !== null && value !== undefined && value !== '';
const words = (value) => (value === null ? 'not known' : typeof value === 'object' ? JSON.stringify(value) : String(value));

function factsOf(title, facts) {
    const rows = facts.filter(([, value]) => known(value)).flatMap(([name, value]) =>
        [make('dt', {}, name), make('dd', {}, value instanceof Node ? value : words(value))]);
    return make('section', { class: 'card' }, make('h3', {}, title), rows.length ? make('dl', { class: 'facts' }, ...rows) : make('p', { class: 'empty' }, 'Nothing yet.'));
}

const yes = (truth) => (truth === null || truth === undefined ? null : truth ? 'yes' : 'no');

function aboutOf(session) {
    return factsOf('About', [
        ['Channel', CHANNELS[session.channel]], ['Status', STATUSES[session.status]], ['Language', LANGUAGES[session.language] ?? session.language],
        ['Flow', session.flow], ['Open', session.is_open === false && session.status === 'collecting_data' ? 'no: its person began another' : null],
        ['Began', moment(utc(session.created_at))], ['Last input', session.last_input_at && moment(utc(session.last_input_at))],
        ['Ended', session.completed_at && moment(utc(session.completed_at))], ['Turns', session.turns], ['Profile name', session.profile_name],
        ...session.addresses.map((address) => [address.kind === 'phone' ? 'Number' : 'WhatsApp id', `${address.address}${address.opted_out ? ' (opted out)' : ''}`]),
        ['Number noted', session.phone_number], ['Key', session.session_key], ['Id', session.id],
        ['Chart seen', yes(session.viewed_chart)], ['Chart shared', yes(session.shared_chart)], ['Signed up', yes(session.converted_to_full_user)],
        ...session.jobs.map((job) => [`Job: ${job.kind}`, `${job.state}, ${counted(job.attempts, 'try', 'tries')}${job.last_error ? `, ${job.last_error}` : ''}`]),
    ]);
}

/* In the order in which they are asked; what a place brings along comes last. */
function answersOf({ session, stops }) {
    const place = (name) => (stops.findIndex(({ id }) => id === name) + 1) || stops.length + 1;
    const answers = Object.entries(session.collected_data).sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
    return factsOf('Answers', answers.map(([name, value]) => [name.replaceAll('_', ' '), value === null ? 'not known' : value]));
}

// ---- What can be done ----

const deed = (id, name, more) => (why) => call('POST', `sessions/${id}/${name}`, { why, ...more() });

function asksStep(stops) {
    return make('select', {}, ...stops.map((stop) => make('option', { value: stop.id }, stop.label)));
}

const COUNTS = {
    session_count: 'session|sessions with their answers', said_count: 'message from them|messages from them',
    outbox_count: 'message to them|messages to them', chart_count: 'chart|charts', job_count: 'job|jobs', address_count: 'address|addresses',
};

async function askToErase(id) {
    const counts = await call('GET', `sessions/${id}/person`);
    return {
        title: 'Erase this person everywhere?', isBad: true, button: 'Erase for ever', send: deed(id, 'erase', () => ({})),
        words: 'Everything of the person behind this session goes, from every door, and can’t be brought back:',
        fields: [make('ul', {}, ...Object.entries(COUNTS).map(([name, what]) => make('li', {}, counted(counts[name], ...what.split('|'))))),
            ...(counts.opted_out_count ? [make('p', { class: 'hint' }, 'That they opted out stays known, as a hash.')] : [])],
    };
}

/** Each: who may, when, and what the dialog says. `seen` gives the turn that the operator has before their eyes. */
function deedsFor({ session, stops }, seen) {
    const { id } = session;
    const step = asksStep(stops);
    const isOver = session.status === 'completed' || session.status === 'failed';
    return [
        { name: 'Send last reply again', isFor: MAY_HELP, ask: () => ({ title: 'Send the last reply again', words: 'The person gets our newest message once more, by the door where they wrote last.', button: 'Send', send: deed(id, 'resend', seen) }) },
        { name: 'Move to a question', isFor: MAY_HELP, isOff: isOver, ask: () => ({ title: 'Move to a question', words: 'The person is asked this next. The answers there are stay.', fields: [make('label', {}, 'Question', step)], button: 'Move', send: deed(id, 'move', () => ({ ...seen(), step: step.value })) }) },
        { name: 'Hand over to a person', isFor: MAY_HELP, isOff: isOver, ask: () => ({ title: 'Hand over to a person', words: 'As if they had asked for a person themselves.', button: 'Hand over', send: deed(id, 'hand_over', seen) }) },
        { name: 'End as failed', isFor: MAY_HELP, isOff: isOver, isBad: true, ask: () => ({ title: 'End as failed', words: 'The session ends with an apology. It stays ended; its person can begin anew.', button: 'End it', isBad: true, send: deed(id, 'fail', seen) }) },
        { name: 'Erase…', isFor: new Set(['privacy']), isBad: true, isLast: true, ask: () => askToErase(id) },
    ];
}

// ---- The page ----

async function showSession(place, id, operator) {
    let shown = await call('GET', `sessions/${encodeURIComponent(id)}`);
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const notice = make('p', { class: 'hint', role: 'status' });
    const tools = make('div', { class: 'tools' });
    const cards = make('div', { class: 'cards' });

    async function again() {
        trouble.textContent = '';
        try {
            shown = await call('GET', `sessions/${encodeURIComponent(id)}`);
            draw();
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }

    async function reveal() {
        const revealed = await act({ title: 'Reveal this session', words: 'Names, numbers, answers and messages are shown as they are.', button: 'Reveal', send: (why) => call('POST', `sessions/${id}/reveal`, { why }) });
        if (!revealed) return;
        shown = revealed;
        draw();
    }

    async function press(one) {
        trouble.textContent = '';
        try {
            const done = await act(await one.ask());
            if (!done) return;
            if (one.isLast) {
                location.hash = '#/sessions';
                return;
            }
            notice.textContent = `Done: ${one.name.toLowerCase()}. ${done.said ? '' : 'Nothing was said to the person.'}`;
            await again();
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }

    const draw = () => redraw(tools, () => {
        const { session } = shown;
        const seen = () => ({ version: session.turns ?? 0 });
        const button = (name, onclick, more = {}) => make('button', { type: 'button', onclick, ...more }, name);
        tools.replaceChildren(button('Look again', again));
        if (operator.role === 'privacy' && !shown.is_revealed) tools.append(button('Reveal…', reveal));
        if (shown.is_revealed) tools.append(button('Save as a file', () => saveFile(`session-${id}.json`, 'application/json', [JSON.stringify(session, null, 2)])));
        for (const one of deedsFor(shown, seen))
            if (one.isFor.has(operator.role)) tools.append(button(one.name, () => press(one), { disabled: Boolean(one.isOff), class: one.isBad ? 'bad' : false }));
        cards.replaceChildren(aboutOf(session), answersOf(shown), transcriptOf(session));
        const talk = cards.querySelector('.talk');
        if (talk) talk.scrollTop = talk.scrollHeight;
    });
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Session'), make('a', { href: '#/sessions' }, 'All sessions')),
        trouble, notice, tools, cards);
    draw();
}
