import type { CustomField, FilterTest } from '../api/types'
import { fen } from './money'
import { INDUSTRY_CHOICES, CUSTOMER_KIND_CHOICES, SIZE_CHOICES } from './names'
import type { Choice } from './names'

/** One condition on one field, and the control by which a person says it. */

export interface Said {
  op: FilterTest['op']
  /** As the API takes them: whole fen, days, keys. */
  values: string[]
}

/**
 * The control: chips · what a text holds · the whole of what is sealed · from and to of numbers, amounts, dates and days
 * of the year · only whether there is something.
 */
export type By = 'choice' | 'text' | 'whole' | 'number' | 'money' | 'date' | 'yearday' | 'there'

export interface Question {
  /** `company`, `custom.size`. */
  field: string
  label: string
  by: By
  /** What can be chosen; for the others whether there is something. */
  options: Choice[]
  /** Sealed, and a phone: it is looked for in its one spelling. */
  phone?: boolean
}

const there = (yes: string, no: string): Choice[] => [{ value: 'set', label: yes }, { value: 'empty', label: no }]
const FILLED = there('填了', '没填')

/** What customers have that is asked about rarely. Whom `created_by` offers, the page knows. */
export const QUESTIONS: Question[] = [
  { field: 'kind', label: '个人/企业', by: 'choice', options: CUSTOMER_KIND_CHOICES },
  { field: 'company', label: '公司', by: 'text', options: FILLED },
  { field: 'title', label: '职位', by: 'text', options: FILLED },
  { field: 'industry', label: '行业', by: 'choice', options: INDUSTRY_CHOICES },
  { field: 'size', label: '公司规模', by: 'choice', options: SIZE_CHOICES },
  { field: 'email', label: '邮箱', by: 'there', options: there('有邮箱', '没有邮箱') },
  { field: 'needs', label: '需求', by: 'there', options: FILLED },
  { field: 'created_by', label: '建档人', by: 'choice', options: [] },
]

/**
 * Days of one's own, beside those that stand there to be chosen. A field that joins two names (`birthday+dates`) is asked
 * of either, as the choices beside it are.
 */
export const RANGES: Record<string, Question> = {
  contact: { field: 'last_contact', label: '联系', by: 'date', options: [] },
  created: { field: 'created', label: '建档', by: 'date', options: [] },
  birthday: { field: 'birthday+dates', label: '生日、纪念日', by: 'yearday', options: [] },
  next: { field: 'next_contact', label: '下次联系', by: 'date', options: [] },
}

const BY: Record<CustomField['kind'], By> = {
  text: 'text', long_text: 'there', number: 'number', money: 'money', date: 'date', choice: 'choice', choices: 'choice', yes_no: 'choice', phone: 'whole', file: 'there',
}

/** What can be asked about a field of the business's own. */
export function ownQuestion(field: CustomField): Question {
  const { kind, label, rules } = field
  const by = rules.secret ? 'whole' : BY[kind]
  const options = by === 'choice' ? ownChoices(field) : kind === 'file' ? there('有文件', '没有文件') : FILLED
  return { field: `custom.${field.key}`, label, by, options, ...(kind === 'phone' ? { phone: true } : {}) }
}

function ownChoices({ kind, rules }: CustomField): Choice[] {
  if (kind === 'yes_no') return [{ value: 'true', label: '是' }, { value: 'false', label: '否' }]
  return rules.choices.filter((one) => !one.retired && one.key).map((one) => ({ value: one.key ?? '', label: one.label }))
}

/** What the inputs of a question hold: one text, or from and to. */
export type Ends = [string, string]

const RANGED: readonly By[] = ['number', 'money', 'date', 'yearday']

export function isRange({ by }: Question): boolean {
  return RANGED.includes(by)
}

/** Chips that are on. */
export function chosen({ by }: Question, said: Said | undefined): string[] {
  if (by === 'choice') return said?.op === 'any_of' ? said.values : []
  return said?.op === 'set' || said?.op === 'empty' ? [said.op] : []
}

/** What stands in the inputs. */
export function ends({ by, phone }: Question, said: Said | undefined): Ends {
  const [first = '', second = ''] = (said?.values ?? []).map((value) => (by === 'money' ? yuanTyped(value) : phone ? value.replace(/^\+86/, '') : value))
  if (RANGED.includes(by)) return said?.op === 'between' ? [first, second] : said?.op === 'at_least' ? [first, ''] : said?.op === 'at_most' ? ['', first] : ['', '']
  return (by === 'text' && said?.op === 'contains') || (by === 'whole' && said?.op === 'any_of') ? [first, ''] : ['', '']
}

/** Whether the control shows it all. What others wrote may be more than it has a place for. */
export function shows(question: Question, said: Said): boolean {
  if (said.op === 'any_of') return question.by === 'choice' || (question.by === 'whole' && said.values.length === 1)
  return chosen(question, said).length > 0 || ends(question, said).some(Boolean)
}

/** With one chip more or less; nothing when none is left. */
export function toggled(question: Question, said: Said | undefined, value: string): Said | null {
  const on = chosen(question, said)
  if (question.by !== 'choice') return on.includes(value) ? null : { op: value as 'set' | 'empty', values: [] }
  const values = on.includes(value) ? on.filter((one) => one !== value) : [...on, value]
  return values.length ? { op: 'any_of', values } : null
}

/** What was typed as a condition, and what is wrong with it: that end is not asked for. */
export function typedSaid({ by, phone }: Question, typed: Ends): { said: Said | null; errors: Ends } {
  const texts = typed.map((text) => text.trim())
  const [first = ''] = texts
  if (by === 'text') return { said: first ? { op: 'contains', values: [first] } : null, errors: ['', ''] }
  if (by === 'whole') return { said: first ? { op: 'any_of', values: [phone ? spelled(first) : first] } : null, errors: ['', ''] }
  const read = texts.map((text) => (text === '' ? '' : by === 'money' ? fenRead(text) : by === 'number' ? numberRead(text) : text))
  const errors = read.map((value, at) => (value === '' && texts[at] !== '' ? (by === 'money' ? '写一个金额，如 1500 或 99.5' : '写一个数字') : '')) as Ends
  const [from = '', to = ''] = read
  if (!from && !to) return { said: null, errors }
  if (from && to) return { said: { op: 'between', values: ordered(from, to, by) }, errors }
  // A birthday is on a day of the year: there is none since a day, and none until one.
  if (by === 'yearday') return { said: { op: 'between', values: [from || to, from || to] }, errors }
  return { said: from ? { op: 'at_least', values: [from] } : { op: 'at_most', values: [to] }, errors }
}

/** Whoever says the larger one first means the same. */
function ordered(from: string, to: string, by: By): string[] {
  const turned = by === 'date' || by === 'yearday' ? from > to : Number(from) > Number(to)
  return turned ? [to, from] : [from, to]
}

function fenRead(text: string): string {
  const amount = fen(text)
  return amount === null ? '' : String(amount)
}

function numberRead(text: string): string {
  const plain = text.replace(/[,，\s]/g, '')
  return /^-?\d{1,12}(\.\d{1,4})?$/.test(plain) ? plain : ''
}

function yuanTyped(value: string): string {
  const text = (Number(value) / 100).toFixed(2)
  return text.replace(/\.00$/, '')
}

/** A number as the server keeps it: `+8613800138000`. */
function spelled(text: string): string {
  const digits = text.replace(/[\s()-]/g, '')
  if (digits.startsWith('+')) return digits
  const national = digits.startsWith('0086') ? digits.slice(4) : digits.length === 13 && digits.startsWith('86') ? digits.slice(2) : digits
  return `+86${national}`
}

/** A day that stands still, or a number: what an input can hold. Days that move are others' words. */
const STILL = /^(-?\d+(\.\d+)?|\d{4}-\d\d-\d\d)$/
const ASKED = new Set([...QUESTIONS, ...Object.values(RANGES)].map((one) => one.field))

const DATED = new Set(Object.values(RANGES).map((one) => one.field))

/** What a test says of a field that has a control of its own; null when it is none of these. */
export function saidOf({ field, op, values = [] }: Pick<FilterTest, 'field' | 'op' | 'values'>): Said | null {
  if (!ASKED.has(field) && (!field.startsWith('custom.') || field.includes('+'))) return null
  // Two dates have no place for anything but days.
  const plain = !DATED.has(field) && (op === 'set' || op === 'empty' || op === 'contains' || op === 'any_of')
  const range = (op === 'between' || op === 'at_least' || op === 'at_most') && values.every((value) => STILL.test(value))
  return plain || range ? { op, values } : null
}
