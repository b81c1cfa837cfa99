import type { Sheet } from '../components/sheet/index'

/** How far below the top of the page it stands then: its label, and that something comes before it, are seen too. */
const ABOVE = 120

/** A page or component, as far as it is asked. */
interface Asked {
  createSelectorQuery: () => WechatMiniprogram.SelectorQuery
  selectComponent: (selector: string) => unknown
}

/** Where a refused field may stand, the nearest first: itself, also inside a component that is called by the start of its path, or what holds it. */
function places(field: string): string[] {
  if (!field) return ['#failure']
  const parts = field.split('.')
  const ids = parts.map((_, at) => `#f-${parts.slice(0, parts.length - at).join('-')}`)
  const root = ids[ids.length - 1] ?? ''
  return ids.flatMap((id) => (id === root ? [id] : [id, `${root} >>> ${id}`]))
}

/**
 * Brings what was refused into sight: of these fields the one that stands highest, on the page or in the sheet `#sheet`.
 * A field has the id `f-` with its path; an empty name is the note `#failure`, for what belongs to no field.
 */
export function reveal(owner: object, fields: string[]): void {
  if (!fields.length) return
  const asked = owner as Asked
  wx.vibrateShort({ type: 'light', fail: () => undefined })
  const sought = fields.map(places)
  const query = asked.createSelectorQuery()
  query.selectViewport().scrollOffset()
  for (const place of sought.flat()) query.select(place).boundingClientRect()
  query.exec(([page, ...found]: ({ scrollTop: number; top: number } | null)[]) => {
    // One by one for each field, so that what is nearest to it counts.
    const tops = sought.flatMap((all) => found.splice(0, all.length).find((one) => one)?.top ?? [])
    if (!tops.length) return
    const top = Math.min(...tops)
    const sheet = asked.selectComponent('#sheet') as Sheet | null
    if (sheet) sheet.reveal(top)
    else wx.pageScrollTo({ scrollTop: Math.max(0, (page?.scrollTop ?? 0) + top - ABOVE), duration: 200, fail: () => undefined })
  })
}
