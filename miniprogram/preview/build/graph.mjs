// Walks app.json: pages, sub-packages, the custom tab bar, and every component they use.
// The result names each component by its absolute package path without a suffix, as glass-easel does.
import path from 'node:path'
import { Refusal, isFile, lineOf, posix, readJson } from './files.mjs'

export function pagesOf(app) {
  const packages = [...(app.subPackages ?? []), ...(app.subpackages ?? [])]
  const inPackages = packages.flatMap((p) => p.pages.map((page) => posix(path.join(p.root, page))))
  return [...(app.pages ?? []), ...inPackages]
}

/** The line of app.json that lists a page: in a sub-package, the first line after its root that names it. */
function lineOfPage(file, app, page) {
  const owner = [...(app.subPackages ?? []), ...(app.subpackages ?? [])].find((p) => page.startsWith(p.root.replace(/\/$/, '') + '/'))
  if (!owner) return lineOf(file, `"${page}"`)
  return lineOf(file, `"${posix(path.relative(owner.root, page))}"`, lineOf(file, `"${owner.root}"`))
}

/** Package path of a component named in `usingComponents`, or undefined. Same search as WeChat: relative, then miniprogram_npm up the tree. */
export function resolveComponent(root, fromDir, name) {
  const candidates = []
  if (name.startsWith('/')) candidates.push(path.join(root, name))
  else {
    candidates.push(path.join(fromDir, name))
    for (let dir = fromDir; dir.startsWith(root); dir = path.dirname(dir)) {
      candidates.push(path.join(dir, 'miniprogram_npm', name))
      if (dir === root) break
    }
  }
  for (const candidate of candidates.flatMap((c) => [c, path.join(c, 'index')])) {
    if (isFile(candidate + '.json') && isFile(candidate + '.wxml')) return posix(path.relative(root, candidate))
  }
  return undefined
}

/** @param partial leave out pages that do not exist yet, with a warning: for somebody who is writing them. */
export function loadGraph(root, { partial = false, warnings = [] } = {}) {
  const appFile = path.join(root, 'app.json')
  if (!isFile(appFile)) throw new Refusal([`app.json: not found in ${path.basename(root)}/`])
  const app = readJson(appFile, root)
  const problems = []
  const components = new Map()

  const rewrite = (using, fromDir, jsonFile) => {
    const resolved = {}
    for (const [tag, target] of Object.entries(using ?? {})) {
      const found = resolveComponent(root, fromDir, target)
      if (found) {
        resolved[tag] = '/' + found
        visit(found, false)
      } else {
        const file = posix(path.relative(root, jsonFile))
        const line = `${file}:${lineOf(jsonFile, `"${target}"`)}: component "${target}" (used as <${tag}>) not found`
        if (partial) warnings.push(line)
        else problems.push(line)
      }
    }
    return resolved
  }

  const visit = (is, page) => {
    if (components.has(is)) return
    const json = path.join(root, is + '.json')
    const config = isFile(json) ? readJson(json, root) : {}
    const node = { is, page, config, script: scriptOf(root, is) }
    components.set(is, node)
    if (!node.script) problems.push(`${is}: no .ts or .js file`)
    if (!isFile(path.join(root, is + '.wxml'))) problems.push(`${is}.wxml: not found`)
    config.usingComponents = rewrite(config.usingComponents, path.dirname(path.join(root, is)), json)
    for (const generic of Object.values(config.componentGenerics ?? {})) {
      if (generic?.default) generic.default = rewrite({ x: generic.default }, path.dirname(path.join(root, is)), json).x
    }
  }

  app.usingComponents = rewrite(app.usingComponents, root, appFile)
  for (const page of pagesOf(app)) {
    if (isFile(path.join(root, page + '.wxml'))) visit(page, true)
    else {
      const line = `app.json:${lineOfPage(appFile, app, page)}: page "${page}" has no .wxml`
      if (partial) warnings.push(line)
      else problems.push(line)
    }
  }
  if (app.tabBar?.custom) {
    if (isFile(path.join(root, 'custom-tab-bar/index.json'))) visit('custom-tab-bar/index', false)
    else problems.push(`app.json:${lineOf(appFile, '"custom"')}: tabBar.custom needs custom-tab-bar/index`)
  }
  // What app.json declares may be used everywhere; the component's own declaration wins.
  for (const node of components.values()) {
    if (!node.is.includes('miniprogram_npm/')) {
      node.config.usingComponents = { ...app.usingComponents, ...node.config.usingComponents }
    }
  }
  return { root, app, components, problems, theme: themeOf(root, app) }
}

function themeOf(root, app) {
  const file = app.themeLocation && path.join(root, app.themeLocation)
  return file && isFile(file) ? readJson(file, root) : undefined
}

export function scriptOf(root, is) {
  return ['.ts', '.js'].map((s) => path.join(root, is + s)).find(isFile)
}
