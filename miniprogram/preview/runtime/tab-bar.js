// The custom tab bar: one instance per tab page, drawn inside the page's element so that its CSS variables reach it.
import { associated } from './engine.js'
import { infoOf, register, space } from './components.js'

const IS = 'custom-tab-bar/index'

export function attachTabBar(p, app) {
  if (!app.tabBar?.custom || !infoOf(IS)) return
  register(IS)
  const root = associated.createRoot('custom-tab-bar', space, IS)
  const anchor = p.node.appendChild(document.createElement('div'))
  const component = root.getComponent()
  component.__page = p
  p.tabBarComponent = component
  p.tabBar = root.get()
  root.attach(p.node, anchor)
}
