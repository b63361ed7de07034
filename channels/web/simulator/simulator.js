// Who sits before the four phones? One simulated person, with one number on all of them.

const NUMBER = 'simulator.number';
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

function becomeSomebodyElse() {
    const token = sessionStorage.getItem(TOKEN);
    sessionStorage.clear();
    if (token) sessionStorage.setItem(TOKEN, token);
    location.reload();
}

/* One question, however many requests wait for its answer. */
let tokenAsked = null;
function askForToken() {
    byId('door').hidden = false;
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
const happenings = new Happenings({ list: byId('happenings'), session: byId('session'), data: byId('data'), outbox: byId('outbox') });
const post = new Post(desk, number, (title, channel, delivery) => {
    happenings.add(title, channel, delivery);
    lookSoon();
});
const phones = { whatsapp: new WhatsappPhone(post, number), sms: new SmsPhone(post, number), voice: new CallPhone(post) };

let timer;
let isLooking = false;

async function look() {
    clearTimeout(timer);
    if (isLooking) return;
    isLooking = true;
    try {
        const news = await desk.news(number);
        show(news);
        byId('notice').textContent = '';
    } catch (error) {
        byId('notice').textContent = `The gateway can’t be asked: ${error.message}`;
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
        phone.hear?.(news.outbox.filter((row) => row.channel === channel));
    }
    happenings.show(news);
}

for (const [channel, phone] of Object.entries(phones)) byId(channel).append(phone.element);
byId('number').textContent = number;
byId('somebody').addEventListener('click', becomeSomebodyElse);
for (const radio of document.querySelectorAll('input[name=trouble]'))
    radio.addEventListener('change', () => {
        if (radio.value === 'none') post.calm();
        else post.trouble = radio.value;
    });
look();
