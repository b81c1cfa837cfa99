import type { Clause, CustomField, Filter, FilterTest } from '../api/types'
import { SOURCES, TYPES } from './names'
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

/** Fields of which one choice is made. */
export const SINGLE = {
  contact: [
    ask('within-7', '近 7 天联系过', test('last_contact', 'at_least', 'today-7')),
    ask('within-30', '近 30 天联系过', test('last_contact', 'at_least', 'today-30')),
    silent(7), silent(30), silent(90),
    ask('never', '从没联系过', test('last_contact', 'empty')),
  ],
  created: [
    ask('today', '今天', test('created', 'at_least', 'today')),
    ask('week', '近 7 天', test('created', 'at_least', 'today-6')),
    ask('thirty', '近 30 天', test('created', 'at_least', 'today-29')),
    ask('month', '本月', test('created', 'at_least', 'month')),
    ask('year', '今年', test('created', 'at_least', 'year')),
    ask('older', '一年以前', test('created', 'less', 'today-365')),
  ],
  birthday: [
    ask('0', '今天', test('birthday', 'between', 'today', 'today')),
    ask('7', '7 天内', test('birthday', 'between', 'today', 'today+7')),
    ask('30', '30 天内', test('birthday', 'between', 'today', 'today+30')),
  ],
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
  /** Of the business's own fields that are a choice: `custom.size` and what was chosen. */
  own: Record<string, string[]>
  /** What others wrote that the sheet has no choice for: it is kept. */
  rest: Clause[]
}

export const NOTHING: Wanted = { types: [], sources: [], owners: [], tags: [], how: 'any', region: '', own: {}, contact: '', created: '', birthday: '', starred: '', phone: '', pool: '', rest: [] }

/** Tests with the same words are the same, whoever left out what is empty. */
function key(clause: Clause): string {
  return JSON.stringify(clause.any.map(({ field, op, values }) => [field, op, values ?? []]))
}

const LISTS: Record<string, 'types' | 'sources' | 'owners'> = { type: 'types', source: 'sources', owner: 'owners' }

/** Puts what a clause says into what is wanted; false when the sheet cannot show it. */
function take(wanted: Wanted, clause: Clause): boolean {
  for (const name of SINGLES) {
    const found = SINGLE[name].find((one) => key(one.clause) === key(clause))
    if (found && !wanted[name]) {
      wanted[name] = found.value
      return true
    }
  }
  const [only, more] = clause.any
  const values = only?.values ?? []
  if (!only || more) return false
  if (only.field.startsWith('custom.') && only.op === 'any_of' && !wanted.own[only.field]) {
    wanted.own = { ...wanted.own, [only.field]: values }
    return true
  }
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
      ...Object.entries(wanted.own).flatMap(([field, values]) => one(field, 'any_of', values)),
      ...SINGLES.flatMap((name) => SINGLE[name].filter((choice) => choice.value === wanted[name]).map((choice): Clause => choice.clause)),
      ...wanted.rest,
    ],
  }
}

/** Whether two filters ask the same, in whatever order they were put together. */
export function same(a: Filter, b: Filter): boolean {
  const told = (filter: Filter): string => (filter.all ?? []).map(key).sort().join()
  return told(a) === told(b)
}

/** What is not asked for is no condition of its own. */
export function without(wanted: Wanted, slot: string): Wanted {
  if (slot.startsWith('custom.')) return { ...wanted, own: Object.fromEntries(Object.entries(wanted.own).filter(([field]) => field !== slot)) }
  if (slot.startsWith('rest-')) return { ...wanted, rest: wanted.rest.filter((_, at) => `rest-${at}` !== slot) }
  return { ...wanted, [slot]: NOTHING[slot as keyof Wanted] }
}

/** What can be chosen of a field of the business's own; null for a field that is no choice. */
export function ownChoices({ kind, rules }: CustomField): Choice[] | null {
  if (kind === 'yes_no') return [{ value: 'true', label: '是' }, { value: 'false', label: '否' }]
  if ((kind !== 'choice' && kind !== 'choices') || rules.secret) return null
  return rules.choices.filter((one) => !one.retired && one.key).map((one) => ({ value: one.key ?? '', label: one.label }))
}

/** What the words of a filter are made of, besides the filter. */
export interface Known {
  tags: Map<string, string>
  staff: Map<string, string>
  regions: Map<string, string>
  /** The business's own types, and its own fields. */
  types: Map<string, string>
  fields: CustomField[]
}

export interface FilterChip {
  id: string
  text: string
}

const SLOTS: [Single, string][] = [['contact', ''], ['created', '建档：'], ['birthday', '生日：'], ['starred', ''], ['phone', ''], ['pool', '']]
const FIELDS: Record<string, string> = {
  name: '姓名', company: '公司', title: '职位', kind: '个人/企业', type: '客户类型', source: '来源', birthdate: '出生日期', birthday: '生日', created: '建档时间', updated: '更新时间',
  last_contact: '最近联系', next_contact: '下次联系', created_by: '建档人', owner: '负责人', pool: '公海', region: '地区', tag: '标签', phone: '电话', email: '邮箱', needs: '需求', starred: '星标', search: '搜索',
}

/** Each condition in a few words, for the chips above the list. */
export function filterChips(filter: Filter, known: Known): FilterChip[] {
  const wanted = wantedOf(filter)
  const said = (values: string[], words: (value: string) => string): string => values.map(words).join('、')
  const types: Record<string, string> = { ...Object.fromEntries(known.types), ...TYPES }
  const own = ([name, values]: [string, string[]]): FilterChip => {
    const field = known.fields.find((one) => `custom.${one.key}` === name)
    const words = new Map(((field && ownChoices(field)) || []).map((one) => [one.value, one.label]))
    return { id: name, text: `${field?.label ?? '自定义字段'}：${said(values, (value) => words.get(value) ?? value)}` }
  }
  const sources: Record<string, string> = SOURCES
  const how = HOWS.find((one) => one.value === wanted.how)?.label ?? ''
  const chips: FilterChip[] = [
    { id: 'types', text: said(wanted.types, (value) => types[value] ?? '别的类型') },
    { id: 'tags', text: wanted.tags.length ? `${how}：${said(wanted.tags, (id) => known.tags.get(id) ?? '别的标签')}` : '' },
    { id: 'owners', text: said(wanted.owners, (id) => (id === 'me' ? '我负责' : known.staff.get(id) ?? '别的同事')) },
    { id: 'sources', text: said(wanted.sources, (value) => sources[value] ?? value) },
    { id: 'region', text: wanted.region && regionWord(wanted.region, known.regions) },
    ...SLOTS.map(([slot, before]) => ({ id: slot, text: wanted[slot] && before + (SINGLE[slot].find((one) => one.value === wanted[slot])?.label ?? '') })),
    ...Object.entries(wanted.own).map(own),
    ...wanted.rest.map((clause, at) => ({ id: `rest-${at}`, text: [...new Set(clause.any.map(({ field }) => FIELDS[field] ?? '自定义字段'))].join('或') + '有条件' })),
  ]
  return chips.filter((chip) => chip.text !== '')
}

/** The name as it was when somebody chose it here; on another phone at least the province. */
export function regionWord(code: string, known: Map<string, string>): string {
  const province = PROVINCES[code.slice(0, 2)] ?? '别的地区'
  return known.get(code) ?? (code.endsWith('0000') ? province : `${province}（${code}）`)
}

/** GB/T 2260, the first two digits. */
const PROVINCES: Record<string, string> = {
  11: '北京', 12: '天津', 13: '河北', 14: '山西', 15: '内蒙古', 21: '辽宁', 22: '吉林', 23: '黑龙江', 31: '上海', 32: '江苏', 33: '浙江', 34: '安徽', 35: '福建', 36: '江西', 37: '山东',
  41: '河南', 42: '湖北', 43: '湖南', 44: '广东', 45: '广西', 46: '海南', 50: '重庆', 51: '四川', 52: '贵州', 53: '云南', 54: '西藏', 61: '陕西', 62: '甘肃', 63: '青海', 64: '宁夏', 65: '新疆', 71: '台湾', 81: '香港', 82: '澳门',
}
