// One esbuild run: generated entry + runtime + the mini-program's own scripts, into one classic script.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'
import { Refusal, isFile, posix } from './files.mjs'

const RUNTIME = fileURLToPath(new URL('../runtime/main.js', import.meta.url))

export async function bundle({ graph, templates, styles, appStyle, outFile }) {
  const { root, app, components, theme } = graph
  const lines = [`import { start } from ${JSON.stringify(RUNTIME)}`, `import * as T from 'preview:templates'`]
  const entries = [...components.values()].map((c) => {
    const info = JSON.stringify({ page: c.page, config: c.config, style: styles.get(c.is) ?? '' })
    return `${JSON.stringify(c.is)}: { ...${info}, load: () => require(${JSON.stringify(c.script)}) }`
  })
  const appScript = ['.ts', '.js'].map((s) => path.join(root, 'app' + s)).find(isFile)
  lines.push(`start({ app: ${JSON.stringify(app)}, theme: ${JSON.stringify(theme ?? null)}, appStyle: ${JSON.stringify(appStyle)},`)
  lines.push(`  loadApp: () => ${appScript ? `require(${JSON.stringify(appScript)})` : 'undefined'},`)
  lines.push(`  templates: () => T.default,`)
  lines.push(`  components: {\n${entries.join(',\n')}\n} })`)

  try {
    const result = await esbuild.build({
      stdin: { contents: lines.join('\n'), resolveDir: path.dirname(RUNTIME), sourcefile: 'preview-entry.js' },
      bundle: true, format: 'iife', target: 'chrome120', outfile: outFile, sourcemap: 'linked', charset: 'utf8',
      logLevel: 'silent', tsconfigRaw: '{}', define: { 'process.env.NODE_ENV': '"development"' },
      plugins: [plugin(root, templates)],
    })
    return result.warnings.map(format)
  } catch (error) {
    if (!error.errors) throw error
    throw new Refusal(error.errors.map((e) => format(e)))
  }

  function format(message) {
    const at = message.location
    const file = at && posix(path.relative(root, path.resolve(at.file)))
    return at ? `${file}:${at.line}:${at.column + 1}: ${message.text}` : message.text
  }
}

function plugin(root, templates) {
  return {
    name: 'miniprogram',
    setup(build) {
      build.onResolve({ filter: /^preview:templates$/ }, () => ({ path: 'templates', namespace: 'templates' }))
      // CommonJS on purpose: the generated code is sloppy-mode script.
      build.onLoad({ filter: /.*/, namespace: 'templates' }, () => ({ contents: `module.exports = ${templates}`, loader: 'js' }))

      // The address of the API is the one thing the preview changes: everything else config.ts says stays.
      build.onLoad({ filter: /[\\/]config\.(ts|js)$/ }, (args) => {
        if (args.suffix === '?original' || path.dirname(args.path) !== root) return undefined
        const original = JSON.stringify(args.path + '?original')
        return {
          contents: `export * from ${original}\nexport const API_BASE = ''\nexport const APPID = globalThis.__mpConfig.appid`,
          loader: 'js', resolveDir: root,
        }
      })
      build.onResolve({ filter: /\?original$/ }, (args) => ({ path: args.path.replace(/\?original$/, ''), suffix: '?original' }))

      // A module of another sub-package comes later, as a promise; here every package is in the one script.
      build.onLoad({ filter: /\.ts$/ }, (args) => {
        if (!args.path.startsWith(root) || args.path.includes('node_modules')) return undefined
        const text = readFileSync(args.path, 'utf8')
        if (!text.includes('require.async(')) return undefined
        return { contents: text.replace(/require\.async\(('[^']+')\)/g, 'Promise.resolve().then(() => require($1))'), loader: 'ts' }
      })

      // Package-absolute (/utils/x) and npm names (tdesign-miniprogram/toast/index) resolve as WeChat resolves them.
      build.onResolve({ filter: /^[^.]/ }, (args) => {
        if (args.kind === 'entry-point' || args.pluginData === 'native' || !args.importer.startsWith(root)) return undefined
        if (args.importer.includes(`${path.sep}preview${path.sep}runtime${path.sep}`) || args.importer.includes('node_modules')) return undefined
        const names = args.path.startsWith('/') ? [path.join(root, args.path)] : up(root, path.dirname(args.importer), args.path)
        const found = names.flatMap((n) => ['', '.ts', '.js', '.json', '/index.ts', '/index.js'].map((s) => n + s)).find(isFile)
        return found ? { path: found } : undefined
      })
    },
  }
}

function up(root, dir, name) {
  const list = []
  for (let d = dir; d.startsWith(root); d = path.dirname(d)) {
    list.push(path.join(d, 'miniprogram_npm', name))
    if (d === root) break
  }
  return list
}
