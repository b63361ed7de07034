// run_node.mjs RESULT FILE...: how do the Node tests run, alike on Node 18 and later?
//
// Files run in processes of their own, three at a time: two cores, and most wait most of the time (Node 18 has no
// option for that on its command line). The longest go first, so that the run has no tail in which one waits alone.
// Each test is one line; a failure is shown with its reason. RESULT receives two numbers, passed and failed, and
// RESULT.failed the names of what failed, a line each.
//
// What each file would do alike, they share: the first that has migrated a database leaves it to the others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

const FILES_AT_A_TIME = 3;
const FILE_PATIENCE_MS = 30 * 60 * 1000;
const LONGEST = ['deploy', 'spool', 'outages', 'catch_up'].map((name) => `${name}.test.mjs`);

const [result, ...named] = process.argv.slice(2);
const isLong = (file) => LONGEST.includes(path.basename(file));
const files = [...named.filter(isLong), ...named.filter((file) => !isLong(file))];
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

// A suite or a file is no test of its own; its tests are told one by one.
const isGroup = (event) => event.details?.type === 'suite' || files.includes(path.resolve(event.name));

const where = (event) => (event.file ? `${path.basename(event.file)}: ` : '');

function passed(event) {
    if (isGroup(event)) return;
    if (event.skip !== undefined || event.todo !== undefined) {
        counts.skipped++;
        console.log(`  skipped  ${where(event)}${event.name}`);
        return;
    }
    counts.passed++;
    console.log(`  ok       ${where(event)}${event.name} (${Math.round(event.details.duration_ms)} ms)`);
}

// A group fails because a test in it failed, which was counted; anything else (it could not be loaded, a hook
// threw, the process died) is a failure of its own.
function failed(event) {
    const error = event.details.error;
    if (isGroup(event) && error?.failureType === 'subtestsFailed') return;
    counts.failed++;
    failures.push(`${where(event)}${event.name}\n`);
    console.log(`  FAILED   ${where(event)}${event.name}`);
    const reason = error?.cause ?? error;
    const text = typeof reason === 'string' ? reason : (reason?.stack ?? inspect(reason));
    console.log(text.replace(/^/gm, '           '));
}

const shared = mkdtempSync(path.join(tmpdir(), 'fd-shared-'));
process.on('exit', () => rmSync(shared, { recursive: true, force: true }));
process.env.FRONTDESK_TEST_CLUSTER = path.join(shared, 'cluster');

const stream = run({ files, concurrency: FILES_AT_A_TIME, timeout: FILE_PATIENCE_MS });
stream.on('test:pass', passed);
stream.on('test:fail', failed);
stream.on('test:stdout', (event) => process.stdout.write(event.message));
stream.on('test:stderr', (event) => process.stderr.write(event.message));
stream.on('end', () => {
    if (counts.skipped > 0) console.log(`  ${counts.skipped} skipped`);
    writeFileSync(`${result}.failed`, failures.join(''));
    writeFileSync(result, `${counts.passed} ${counts.failed}\n`);
});
stream.resume();
