const PLACE = 'regions'

/** Names of regions that were chosen on this phone: the picker knows them, the server's filter has the codes. */
export function knownRegions(): Map<string, string> {
  const found: unknown = wx.getStorageSync(PLACE)
  return new Map(Array.isArray(found) ? (found as [string, string][]) : [])
}

export function rememberRegion(code: string, name: string): void {
  const known = knownRegions()
  known.delete(code)
  known.set(code, name)
  wx.setStorageSync(PLACE, [...known].slice(-50))
}
