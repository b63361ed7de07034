// How is a conversation held once more, and how does it become a test? From the gateway's own record of it: what was said,
// turn by turn, and what was answered.

const SAID_BY_PEOPLE = ['begin', 'text', 'choice', 'location', 'call', 'digits', 'speech', 'silence'];
const PATIENCE_MS = 8000;
const MINUTE_MS = 60000;

/** The turns as people see them. Of a web chat is recorded its beginning, as the API's, and of a choice only its id: the title
 *  is the one under which that was offered last. */
function asSeen(turns) {
    const titles = new Map();
    return turns.map((turn) => {
        const { channel, kind, said, replies } = turn;
        const seen = { ...turn, kind: channel === 'web' && kind === 'api' && !said ? 'begin' : kind };
        if (said?.choice && !said.choice_title) seen.said = { ...said, choice_title: titles.get(said.choice) ?? said.choice };
        for (const { choices = [] } of replies) for (const { id, title } of choices) titles.set(id, title);
        return seen;
    });
}

/** What the person did in these conversations, in its order, to be done again. */
const stepsOf = (recordings) => recordings.flatMap(({ turns }) => asSeen(turns))
    .filter(({ kind }) => SAID_BY_PEOPLE.includes(kind)).sort((a, b) => a.at_ms - b.at_ms)
    .map(({ channel, kind, said, replies }) => ({ channel, kind, said, language: replies[0]?.language, isAnswered: replies.length > 0 }));

/** Does the steps one after the other, each after the answer to the one before. `tell(text)` says how far it is. */
async function replay(steps, phones, tell, isStopped) {
    for (const [i, step] of steps.entries()) {
        if (isStopped()) return tell('');
        tell(`Replaying ${i + 1} of ${steps.length}`);
        const phone = phones[step.channel];
        const heard = phone.heardCount();
        await phone.act(step);
        for (let waited = 0; step.isAnswered && phone.heardCount() <= heard && waited < PATIENCE_MS; waited += 100) await pause(100);
    }
    return tell(`All ${steps.length} were said again.`);
}

// ---- As a test: see tests/unit/talk_conversations.c ----

const isPlain = (text) => /^[^\s({["].*\S$|^[^\s({["]$/.test(text) && !/[\r\n]/.test(text);

function saidLine({ kind, said, chart, channel }) {
    if (channel === 'voice') throw new Error('A call can be replayed, but not saved: these tests are of what is written.');
    switch (kind) {
        case 'begin':
            return '(begin)';
        case 'text':
            return isPlain(said.text) ? said.text : JSON.stringify(said.text);
        case 'choice':
            return `[${said.choice_title}]`;
        case 'location':
            return `(pin at ${said.location.latitude} ${said.location.longitude})`;
        case 'wake':
            return '(silence)';
        case 'chart':
            return chart ? `(chart ${JSON.stringify(signsOf(chart))})` : '(no chart)';
        default:
            throw new Error(`“${kind}” can’t be written into a test.`);
    }
}

/* As much of a chart as a conversation tells of. */
function signsOf({ sun_sign, sun_sign_either, moon_sign, moon_sign_either, ascendant, nakshatra, time_known }) {
    return { sun_sign, sun_sign_either, moon_sign, moon_sign_either, ascendant, time_known, nakshatra: nakshatra && { name: nakshatra.name } };
}

function answerLines(replies) {
    const lines = replies.flatMap(({ text, choices = [] }) => [...text.split('\n'),
        ...choices.map(({ title, description }, i) => `${i + 1} ${title}${description ? ` - ${description}` : ''}`)]);
    return (lines.length ? lines : ['(nothing)']).map((line) => `< ${line}`);
}

/** The text of a file for tests/conversations. Throws where it can’t be one, saying why. */
function scriptOf({ first, last, turns, towns, region, title, today }) {
    if (!turns.length) throw new Error('Nothing was said yet.');
    const lines = [`# Recorded in the simulator on ${today}.`];
    if (first.flow !== 'instant_onboarding') lines.push(`flow: ${first.flow}`);
    lines.push(`channel: ${first.channel}`, `today: ${today}`, `title: ${title}`, `region: ${region || '?'}`,
        ...towns.map((town) => `town: ${JSON.stringify(town)}`));
    const seen = asSeen(turns);
    if (seen[0].kind === 'begin') lines.push(`language: ${seen[0].replies[0].language}`);
    let door = '';
    let at = turns[0].at_ms;
    for (const turn of seen) {
        const minutes = Math.floor((turn.at_ms - at) / MINUTE_MS);
        if (minutes) lines.push(`minutes later: ${minutes}`);
        at += minutes * MINUTE_MS;
        if (turn.kind !== 'chart' && turn.channel !== door) lines.push(`door: ${turn.channel}`);
        if (turn.kind !== 'chart') door = turn.channel;
        lines.push(`> ${saidLine(turn)}`, ...answerLines(turn.replies));
    }
    lines.push(`= status ${last.status}`, `= language ${last.language}`, ...Object.entries(last.collected_data)
        .filter(([, value]) => typeof value === 'string').map(([name, value]) => `= ${name} ${value}`));
    return `${lines.join('\n')}\n`;
}

function saveAsFile(name, text) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    make('a', { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}
