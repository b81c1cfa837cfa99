import type { Clause, CustomField, Filter, FilterTest } from '../api/types'
import { QUESTIONS, RANGES, ownQuestion } from './conditions'
import type { By, Question } from './conditions'
import { dialled } from './custom'
import { HOWS, SINGLE, wantedOf } from './filters'
import type { Single } from './filters'
import { yuan } from './money'
import { SOURCES, TYPES } from './names'

/** Filters in words: for the chips above a list, for a rule, and for what the sheet has no control for. */

/** What the words of a filter are made of, besides the filter. */
export interface Known {
  tags: Map<string, string>
  staff: Map<string, string>
  regions: Map<string, string>
  /** The business's own types, and its own fields. */
  types: Map<string, string>
  fields: CustomField[]
  /** Whether a field of the business's own is not there any more. */
  gone?: (field: string) => boolean
}

export interface FilterChip {
  id: string
  text: string
}

const SLOTS: [Single, string][] = [['contact', ''], ['next', '下次联系：'], ['created', '建档：'], ['birthday', '生日、纪念日：'], ['starred', ''], ['phone', ''], ['pool', '']]
const FIELDS: Record<string, string> = {
  name: '姓名', company: '公司', title: '职位', kind: '个人/企业', type: '客户类型', source: '来源', industry: '行业', size: '公司规模', birthdate: '出生日期', birthday: '生日', dates: '纪念日', created: '建档',
  updated: '更新', last_contact: '联系', next_contact: '下次联系', created_by: '建档人', owner: '负责人', pool: '公海', region: '地区', tag: '标签', phone: '电话', email: '邮箱', needs: '需求',
  starred: '星标', search: '搜索',
}
const DAYS = ['birthdate', 'birthday', 'dates', 'created', 'updated', 'last_contact', 'next_contact']

/** Each condition in a few words, for the chips above the list. */
export function filterChips(filter: Filter, known: Known): FilterChip[] {
  const wanted = wantedOf(filter)
  const said = (values: string[], words: (value: string) => string): string => values.map(words).join('、')
  const alone = wanted.how === 'none' ? '没有标签' : '标签'
  const how = wanted.tags.length === 1 ? alone : HOWS.find((one) => one.value === wanted.how)?.label ?? ''
  const word = (field: string) => (value: string) => valueWord(field, value, known)
  const chips: FilterChip[] = [
    { id: 'types', text: said(wanted.types, word('type')) },
    { id: 'tags', text: wanted.tags.length ? `${how}：${said(wanted.tags, word('tag'))}` : '' },
    { id: 'owners', text: said(wanted.owners, (id) => (id === 'me' ? '我负责' : word('owner')(id))) },
    { id: 'sources', text: said(wanted.sources, word('source')) },
    { id: 'region', text: wanted.region && regionWord(wanted.region, known.regions) },
    ...SLOTS.map(([slot, before]) => ({ id: slot, text: wanted[slot] && before + (SINGLE[slot].find((one) => one.value === wanted[slot])?.label ?? '') })),
    ...Object.entries(wanted.own).map(([field, { op, values }]) => ({ id: field.startsWith('custom.') ? field : `own.${field}`, text: testWord({ field, op, values }, known) })),
    ...wanted.rest.map((clause, at) => ({ id: `rest-${at}`, text: clauseWord(clause, known) })),
  ]
  return chips.filter((chip) => chip.text !== '')
}

export function clauseWord(clause: Clause, known: Known): string {
  return clause.any.map((test) => testWord(test, known)).join(' 或 ')
}

function questionOf(field: string, { fields }: Known): Question | undefined {
  const own = fields.find((one) => `custom.${one.key}` === field)
  return own ? ownQuestion(own) : [...QUESTIONS, ...Object.values(RANGES)].find((one) => one.field === field)
}

/** 预算：¥5,000.00 到 ¥8,000.00. */
export function testWord({ field, op, values = [] }: FilterTest, known: Known): string {
  if (known.gone?.(field)) return '已删除的字段'
  const question = questionOf(field, known)
  const label = question?.label ?? FIELDS[field] ?? '自定义字段'
  const words = values.map((value) => valueWord(field, value, known))
  const [first = '', second = ''] = words
  const all = words.join('、')
  const dated = DAYS.includes(field) || question?.by === 'date'
  const day = /\d$/.test(first) ? `${first} ` : first
  const said: Record<FilterTest['op'], string> = {
    any_of: all, all_of: `都有 ${all}`, none_of: `不是 ${all}`, contains: `含“${first}”`, begins_with: `“${first}”开头`,
    less: dated ? `${day}以前` : `小于 ${first}`, at_most: dated ? `${day}为止` : `最多 ${first}`, more: dated ? `${day}以后` : `大于 ${first}`, at_least: dated ? `${day}起` : `最少 ${first}`,
    between: first === second ? first : `${first} 到 ${second}`, set: thereWord(question, 'set'), empty: thereWord(question, 'empty'),
  }
  return `${label}：${said[op]}`
}

function thereWord(question: Question | undefined, op: 'set' | 'empty'): string {
  const known = question?.options.find((one) => one.value === op)?.label
  return known ?? (op === 'set' ? '有' : '没有')
}

function valueWord(field: string, value: string, known: Known): string {
  const types: Record<string, string> = { ...Object.fromEntries(known.types), ...TYPES }
  const sources: Record<string, string> = SOURCES
  if (field === 'type') return types[value] ?? '别的类型'
  if (field === 'tag') return known.tags.get(value) ?? '别的标签'
  if (field === 'owner' && value === 'me') return '我'
  if (field === 'owner' || field === 'created_by') return known.staff.get(value) ?? '别的同事'
  if (field === 'source') return sources[value] ?? value
  if (field === 'region') return regionWord(value, known.regions)
  if (field === 'pool') return '别的公海'
  const question = questionOf(field, known)
  if (question?.phone) return dialled(value)
  const retired = known.fields.find((one) => `custom.${one.key}` === field)?.rules.choices.find((one) => one.key === value)
  return question?.options.find((one) => one.value === value)?.label ?? retired?.label ?? plainWord(question?.by, field, value)
}

function plainWord(by: By | undefined, field: string, value: string): string {
  if (by === 'money') return yuan(Number(value))
  // A day of any year: the year that somebody chose it in says nothing.
  if (by === 'yearday') return `${Number(value.slice(5, 7))} 月 ${Number(value.slice(8, 10))} 日`
  return by === 'date' || DAYS.includes(field) ? dayWord(value) : value
}

const UNITS: Record<string, [string, string]> = { today: ['今天', '天'], week: ['本周一', '周'], month: ['本月初', '个月'], year: ['今年初', '年'] }

/** 30 天前 of `today-30`; a date as it is. */
function dayWord(value: string): string {
  const [, unit = '', sign = '', count = ''] = /^([a-z]+)(?:([+-])(\d+))?$/.exec(value) ?? []
  const words = UNITS[unit]
  if (!words) return value
  if (!sign) return words[0]
  const shift = `${count} ${words[1]}${sign === '-' ? '前' : '后'}`
  return unit === 'today' ? shift : `${words[0]}的 ${shift}`
}

/** The name as it was chosen here or learned; until then at least the province. */
export function regionWord(code: string, known: Map<string, string>): string {
  const province = PROVINCES[code.slice(0, 2)] ?? '别的地区'
  return known.get(code) ?? (code.endsWith('0000') ? province : `${province}（${code}）`)
}

/** GB/T 2260, the first two digits. */
const PROVINCES: Record<string, string> = {
  11: '北京', 12: '天津', 13: '河北', 14: '山西', 15: '内蒙古', 21: '辽宁', 22: '吉林', 23: '黑龙江', 31: '上海', 32: '江苏', 33: '浙江', 34: '安徽', 35: '福建', 36: '江西', 37: '山东',
  41: '河南', 42: '湖北', 43: '湖南', 44: '广东', 45: '广西', 46: '海南', 50: '重庆', 51: '四川', 52: '贵州', 53: '云南', 54: '西藏', 61: '陕西', 62: '甘肃', 63: '青海', 64: '宁夏', 65: '新疆', 71: '台湾', 81: '香港', 82: '澳门',
}
