import { actor, side } from '../api/session'
import { firstTab, tabs } from './tabs'

/** What a tab page's content answers to. */
interface Content {
  refresh?: () => Promise<void>
  more?: () => Promise<void>
}

interface Host {
  selectComponent(selector: string): unknown
  setData(part: { side: string }): void
}

interface Bar {
  setData(part: { selected: string } | { hidden: boolean }): void
}

/** Whoever has been shown a tab: WeChat opens the first page, whatever one works with. */
let arrived = ''

/**
 * Leads to the tab that one begins with, and away from one that is not for this role. Answers whether it led away:
 * then there is nothing to draw.
 */
export function ledAway(path: string): boolean {
  const came = arrived !== actor()
  arrived = actor()
  const astray = !tabs().some((one) => one.path === path)
  const early = came && side() === 'staff' && path === 'pages/home/index' && firstTab() !== path
  if (!astray && !early) return false
  wx.switchTab({ url: `/${firstTab()}` })
  return true
}

function bar(page: object): Bar | null | undefined {
  return (page as { getTabBar?: () => Bar | null }).getTabBar?.()
}

/** Tells the tab bar which tab this page is. */
export function markTab(page: object, path: string): void {
  bar(page)?.setData({ selected: path })
}

/** Makes room at the thumb for what the page has to offer instead. */
export function hideTabs(page: object, hidden: boolean): void {
  bar(page)?.setData({ hidden })
}

/** A tab page shows one component per side, `#content`, and passes the page's gestures on to it. */
export function showSide(page: Host, path: string, titles: { staff: string; customer: string }): void {
  if (ledAway(path)) return
  const now = side()
  page.setData({ side: now })
  markTab(page, path)
  wx.setNavigationBarTitle({ title: titles[now] })
}

function content(page: Host): Content | null {
  return page.selectComponent('#content') as Content | null
}

export async function pulled(page: Host): Promise<void> {
  try {
    await content(page)?.refresh?.()
  } finally {
    wx.stopPullDownRefresh()
  }
}

export function bottomReached(page: Host): void {
  void content(page)?.more?.()
}
