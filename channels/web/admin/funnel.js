// How far do people come, where do they give up, how long does it take?

const TIMES = ['', 'under 1 min', '1–2 min', '2–3 min', '3–5 min', '5–10 min', '10–30 min', '30–60 min', 'over 1 h'];

/* Each stage once, with what it is a part of. */
function stagesOf(found) {
    const stages = [{ name: 'began', people: found.began }];
    for (const { step, asked, answered } of found.steps)
        stages.push({ name: `asked for ${named(step)}`, people: asked }, { name: `told ${named(step)}`, people: answered });
    if (found.chart || found.steps.some(({ step }) => step === 'birth_place'))
        stages.push({ name: 'got the chart', people: found.chart }, { name: 'viewed it', people: found.viewed }, { name: 'shared it', people: found.shared });
    else stages.push({ name: 'finished', people: found.completed });
    stages.push({ name: 'became a full user', people: found.converted });
    return stages.map((stage, i) => ({ ...stage, before: i ? stages[i - 1].people : stage.people, all: found.began }));
}

function leftOf(found) {
    return [...found.steps.map(({ step, asked, gave_up: people }) => ({ name: `at ${named(step)}`, people, of: asked })),
        { name: 'at the confirmation', people: found.gave_up_confirming, of: found.steps.at(-1)?.answered ?? 0 },
        { name: 'while the chart was made', people: found.gave_up_waiting, of: found.chart + found.gave_up_waiting }];
}

const people = (name, key) => ({ name, value: (row) => row[key], cell: (row) => count(row[key]), isNumber: true });
const share = (name, part, whole) => ({ name, value: (row) => (row[whole] ? row[part] / row[whole] : null), cell: (row) => percent(row[part], row[whole]), isNumber: true });

const splitColumns = (name, value) => [{ name, value }, people('Began', 'began'), people('Finished', 'completed'),
    share('Finished, %', 'completed', 'began'), people('Gave up', 'gave_up'),
    { name: 'Half took less than', value: ({ seconds }) => seconds, cell: ({ seconds }) => duration(seconds), isNumber: true }];

function funnelParts() {
    return {
        stages: table({ caption: 'From the first word to a full user', columns: [
            { name: 'Stage', value: ({ name }) => name, cell: (row) => bar(row.name, row.people, row.all) },
            people('People', 'people'), share('Of all', 'people', 'all'), share('Of the stage before', 'people', 'before')] }),
        left: table({ caption: 'Where people give up', columns: [
            { name: 'Where', value: ({ name }) => name, cell: (row) => bar(row.name, row.people, row.of) }, people('Gave up', 'people'), share('Of those who came there', 'people', 'of')] }),
        days: chart({ title: 'Days', isDaily: true, at: ({ day }) => Date.parse(`${day}T00:00:00Z`) / 1000, label: ({ day }) => day, series: [
            { name: 'began', value: ({ began }) => began }, { name: 'finished', value: ({ completed }) => completed },
            { name: 'gave up', value: (row) => row.gave_up }] }),
        times: table({ caption: 'Time from the first word to the end', nothing: 'Nobody finished.', columns: [
            { name: 'Took', value: ({ bucket }) => bucket, cell: ({ bucket, sessions, all }) => bar(TIMES[bucket], sessions, all) }, people('People', 'sessions'), share('Of all', 'sessions', 'all')] }),
        seconds: make('div', { class: 'figures' }),
        channels: table({ caption: 'By channel', columns: splitColumns('Channel', ({ channel }) => CHANNELS[channel]) }),
        languages: table({ caption: 'By language', columns: splitColumns('Language', ({ language }) => LANGUAGES[language] ?? language) }),
    };
}

function showFunnelOf(found, parts) {
    const finished = found.times.reduce((sum, { sessions }) => sum + sessions, 0);
    parts.stages.update(stagesOf(found));
    parts.left.update(leftOf(found));
    parts.days.update(found.by_day);
    parts.times.update(found.times.map((row) => ({ ...row, all: finished })));
    parts.seconds.replaceChildren(figure('half took less than', duration(found.seconds.p50)), figure('90 of 100 took less than', duration(found.seconds.p90)));
    parts.channels.update(found.by_channel);
    parts.languages.update(found.by_language);
}

function filters({ flows, languages }, changed) {
    const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);
    const form = make('form', { class: 'filters', onchange: changed, onsubmit: (event) => { event.preventDefault(); changed(); } },
        make('label', {}, 'Flow', make('select', { name: 'flow' }, ...flows.toSorted((a, b) => (b === 'instant_onboarding') - (a === 'instant_onboarding')).map((flow) => option(flow, named(flow))))),
        make('label', {}, 'From', make('input', { type: 'date', name: 'from', value: day(27), required: true })),
        make('label', {}, 'To (UTC)', make('input', { type: 'date', name: 'to', value: day(0), required: true })),
        make('label', {}, 'Channel', make('select', { name: 'channel' }, option('', 'all'), ...Object.entries(CHANNELS).map(([key, name]) => option(key, name)))),
        make('label', {}, 'Language', make('select', { name: 'language' }, option('', 'all'), ...languages.map((language) => option(language, LANGUAGES[language] ?? language)))));
    return form;
}

async function showFunnel(place) {
    const parts = funnelParts();
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    let newest = 0;
    async function look() {
        const mine = ++newest;
        try {
            const found = await call('GET', `funnel?${new URLSearchParams(new FormData(form))}`);
            if (mine !== newest) return;
            trouble.textContent = '';
            showFunnelOf(found, parts);
        } catch (problem) {
            if (mine === newest) trouble.textContent = problem.message;
        }
    }
    const form = filters(await call('GET', 'flows'), look);
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Funnel'), form), trouble,
        make('div', { class: 'cards' }, make('section', { class: 'card whole' }, parts.stages), card(parts.left), card(parts.days),
            card(parts.seconds, parts.times), card(parts.channels, parts.languages)),
        make('p', { class: 'hint' }, 'Gave up: not finished, and silent for an hour. Conversations deleted since then are counted, too.'));
    await look();
}
