// Copies what pages refer to by path (images, wasm, data) and the shell; inflates .wasm.br, since a browser
// is told the path of the module only and no server sets a Content-Encoding for it.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { posix, walkFiles } from './files.mjs'

const KEEP = /\.(png|jpe?g|gif|svg|webp|ico|wasm|wasm\.br|mp3|ttf|woff2?)$/i
const OUTSIDE = new Set(['node_modules', 'preview', 'scripts', 'e2e', 'build', 'dist', '.git'])
const SHELL = fileURLToPath(new URL('../shell', import.meta.url))

export function copyAssets(root, out) {
  const skip = (full, entry) =>
    (entry.isDirectory() && path.dirname(full) === root && OUTSIDE.has(entry.name)) || path.resolve(full) === path.resolve(out)
  for (const file of walkFiles(root, skip)) {
    if (!KEEP.test(file)) continue
    const target = path.join(out, path.relative(root, file))
    fs.mkdirSync(path.dirname(target), { recursive: true })
    if (file.endsWith('.wasm.br')) fs.writeFileSync(target, zlib.brotliDecompressSync(fs.readFileSync(file)))
    else fs.copyFileSync(file, target)
  }
}

export function copyShell(out, appid) {
  for (const file of walkFiles(SHELL)) fs.copyFileSync(file, path.join(out, path.basename(file)))
  fs.writeFileSync(path.join(out, 'config.js'), `window.__mpConfig = ${JSON.stringify({ appid })}\n`)
}

/** CSS masks for the TDesign icons that the source names. The icon font itself is on a CDN, and the preview works offline. */
export function iconStyles(root, out, names) {
  const require = createRequire(import.meta.url)
  const dir = path.join(path.dirname(require.resolve('tdesign-icons-svg/package.json')), 'src')
  const rules = []
  fs.mkdirSync(path.join(out, 'icons'), { recursive: true })
  for (const name of names) {
    const file = path.join(dir, name + '.svg')
    if (!fs.existsSync(file)) continue
    // The published files spell the attribute wrongly, so a browser would show nothing.
    fs.writeFileSync(path.join(out, 'icons', name + '.svg'), fs.readFileSync(file, 'utf8').replace(/view-box=/g, 'viewBox='))
    rules.push(`.t-icon-${name}::before{--i:url("icons/${name}.svg")}`)
  }
  const base =
    '[class*="t-icon-"]::before{content:""!important;display:inline-block;width:1em;height:1em;background:currentColor;' +
    '-webkit-mask:var(--i) center/contain no-repeat;mask:var(--i) center/contain no-repeat}'
  return base + rules.join('')
}

/** Every word in the sources that is the name of an icon file: cheap, and finds names computed in scripts too. */
export function iconNames(root) {
  const require = createRequire(import.meta.url)
  const dir = path.join(path.dirname(require.resolve('tdesign-icons-svg/package.json')), 'src')
  const all = new Set(fs.readdirSync(dir).map((f) => f.replace(/\.svg$/, '')))
  const used = new Set()
  const skip = (full, entry) => entry.isDirectory() && path.dirname(full) === root && OUTSIDE.has(entry.name)
  for (const file of walkFiles(root, skip)) {
    if (!/\.(wxml|ts|js|json|wxs)$/.test(file) || /[\\/]icon[\\/]/.test(posix(file))) continue
    for (const [word] of fs.readFileSync(file, 'utf8').matchAll(/[a-z][a-z0-9-]{1,40}/g)) if (all.has(word)) used.add(word)
  }
  return used
}
