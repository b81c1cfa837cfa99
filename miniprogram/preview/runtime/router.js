// The page stack. Pages below the top stay alive and hidden, tab pages stay alive until a reLaunch.
import { associated } from './engine.js'
import { infoOf, register, space } from './components.js'
import { frame, stage, statusHeight, themed, BAR } from './bar.js'
import { parseUrl, setLaunchPath } from './launch.js'
import { setRouter } from './go.js'
import { fail, state } from './state.js'
import { attachTabBar } from './tab-bar.js'
import { wirePageGestures } from './page-gestures.js'
import { openMenu } from './open-type.js'

let app
let theme
let stack = []
let opened = 0
const tabs = new Map()
const MAX = 10

export const pages = () => stack
export const topPage = () => stack[stack.length - 1]
globalThis.getCurrentPages = () => stack.map((p) => p.page)

const tabList = () => (app.tabBar?.list ?? []).map((t) => t.pagePath)
const homePage = () => app.entryPagePath || app.pages[0]

/** Resolves a url against the page that asks, and refuses what WeChat refuses. */
function target(url, from, name) {
  let { path, query } = parseUrl(url ?? '')
  if (url && !url.startsWith('/') && from) path = new URL(url, 'http://x/' + from).pathname.slice(1)
  const info = infoOf(path)
  if (!info?.page) throw new Error(`${name}:fail page "${path}" is not found`)
  return { path, query, info }
}

export function call(p, name, ...args) {
  try {
    return p.page[name]?.(...args)
  } catch (error) {
    fail(error, `${p.path} ${name}`)
  }
}

function open({ path, query }, channel) {
  const info = register(path)
  const config = { ...themed(app.window, theme), ...themed(info.config, theme) }
  const first = stack.length === 0
  const shell = frame({
    config, first, home: first && path !== homePage() && !tabList().includes(path),
    onBack: () => (stack.length > 1 ? router.navigateBack({}) : router.reLaunch({ url: '/' + homePage() })),
    onCapsule: () => openMenu(p),
  })
  const root = associated.createRoot('page', space, path)
  const component = root.getComponent()
  const page = root.get()
  const node = component.$$
  node.dataset.path = path
  const p = { id: `pageId:${(opened += 1)}`, path, query, root, component, page, node, shell, config, tab: tabList().includes(path) }
  for (const [name, value] of Object.entries({ route: path, options: query, __route__: path })) Object.defineProperty(page, name, { value, writable: true, configurable: true })
  page.getTabBar = () => p.tabBar ?? null
  page.getOpenerEventChannel = () => channel ?? emptyChannel()
  page.__pageState = p
  const anchor = shell.view.appendChild(document.createElement('div'))
  component.__page = p
  // Query values reach the properties of a page made by Component().
  const known = Object.fromEntries(Object.entries(query).filter(([k]) => Object.hasOwn(component.data, k) && component.getComponentDefinition().behavior.listProperties?.().includes(k)))
  if (Object.keys(known).length) page.setData(known)
  stack.push(p)
  root.attach(shell.view, anchor)
  if (p.tab) attachTabBar(p, app)
  wirePageGestures(p)
  call(p, 'onLoad', query)
  return p
}

function shown(p) {
  for (const other of stage.children) other.hidden = other !== p.shell.node
  p.node.scrollTop = p.scroll ?? 0
  document.title = p.shell.node.dataset.title || document.title
  history.replaceState(null, '', '#/' + p.path + queryText(p.query))
  call(p, 'onShow')
  p.component.triggerPageLifetime('show', [])
  if (p.tabBar) p.tabBarComponent.triggerPageLifetime('show', [])
  if (!p.ready) {
    p.ready = true
    setTimeout(() => {
      call(p, 'onReady')
      p.node.dataset.ready = ''
    })
  }
  state.route = p.path
}

const queryText = (query) => {
  const parts = Object.entries(query).map(([k, v]) => `${k}=${v}`)
  return parts.length ? '?' + parts.join('&') : ''
}

function hidden(p) {
  if (!p) return
  p.scroll = p.node.scrollTop
  call(p, 'onHide')
  p.component.triggerPageLifetime('hide', [])
}

function close(p) {
  call(p, 'onUnload')
  p.root.release()
  p.shell.node.remove()
}

function channels() {
  const make = () => ({ on: {}, buffer: [] })
  const sides = [make(), make()]
  const end = (mine, other) => {
    const self = {
      on: (name, f) => {
        ;(mine.on[name] ??= []).push(f)
        // What was emitted before anybody listened is delivered now, as the opener emits before the new page runs.
        mine.buffer = mine.buffer.filter(([n, args]) => n !== name || (f(...args), false))
      },
      once: (name, f) => {
        const g = (...args) => (self.off(name, g), f(...args))
        self.on(name, g)
      },
      off: (name, f) => (mine.on[name] = f ? (mine.on[name] ?? []).filter((g) => g !== f) : []),
      emit: (name, ...args) => (other.on[name]?.length ? other.on[name].forEach((f) => f(...args)) : other.buffer.push([name, args])),
    }
    return self
  }
  return [end(sides[0], sides[1]), end(sides[1], sides[0])]
}
const emptyChannel = () => channels()[0]

/** All routes run one after another: a second tap while a page opens must not interleave. */
let turn = Promise.resolve()
const inTurn = (f) => (turn = turn.then(f, f))

export const router = {
  navigateTo: ({ url, events, from }) => inTurn(() => {
    const t = target(url, from ?? topPage()?.path, 'navigateTo')
    if (tabList().includes(t.path)) throw new Error('navigateTo:fail can not navigateTo a tabbar page')
    if (stack.length >= MAX) throw new Error('navigateTo:fail webview count limit exceed')
    const [mine, theirs] = channels()
    for (const [name, f] of Object.entries(events ?? {})) mine.on(name, f)
    hidden(topPage())
    shown(open(t, theirs))
    return { eventChannel: mine }
  }),
  redirectTo: ({ url, from }) => inTurn(() => {
    const t = target(url, from ?? topPage()?.path, 'redirectTo')
    if (tabList().includes(t.path)) throw new Error('redirectTo:fail can not redirectTo a tabbar page')
    const old = stack.pop()
    if (old) close(old)
    tabs.forEach((p, path) => p === old && tabs.delete(path))
    shown(open(t))
    return {}
  }),
  reLaunch: ({ url, from }) => inTurn(() => {
    const t = target(url, from ?? topPage()?.path, 'reLaunch')
    const old = new Set([...stack, ...tabs.values()])
    stack = []
    tabs.clear()
    for (const p of old) close(p)
    const p = open(t)
    if (p.tab) tabs.set(p.path, p)
    shown(p)
    return {}
  }),
  switchTab: ({ url, from }) => inTurn(() => {
    const t = target(url, from ?? topPage()?.path, 'switchTab')
    if (!tabList().includes(t.path)) throw new Error('switchTab:fail can not switch to no-tabBar page')
    if (topPage()?.path === t.path) return {}
    const old = topPage()
    if (old?.tab) hidden(old)
    for (const p of stack.filter((q) => !q.tab).reverse()) close(p)
    const kept = tabs.get(t.path)
    stack = []
    if (kept) stack.push(kept)
    const p = kept ?? open({ path: t.path, query: {} })
    tabs.set(p.path, p)
    shown(p)
    return {}
  }),
  navigateBack: ({ delta = 1 }) => inTurn(() => {
    if (stack.length <= 1) throw new Error('navigateBack:fail cannot navigate back at first page')
    const gone = stack.splice(Math.max(1, stack.length - delta))
    for (const p of gone.reverse()) close(p)
    shown(topPage())
    return {}
  }),
}

export function startRouter(options) {
  app = options.app
  theme = options.theme
  setRouter(router)
  const wanted = parseUrl(location.hash)
  const path = infoOf(wanted.path)?.page ? wanted.path : homePage()
  if (wanted.path && path !== wanted.path) fail(new Error(`no page "${wanted.path}"`), 'deep link')
  setLaunchPath(path)
  const p = open({ path, query: wanted.path === path ? wanted.query : {} })
  if (p.tab) tabs.set(p.path, p)
  shown(p)
  addEventListener('hashchange', () => {
    const next = location.hash.replace(/^#/, '')
    const now = topPage()
    if (next && next !== '/' + now.path + queryText(now.query)) router.reLaunch({ url: next }).catch((e) => fail(e, 'address'))
  })
  addEventListener('resize', () => {
    for (const q of new Set([...stack, ...tabs.values()])) q.shell.height()
    const size = { windowWidth: innerWidth, windowHeight: innerHeight - (statusHeight() + BAR) }
    const top = topPage()
    call(top, 'onResize', { size })
    top.component.triggerPageLifetime('resize', [{ size }])
  })
  Object.assign(window.__mp, { router, stack: () => stack.map((q) => ({ path: q.path, query: q.query })), page: () => topPage().page })
}
