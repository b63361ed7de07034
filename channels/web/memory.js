// What does the device remember of one conversation?
//
// Its key, its language, when it was last active, whether the chat is open, and what was said but not acknowledged. All of it is
// in sessionStorage, which ends with the tab, or, once "remember me on this device" is ticked, in localStorage, which
// all tabs share. What was said is never there after its acknowledgement; what was heard never at all.

/* Of one conversation there is one memory on a page: storage tells of changes only to other tabs. */
const memories = new Map();

/* Where storage is forbidden, the page's own life has to do. */
class PageStorage {
    getItem(name) {
        return this[name] ?? null;
    }

    setItem(name, value) {
        this[name] = String(value);
    }

    removeItem(name) {
        delete this[name];
    }
}

function openStorage(name) {
    try {
        window[name].getItem('');
        return window[name];
    } catch {
        return new PageStorage();
    }
}

/* Says whether there was room: a page may have filled what is shared with it, and some browsers lend none. */
function put(storage, name, value) {
    try {
        storage.setItem(name, value);
        return true;
    } catch {
        return false;
    }
}

class Memory {
    #prefix;
    #session = openStorage('sessionStorage');
    #local = openStorage('localStorage');
    #store;

    /** `place` names the conversation on this device: server and flow. */
    static of(place) {
        if (!memories.has(place)) memories.set(place, new Memory(place));
        return memories.get(place);
    }

    constructor(place) {
        this.#prefix = `frontdesk ${place} `;
        this.#settle();
    }

    /* A tab's own conversation comes before the one that all tabs share. */
    #settle() {
        const has = (storage) => storage.getItem(`${this.#prefix}key`) !== null;
        this.#store = !has(this.#session) && has(this.#local) ? this.#local : this.#session;
    }

    #get(name) {
        return this.#store.getItem(this.#prefix + name);
    }

    #set(name, value) {
        if (value === null) {
            this.#store.removeItem(this.#prefix + name);
            return;
        }
        if (put(this.#store, this.#prefix + name, value)) return;
        this.#store = Object.assign(new PageStorage(), Object.fromEntries(this.#entries(this.#store))); // the page alone has to do
        put(this.#store, this.#prefix + name, value);
    }

    #entries(storage) {
        return Object.entries(storage).filter(([name]) => name.startsWith(this.#prefix));
    }

    get key() {
        return this.#get('key');
    }

    set key(key) {
        this.#set('key', key);
        this.touch();
    }

    get language() {
        return this.#get('language');
    }

    set language(language) {
        this.#set('language', language);
    }

    get isOpen() {
        return this.#session.getItem(`${this.#prefix}open`) !== null;
    }

    set isOpen(isOpen) {
        if (isOpen) put(this.#session, `${this.#prefix}open`, '1');
        else this.#session.removeItem(`${this.#prefix}open`);
    }

    touch() {
        this.#set('active', Date.now());
    }

    get idleMs() {
        return Math.abs(Date.now() - Number(this.#get('active'))); // a clock that was set back tells nothing, either
    }

    get isRemembered() {
        return this.#store === this.#local;
    }

    /** Moves all of it, or, where there is no room for all, nothing. */
    set isRemembered(isRemembered) {
        const [from, to] = [this.#store, isRemembered ? this.#local : this.#session];
        const kept = this.#entries(from).filter(([name]) => !name.endsWith(' open'));
        const isMoved = kept.every(([name, value]) => put(to, name, value));
        for (const [name] of kept) (isMoved ? from : to).removeItem(name);
        if (isMoved) this.#store = to;
    }

    /** What was said and not acknowledged, in the order in which it was said. Each is an entry of its own, so that
     *  tabs that write at once lose nothing of each other. */
    get pending() {
        return this.#entries(this.#store)
            .filter(([name]) => name.startsWith(`${this.#prefix}said `))
            .map(([, text]) => JSON.parse(text))
            .sort((a, b) => a.at - b.at);
    }

    keep(said) {
        this.#set(`said ${said.id}`, JSON.stringify(said));
        this.touch();
    }

    drop(id) {
        this.#set(`said ${id}`, null);
    }

    /** Forgets this conversation, here and in other tabs that share it. */
    forget() {
        for (const storage of [this.#session, this.#local])
            for (const [name] of this.#entries(storage)) storage.removeItem(name);
        this.#store = this.#session;
    }

    /** The same, and tells every tab of this device that has a conversation of its own. */
    clearDevice() {
        this.forget();
        put(this.#local, `${this.#prefix}cleared`, Date.now());
        this.#local.removeItem(`${this.#prefix}cleared`);
    }

    /** What does another tab's change mean here? 'cleared', 'key', 'said', or nothing. */
    newsIn({ key, newValue, storageArea }) {
        if (!key?.startsWith(this.#prefix) || storageArea !== this.#local) return null;
        const name = key.slice(this.#prefix.length);
        if (name === 'cleared') return newValue ? 'cleared' : null;
        if (this.#store !== this.#local) return null;
        return name === 'key' ? 'key' : name.startsWith('said ') && newValue ? 'said' : null;
    }
}
