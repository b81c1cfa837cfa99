// Component, Page and Behavior as the mini-program calls them, and the registration of its components.
import { adapter, env, ge } from './engine.js'
import { applyMirror } from './patches.js'
import { formFields, wxBehaviors } from './form-fields.js'
import { fail } from './state.js'
import { BUILTIN_TAGS } from '../build/builtin-tags.mjs'

export const space = env.createCodeSpace('main', true)
const registry = new Map()
let current

// glass-easel has no `ready` lifetime; WeChat runs it once, after the first layout.
space.setOverallBehavior(space.getComponentSpace().defineBehavior({
  lifetimes: {
    created() {
      // A component may take the name of a builtin tag (<icon>); it must not take its look as well.
      const component = this._$ ?? this
      if (BUILTIN_TAGS.has(component.tagName)) component.$$?.setAttribute('mp-custom', '')
    },
    attached() {
      const component = this._$ ?? this
      applyMirror(component)
      if (component.__ready) return
      component.__ready = true
      setTimeout(() => {
        applyMirror(component)
        component.triggerLifetime('ready', [])
      })
    },
    detached() {
      formFields.delete(this._$ ?? this)
    },
  },
}))

export function addComponents(components, templates) {
  for (const [is, info] of Object.entries(components)) {
    registry.set(is, { is, ...info, registered: false })
    space.addCompiledTemplate(is, { groupList: templates, content: templates[is] })
  }
}

export const infoOf = (is) => registry.get(is)

/** Registers a component after everything it uses, and puts its style sheet after theirs, so that an outer class wins. */
export function register(is) {
  const info = registry.get(is)
  if (!info || info.registered) return info
  info.registered = true
  for (const target of Object.values(info.config.usingComponents ?? {})) register(target.slice(1))
  for (const generic of Object.values(info.config.componentGenerics ?? {})) if (generic.default) register(generic.default.slice(1))
  const before = current
  current = info
  // Ends in an underscore, so that a test finds a prefixed class by _--name.
  info.scope = is.replace(/[^\w]/g, '-') + '_'
  space.addComponentStaticConfig(is, { ...info.config, component: info.page ? undefined : true })
  space.addStyleSheet(is, undefined, info.scope)
  try {
    info.load()
    if (!info.defined) fail(new Error('calls neither Component() nor Page()'), is)
  } catch (error) {
    fail(error, is)
  }
  current = before
  addStyle(is, info)
  return info
}

function addStyle(is, info) {
  if (!info.style) return
  const shared = info.page || /^(page-)?shared$/.test(space.getComponentStaticConfig(is).styleIsolation ?? '')
  const element = document.createElement('style')
  element.dataset.of = is
  element.textContent = info.style.replaceAll('__P__', shared ? '' : info.scope + '--').replaceAll('__H__', info.scope)
  document.head.append(element)
}

/** Behaviors may be strings (wx://form-field), and styleIsolation may stand in the script: glass-easel knows neither. */
function prepare(definition) {
  if (definition.behaviors) definition.behaviors = definition.behaviors.map((b) => (typeof b === 'string' ? wxBehaviors(b) : b)).filter(Boolean)
  return definition
}

globalThis.Component = (definition) => {
  if (!current) throw new Error('Component() called outside a component file')
  const { styleIsolation, addGlobalClass } = definition.options ?? {}
  const config = space.getComponentStaticConfig(current.is)
  if (styleIsolation && !config.styleIsolation) config.styleIsolation = styleIsolation
  if (addGlobalClass && !config.styleIsolation) config.addGlobalClass = true
  current.defined = true
  const path = current.is
  return space.component(path).definition(prepare({ ...definition })).register()
}

globalThis.Page = (definition) => {
  if (!current) throw new Error('Page() called outside a page file')
  current.defined = true
  return space.component(current.is).pageDefinition(prepare({ ...definition })).register()
}

globalThis.Behavior = (definition) => space.behavior().definition(prepare({ ...definition })).register()

export { adapter, ge }
