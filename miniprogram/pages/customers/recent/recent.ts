import { actor } from '../../../api/session'

const MOST = 10

function place(): string {
  return `searches:${actor()}`
}

/** What this person searched last on this phone, the latest first. */
export function recentSearches(): string[] {
  const found: unknown = wx.getStorageSync(place())
  return Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : []
}

/** Keeps a search that led somewhere. A whole number is nobody's business later on: it is not kept. */
export function rememberSearch(q: string): void {
  if (!q || q.replace(/\D/g, '').length > 4) return
  wx.setStorageSync(place(), [q, ...recentSearches().filter((one) => one !== q)].slice(0, MOST))
}

/** Forgets one search, or all of them. */
export function forgetSearch(q?: string): void {
  if (q === undefined) wx.removeStorageSync(place())
  else wx.setStorageSync(place(), recentSearches().filter((one) => one !== q))
}
