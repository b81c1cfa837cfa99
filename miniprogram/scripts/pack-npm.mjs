#!/usr/bin/env node
// Copies the used part of tdesign-miniprogram to miniprogram_npm/, where WeChat looks for it.
// The whole library is 1.2 MB and a package may have 2 MB, so only what the sources reach is copied.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isFile } from '../preview/build/files.mjs'

const LIBRARY = 'tdesign-miniprogram'
const HERE = path.dirname(fileURLToPath(import.meta.url))
const OUTSIDE = new Set(['node_modules', 'miniprogram_npm', 'preview', 'scripts', 'e2e', 'build', 'dist'])

/** Names like tdesign-miniprogram/button/button in the sources: JSON, scripts, WXML, WXSS. */
function rootsOf(root, source) {
  const found = new Set()
  const walk = (dir) => {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      const full = path.join(dir, entry.name)
      if (entry.isDirectory()) {
        if (!(dir === root && OUTSIDE.has(entry.name))) walk(full)
      } else if (/\.(json|ts|js|wxml|wxss|wxs)$/.test(entry.name) && !/^package(-lock)?\.json$|^tsconfig/.test(entry.name)) {
        for (const [, name] of fs.readFileSync(full, 'utf8').matchAll(/['"](?:\/?miniprogram_npm\/|[./]+\/miniprogram_npm\/)?tdesign-miniprogram\/([\w./-]+)['"]/g)) {
          for (const file of withSuffixes(path.join(source, name))) found.add(file)
        }
      }
    }
  }
  walk(root)
  return found
}

function withSuffixes(base) {
  if (isFile(base)) return [base]
  const four = ['.json', '.js', '.wxml', '.wxss'].map((s) => base + s).filter(isFile)
  return four.length ? four : fs.existsSync(base) ? withSuffixes(path.join(base, 'index')) : []
}

/** Everything one library file refers to. */
function referencesOf(file, source) {
  const text = fs.readFileSync(file, 'utf8')
  const dir = path.dirname(file)
  const at = (name) => (name.startsWith('/') ? path.join(source, name) : path.join(dir, name))
  if (file.endsWith('.json')) return Object.values(JSON.parse(text).usingComponents ?? {}).flatMap((n) => withSuffixes(at(n)))
  if (file.endsWith('.wxss')) return [...text.matchAll(/@import\s*['"]([^'"]+)['"]/g)].map((m) => at(m[1])).filter(isFile)
  if (file.endsWith('.wxml')) return [...text.matchAll(/<(?:import|include|wxs)\b[^>]*?src="([^"]+)"/g)].map((m) => at(m[1])).filter(isFile)
  const names = [...text.matchAll(/(?:from|import|require\()\s*['"]([^'"]+)['"]/g)].map((m) => m[1])
  return names.flatMap((name) => {
    const bases = name.startsWith('.') ? [at(name)] : [path.join(source, 'miniprogram_npm', name)]
    return bases.flatMap((b) => [b, b + '.js', b + '.wxs', path.join(b, 'index.js')]).filter(isFile).slice(0, 1)
  })
}

export function packNpm(root) {
  const require = createRequire(path.join(HERE, 'x.js'))
  const source = path.join(path.dirname(require.resolve(`${LIBRARY}/package.json`)), 'miniprogram_dist')
  const closure = rootsOf(root, source)
  for (const file of closure) for (const next of referencesOf(file, source)) closure.add(next)

  const target = path.join(root, 'miniprogram_npm', LIBRARY)
  const wanted = new Map([...closure].map((f) => [path.join(target, path.relative(source, f)), f]))
  let bytes = 0
  for (const [to, from] of wanted) {
    const content = fs.readFileSync(from)
    bytes += content.length
    if (isFile(to) && fs.readFileSync(to).equals(content)) continue
    fs.mkdirSync(path.dirname(to), { recursive: true })
    fs.writeFileSync(to, content)
  }
  removeOthers(target, wanted)
  return { files: wanted.size, bytes }
}

function removeOthers(dir, wanted) {
  if (!fs.existsSync(dir)) return
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name)
    if (entry.isDirectory()) {
      removeOthers(full, wanted)
      if (!fs.readdirSync(full).length) fs.rmdirSync(full)
    } else if (!wanted.has(full)) fs.unlinkSync(full)
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { files, bytes } = packNpm(path.resolve(process.argv[2] ?? path.dirname(HERE)))
  console.log(`miniprogram_npm/${LIBRARY}: ${files} files, ${bytes} bytes`)
}
