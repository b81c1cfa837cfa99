// Scrolling of the page itself: onPageScroll, onReachBottom, and pull-down refresh by a real pull.
import { el } from './builtins/define.js'
import { call } from './router.js'

export function wirePageGestures(p) {
  const { node } = p
  const distance = p.config.onReachBottomDistance ?? 50
  let near = false
  node.addEventListener('scroll', () => {
    call(p, 'onPageScroll', { scrollTop: node.scrollTop, scrollLeft: 0 })
    const left = node.scrollHeight - node.clientHeight - node.scrollTop
    if (left <= distance && !near) call(p, 'onReachBottom')
    near = left <= distance
  })
  if (!p.config.enablePullDownRefresh) return
  p.spinner = p.shell.view.appendChild(el('div', { className: 'mp-pull', hidden: true }, el('i')))
  let from = null
  node.addEventListener('touchstart', (e) => (from = node.scrollTop <= 0 ? e.touches[0].clientY : null), { passive: true })
  node.addEventListener('touchend', (e) => {
    if (from !== null && e.changedTouches[0].clientY - from > 70 && node.scrollTop <= 0) pull(p)
    from = null
  }, { passive: true })
}

export function pull(p) {
  if (p.spinner) p.spinner.hidden = false
  call(p, 'onPullDownRefresh')
}

export function stopPull(p) {
  if (p?.spinner) p.spinner.hidden = true
}
