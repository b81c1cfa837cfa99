import { side } from '../api/session'

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
  setData(part: { selected: string }): void
}

/** Tells the tab bar which tab this page is. */
export function markTab(page: object, path: string): void {
  const bar = (page as { getTabBar?: () => Bar | null }).getTabBar?.()
  bar?.setData({ selected: path })
}

/** A tab page shows one component per side, `#content`, and passes the page's gestures on to it. */
export function showSide(page: Host, path: string, titles: { staff: string; customer: string }): void {
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
