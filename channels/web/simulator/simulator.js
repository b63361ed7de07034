// Who sits before the four phones? One simulated person, with one number on all of them.

const NUMBER = 'simulator.number';
const TO_REPLAY = 'simulator.replay';
const POLL_MS = 1000;
const SOON_MS = 200;

const byId = (id) => document.getElementById(id);

/* From the range that only simulated people have: +1 555 01x xxxx. */
function someNumber() {
    return `+155501${String(crypto.getRandomValues(new Uint32Array(1))[0] % 100000).padStart(5, '0')}`;
}

function thisPerson() {
    const number = sessionStorage.getItem(NUMBER) ?? someNumber();
    sessionStorage.setItem(NUMBER, number);
    return number;
}

/** With `steps`, that person then says the same again. */
function becomeSomebodyElse(steps = null) {
    const token = sessionStorage.getItem(TOKEN);
    sessionStorage.clear();
    if (token) sessionStorage.setItem(TOKEN, token);
    if (steps) sessionStorage.setItem(TO_REPLAY, JSON.stringify(steps));
    location.reload();
}

/* One question, however many requests wait for its answer. */
let tokenAsked = null;
function askForToken(isWrong) {
    byId('door').hidden = false;
    byId('wrong').hidden = !isWrong;
    byId('token').focus();
    tokenAsked ??= new Promise((resolve) => {
        byId('door').addEventListener('submit', (event) => {
            event.preventDefault();
            byId('door').hidden = true;
            tokenAsked = null;
            resolve(byId('token').value.trim());
        }, { once: true });
    });
    return tokenAsked;
}

const number = thisPerson();
const desk = new Desk(askForToken);
const happenings = new Happenings({ list: byId('happenings'), session: byId('session'), data: byId('data'), outbox: byId('outbox'),
    statuses: byId('statuses'), workers: byId('workers') });
const post = new Post(desk, number, (title, channel, delivery) => {
    happenings.add(title, channel, delivery);
    lookSoon();
});
const phones = { whatsapp: new WhatsappPhone(post, number), sms: new SmsPhone(post, number), voice: new CallPhone(post) };
const web = new WebPhone(document.querySelector('frontdesk-chat'), (title, channel, exchange) => {
    happenings.exchange(title, channel, exchange);
    lookSoon();
});

let timer;
let isLooking = false;
let isAway = false; // the last look failed

async function look() {
    clearTimeout(timer);
    if (isLooking) return;
    isLooking = true;
    try {
        const news = await desk.news(number, web.key);
        show(news);
        if (isAway) byId('notice').textContent = '';
        isAway = false;
    } catch (error) {
        isAway = true;
        byId('notice').textContent = error.message;
    }
    isLooking = false;
    timer = setTimeout(look, POLL_MS);
}

function lookSoon() {
    clearTimeout(timer);
    timer = setTimeout(look, SOON_MS);
}

function show(news) {
    for (const [channel, phone] of Object.entries(phones)) {
        const isOn = channel in news.doors;
        byId(channel).querySelector('.off').hidden = isOn;
        byId(channel).querySelector('.number').textContent = news.doors[channel] ?? '';
        phone.element.hidden = !isOn;
        const isOf = (message) => message.channel === channel;
        phone.hear?.(news.outbox.filter(isOf), news.taken.filter(isOf));
    }
    showTrouble(news.trouble);
    happenings.show(news);
}

// ---- Trouble ----

const ANSWERS = { 429: '429, too many', 500: '500, broken', timeout: 'not at all' };

function showTrouble({ answers, calls }) {
    byId('trouble-now').textContent = calls ? `The next ${calls === 1 ? 'message is' : `${calls} messages are`} answered ${ANSWERS[answers]}.` : '';
}

/** Does what a button says; what goes wrong is said. */
function does(id, act) {
    byId(id).addEventListener('click', async () => {
        byId('notice').textContent = '';
        try {
            await act();
        } catch (error) {
            byId('notice').textContent = error.message;
        }
        lookSoon();
    });
}

async function makeTrouble() {
    const answers = byId('answers').value;
    showTrouble(await desk.trouble(answers, answers === 'none' ? 0 : Number(byId('calls').value)));
}

async function killWorker() {
    const { pid } = await desk.kill('now');
    happenings.note('Gateway', `Worker ${pid} gets SIGKILL: what it was at is in PostgreSQL`, false);
}

// ---- Once more ----

let isStopped = false;

async function replayKept() {
    const steps = JSON.parse(sessionStorage.getItem(TO_REPLAY) ?? 'null');
    sessionStorage.removeItem(TO_REPLAY);
    if (!steps) return;
    await customElements.whenDefined('frontdesk-chat');
    byId('stop').hidden = false;
    const tell = (text) => { byId('replaying').textContent = text; };
    try {
        await replay(steps, { ...phones, web }, tell, () => isStopped);
    } catch (error) {
        tell(`It could not go on: ${error.message}`);
    }
    byId('stop').hidden = true;
}

/* The conversation on the phones and that in the web chat, as far as anything was said: nothing joins the two. */
async function recordings() {
    const all = [await desk.recording(number), ...(web.key ? [await desk.recording(number, web.key)] : [])];
    const held = all.filter(({ turns }) => turns.length);
    if (!held.length) throw new Error('Nothing was said yet.');
    return held;
}

async function replayAll() {
    becomeSomebodyElse(stepsOf(await recordings()));
}

/* A file each. */
async function save() {
    const scripts = (await recordings()).map((recording) => [recording.first.channel === 'web' ? 'web_' : '', recording.today, scriptOf(recording)]);
    for (const [door, today, script] of scripts) saveAsFile(`simulated_${door}${today}.txt`, script);
}

for (const [channel, phone] of Object.entries(phones)) byId(channel).append(phone.element);
byId('number').textContent = number;
byId('somebody').addEventListener('click', () => becomeSomebodyElse());
for (const id of ['whatsapp', 'sms']) byId(id).querySelector('.number').parentElement.after(phoneSwitch(phones[id].receipts, phones[id].element, lookSoon));
does('make-trouble', makeTrouble);
does('kill', killWorker);
does('replay', replayAll);
does('save', save);
byId('stop').addEventListener('click', () => { isStopped = true; });
new Tour(byId('tour'), () => phones.whatsapp.say('hi'));
for (const radio of document.querySelectorAll('input[name=trouble]'))
    radio.addEventListener('change', () => {
        if (radio.value === 'none') post.calm();
        else post.trouble = radio.value;
    });
look().then(replayKept);
