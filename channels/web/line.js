// How does what is said reach the gateway, and come back, whatever the network does?
//
// One socket (docs/web-chat.md). What is said is kept in memory until it is acknowledged, and sent one by one, so that
// it arrives in its order; a broken socket is opened again with growing pauses, and goes on where it stopped.

const ACK_PATIENCE_MS = 10_000;
const PING_MS = 25_000;
const ASLEEP_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;
const OTHER_TAB_MS = 4_000;
const TRIES_BEFORE_TELLING = 3;

class Line {
    #socket = null;
    #isWelcome = false;
    #helloKey = null;
    #underWay = null; // id of what was sent and not acknowledged
    #tries = 0;
    #timers = {};
    #lastTick = 0;
    #lastSeen = 0;
    #isWanted = false;
    #wasEverWelcome = false;

    /** `conf`: url, memory, hello() for language and flow, hear(message), tell(state). States: 'open', 'away' (being
     *  mended), 'offline', 'unreachable' (never was there), 'not_offered', 'busy'. */
    constructor(conf) {
        this.conf = conf;
        addEventListener('online', () => this.#hurry());
        addEventListener('offline', () => this.#isWanted && this.#broken());
        document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
    }

    open() {
        this.#isWanted = true;
        this.#connect();
    }

    close() {
        this.#isWanted = false;
        this.#letGo();
        this.#lastSeen = 0;
    }

    /** Keeps it and sends it as soon as that is possible; gives what was kept. */
    say(content, text) {
        const last = this.conf.memory.pending.pop(); // by a clock that was set back it would else come before that
        const said = { id: newUuid(), at: Math.max(Date.now(), (last?.at ?? 0) + 1), content, text };
        this.conf.memory.keep(said);
        this.#sendNext();
        return said;
    }

    /** Another tab said something: should it be gone before it was acknowledged, this tab sends it. */
    lookAfterOthers() {
        this.#later('others', OTHER_TAB_MS, () => this.#sendNext());
    }

    // ---- The socket ----

    #later(name, ms, task) {
        clearTimeout(this.#timers[name]);
        this.#timers[name] = setTimeout(task, ms);
    }

    #letGo() {
        for (const timer of Object.values(this.#timers)) clearTimeout(timer);
        const socket = this.#socket;
        this.#socket = null;
        this.#isWelcome = false;
        this.#underWay = null;
        if (!socket) return;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
    }

    #connect() {
        if (!this.#isWanted || this.#socket) return;
        try { // whatever navigator.onLine says: behind some tunnels it is wrong
            this.#socket = new WebSocket(this.conf.url);
        } catch { // the page's policy forbids it
            this.#broken();
            return;
        }
        this.#socket.onopen = () => this.#hello();
        this.#socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
        this.#socket.onclose = () => this.#broken();
        this.#later('answer', ACK_PATIENCE_MS, () => this.#broken());
    }

    #hello() {
        this.#helloKey = this.conf.memory.key;
        this.#later('answer', ACK_PATIENCE_MS, () => this.#broken());
        this.#send({
            type: 'hello', ...this.conf.hello(), session_key: this.#helloKey ?? undefined, last_seen: this.#lastSeen,
        });
    }

    #send(message) {
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
    }

    /* Comes again after a pause that grows, and differs from everybody else's. */
    #broken() {
        this.#letGo();
        const isNew = !this.#wasEverWelcome && this.#tries >= TRIES_BEFORE_TELLING;
        this.conf.tell(!navigator.onLine ? 'offline' : isNew ? 'unreachable' : 'away');
        const longest = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#tries++);
        this.#later('again', longest * (0.5 + Math.random() / 2), () => this.#connect());
    }

    #reconnect() {
        this.#letGo();
        this.#connect();
    }

    /* Something says that the network may be there again. */
    #hurry() {
        if (!this.#isWanted || (this.#socket && Date.now() - this.#lastTick < ASLEEP_MS)) return;
        this.#tries = 0;
        this.#reconnect();
    }

    /* Writing is how a dead connection is noticed; a tick that comes late means that the machine was asleep. */
    #tick() {
        const isLate = Date.now() - this.#lastTick > ASLEEP_MS;
        this.#lastTick = Date.now();
        if (isLate) {
            this.#reconnect();
            return;
        }
        this.#send({ type: 'ping' });
        this.#later('tick', PING_MS, () => this.#tick());
    }

    // ---- What is said ----

    #sendNext() {
        const [next] = this.#isWelcome && !this.#underWay ? this.conf.memory.pending : [];
        if (!next) return;
        this.#underWay = next.id;
        this.#send({ type: 'message', id: next.id, ...next.content });
        this.#later('answer', ACK_PATIENCE_MS, () => this.#broken());
    }

    #acknowledged(id) {
        this.conf.memory.drop(id);
        if (id !== this.#underWay) return;
        this.#underWay = null;
        clearTimeout(this.#timers.answer);
        this.conf.tell('open');
        this.#sendNext();
    }

    #sayAgain(ms) {
        this.#underWay = null;
        clearTimeout(this.#timers.answer);
        this.#later('again', ms * (0.75 + Math.random() / 2), () => (this.#isWelcome ? this.#sendNext() : this.#hello()));
    }

    // ---- What is heard ----

    #heard(message) {
        switch (message.type) {
        case 'welcome':
            this.#welcomed(message);
            return;
        case 'ack':
            this.#acknowledged(message.id);
            return;
        case 'error':
            this.#failed(message);
            return;
        case 'message':
        case 'echo':
            if (message.seq <= this.#lastSeen) return;
            this.#lastSeen = message.seq;
            this.conf.memory.touch();
            if (message.type === 'echo') this.#acknowledged(message.id); // whoever sent it
        }
        this.conf.hear(message);
    }

    #welcomed(message) {
        const { memory } = this.conf;
        const isNew = message.session_key !== this.#helloKey;
        if (isNew && memory.key && memory.key !== this.#helloKey) {
            this.#reconnect(); // another tab began at the same moment, and was first
            return;
        }
        clearTimeout(this.#timers.answer);
        if (isNew) memory.key = this.#helloKey = message.session_key;
        this.#isWelcome = this.#wasEverWelcome = true;
        this.#tries = 0;
        this.#lastTick = Date.now();
        this.#later('tick', PING_MS, () => this.#tick());
        this.conf.tell('open');
        this.conf.hear(message);
        this.#sendNext();
    }

    #failed(error) {
        switch (error.code) {
        case 'session_expired': // the key stays until a new one takes its place: other tabs shut when there is none
            this.#isWelcome = false;
            this.#underWay = null;
            this.#lastSeen = 0;
            this.conf.hear(error);
            break;
        case 'too_fast':
        case 'unavailable':
            this.conf.tell('busy');
            this.#sayAgain(1500);
            break;
        case 'too_many':
            this.conf.tell('busy');
            this.#sayAgain(15_000);
            break;
        case 'unknown_flow':
        case 'not_available':
            this.close();
            this.conf.tell('not_offered');
            break;
        default: // it would be refused again and again
            if (this.#underWay) this.conf.hear(error);
            this.#acknowledged(this.#underWay);
        }
    }
}

/* crypto.randomUUID is there on secure pages only. */
function newUuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
