/** A page made by Component(), or a component in one: the page's id is its own, however often its path is on the stack (base library 2.7.1). */
interface Page {
  getPageId: () => string
}

/** The pages that tabs lead to are made by Page(), which promises no id. */
interface Shown {
  getPageId?: () => string
}

/** An answer may come after somebody has left the page that asked: what closed or opened a page then would do it to another one. */
export function onTop(page: Page): boolean {
  const pages = getCurrentPages() as unknown as Shown[]
  return pages[pages.length - 1]?.getPageId?.() === page.getPageId()
}

/** Whether a page that is left leads to this one: it lies below, or nothing does and it is opened. */
export function leadsTo(path: string): boolean {
  const pages = getCurrentPages()
  return pages.length < 2 || pages[pages.length - 2]?.route === path
}

/** Closes a page that is done: back to where it was opened, or to `home` when it was opened by itself. */
export function leave(page: Page, home: string): void {
  if (!onTop(page)) return
  if (getCurrentPages().length > 1) wx.navigateBack()
  else wx.reLaunch({ url: home })
}

/** Puts another page in the place of this one. */
export function giveWay(page: Page, url: string): void {
  if (onTop(page)) wx.redirectTo({ url })
}
