// Measures the page that is shown: nothing wider than the screen, touch targets, sizes and contrast of text.

/** Runs in the page. Answers complaints, each one line. */
function measureHere({ small, contrast }) {
  const found = new Set()
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && node.getClientRects().length > 0
  const name = (node) => node.closest('[data-testid]')?.dataset.testid ?? `${node.tagName.toLowerCase()}.${[...node.classList].join('.')}`
  const page = document.querySelector('wx-page:not([hidden] *)') && [...document.querySelectorAll('wx-page')].find(shown)
  const roots = [page, document.querySelector('#mp-native')].filter(Boolean)
  const all = roots.flatMap((root) => [...root.querySelectorAll('*')]).filter(shown)

  for (const box of [document.documentElement, page]) {
    if (box.scrollWidth > Math.ceil(box.clientWidth)) found.add(`wider than the screen: ${box.scrollWidth} of ${box.clientWidth} px`)
  }
  for (const node of all) {
    const { left, right, width } = node.getBoundingClientRect()
    if (width > 1 && (right > innerWidth + 1 || left < -1) && !clipped(node)) found.add(`${name(node)} leaves the screen: ${Math.round(left)}…${Math.round(right)}`)
  }

  const touched = all.filter((node) => node.matches('[role=button],[role=link],[role=tab],[role=radio],[role=checkbox],wx-button,wx-input,wx-textarea,wx-picker,.link,.chip,.line[data-testid]'))
  for (const node of touched) {
    if (clipped(node)) continue
    const { width, height } = reach(node)
    if (Math.min(width, height) < small) found.add(`${name(node)} is ${Math.round(width)} × ${Math.round(height)} px to a finger`)
  }

  for (const node of all) {
    const text = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim()).join('')
    if (!text || node.closest('[aria-hidden=true],style,script')) continue
    const style = getComputedStyle(node)
    const size = parseFloat(style.fontSize)
    if (size < 11) found.add(`“${text.slice(0, 12)}” is ${size} px small`)
    const wanted = size >= 24 || (size >= 18.5 && Number(style.fontWeight) >= 600) ? 3 : contrast
    const ratio = contrastOf(colour(style.color), ground(node))
    if (ratio < wanted && !node.closest('[disabled],[class*=disabled],.act-off')) found.add(`“${text.slice(0, 12)}” has contrast ${ratio.toFixed(1)} in ${name(node)}`)
  }
  return [...found]

  /** What a finger can hit: the box, and what its pseudo-elements add. */
  function reach(node) {
    const { width, height } = node.getBoundingClientRect()
    const more = getComputedStyle(node, '::before')
    const grown = more.content !== 'none' && more.position === 'absolute'
    return { width: Math.max(width, grown ? parseFloat(more.width) || 0 : 0), height: Math.max(height, grown ? parseFloat(more.height) || 0 : 0) }
  }
  /** Inside something that hides or scrolls what overflows. */
  function clipped(node) {
    for (let at = node.parentElement; at && at !== page; at = at.parentElement) {
      const { overflowX, transform } = getComputedStyle(at)
      const box = at.getBoundingClientRect()
      const own = node.getBoundingClientRect()
      if (overflowX !== 'visible' && (own.right > box.right + 1 || own.left < box.left - 1)) return true
      if (transform !== 'none' && overflowX === 'visible' && box.left >= innerWidth) return true
    }
    return false
  }
  function colour(text) {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
    return [r, g, b, a]
  }
  function over([r, g, b, a], [x, y, z]) {
    return [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1]
  }
  function ground(node) {
    const layers = []
    for (let at = node; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor)
      if (layer[3] > 0) layers.push(layer)
      if (layer[3] === 1) break
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1])
  }
  function light(rgb) {
    const [r, g, b] = rgb.map((one) => (one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  function contrastOf(front, back) {
    const [a, b] = [light(over(front, back)), light(back)].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05)
  }
}

export function measure(phone, { small = 40, contrast = 4.5 } = {}) {
  return phone.page.evaluate(measureHere, { small, contrast })
}
