// The mini-program's own code, as Node can run it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** What a source below `miniprogram/` exports, for example `words/scene.ts`. */
export async function bundled(source) {
  const folder = mkdtempSync(join(tmpdir(), 'words-'))
  const bundle = join(folder, 'bundle.mjs')
  execFileSync(join(here, '../../node_modules/.bin/esbuild'), [join(here, '../..', source), '--bundle', '--format=esm', '--log-level=warning', `--outfile=${bundle}`], { stdio: 'inherit' })
  const found = await import(pathToFileURL(bundle))
  rmSync(folder, { recursive: true })
  return found
}
