// Small file and path helpers, and the one way a build says "no": Refusal, with a place and a reason.
import fs from 'node:fs'
import path from 'node:path'
import esbuild from 'esbuild'

export class Refusal extends Error {
  constructor(problems) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

// A path through a file (x.wxs/index.js) is an error for stat, for us it is just no file.
export function isFile(p) {
  try {
    return fs.statSync(p).isFile()
  } catch {
    return false
  }
}

export const read = (p) => fs.readFileSync(p, 'utf8')

/** Reads JSON; JSON.parse gives no line, so esbuild is asked for it when the text is broken. */
export function readJson(file, root) {
  const text = read(file)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal([`${posix(path.relative(root, file))}:${place(text)}: ${error.message}`])
  }
}

function place(text) {
  try {
    esbuild.transformSync(text, { loader: 'json', logLevel: 'silent' })
  } catch (error) {
    const at = error.errors?.[0]?.location
    if (at) return `${at.line}:${at.column + 1}`
  }
  return '1:1'
}

/** The line a string first stands on: JSON.parse keeps no positions, and a message without a line is half a message. */
export function lineOf(file, needle, from = 1) {
  const index = read(file).split('\n').findIndex((line, i) => i + 1 >= from && line.includes(needle))
  return index < 0 ? 1 : index + 1
}

export function* walkFiles(dir, skip = () => false) {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name)
    if (skip(full, entry)) continue
    if (entry.isDirectory()) yield* walkFiles(full, skip)
    else if (entry.isFile()) yield full
  }
}

export const posix = (p) => p.split(path.sep).join('/')
