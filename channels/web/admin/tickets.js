// Who waits for a person, and how are they answered?
//
// The list shows that somebody waits, masked. Whoever takes a ticket reads what was said and answers it; what they type
// stays in this tab until it was sent.

const ANSWER_MOST = 1500;
const COUNT_AFTER_MS = 400;
const LEFT_AFTER_MS = 2500;
const ANSWERS_BY = {
    whatsapp: 'The answer goes out by WhatsApp.', sms: 'The answer goes out as an SMS.', web: 'The answer appears in their chat at once.',
};

const draftOf = (id) => `frontdesk-ticket-${id}`;
const secondsSince = (iso) => Math.max(0, (Date.now() - new Date(iso)) / 1000);

// ---- The list ----

function ticketState({ operator, closed_at: closedAt, closed_by: closedBy, is_unanswered: isUnanswered }) {
    if (closedAt) return make('span', { class: 'soft' }, closedBy === 'person' ? 'back with the bot' : `closed by ${closedBy}`);
    if (!operator) return make('span', { class: 'bad' }, 'nobody has it');
    return isUnanswered ? make('span', { class: 'warn' }, 'waits for an answer') : make('span', { class: 'good' }, 'answered');
}

function ticketTable() {
    return table({ caption: 'People who asked for a person', nothing: 'Nobody waits.', columns: [
        { name: 'Asked', value: (row) => row.opened_at, cell: (row) => make('a', { href: `#/tickets/${row.id}` }, `${duration(secondsSince(row.opened_at))} ago`) },
        { name: 'State', value: (row) => ticketState(row).textContent, cell: ticketState },
        { name: 'Who', value: ({ name, address }) => [name, address].filter(Boolean).join(' · ') || '–' },
        { name: 'By', value: ({ channel }) => CHANNELS[channel] },
        { name: 'Language', value: ({ language }) => LANGUAGES[language] ?? language },
        { name: 'Last heard', value: (row) => row.heard_at, cell: (row) => moment(row.heard_at) },
        { name: 'Taken by', value: ({ operator }) => operator },
    ] });
}

function showTicketList(place) {
    const which = make('select', { onchange: () => look() }, option('open', 'open, the longest first'), option('closed', 'closed, the latest first'));
    const off = make('p', { class: 'warn apart', hidden: true },
        'Tickets are off: nobody is sent here. Switch them on by TICKETS=true in the gateway’s environment.');
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const list = ticketTable();
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Tickets'), make('div', { class: 'filters' }, make('label', {}, 'Show', which))),
        off, trouble, card(list));

    async function look() {
        try {
            const found = await call('GET', `tickets?which=${which.value}`);
            trouble.textContent = '';
            off.hidden = found.is_on;
            list.update(found.tickets);
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }
    look();
    return live('tickets', look);
}

// ---- One ticket ----

/* WhatsApp's day: until when may be written freely? */
function windowOf(ticket) {
    if (ticket.is_opted_out) return make('span', { class: 'bad' }, 'They want no more messages: nothing can be sent.');
    if (!ticket.window_until) return ANSWERS_BY[ticket.channel];
    if (ticket.is_window_closed) return make('span', { class: 'bad' }, 'Closed: they last wrote more than 24 hours ago, and WhatsApp takes no free message until they write again.');
    return make('span', {}, 'WhatsApp takes answers until ', moment(ticket.window_until), ` (for ${duration((new Date(ticket.window_until) - Date.now()) / 1000)}).`);
}

function ticketFacts(ticket) {
    const facts = [['Asked', moment(ticket.opened_at)], ['Last heard', moment(ticket.heard_at)], ['By', CHANNELS[ticket.channel]],
        ['Taken by', ticket.operator ?? 'nobody yet'], ['Session', sessionLink(ticket.session_id)],
        ['State', ticketState({ ...ticket, is_unanswered: !ticket.answered_at || ticket.heard_at > ticket.answered_at })],
        ['Answers', ticket.closed_at ? '–' : windowOf(ticket)]];
    return make('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

/** The answer box of a ticket; send(body) sends what was typed. */
function answerBox(id, send) {
    const text = make('textarea', { 'aria-describedby': 'answer-size', maxlength: ANSWER_MOST, oninput: typed, placeholder: 'Write as a person, in their language.' });
    const size = make('p', { class: 'hint', id: 'answer-size' });
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const button = make('button', { type: 'submit', class: 'main' }, 'Send');
    const form = make('form', { class: 'answer', onsubmit: submit }, make('label', {}, 'Answer', text), size, trouble, make('div', { class: 'row' }, button));
    let counting = null;
    let isSms = false;
    let messageId = null; // of this text: sent once more, it is still said once

    function tell(segments = '') {
        size.textContent = `${[...text.value].length} of ${ANSWER_MOST} characters${segments}`;
    }

    async function countSegments() {
        const counted = text.value;
        const found = await call('POST', `tickets/${id}/count`, { text: counted }).catch(() => null);
        if (found?.segments && text.value === counted) tell(`, ${found.segments} ${found.segments === 1 ? 'segment' : 'segments'} (${found.encoding})`);
    }

    function typed() {
        messageId = null;
        if (text.value) sessionStorage.setItem(draftOf(id), text.value);
        else sessionStorage.removeItem(draftOf(id));
        clearTimeout(counting);
        tell();
        if (isSms && text.value.trim()) counting = setTimeout(countSegments, COUNT_AFTER_MS);
    }

    async function submit(event) {
        event.preventDefault();
        messageId ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        button.disabled = true;
        trouble.textContent = '';
        const sent = text.value;
        try {
            await send({ id: messageId, text: sent });
            text.value = text.value.startsWith(sent) ? text.value.slice(sent.length).trimStart() : text.value; // the next is being written
            typed();
        } catch (problem) {
            trouble.textContent = `${problem.message}${problem.status === 409 ? ' What you wrote is still here.' : ''}`;
        }
        button.disabled = false;
    }

    text.value = sessionStorage.getItem(draftOf(id)) ?? '';
    form.update = (ticket) => {
        const began = !isSms;
        isSms = ticket.channel === 'sms';
        form.hidden = !ticket.is_mine || Boolean(ticket.closed_at);
        if (began && isSms) typed();
    };
    tell();
    return form;
}

/** What can be done with it, beside answering. `does(deed, body)` does it and looks again. */
function ticketDeeds(ticket, does) {
    if (ticket.closed_at) return [];
    const button = (name, isMain, onclick) => make('button', { type: 'button', class: isMain ? 'main' : false, onclick }, name);
    if (!ticket.operator) return [button('Take it', true, () => does('take', {}))];
    if (!ticket.is_mine) return [button('Take it over', false, () => act({ title: `Take it over from ${ticket.operator}?`, words: 'From then on you answer, and they don’t.',
        button: 'Take over', send: (why) => does('take', { takes_over: true, why }, true) }))];
    return [button('Back to the bot', false, () => does('hand_back', {})), button('Close', false, () => act({ title: 'Close the ticket?',
        words: 'The person hears nothing of it; what they write next is answered by the bot.', button: 'Close', send: (why) => does('close', { why }, true) }))];
}

function showTicket(place, id, operator) {
    const facts = make('div', { class: 'card' });
    const talk = make('ol', { class: 'talk', tabindex: '0', 'aria-label': 'What was said' });
    const hint = make('p', { class: 'empty' });
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const deeds = make('div', { class: 'row' });
    const box = answerBox(id, (body) => does('answer', body, true));
    let shown = '';
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Ticket'), make('a', { href: '#/tickets' }, 'All tickets')), trouble,
        make('div', { class: 'cards drawn' }, facts, card(make('h3', {}, 'Conversation'), hint, talk, box)));

    async function does(deed, body, throws = false) {
        trouble.textContent = '';
        try {
            await call('POST', `tickets/${id}/${deed}`, body);
        } catch (problem) {
            if (throws) throw problem;
            trouble.textContent = problem.message;
        }
        await look();
        setTimeout(look, LEFT_AFTER_MS); // by then the provider has usually taken it
    }

    function draw(ticket) {
        redraw(facts, () => {
            deeds.replaceChildren(...(operator.role === 'viewer' ? [] : ticketDeeds(ticket, does)));
            facts.replaceChildren(ticketFacts(ticket), deeds);
        });
        const lines = (ticket.session?.transcript ?? []).filter(({ kind }) => kind !== 'desk');
        hint.hidden = lines.length > 0;
        hint.textContent = ticket.closed_at ? 'A closed ticket is not read any more; the session’s page says what is kept.' : ticket.is_mine ? 'Nothing that was said is kept any more.' : 'Whoever takes the ticket reads what was said; that it was taken is written to the audit log.';
        talk.hidden = lines.length === 0; // what is hidden can't be scrolled
        if (JSON.stringify(lines) !== shown) {
            talk.replaceChildren(...lines.map(lineOf));
            talk.scrollTop = talk.scrollHeight;
        }
        shown = JSON.stringify(lines);
        box.update(ticket);
    }

    async function look() {
        if (!place.isConnected) return;
        try {
            draw(await call('GET', `tickets/${id}`));
        } catch (problem) {
            trouble.textContent = problem.message;
        }
    }
    look();
    return live('tickets', look);
}

function showTickets(place, id, operator) {
    return id ? showTicket(place, id, operator) : showTicketList(place);
}
