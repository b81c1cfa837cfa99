// One of the modules of words, as Node can load it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

export async function words(name) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  const bundle = join(folder, `${name}.mjs`)
  execFileSync(join(here, '../../node_modules/.bin/esbuild'), [join(here, `../${name}.ts`), '--bundle', '--format=esm', '--log-level=warning', `--outfile=${bundle}`], { stdio: 'inherit' })
  const module = await import(pathToFileURL(bundle))
  rmSync(folder, { recursive: true })
  return module
}
