const PLACE = 'regions'

interface Tree {
  regionNames(code: string): string
}

/** Names that the customers' sub-package told since the start. */
const learned = new Map<string, string>()

/** Names of regions: of those that were chosen on this phone, and of those that were learned. A filter has the codes. */
export function knownRegions(): Map<string, string> {
  return new Map([...chosen(), ...learned])
}

function chosen(): Map<string, string> {
  const found: unknown = wx.getStorageSync(PLACE)
  return new Map(Array.isArray(found) ? (found as [string, string][]) : [])
}

export function rememberRegion(code: string, name: string): void {
  const known = chosen()
  known.delete(code)
  known.set(code, name)
  wx.setStorageSync(PLACE, [...known].slice(-50))
}

/**
 * Learns names of regions that nobody chose on this phone, as in a view of somebody else, and says whether there are new
 * ones. All names lie in the customers' sub-package, which may be on its way still; without it the province is shown.
 */
export async function learnRegions(codes: string[]): Promise<boolean> {
  const known = knownRegions()
  const unknown = codes.filter((code) => !known.has(code))
  if (!unknown.length) return false
  try {
    const { regionNames } = (await require.async('../../features/customers/region/tree')) as Tree
    for (const code of unknown) learned.set(code, regionNames(code).split(' ').join(''))
    return true
  } catch {
    return false
  }
}
