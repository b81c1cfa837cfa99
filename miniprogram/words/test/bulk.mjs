// How far a bulk action is, and whom it left alone: no total and no share that nobody knows.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bulk-'))
const bundle = join(folder, 'bulk.mjs')
execFileSync(join(here, '../../node_modules/.bin/esbuild'), [join(here, '../bulk.ts'), '--bundle', '--format=esm', '--log-level=warning', `--outfile=${bundle}`], { stdio: 'inherit' })
const { progress, totalOf } = await import(pathToFileURL(bundle))
rmSync(folder, { recursive: true })

const run = (more) => ({ state: 'running', deletes: false, done: 0, failed: 0, undone: 0, ...more })
assert.equal(totalOf('200'), 200)
for (const unknown of ['1000+', '', 'x']) assert.equal(totalOf(unknown), null)
assert.deepEqual(progress(run({ done: 40, failed: 10 }), 200), { text: '50 / 200 位', share: 25 })
assert.deepEqual(progress(run({ done: 1000 }), null), { text: '已处理 1000 位', share: null })
assert.deepEqual(progress(run({ done: 201 }), 200), { text: '已处理 201 位', share: null })
assert.deepEqual(progress(run({ done: 0 }), 0), { text: '已处理 0 位', share: null })
assert.deepEqual(progress(run({ state: 'undoing', done: 8, undone: 2 }), null), { text: '2 / 8 位', share: 25 })
console.log('bulk: how far')
