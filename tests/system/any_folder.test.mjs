// Does the program find its words and settings from whatever folder it is started in?

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.FRONTDESK ?? join(root, 'build/debug/frontdesk');

test('An empty folder far from the program is as good as its own', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-folder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const answer = spawnSync(program, ['understand', '--kind', 'date', '--today', '2026-11-22'], {
    cwd: folder,
    input: '15th aug 90\n',
    encoding: 'utf8',
  });
  assert.deepEqual([answer.stdout, answer.stderr, answer.status], ['1990-08-15\n', '', 0]);
});
