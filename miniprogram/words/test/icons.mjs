// Every icon that a page names is drawn: one that is not is a black square.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file) => readFileSync(join(root, file), 'utf8')
const sources = ['pages', 'features', 'components', 'custom-tab-bar', 'words'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true }).filter((file) => /\.(wxml|ts)$/.test(file)).map((file) => join(folder, file)))

const drawn = new Set([...read('components/glyph/index.wxss').matchAll(/^\.i-([a-z0-9-]+) /gm)].map(([, name]) => name))
const named = new Map()
for (const file of sources) {
  // What wx.showToast calls an icon is none of ours.
  for (const [, glyph, icon] of read(file).matchAll(/<glyph[^>]*? name="([a-z0-9-]+)"|\bicon(?:="|: ')([a-z0-9-]+)/g)) {
    const name = glyph ?? icon
    if (name !== 'none') named.set(name, file)
  }
}
assert.ok(named.size > 30, `only ${named.size} icons are named`)
assert.deepEqual([...named].filter(([name]) => !drawn.has(name)), [])
console.log(`icons: ${named.size} names, all drawn`)
