// What is on, what is missing, and what is to be pasted where? And does it all work, seen from outside?

/** An address to paste elsewhere, with a button that copies it. */
function toCopy(name, url) {
    const button = make('button', { type: 'button', 'aria-label': `Copy ${url}`, onclick: copy }, 'Copy');
    async function copy() {
        /* Browsers lend the clipboard only to https and to this machine. */
        const isCopied = await (navigator.clipboard?.writeText(url) ?? Promise.reject()).then(() => true, () => false);
        button.textContent = isCopied ? 'Copied' : 'Select it by hand';
        setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    }
    return make('div', {}, make('p', { class: 'hint' }, name), make('p', { class: 'address' }, make('code', {}, url), button));
}

const onOff = (isOn) => make('span', { class: isOn ? 'good' : 'soft' }, isOn ? 'on' : 'off');

function channelCard({ kind, id, is_on: isOn, flow, credentials, webhooks }) {
    const facts = credentials.flatMap(({ variable, is_set: isSet, end }) => [make('dt', {}, variable),
        make('dd', { class: isSet ? false : 'warn' }, isSet ? `set${end ? `, ends in ${end}` : ''}` : 'missing')]);
    return card(make('h3', {}, `${CHANNELS[kind]}${id === kind ? '' : ` (${id})`}: `, onOff(isOn)),
        ...(isOn ? [make('p', { class: 'hint' }, `Its people enter the flow ${flow}.`)] : []),
        make('dl', { class: 'facts' }, ...facts), ...webhooks.map(({ name, url }) => toCopy(name, url)));
}

function featureTable(features) {
    return table({ caption: 'What is on', rows: features, columns: [
        { name: 'Feature', value: ({ name }) => name },
        { name: 'State', value: ({ is_on: isOn }) => (isOn ? 'on' : 'off'), cell: ({ is_on: isOn }) => onOff(isOn) },
        { name: 'What it does', value: ({ words }) => words },
        { name: 'Set by', value: ({ variable }) => variable, cell: ({ variable }) => make('code', {}, variable) },
    ] });
}

const VERDICTS = { bad: 'Wrong', warn: 'Look at it', ok: 'In order' }; // the worst first

function doctorCard(operator) {
    const findings = make('ul', { class: 'findings' });
    const trouble = make('p', { class: 'trouble', role: 'alert' });
    const state = make('p', { class: 'hint', role: 'status' },
        'Asks this gateway through PUBLIC_URL, Meta and Twilio whether addresses, credentials and signatures are right. It changes nothing.',
        operator.role === 'viewer' ? ' It takes the role operator.' : '');
    const button = make('button', { type: 'button', class: 'main', onclick: examine, disabled: operator.role === 'viewer' }, 'Examine');

    async function examine() {
        button.disabled = true;
        trouble.textContent = '';
        state.textContent = 'Asking; this takes some seconds …';
        try {
            const report = await call('POST', 'doctor', {});
            const worst = Object.keys(VERDICTS);
            findings.replaceChildren(...report.findings.toSorted((a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict)).map(({ verdict, about, found, advice }) => make('li', { class: verdict },
                make('p', {}, make('strong', {}, `${VERDICTS[verdict]}: `), about), make('p', {}, found),
                ...(advice ? [make('p', { class: 'hint' }, advice)] : []))));
            const wrong = report.findings.filter(({ verdict }) => verdict === 'bad').length;
            state.textContent = wrong ? `${wrong} of ${report.findings.length} findings ${wrong === 1 ? 'is' : 'are'} wrong.` : 'Nothing is wrong.';
        } catch (problem) {
            trouble.textContent = problem.message;
            state.textContent = '';
        }
        button.disabled = false;
    }
    return make('section', { class: 'card whole' }, make('h3', {}, 'Doctor'), state, trouble, findings, make('div', { class: 'row' }, button));
}

async function showSettings(place, argument, operator) {
    place.append(make('div', { class: 'head' }, make('h2', {}, 'Settings')));
    const settings = await call('GET', 'settings');
    const features = featureTable(settings.features);
    place.append(make('div', { class: 'cards' }, doctorCard(operator), ...settings.channels.map(channelCard),
        make('section', { class: 'card whole' }, toCopy('PUBLIC_URL, from which all addresses are made', settings.public_url), features)));
}
