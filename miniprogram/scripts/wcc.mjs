#!/usr/bin/env node
// Compiles all WXML, WXS and WXSS with WeChat's own wcc and wcsc, as DevTools does: node scripts/wcc.mjs [folder]
// They refuse what glass-easel lets pass (arrow functions, template literals, `?.`, attribute selectors).
import fs from 'node:fs'
import path from 'node:path'
import os from 'node:os'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { walkFiles, posix, read } from '../preview/build/files.mjs'
import { packNpm } from './pack-npm.mjs'

const OUTSIDE = new Set(['node_modules', 'preview', 'scripts', 'e2e', 'build', 'dist'])
const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.resolve(process.argv[2] ?? path.dirname(here))
const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('miniprogram-compiler/package.json')), 'bin', { linux: 'linux', darwin: 'mac' }[process.platform] ?? 'windows')

/** The package ships its programs without the executable bit; node_modules may be read-only, so a copy is used. */
function tool(name) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wcc-')), name)
  fs.copyFileSync(path.join(bin, name), file)
  fs.chmodSync(file, 0o755)
  return file
}

function run(file, args) {
  const { status, stderr, stdout, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (error) throw error
  return status === 0 ? [] : (stderr || stdout).split('\n').filter((l) => l.trim())
}

/** wcsc takes a style sheet first and then exactly what it imports; given everything it takes half a minute. */
function importsOf(file, seen = new Set()) {
  for (const [, target] of read(path.join(root, file)).replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/@import\s+['"]([^'"]+)['"]/g)) {
    const next = target.startsWith('/') ? target.slice(1) : path.posix.join(path.posix.dirname(file), target)
    if (!seen.has(next) && fs.existsSync(path.join(root, next))) importsOf(next, seen.add(next))
  }
  return seen
}

packNpm(root)
const files = [...walkFiles(root, (full, e) => e.isDirectory() && path.dirname(full) === root && OUTSIDE.has(e.name))].map((f) => posix(path.relative(root, f)))
const markup = files.filter((f) => /\.(wxml|wxs)$/.test(f))
const styles = files.filter((f) => f.endsWith('.wxss'))
const wcc = tool('wcc')
const wcsc = tool('wcsc')
const problems = markup.length ? run(wcc, ['-d', '-cc', '0', ...markup.map((f) => './' + f), '-gn', '$gwx']) : []
for (const file of styles) {
  const said = run(wcsc, ['-lc', '-pc', '1', './' + file, ...[...importsOf(file)].map((f) => './' + f)])
  // "ERR: ./x.wxss(2:16): …" becomes "x.wxss:2:16: …", the form editors understand.
  const lines = said.filter((line) => !line.startsWith('error file count')).map((line) => line.replace(/^ERR:\s*/, '').replace(/\((\d+):(\d+)\):/, ':$1:$2:'))
  problems.push(...lines.map((line) => (line.includes('.wxss') ? line : `${file}: ${line}`)))
}
for (const file of [wcc, wcsc]) fs.rmSync(path.dirname(file), { recursive: true })

if (problems.length) {
  for (const problem of problems) console.error(`error: ${problem.replace(/^\.\//, '')}`)
  process.exit(1)
}
console.log(`wcc: ${markup.length} WXML and WXS, wcsc: ${styles.length} WXSS, no errors`)
