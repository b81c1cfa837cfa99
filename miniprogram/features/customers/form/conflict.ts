import { revealPhone, revealText } from '../../../api/customers'
import { knownCustomFields } from '../../../api/custom-fields'
import type { CustomField, CustomerView } from '../../../api/types'
import type { FormState } from '../../../behaviors/draft'
import { alike, mergedRows } from '../../../behaviors/merge'
import { customText, dialled, isSealed, valueOf } from '../../../words/custom'
import { dateText } from '../../../words/dates'
import { phoneKey } from '../../../words/twins'
import { sentDates } from '../dates/index'
import type { TypedDate } from '../dates/index'
import { CONTACTS, emptyContact, emptyPhone, isMasked, say } from './fields'
import type { TypedContact, TypedPhone } from './fields'

/** What a colleague saved while somebody typed: the lists that are masked, and what is put to whoever typed. */

export const LISTS = ['phones', ...CONTACTS] as const
export type List = (typeof LISTS)[number]
type TypedRow = TypedPhone | TypedContact

/** Asks for the whole list; the server writes down who looked. */
export async function revealed(kind: List, customer: CustomerView): Promise<TypedRow[]> {
  if (kind === 'phones') {
    const numbers = await Promise.all(customer.phones.map((_, index) => revealPhone(customer.id, index)))
    return numbers.map(({ number }, index) => ({ ...emptyPhone(), number, label: customer.phones[index]?.label ?? '' }))
  }
  const what = kind === 'emails' ? 'emails' : 'wechat-ids'
  const texts = await Promise.all(customer[kind].map((_, index) => revealText(customer.id, `${what}/${index}`)))
  return texts.map(({ text }, index) => emptyContact(text, customer[kind][index]?.label ?? ''))
}

/** A list of which both what was typed over and the newest are known, as one; null where that cannot be said safely. */
export function mergedList(began: TypedRow[], mine: TypedRow[], newest: TypedRow[]): TypedRow[] | null {
  return mergedRows(began, mine, newest, (row) => ('number' in row ? phoneKey(row.number) : row.text.trim().toLowerCase()))
}

/** Which lists were edited, as far as the form knows them whole. */
export function editedLists(form: FormState, base: FormState): List[] {
  return LISTS.filter((kind) => form[kind] && !alike(form[kind], base[kind]))
}

/** What is masked in the record: typed over, nobody sees whether it is still what it was. */
export function hiddenFields(customer: CustomerView): string[] {
  return [...(isMasked(customer) ? ['remark'] : []), 'emptied', ...knownCustomFields().filter(isSealed).map((field) => `custom.${field.key}`)]
}

export interface Difference {
  field: string
  label: string
  mine: string
  theirs: string
}

const LABELS: Record<string, string> = {
  name: '姓名', kind: '个人/企业', type: '客户类型', company: '公司', title: '职位', region: '地区', source: '来源', birthday: '生日', owner_id: '负责人', remark: '备注', remark_secret: '备注保密',
  address: '地址', industry: '行业', size: '公司规模', needs: '需求', dates: '纪念日', phones: '电话', emails: '邮箱', wechat_ids: '微信号',
}
const NONE = '（空）'

/** What both changed, each to something else. */
export function differences(fields: string[], form: FormState, newest: FormState, current: CustomerView): Difference[] {
  return fields.flatMap((field): Difference[] => {
    if (field === 'emptied') return emptiedRows(form, current)
    return [{ field, label: labelOf(field), mine: word(field, form) || NONE, theirs: newestWord(field, newest, current) || NONE }]
  })
}

/** 备注：改喝岩茶, of everything that was typed. */
export function writtenLines(form: FormState, base: FormState): string[] {
  const own = knownCustomFields().map((field) => `custom.${field.key}`).filter((field) => !alike(at(field, form), at(field, base)))
  const plain = Object.keys(LABELS).filter((field) => form[field] !== null && field in form && !alike(form[field], base[field]))
  return [...plain, ...own].map((field) => `${labelOf(field)}：${word(field, form) || NONE}`)
}

function labelOf(field: string): string {
  return LABELS[field] ?? customOf(field)?.label ?? field
}

function customOf(field: string): CustomField | undefined {
  return knownCustomFields().find((one) => `custom.${one.key}` === field)
}

function at(field: string, form: FormState): unknown {
  return field.startsWith('custom.') ? (form['custom'] as FormState | undefined)?.[field.slice('custom.'.length)] : form[field]
}

/** What stands in the form, as people read it. */
function word(field: string, form: FormState): string {
  const own = customOf(field)
  const value = at(field, form)
  if (own) return customText(own, own.kind === 'file' ? value : valueOf(own, value))
  if (field === 'dates') return sentDates(value as TypedDate[]).map((one) => `${one.label} ${dateText(one)}`).join('、')
  if (field === 'remark_secret') return value ? '保密' : '不保密'
  return isList(field) ? ((value ?? []) as TypedRow[]).map((row) => dialled(('number' in row ? row.number : row.text).trim())).filter(Boolean).join('、') : say(field, form)
}

/** What the record says by now; of what is masked at least that it may be another one. */
function newestWord(field: string, newest: FormState, current: CustomerView): string {
  const own = customOf(field)
  if (own && isSealed(own)) {
    const masked = customText(own, current.custom[own.key])
    return masked && `${masked}，可能改过`
  }
  if (field === 'remark' && isMasked(current)) return '已保密，可能改过'
  return isList(field) && !newest[field] ? current[field].map((one) => one.masked).join('、') : word(field, newest)
}

function isList(field: string): field is List {
  return LISTS.some((kind) => kind === field)
}

/** Said of lists: of these the choice takes one side whole. */
export function listsWord(rows: Difference[]): string {
  const labels = rows.filter(({ field }) => isList(field)).map(({ label }) => label)
  return labels.length ? `${labels.join('、')}不能自动合并：选哪一边，就只留那一边的。` : ''
}

function emptiedRows(form: FormState, current: CustomerView): Difference[] {
  const asked = (form['emptied'] ?? []) as string[]
  return knownCustomFields().filter((field) => asked.includes(field.key)).flatMap((field) => {
    const held = customText(field, current.custom[field.key])
    return held ? [{ field: `custom.${field.key}`, label: field.label, mine: '（清空）', theirs: held }] : []
  })
}
