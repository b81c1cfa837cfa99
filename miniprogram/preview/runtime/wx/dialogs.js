// Dialogs and the page's frame: toast, modal, navigation bar, scrolling, pull-down refresh, tab bar.
import { api, refuse, sync } from './api.js'
import { changeBar } from '../bar.js'
import { pull, stopPull } from '../page-gestures.js'
import { topPage } from '../router.js'
import { firstDom } from '../patches.js'
import * as ui from '../ui/dialogs.js'

api('showToast', ui.showToast)
api('hideToast', ui.hideToast)
api('showLoading', (o) => ui.showToast({ ...o, loading: true }))
api('hideLoading', ui.hideToast)
api('showModal', ui.showModal)
api('showActionSheet', async (o) => {
  const tapIndex = await ui.showActionSheet(o)
  return tapIndex === undefined ? refuse('cancel') : { tapIndex }
})

const bar = (what) => topPage() && changeBar(topPage().node, what)
api('setNavigationBarTitle', ({ title }) => bar({ title }))
api('setNavigationBarColor', ({ frontColor, backgroundColor }) => bar({ front: frontColor, back: backgroundColor }))
api('showNavigationBarLoading', () => {})
api('hideNavigationBarLoading', () => {})
api('startPullDownRefresh', () => pull(topPage()))
api('stopPullDownRefresh', () => stopPull(topPage()))
api('pageScrollTo', ({ scrollTop, selector, offsetTop = 0, duration = 300 }) => {
  const p = topPage()
  let top = scrollTop
  if (selector) {
    const target = p.component.getShadowRoot().querySelector(selector)
    const dom = target && firstDom(target)
    if (!dom) refuse(`selector "${selector}" not found`)
    top = dom.getBoundingClientRect().top - p.shell.view.getBoundingClientRect().top + p.node.scrollTop + offsetTop
  }
  p.node.scrollTo({ top, behavior: duration > 0 ? 'smooth' : 'instant' })
})
// With a custom tab bar these do nothing on a phone either.
for (const name of ['showTabBar', 'hideTabBar', 'setTabBarBadge', 'removeTabBarBadge', 'setTabBarItem', 'setTabBarStyle', 'showTabBarRedDot', 'hideTabBarRedDot']) api(name, () => {})
sync({ createAnimation: () => animation() })

function animation() {
  const self = { export: () => ({ actions: [] }) }
  for (const name of 'opacity backgroundColor width height top left bottom right rotate rotateX rotateY rotateZ scale scaleX scaleY translate translateX translateY translateZ skew matrix step'.split(' ')) self[name] = () => self
  return self
}
