import type { Clause, Filter, FilterTest } from '../api/types'
import { saidOf } from './conditions'
import type { Said } from './conditions'
import type { Choice } from './names'

/** Filters as people in a shop say them, and what each choice of the sheet asks for. */

export type How = 'any' | 'all' | 'none'
export const HOWS: Choice<How>[] = [
  { value: 'any', label: '有任意一个' },
  { value: 'all', label: '全部都有' },
  { value: 'none', label: '一个都没有' },
]
const HOW_OPS: Record<How, FilterTest['op']> = { any: 'any_of', all: 'all_of', none: 'none_of' }

/** A choice that is one clause, whatever else is asked for. */
interface Ask extends Choice {
  clause: Clause
}

const ask = (value: string, label: string, ...any: FilterTest[]): Ask => ({ value, label, clause: { any } })
const test = (field: string, op: FilterTest['op'], ...values: string[]): FilterTest => ({ field, op, values })
/** Whoever was never spoken to has not been spoken to lately either. */
const silent = (days: number): Ask => ask(`not-${days}`, `${days} 天没联系`, test('last_contact', 'less', `today-${days}`), test('last_contact', 'empty'))

/** A birthday by the moon is a special date. */
const coming = (value: string, label: string, until: string): Ask => ask(value, label, test('birthday', 'between', 'today', until), test('dates', 'between', 'today', until))

/** Fields of which one choice is made. */
export const SINGLE = {
  contact: [
    ask('within-7', '近 7 天联系过', test('last_contact', 'at_least', 'today-7')),
    ask('within-30', '近 30 天联系过', test('last_contact', 'at_least', 'today-30')),
    silent(7), silent(30), silent(90),
    ask('never', '从没联系过', test('last_contact', 'empty')),
  ],
  next: [
    ask('late', '已经过期', test('next_contact', 'less', 'today')),
    ask('today', '今天', test('next_contact', 'between', 'today', 'today')),
    ask('week', '7 天内', test('next_contact', 'between', 'today', 'today+7')),
    ask('none', '没有安排', test('next_contact', 'empty')),
  ],
  created: [
    ask('today', '今天', test('created', 'at_least', 'today')),
    ask('week', '近 7 天', test('created', 'at_least', 'today-6')),
    ask('thirty', '近 30 天', test('created', 'at_least', 'today-29')),
    ask('month', '本月', test('created', 'at_least', 'month')),
    ask('year', '今年', test('created', 'at_least', 'year')),
    ask('older', '一年以前', test('created', 'less', 'today-365')),
  ],
  birthday: [coming('0', '今天', 'today'), coming('7', '7 天内', 'today+7'), coming('30', '30 天内', 'today+30')],
  starred: [ask('set', '只看星标', test('starred', 'set'))],
  phone: [ask('set', '有电话', test('phone', 'set')), ask('empty', '没有电话', test('phone', 'empty'))],
  pool: [ask('set', '只看公海', test('pool', 'set')), ask('either', '公海也看', test('pool', 'set'), test('pool', 'empty'))],
} as const satisfies Record<string, Ask[]>

export type Single = keyof typeof SINGLE
const SINGLES = Object.keys(SINGLE) as Single[]

/** What a person chose in the sheet. */
export interface Wanted extends Record<Single, string> {
  types: string[]
  sources: string[]
  /** Ids, and `me`. */
  owners: string[]
  tags: string[]
  how: How
  region: string
  /** Of fields with a control of their own, the business's (`custom.size`) and others: one condition each. */
  own: Record<string, Said>
  /** What others wrote that the sheet has no choice for: it is kept. */
  rest: Clause[]
}

export const NOTHING: Wanted = { types: [], sources: [], owners: [], tags: [], how: 'any', region: '', own: {}, contact: '', next: '', created: '', birthday: '', starred: '', phone: '', pool: '', rest: [] }

/** Tests with the same words are the same, whoever left out what is empty. */
function key(clause: Clause): string {
  return JSON.stringify(clause.any.map(({ field, op, values }) => [field, op, values ?? []]))
}

const LISTS: Record<string, 'types' | 'sources' | 'owners'> = { type: 'types', source: 'sources', owner: 'owners' }

/** The one test of a clause; those that ask the same of several fields are one, on all of them: `birthday+dates`. */
function alone({ any: [first, ...others] }: Clause): FilterTest | null {
  if (!first || !others.every((one) => one.op === first.op && String(one.values) === String(first.values))) return null
  return { ...first, field: [first, ...others].map((one) => one.field).join('+') }
}

/** Puts what a clause says into what is wanted; false when the sheet cannot show it. */
function take(wanted: Wanted, clause: Clause): boolean {
  for (const name of SINGLES) {
    const found = SINGLE[name].find((one) => key(one.clause) === key(clause))
    if (found && !wanted[name]) {
      wanted[name] = found.value
      return true
    }
  }
  const only = alone(clause)
  const values = only?.values ?? []
  if (!only) return false
  const list = LISTS[only.field]
  if (list && only.op === 'any_of' && !wanted[list].length) {
    wanted[list] = values
    return true
  }
  const how = HOWS.find((one) => HOW_OPS[one.value] === only.op)?.value
  if (only.field === 'tag' && how && !wanted.tags.length) {
    Object.assign(wanted, { tags: values, how })
    return true
  }
  if (only.field === 'region' && only.op === 'any_of' && values.length === 1 && !wanted.region) {
    wanted.region = values[0] ?? ''
    return true
  }
  const said = saidOf(only)
  if (said && !wanted.own[only.field]) {
    wanted.own = { ...wanted.own, [only.field]: said }
    return true
  }
  return false
}

export function wantedOf(filter: Filter): Wanted {
  const wanted: Wanted = { ...NOTHING }
  wanted.rest = (filter.all ?? []).filter((clause) => !take(wanted, clause))
  return wanted
}

export function filterOf(wanted: Wanted): Filter {
  const one = (field: string, op: FilterTest['op'], values: string[]): Clause[] => (values.length ? [{ any: [test(field, op, ...values)] }] : [])
  return {
    all: [
      ...one('type', 'any_of', wanted.types),
      ...one('tag', HOW_OPS[wanted.how], wanted.tags),
      ...one('owner', 'any_of', wanted.owners),
      ...one('source', 'any_of', wanted.sources),
      ...one('region', 'any_of', wanted.region ? [wanted.region] : []),
      ...Object.entries(wanted.own).map(([field, { op, values }]): Clause => ({ any: field.split('+').map((one) => test(one, op, ...values)) })),
      ...SINGLES.flatMap((name) => SINGLE[name].filter((choice) => choice.value === wanted[name]).map((choice): Clause => choice.clause)),
      ...wanted.rest,
    ],
  }
}

/** The regions that a filter names, wherever it does. */
export function regionsOf(filter: Filter): string[] {
  return (filter.all ?? []).flatMap((clause) => clause.any).flatMap((one) => (one.field === 'region' ? (one.values ?? []) : []))
}

/** Whether two filters ask the same, in whatever order they were put together. */
export function same(a: Filter, b: Filter): boolean {
  const told = (filter: Filter): string => (filter.all ?? []).map(key).sort().join()
  return told(a) === told(b)
}

/** What is not asked for is no condition of its own. */
export function without(wanted: Wanted, slot: string): Wanted {
  if (slot.startsWith('custom.')) return saying(wanted, slot, null)
  if (slot.startsWith('own.')) return saying(wanted, slot.slice(4), null)
  if (slot.startsWith('rest-')) return { ...wanted, rest: wanted.rest.filter((_, at) => `rest-${at}` !== slot) }
  return { ...wanted, [slot]: NOTHING[slot as keyof Wanted] }
}

/** With another condition on a field, or none. */
export function saying(wanted: Wanted, field: string, said: Said | null): Wanted {
  const others = Object.fromEntries(Object.entries(wanted.own).filter(([name]) => name !== field))
  return { ...wanted, own: said ? { ...others, [field]: said } : others }
}
