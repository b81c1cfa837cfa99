// Compiles all WXML and WXS into one JavaScript expression with WeChat's own template compiler.
import path from 'node:path'
import { createRequire } from 'node:module'
import { isFile, read } from './files.mjs'

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler')

// The compiler only warns about these, WeChat's own compiler refuses them: 65543 missing end tag, 65567 invalid end tag.
const ALSO_ERRORS = new Set([65543, 65567])

// WXS is not JavaScript: `x.constructor` is the string 'Array', which the browser cannot say.
const asWxs = (source) =>
  source.replace(/([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[[^\][]*\])*)\.constructor\b/g, '__wxsType($1)')

// Hooks into the generated code: mark WXS functions, so that an event handler written in WXS gets its owner instance.
const MARK = ';for(var __k in module.exports)if(typeof module.exports[__k]==="function")module.exports[__k].__wxs=true;'
const LOADER = 'module.loader.call(null, require, module.exports, module);'

export function compileTemplates(root, components) {
  const group = new TmplGroup()
  const problems = []
  const warnings = []
  const seen = new Set()
  const scripts = new Set()

  const addScript = (id) => {
    const name = id.replace(/\.wxs$/, '')
    if (scripts.has(name)) return
    scripts.add(name)
    const file = path.join(root, name + '.wxs')
    if (!isFile(file)) return void problems.push(`${name}.wxs: not found`)
    const source = asWxs(read(file))
    // A require('./x.wxs') inside WXS keeps its suffix, a src="x.wxs" loses it: the module answers to both.
    group.addScript(name, source)
    group.addScript(name + '.wxs', source)
    for (const [, target] of source.matchAll(/require\(\s*['"]([^'"]+)['"]\s*\)/g)) {
      addScript(target.startsWith('/') ? target.slice(1) : path.posix.join(path.posix.dirname(name), target))
    }
  }

  const addTemplate = (is, from) => {
    if (seen.has(is)) return
    seen.add(is)
    const file = path.join(root, is + '.wxml')
    if (!isFile(file)) return void problems.push(`${from}: imports ${is}.wxml, which does not exist`)
    for (const d of group.addTmpl(is, read(file))) {
      const line = `${is}.wxml:${d.startLine + 1}:${d.startColumn + 1}: ${d.message}`
      if (d.isError || ALSO_ERRORS.has(d.code)) problems.push(line)
      else if (!is.includes('miniprogram_npm/')) warnings.push(line)
    }
    for (const name of group.getInlineScriptModuleNames(is)) {
      group.setInlineScript(is, name, asWxs(group.getInlineScript(is, name)))
    }
    for (const script of group.getScriptDependencies(is)) addScript(script)
    for (const next of group.getDirectDependencies(is)) addTemplate(next, is + '.wxml')
  }

  for (const { is } of components.values()) addTemplate(is, is)
  // Q.A wraps change:prop listeners, Q.C wraps every event listener; both live in the runtime.
  group.setExtraRuntimeScript('Q.A=globalThis.__wxsChange;Q.C=globalThis.__wxsEvent;')
  const code = group.getTmplGenObjectGroups()
  if (!code.includes(LOADER)) throw new Error('the template compiler changed its WXS loader: adapt build/wxml.mjs')
  return { code: code.replace(LOADER, LOADER + MARK), problems, warnings }
}
