// One way to define a builtin tag: properties, raw DOM inside the host, a render function called on every change.
import { env, ge } from '../engine.js'

const global = env.getGlobalCodeSpace().getComponentSpace()
export const builtins = new Map()

const COMMON = {
  hidden: Boolean, hoverClass: String, hoverStopPropagation: Boolean, hoverStartTime: null, hoverStayTime: null,
  animation: null, ariaLabel: String, ariaRole: String, ariaHidden: null, ariaChecked: null, ariaDisabled: null,
  ariaLabelledby: String, ariaDescribedby: String, ariaBusy: null, ariaSelected: null, ariaExpanded: null,
  ariaLive: String, ariaModal: null,
}

function renderCommon(el, data) {
  el.toggleAttribute('hidden', !!data.hidden)
  for (const name in COMMON) {
    if (!name.startsWith('aria')) continue
    const attribute = name === 'ariaRole' ? 'role' : 'aria-' + name.slice(4).toLowerCase()
    const value = data[name]
    if (value === '' || value === null || value === undefined || (value === false && name !== 'ariaHidden')) el.removeAttribute(attribute)
    else el.setAttribute(attribute, String(value))
  }
}

/**
 * @param spec.props   property name → type (String, Number, Boolean, null, Array, Object) or {type, value}
 * @param spec.create  (el, comp): builds raw DOM in the host once
 * @param spec.render  (el, data, comp): brings the host in line with the properties
 * @param spec.methods functions on the component, for other builtins
 */
export function define(tag, spec = {}) {
  const properties = {}
  for (const [name, type] of Object.entries({ ...COMMON, ...spec.props })) {
    const long = type !== null && typeof type === 'object'
    properties[name] = long ? type : { type, value: type === Boolean ? false : type === Number ? 0 : type === String ? '' : type === Array ? [] : null }
  }
  const draw = (comp) => {
    if (!comp.$$) return
    renderCommon(comp.$$, comp.data)
    spec.render?.(comp.$$, comp.data, comp)
  }
  const definition = global.defineComponent({
    is: 'builtin/' + tag,
    properties,
    options: { writeFieldsToNode: true, multipleSlots: false, virtualHost: !!spec.virtual },
    methods: spec.methods ?? {},
    lifetimes: {
      created() {
        if (this.$$ && spec.create) spec.create(this.$$, this)
        if (this.$$) pressable(this.$$, this)
      },
      attached() {
        this.__attached = true
        draw(this)
        spec.attached?.(this.$$, this)
      },
      detached() {
        spec.detached?.(this.$$, this)
      },
    },
    observers: { '**'() { if (this.__attached) draw(this) } },
  })
  builtins.set(tag, definition)
  return definition
}

/** hover-class: the press state, named by the page and therefore scoped like its other classes. */
function pressable(el, comp) {
  let on = null
  const off = () => {
    const name = on
    on = null
    if (name) setTimeout(() => toggle(comp, name, false), 70)
  }
  el.addEventListener('touchstart', () => {
    const name = comp.data.hoverClass
    if (!name || name === 'none' || comp.data.disabled) return
    on = name
    toggle(comp, name, true)
  }, { passive: true })
  for (const type of ['touchend', 'touchcancel', 'touchmove']) el.addEventListener(type, off, { passive: true })
}

function toggle(comp, names, force) {
  for (const name of names.split(/\s+/)) comp.toggleNodeClass?.(name, force, 1)
}

/** Makes every builtin usable without a declaration, in every component of the space. */
export function exposeBuiltins(space) {
  for (const [tag, definition] of builtins) space.setGlobalUsingComponent(tag, definition)
}

export const el = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}

/** Keeps a raw control's own events inside: only what the builtin raises may reach handlers. */
export const quiet = (node, ...types) => {
  for (const type of types) node.addEventListener(type, (e) => e.stopPropagation())
  return node
}

export { ge }
