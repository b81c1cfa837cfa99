#!/usr/bin/env node
// Builds the mini-program for the browser: node preview/build.mjs --out DIR [--appid wx…] [--root DIR] [--partial]
// --partial leaves out pages and components that do not exist yet instead of refusing.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Refusal } from './build/files.mjs'
import { loadGraph } from './build/graph.mjs'
import { compileTemplates } from './build/wxml.mjs'
import { compileStyle } from './build/wxss.mjs'
import { bundle } from './build/bundle.mjs'
import { copyAssets, copyShell, iconNames, iconStyles } from './build/assets.mjs'
import { BUILTIN_TAGS } from './build/builtin-tags.mjs'
import { packNpm } from '../scripts/pack-npm.mjs'

const HERE = path.dirname(fileURLToPath(import.meta.url))

export async function build({ root = path.dirname(HERE), out, appid = 'wx0000000000000000', partial = false }) {
  root = path.resolve(root)
  out = path.resolve(out)
  packNpm(root)
  const warnings = []
  const graph = loadGraph(root, { partial, warnings })
  const templates = compileTemplates(root, graph.components)
  const problems = [...graph.problems, ...templates.problems]
  warnings.push(...templates.warnings)
  const context = { builtinTags: BUILTIN_TAGS, darkMode: !!graph.app.darkmode, problems, warnings }
  const appStyle = compileStyle(root, 'app', 'app', context)
  const styles = new Map()
  for (const { is, page } of graph.components.values()) styles.set(is, compileStyle(root, is, page ? 'page' : 'component', context))
  if (problems.length) throw new Refusal(problems)

  fs.mkdirSync(out, { recursive: true })
  warnings.push(...(await bundle({ graph, templates: templates.code, styles, appStyle, outFile: path.join(out, 'app.js') })))
  copyAssets(root, out)
  copyShell(out, appid)
  fs.writeFileSync(path.join(out, 'icons.css'), iconStyles(root, out, iconNames(root)))
  return { warnings, components: graph.components.size }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' }, appid: { type: 'string' }, root: { type: 'string' }, partial: { type: 'boolean' } } })
  if (!values.out) {
    console.error('usage: node preview/build.mjs --out DIR [--appid wx…] [--root DIR] [--partial]')
    process.exit(2)
  }
  const begin = Date.now()
  try {
    const { warnings, components } = await build(values)
    for (const warning of warnings) console.warn(`warning: ${warning}`)
    console.log(`built ${components} pages and components in ${Date.now() - begin} ms → ${values.out}`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    for (const problem of error.problems) console.error(`error: ${problem}`)
    process.exit(1)
  }
}
