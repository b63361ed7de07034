// Do the C files keep to .clang-format, and the scripts to what shellcheck asks?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function filesBelow(folder, wanted) {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(name, wanted);
        return entry.isFile() && wanted(name) ? [name] : [];
    });
}

function isShellScript(name) {
    return name.endsWith('.sh') || /^#!.*\b(ba|da)?sh$/.test(readFileSync(path.join(root, name), 'utf8').split('\n', 1)[0]);
}

function assertClean(command, args, files) {
    assert.ok(files.length > 0, 'nothing was found to check');
    const { status, stdout, stderr, error } = spawnSync(command, [...args, ...files], { cwd: root, encoding: 'utf8' });
    assert.equal(error, undefined);
    assert.equal(status, 0, `${stdout}${stderr}`.slice(0, 8000));
}

test('C and C++ files are formatted by .clang-format', () => {
    const isC = (name) => /\.(c|h|cpp)$/.test(name);
    const files = ['src', 'channels', 'tests'].flatMap((folder) => filesBelow(folder, isC));
    assertClean('clang-format', ['--dry-run', '-Werror', '--ferror-limit=20'], files);
});

test('shell scripts are clean for shellcheck', () => {
    const files = ['deploy', 'tests', '.ci'].flatMap((folder) => filesBelow(folder, isShellScript));
    assertClean('shellcheck', ['--external-sources'], files);
});
