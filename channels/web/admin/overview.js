// What is going on right now?

const STATES = {
    well: ['good', 'well'], quiet: ['soft', 'nothing sent'], trouble: ['warn', 'some sends fail'], down: ['bad', 'sends fail'],
    off: ['soft', 'off'], none: ['soft', '–'], away: ['bad', 'away'], slow: ['warn', 'slow'], inexact: ['warn', 'without Swiss Ephemeris’ files'],
};
const ADVICE = {
    postgres: 'WhatsApp and SMS wait on disk meanwhile and are answered afterwards.',
    redis: 'Each worker limits by itself meanwhile; nothing is lost.',
    charts: 'Charts wait until a process runs: see the log.',
};

function state(name) {
    const [tone, words] = STATES[name] ?? ['soft', name];
    return make('span', { class: tone }, words);
}

const rate = (number) => number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });

function needsOf({ needs }) {
    const facts = [];
    for (const [name, key] of [['PostgreSQL', 'postgres'], ['Redis', 'redis'], ['Charts', 'charts']]) {
        facts.push([name, state(needs[key])]);
        if (needs[key] === 'away') facts.push(['', make('span', { class: 'soft' }, ADVICE[key])]);
    }
    facts.push(['Workers', `${needs.workers}${needs.worker_restarts ? `, ${needs.worker_restarts} started again` : ''}`]);
    if (needs.spooled || needs.is_spool_full)
        facts.push(['On disk', make('span', { class: needs.is_spool_full ? 'bad' : 'warn' },
            `${count(needs.spooled)} webhooks wait${needs.is_spool_full ? ', and there is no more room' : ''}`)]);
    if (needs.script_problem) facts.push(['Flows and words', make('span', { class: 'bad' }, needs.script_problem)]);
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
        figure('messages wait', outbox ? count(outbox.waiting + outbox.sending) : '–'),
        figure('messages failed', outbox ? count(outbox.failed) : '–'),
    ];
}

/* A row each, so that the page stays the same while its numbers change. */
function overviewParts() {
    const number = (name, key, write = count) => ({ name, value: (row) => row[key], cell: (row) => write(row[key]), isNumber: true });
    const minute = ({ at }) => new Date(at * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const byMinute = { at: ({ at }) => at, label: minute };
    return {
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
        outbox: table({ caption: 'Outbox', columns: [{ name: 'State', value: ({ name }) => name }, number('Messages', 'count')] }),
        sendErrors: table({ caption: 'Messages that failed, by the provider’s code', nothing: 'None failed.', columns: [
            { name: 'Channel', value: ({ channel }) => CHANNELS[channel] }, { name: 'Code', value: ({ code }) => code },
            { name: 'In their words', value: ({ title }) => title }, number('Messages', 'count')] }),
        errors: table({ caption: 'Requests that we refused or could not answer', nothing: 'None.', columns: [
            { name: 'Code', value: ({ code, status }) => `${status} ${code}` }, { name: 'In words', value: ({ title }) => title },
            number('This hour', 'hour'), number('Since the start', 'since_start')] }),
        jobs: table({ caption: 'Charts, webhooks and voice notes', nothing: 'Nothing waits and nothing failed.', columns: [
            { name: 'Kind', value: ({ kind }) => kind }, { name: 'State', value: (job) => job.state }, number('Number', 'count')] }),
    };
}

function showOverview(place) {
    const parts = overviewParts();
    place.append(
        make('div', { class: 'head' }, make('h2', {}, 'Overview'), make('p', { class: 'hint' }, 'Live, of this node. Rates and times are of the last five minutes.')),
        make('div', { class: 'cards' },
            make('section', { class: 'card whole' }, parts.figures), card(make('h3', {}, 'What we need'), parts.needs), card(parts.channels),
            card(parts.turns), card(parts.times), card(parts.outbox, parts.sendErrors), card(parts.errors, parts.jobs)));
    return live('overview', (now) => {
        parts.figures.replaceChildren(...figuresOf(now));
        parts.needs.replaceChildren(...needsOf(now));
        parts.channels.update(now.channels);
        parts.turns.update(now.minutes);
        parts.times.update(now.minutes);
        parts.errors.update(now.errors);
        if (!now.outbox) return; // PostgreSQL is away: what it said last stays
        const oldest = now.outbox.oldest_seconds === null ? '' : ` (the oldest for ${duration(now.outbox.oldest_seconds)})`;
        parts.outbox.update([{ name: `waiting${oldest}`, count: now.outbox.waiting }, { name: 'being sent', count: now.outbox.sending },
            { name: 'failed', count: now.outbox.failed }]);
        parts.sendErrors.update(now.send_errors);
        parts.jobs.update(now.jobs);
    });
}
