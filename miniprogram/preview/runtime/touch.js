// Fingers and mice. A mouse becomes a finger, so that a desktop can swipe and tap; and the click that browsers send
// after a touch must not land on a dialog or page which that very touch opened.
export function installTouch() {
  let touched = null
  let touchedAt = -Infinity
  let point
  const note = (e) => {
    if (!e.isTrusted) return
    if (e.type === 'touchstart') touched = e.target
    touchedAt = e.timeStamp
    point = e.changedTouches[0]
  }
  addEventListener('touchstart', note, { capture: true, passive: true })
  addEventListener('touchend', note, { capture: true, passive: true })
  // The browser's own click comes soon and at the same place; a hand on a mouse does not.
  const fromTouch = (e) => e.timeStamp - touchedAt < 1000 && Math.hypot(e.clientX - point.clientX, e.clientY - point.clientY) < 3

  const stray = (e) => {
    if (!e.isTrusted || !fromTouch(e) || !touched || e.target === touched) return
    if (touched.isConnected && (touched.contains(e.target) || e.target.contains(touched))) return
    // A label hands its click on to its control.
    if (e.type === 'click' && e.target.closest('label')?.contains(touched)) return
    e.preventDefault()
    e.stopImmediatePropagation()
  }
  for (const type of ['mousedown', 'mouseup', 'click']) addEventListener(type, stray, true)

  let down = null
  const send = (type, e, target) => {
    const touch = new Touch({ identifier: 1, target, clientX: e.clientX, clientY: e.clientY, pageX: e.pageX, pageY: e.pageY })
    const touches = type === 'touchend' ? [] : [touch]
    target.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, composed: true, touches, targetTouches: touches, changedTouches: [touch] }))
  }
  addEventListener('mousedown', (e) => {
    if (e.button !== 0 || fromTouch(e)) return
    down = e.target
    send('touchstart', e, down)
  }, true)
  addEventListener('mousemove', (e) => down && send('touchmove', e, down), true)
  addEventListener('mouseup', (e) => {
    if (down) send('touchend', e, down)
    // The click that follows a mouse is stray as well when the tap opened something.
    touched = down
    down = null
  }, true)
  addEventListener('click', (e) => {
    if (!fromTouch(e) && e.isTrusted && e.detail > 0 && touched && !touched.contains(e.target) && !e.target.contains(touched) && e.target.closest('#mp-native')) {
      e.preventDefault()
      e.stopImmediatePropagation()
    }
  }, true)
}
