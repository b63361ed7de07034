// What is wrong right now, and where is something done about it? The worst first.

const TICKET_PATIENCE_S = 600; // then the bot has said that nobody is free

const linked = (at, text) => make('a', { href: `#/${at}` }, text);
const codeOf = ({ code, title }) => [code, title].filter(Boolean).join(' ') || 'no code';

/* What we need and have not. */
function lacksOf({ needs }) {
    const found = [];
    if (needs.postgres === 'away') found.push(['bad', 'PostgreSQL is away: WhatsApp and SMS wait on disk and are answered afterwards; the web chat waits.']);
    if (needs.postgres === 'slow') found.push(['bad', 'PostgreSQL is slow: it took more than four seconds to say how things stand.']);
    if (needs.is_spool_full) found.push(['bad', 'The spool on disk is full: webhooks are refused, and providers send them again later.']);
    else if (needs.spooled) found.push(['warn', `${counted(needs.spooled, 'webhook waits', 'webhooks wait')} on disk.`]);
    if (needs.charts === 'away') found.push(['bad', 'No chart is computed: no process runs. The log says why.']);
    if (needs.script_problem) found.push(['bad', `The flows or words on disk have a mistake; the old ones stay. ${needs.script_problem}`]);
    if (needs.redis === 'away') found.push(['warn', 'Redis is away: each worker limits by itself. Nothing is lost.']);
    if (needs.set_aside) found.push(['warn', `${counted(needs.set_aside, 'input was', 'inputs were')} set aside this hour, since a worker died on it twice: frontdesk outbox list --poison.`]);
    return found;
}

/* Providers that take nothing, or not all. */
function sendsOf({ channels }) {
    return channels.filter(({ health }) => health === 'down' || health === 'trouble').map((channel) => {
        const all = channel.taken + channel.put_off + channel.given_up;
        const name = CHANNELS[channel.channel];
        return channel.health === 'down'
            ? ['bad', `${name}: none of ${counted(all, 'send', 'sends')} got through in the last five minutes.`, linked('settings', 'Ask the doctor')]
            : ['warn', `${name}: ${count(channel.put_off + channel.given_up)} of ${counted(all, 'send', 'sends')} failed in the last five minutes.`];
    });
}

function outboxOf({ outbox, send_errors: errors }) {
    if (!outbox) return [];
    const found = errors.filter(({ state }) => state === 'waiting').map((error) =>
        ['warn', `${CHANNELS[error.channel]}: ${counted(error.count, 'message waits', 'messages wait')} after the error ${codeOf(error)}.`, linked('outbox', 'See the outbox')]);
    const failed = errors.filter(({ this_hour: thisHour }) => thisHour).sort((a, b) => b.this_hour - a.this_hour);
    if (failed.length)
        found.push(['warn', `${countedUpTo(outbox.failed_this_hour)} ${outbox.failed_this_hour === 1 ? 'message was' : 'messages were'} given up in the last hour${failed.length > 1 ? ', most of them' : ''}: ${CHANNELS[failed[0].channel]} ${codeOf(failed[0])}.`, linked('outbox', 'See the outbox')]);
    if (outbox.late) found.push(['warn', `${counted(outbox.late, 'message is', 'messages are')} more than a minute late.`, linked('outbox', 'See the outbox')]);
    return found;
}

function peopleOf({ tickets, jobs = [] }) {
    const found = [];
    if (tickets?.waiting)
        found.push([tickets.oldest_seconds > TICKET_PATIENCE_S ? 'bad' : 'warn', `${counted(tickets.waiting, 'person waits', 'people wait')} for a person, the longest for ${tickets.oldest_seconds < 60 ? 'less than a minute' : duration(tickets.oldest_seconds)}.`, linked('tickets', 'See the tickets')]);
    const failed = jobs.filter(({ state }) => state === 'failed').reduce((sum, job) => sum + job.count, 0);
    if (failed) found.push(['warn', `${counted(failed, 'job', 'jobs')} failed: charts, webhooks or voice notes.`]);
    return found;
}

/** A list of what an operator has to look at, with a link to where; or that there is nothing. */
function attention(now) {
    const found = [lacksOf, sendsOf, peopleOf, outboxOf].flatMap((look) => look(now));
    if (found.length === 0) found.push(['ok', 'Nothing needs you.']);
    const worstFirst = found.toSorted(([a], [b]) => (b === 'bad') - (a === 'bad'));
    return worstFirst.map(([tone, words, link = '']) => make('li', { class: tone },
        make('span', { class: 'unseen' }, { bad: 'Wrong: ', warn: 'Look at it: ', ok: '' }[tone]), words, ' ', link));
}
