// Bundles the suite, the loader, the glue and the vectors for an engine without modules.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
export const root = join(here, '../../..')
export const rules = join(here, '..')
const out = join(root, 'target/wasm/phone')

export function bundle() {
  mkdirSync(out, { recursive: true })
  const file = join(out, 'suite.js')
  execFileSync(join(root, 'miniprogram/node_modules/.bin/esbuild'), [
    join(here, 'suite.ts'), '--bundle', '--format=iife', '--global-name=suite',
    '--target=es2019', '--log-level=warning', `--outfile=${file}`,
  ], { stdio: 'inherit' })
  return file
}

export function vectors() {
  const folder = join(root, 'domain/vectors')
  return readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}
