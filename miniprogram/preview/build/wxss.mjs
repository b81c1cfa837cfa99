// WXSS to CSS: imports inlined, rpx to vw, tag names to wx-*, classes of a component prefixed.
// The prefix itself is known only when the component registers (styleIsolation may be set in its script),
// so the CSS carries the placeholder __P__ and the runtime fills it in.
import path from 'node:path'
import postcss from 'postcss'
import selectorParser from 'postcss-selector-parser'
import { isFile, posix, read } from './files.mjs'

export const PREFIX = '__P__'
const HOST = '__H__'

/** Reads a file and all it imports, in place. `seen` keeps an import loop from running for ever. */
function inline(root, file, problems, seen = []) {
  const rel = posix(path.relative(root, file))
  let tree
  try {
    tree = postcss.parse(read(file), { from: rel })
  } catch (error) {
    problems.push(`${rel}:${error.line}:${error.column}: ${error.reason}`)
    return postcss.root()
  }
  tree.walkAtRules('import', (rule) => {
    const target = /^(?:url\()?['"]?([^'")]+)/.exec(rule.params)?.[1] ?? ''
    const next = target.startsWith('/') ? path.join(root, target) : path.join(path.dirname(file), target)
    if (!isFile(next)) {
      problems.push(`${rel}:${rule.source.start.line}:${rule.source.start.column}: @import "${target}" not found`)
      rule.remove()
    } else if (seen.includes(next)) rule.remove()
    else rule.replaceWith(inline(root, next, problems, [...seen, file]).nodes)
  })
  return tree
}

const UNITS = /(-?(?:\d+\.?\d*|\.\d+))(rpx|vh)\b/g

/** One rpx is 1/750 of the window; 100vh is the web view below the navigation bar, not the browser window. */
export function convertUnits(value) {
  return value
    .replace(UNITS, (_, n, unit) =>
      unit === 'rpx' ? `${+((Number(n) * 100) / 750).toFixed(5)}vw` : `calc(var(--mp-vh, 1vh) * ${n})`)
    .replace(/(?:env|constant)\(safe-area-inset-(top|bottom)(?:,[^)]*)?\)/g, 'var(--mp-safe-$1, 0px)')
}

function convertSelectors(kind, builtinTags, warn) {
  return selectorParser((selectors) => {
    selectors.walkTags((tag) => {
      if (tag.parent.parent?.type === 'pseudo' && /^:nth/.test(tag.parent.parent.value)) return
      if (tag.value === 'page') {
        if (kind === 'page') tag.replaceWith(selectorParser.pseudo({ value: ':scope' }))
        else tag.value = 'wx-page'
      } else if (builtinTags.has(tag.value)) {
        if (kind === 'component') warn(tag.value)
        tag.value = 'wx-' + tag.value
      }
    })
    if (kind === 'component') selectors.walkClasses((c) => void (c.value = PREFIX + c.value))
    selectors.walkPseudos((p) => {
      if (p.value === ':host') p.replaceWith(selectorParser.attribute({ attribute: 'wx-host', operator: '=', value: HOST, quoteMark: '"' }))
    })
  })
}

/** @param kind 'app' | 'page' | 'component' */
export function compileStyle(root, is, kind, { builtinTags, darkMode, problems, warnings }) {
  const file = path.join(root, is + '.wxss')
  if (!isFile(file)) return ''
  const tree = inline(root, file, problems)
  const ours = !is.includes('miniprogram_npm/')
  const processor = convertSelectors(kind, builtinTags, (tag) => {
    if (ours) warnings.push(`${is}.wxss: tag selector <${tag}> in a component reaches every page; use a class`)
  })
  tree.walkAtRules((rule) => {
    if (!darkMode && rule.name === 'media' && rule.params.includes('prefers-color-scheme')) rule.remove()
    else if (rule.name !== 'font-face') rule.params = convertUnits(rule.params)
    // The icon font comes from a CDN; the preview draws the icons from local files instead.
    if (rule.name === 'font-face' && /gtimg|cdn/.test(rule.toString())) rule.remove()
  })
  tree.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name)) return
    try {
      rule.selector = processor.processSync(rule.selector)
    } catch (error) {
      problems.push(`${is}.wxss:${rule.source.start.line}:${rule.source.start.column}: ${error.message}`)
    }
  })
  tree.walkDecls((decl) => {
    decl.value = convertUnits(decl.value)
  })
  tree.walkComments((comment) => comment.remove())
  if (kind !== 'page') return tree.toString()
  // All pages live in one document: a page's rules reach only its own tree. @scope takes no keyframes, so they stay outside.
  const outside = postcss.root()
  tree.walkAtRules(/keyframes$|^font-face$/, (rule) => void outside.append(rule.remove()))
  return `${outside.toString()}\n@scope (wx-page[data-path="${is}"]) {\n${tree.toString()}\n}`
}
