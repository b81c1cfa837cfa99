// scroll-view and swiper on the browser's own scrolling.
import { define, el } from './define.js'

define('scroll-view', {
  props: {
    scrollX: Boolean, scrollY: Boolean, upperThreshold: { type: null, value: 50 }, lowerThreshold: { type: null, value: 50 }, scrollTop: null, scrollLeft: null,
    scrollIntoView: String, scrollIntoViewOffset: null, scrollWithAnimation: Boolean, enableFlex: Boolean, enhanced: Boolean, bounces: null, showScrollbar: null, pagingEnabled: Boolean,
    refresherEnabled: Boolean, refresherTriggered: Boolean, refresherThreshold: { type: null, value: 45 }, refresherDefaultStyle: String, refresherBackground: String,
    enableBackToTop: Boolean, scrollAnchoring: Boolean, fastDeceleration: Boolean, enablePassive: null, type: String, usingSticky: null, reverse: Boolean, clip: null,
  },
  create(host, comp) {
    let last = { top: 0, left: 0 }
    let lower = false
    let upper = true
    host.addEventListener('scroll', (e) => {
      e.stopPropagation()
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = host
      comp.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX: last.left - scrollLeft, deltaY: last.top - scrollTop })
      last = { top: scrollTop, left: scrollLeft }
      const vertical = comp.data.scrollY
      const end = vertical ? scrollHeight - clientHeight - scrollTop : scrollWidth - clientWidth - scrollLeft
      const begin = vertical ? scrollTop : scrollLeft
      const wasLower = lower
      const wasUpper = upper
      lower = end <= Number.parseFloat(comp.data.lowerThreshold)
      upper = begin <= Number.parseFloat(comp.data.upperThreshold)
      if (lower && !wasLower) comp.triggerEvent('scrolltolower', { direction: vertical ? 'bottom' : 'right' })
      if (upper && !wasUpper) comp.triggerEvent('scrolltoupper', { direction: vertical ? 'top' : 'left' })
    })
    refresher(host, comp)
  },
  render(host, data) {
    host.toggleAttribute('scroll-x', data.scrollX)
    host.toggleAttribute('scroll-y', data.scrollY)
    host.toggleAttribute('enable-flex', data.enableFlex)
    host.toggleAttribute('refreshing', data.refresherTriggered)
    const behavior = data.scrollWithAnimation ? 'smooth' : 'instant'
    const set = (name, value) => {
      if (value === null || value === '' || host['was' + name] === value) return
      host['was' + name] = value
      requestAnimationFrame(() => host.scrollTo({ [name]: Number.parseFloat(value), behavior }))
    }
    set('top', data.scrollTop)
    set('left', data.scrollLeft)
    if (data.scrollIntoView && host.into !== data.scrollIntoView) {
      requestAnimationFrame(() => host.querySelector('#' + CSS.escape(data.scrollIntoView))?.scrollIntoView({ behavior, block: data.scrollY ? 'start' : 'nearest', inline: data.scrollX ? 'start' : 'nearest' }))
    }
    host.into = data.scrollIntoView
  },
})

/** Pull to refresh inside a scroll-view: the gesture raises the event, the page ends it by refresher-triggered. */
function refresher(host, comp) {
  let from = null
  host.addEventListener('touchstart', (e) => (from = comp.data.refresherEnabled && host.scrollTop <= 0 ? e.touches[0].clientY : null), { passive: true })
  host.addEventListener('touchend', (e) => {
    if (from === null) return
    const far = e.changedTouches[0].clientY - from
    from = null
    if (far < Number.parseFloat(comp.data.refresherThreshold)) return
    comp.setData({ refresherTriggered: true })
    comp.triggerEvent('refresherrefresh', { dy: far })
  }, { passive: true })
}

define('swiper-item', { props: { itemId: String, skipHiddenItemLayout: Boolean } })
define('swiper', {
  props: {
    current: Number, currentItemId: String, indicatorDots: Boolean, indicatorColor: String, indicatorActiveColor: String, autoplay: Boolean, interval: { type: Number, value: 5000 },
    duration: null, circular: Boolean, vertical: Boolean, previousMargin: null, nextMargin: null, displayMultipleItems: null, easingFunction: null, snapToEdge: Boolean,
  },
  create(host, comp) {
    host.dots = host.appendChild(el('div', { className: 'mp-swiper-dots' }))
    let timer
    host.addEventListener('scroll', (e) => {
      e.stopPropagation()
      clearTimeout(timer)
      timer = setTimeout(() => {
        const vertical = comp.data.vertical
        const index = Math.round(vertical ? host.scrollTop / host.clientHeight : host.scrollLeft / host.clientWidth)
        if (index === comp.data.current) return
        comp.setData({ current: index })
        comp.triggerEvent('change', { current: index, currentItemId: items(host)[index]?.__wxElement.data.itemId ?? '', source: 'touch' })
      }, 80)
    })
  },
  attached(host, comp) {
    new MutationObserver(() => dots(host, comp.data)).observe(host, { childList: true })
    const step = () => {
      if (!host.isConnected) return
      if (comp.data.autoplay) comp.setData({ current: (comp.data.current + 1) % Math.max(1, items(host).length) })
      host.timer = setTimeout(step, comp.data.interval)
    }
    host.timer = setTimeout(step, comp.data.interval)
  },
  detached: (host) => clearTimeout(host.timer),
  render(host, data) {
    host.toggleAttribute('vertical', data.vertical)
    requestAnimationFrame(() => {
      const where = data.vertical ? { top: data.current * host.clientHeight } : { left: data.current * host.clientWidth }
      if (Math.abs((where.left ?? where.top) - (data.vertical ? host.scrollTop : host.scrollLeft)) > 2) host.scrollTo({ ...where, behavior: 'smooth' })
    })
    dots(host, data)
  },
})

const items = (host) => [...host.querySelectorAll(':scope > wx-swiper-item, :scope > * > wx-swiper-item')]

function dots(host, data) {
  const want = data.indicatorDots ? items(host).length : 0
  if (host.dots.childElementCount !== want) host.dots.replaceChildren(...Array.from({ length: want }, () => el('i')))
  ;[...host.dots.children].forEach((dot, i) => {
    const colour = i === data.current ? data.indicatorActiveColor || '#000' : data.indicatorColor || 'rgba(0,0,0,.3)'
    if (dot.style.background !== colour) dot.style.background = colour
  })
}
