// What is going on right now?

const STATES = {
    well: ['good', 'well'], quiet: ['soft', 'nothing sent'], trouble: ['warn', 'some sends fail'], down: ['bad', 'sends fail'],
    off: ['soft', 'off'], none: ['soft', '–'], away: ['bad', 'away'], slow: ['warn', 'slow'], inexact: ['warn', 'without Swiss Ephemeris’ files'],
};

function state(name) {
    const [tone, words] = STATES[name] ?? ['soft', name];
    return make('span', { class: tone }, words);
}

const rate = (number) => number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });

function needsOf({ needs }) {
    const facts = [];
    for (const [name, key] of [['PostgreSQL', 'postgres'], ['Redis', 'redis'], ['Charts', 'charts']]) facts.push([name, state(needs[key])]);
    facts.push(['Workers', `${needs.workers}${needs.worker_restarts ? `, ${needs.worker_restarts} started again` : ''}`]);
    if (needs.spooled || needs.is_spool_full)
        facts.push(['On disk', make('span', { class: needs.is_spool_full ? 'bad' : 'warn' },
            `${counted(needs.spooled, 'webhook waits', 'webhooks wait')}${needs.is_spool_full ? ', and there is no more room' : ''}`)]);
    if (needs.script_problem) facts.push(['Flows and words', make('span', { class: 'bad' }, 'have a mistake')]);
    return facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]);
}

function figuresOf({ outbox, channels, turns_this_hour: turns, misses_this_hour: misses, latencies }) {
    const sum = (key) => channels.reduce((total, channel) => total + channel[key], 0);
    return [
        figure('turns a minute', rate(sum('turns_a_minute'))),
        figure('messages a minute', rate(sum('messages_a_minute'))),
        figure('half of the turns take less', latencies.turn.count ? duration(latencies.turn.p50) : '–'),
        figure('95 of 100 turns take less', latencies.turn.count ? duration(latencies.turn.p95) : '–'),
        figure('answers not understood, this hour', percent(misses, turns)),
        figure('messages wait', outbox ? countedUpTo(outbox.waiting + outbox.sending) : '–'),
        figure('messages failed', outbox ? countedUpTo(outbox.failed) : '–'),
    ];
}

/* A row each, so that the page stays the same while its numbers change. */
function overviewParts() {
    const number = (name, key, write = count) => ({ name, value: (row) => row[key], cell: (row) => write(row[key]), isNumber: true });
    const minute = ({ at }) => new Date(at * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const byMinute = { at: ({ at }) => at, label: minute };
    return {
        attention: make('ul', { class: 'findings' }, make('li', {}, 'Asking …')),
        node: make('span', {}, 'this node'),
        figures: make('div', { class: 'figures' }),
        needs: make('dl', { class: 'facts' }),
        channels: table({ caption: 'Channels in the last five minutes', columns: [
            { name: 'Channel', value: ({ channel }) => CHANNELS[channel] },
            { name: 'Provider', value: ({ health }) => health, cell: ({ health }) => state(health) },
            number('Turns/min', 'turns_a_minute', rate), number('Messages/min', 'messages_a_minute', rate),
            number('Taken', 'taken'), number('Put off', 'put_off'), number('Given up', 'given_up'),
        ] }),
        turns: chart({ title: 'Turns a minute by channel', ...byMinute,
            series: Object.entries(CHANNELS).map(([key, name]) => ({ name, value: (row) => row[key] })) }),
        times: chart({ title: '95 of 100 are faster than', ...byMinute, write: duration, series: [
            { name: 'a turn', value: (row) => row.turn_p95 }, { name: 'a provider’s answer', value: (row) => row.send_p95 }] }),
        outbox: table({ caption: 'Outbox', columns: [{ name: 'State', value: ({ name }) => name }, number('Messages', 'count', countedUpTo)] }),
        sendErrors: table({ caption: 'Errors, by the provider’s code', nothing: 'None.', columns: [
            { name: 'Channel', value: ({ channel }) => CHANNELS[channel] }, { name: 'Code', value: ({ code }) => code },
            { name: 'In words', isLong: true, value: ({ title }) => title }, { name: 'State', value: ({ state: name }) => OUTBOX_STATES[name] }, number('Messages', 'count')] }),
        errors: table({ caption: 'Requests that we refused or could not answer', nothing: 'None.', columns: [
            { name: 'Code', value: ({ code, status }) => `${status} ${code}` }, { name: 'In words', isLong: true, value: ({ title }) => title },
            number('This hour', 'hour'), number('Since the start', 'since_start')] }),
        jobs: table({ caption: 'Charts, webhooks and voice notes', nothing: 'Nothing waits and nothing failed.', columns: [
            { name: 'Kind', value: ({ kind }) => kind }, { name: 'State', value: (job) => job.state }, number('Number', 'count')] }),
    };
}

function showOverview(place) {
    const parts = overviewParts();
    place.append(
        make('div', { class: 'head' }, make('h2', {}, 'Overview'), make('p', { class: 'hint' }, 'Live. Rates, times and refusals are of ', parts.node, ' alone, in the last five minutes; outbox, jobs and tickets of all nodes.')),
        make('div', { class: 'cards' },
            make('section', { class: 'card whole' }, make('h3', {}, 'What needs you'), make('div', { role: 'status' }, parts.attention)),
            make('section', { class: 'card whole' }, parts.figures), card(make('h3', {}, 'What we need'), parts.needs), card(parts.channels),
            card(parts.turns), card(parts.times), card(parts.outbox, parts.sendErrors), card(parts.errors, parts.jobs)));
    let known = {};
    return live('overview', (now) => {
        known = { ...known, ...now }; // PostgreSQL is away: what it said last stays
        const said = attention(known);
        if (said.map((item) => item.textContent).join() !== [...parts.attention.children].map((item) => item.textContent).join())
            redraw(parts.attention, () => parts.attention.replaceChildren(...said));
        parts.node.textContent = now.node || 'this node';
        parts.figures.replaceChildren(...figuresOf(known));
        parts.needs.replaceChildren(...needsOf(now));
        parts.channels.update(now.channels);
        parts.turns.update(now.minutes);
        parts.times.update(now.minutes);
        parts.errors.update(now.errors);
        if (!now.outbox) return;
        const oldest = now.outbox.oldest_seconds === null ? '' : ` (the oldest for ${duration(now.outbox.oldest_seconds)})`;
        parts.outbox.update([{ name: `waiting${oldest}`, count: now.outbox.waiting }, { name: 'being sent', count: now.outbox.sending },
            { name: 'failed', count: now.outbox.failed }]);
        parts.sendErrors.update(now.send_errors);
        parts.jobs.update(now.jobs);
    });
}
