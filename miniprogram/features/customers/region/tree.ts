import type { Pasted } from '../../../words/paste'
import { REGIONS } from './regions'

/** The regions that the package ships (GB/T 2260): found by name or by the initials of the pinyin, also without a network. */

interface Region {
  name: string
  initials: string
}

export interface RegionChoice {
  code: string
  name: string
  full: string
}

let read: Map<string, Region> | null = null

/** By the two, four or six digits that are theirs; read when somebody first asks. */
function regions(): Map<string, Region> {
  read ??= new Map(REGIONS.flatMap((line) => line.split(';')).map((entry) => {
    const [code = '', name = '', initials = ''] = entry.split('|')
    return [code, { name, initials }]
  }))
  return read
}

/** 浙江省 杭州市 西湖区 of `330106`. */
export function regionNames(code: string): string {
  return [code.slice(0, 2), code.slice(0, 4), code].map((part) => regions().get(part)?.name ?? '').filter((name, at, all) => name !== '' && all.indexOf(name) === at).join(' ')
}

function choice(code: string, region: Region): RegionChoice {
  const six = code.padEnd(6, '0')
  return { code: six, name: region.name, full: regionNames(six) }
}

/** What lies one step below; a level without a name is none. */
export function regionParts(of: string): RegionChoice[] {
  const own = of.replace(/(0000|00)$/, '')
  const nameless = (code: string): boolean => regions().get(code.slice(0, own.length + 2))?.name === ''
  const below: RegionChoice[] = []
  for (const [code, region] of regions()) {
    const next = code.length === own.length + 2 || (code.length === own.length + 4 && nameless(code))
    if (code.startsWith(own) && next && region.name !== '') below.push(choice(code, region))
  }
  return below
}

/** The region inside of another one that a text begins with, as far as it names one: 西湖区 of 杭州市西湖区龙井路. */
function regionIn(code: string, text: string): string {
  const parts = regionParts(code).map((part) => ({ code: part.code, said: [part.name, part.name.replace(/市$/, '')] }))
  // 通化县 lies in 通化市: whole names come first.
  for (const at of [0, 1]) {
    const found = parts.find(({ said }) => (said[at] ?? '').length > 1 && text.startsWith(said[at] ?? ''))
    if (found) return regionIn(found.code, text.slice((found.said[at] ?? '').length))
  }
  return code
}

/** The region of a pasted address, as far as it names one. */
export function regionOf(read: Pasted): string {
  return read.region ? regionIn(read.region, read.beyond) : regionAtStart(read.address)
}

/** Of an address whose province nobody wrote: 杭州市西湖区…, 杭州西湖区…; nothing for 长春路, which is a street. */
function regionAtStart(text: string): string {
  for (const [code, { name }] of regions()) {
    if (code.length !== 4 || name === '') continue
    const city = code.padEnd(6, '0')
    if (text.startsWith(name)) return regionIn(city, text.slice(name.length))
    const short = name.replace(/市$/, '')
    const found = short.length > 1 && text.startsWith(short) ? regionIn(city, text.slice(short.length)) : city
    if (found !== city) return found
  }
  return ''
}

/** At most twenty that a search finds: names that begin so, then initials, then what holds it somewhere. */
export function findRegions(typed: string): RegionChoice[] {
  const q = typed.trim().toLowerCase()
  if (q === '') return []
  const found: [number, RegionChoice][] = []
  for (const [code, region] of regions()) {
    if (region.name === '') continue
    const rank = region.name.startsWith(q) ? 0 : region.initials.startsWith(q) ? 1 : region.name.includes(q) ? 2 : -1
    if (rank >= 0) found.push([rank * 10 + code.length, choice(code, region)])
  }
  return found.sort(([one], [other]) => one - other).slice(0, 20).map(([, region]) => region)
}
