// How does a test wait for something that happens by itself?
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `condition` (may be async) gives something true, and gives it; fails with `what` after `patienceMs`. */
export async function until(condition, what = 'it', patienceMs = 15_000) {
    const end = Date.now() + patienceMs;
    for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
        const found = await condition();
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
        await sleep(pause);
    }
}

export { sleep };
