import { revealPhone, revealText } from '../../../api/customers'
import { knownCustomFields } from '../../../api/custom-fields'
import type { CustomerView } from '../../../api/types'
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
    const row = (mine: string, theirs: string, label = LABELS[field] ?? field): Difference => ({ field, label, mine: mine || NONE, theirs: theirs || NONE })
    if (field === 'emptied') return emptiedRows(form, current)
    if (field.startsWith('custom.')) return customRows(field.slice('custom.'.length), form, current)
    if (field === 'dates') return [row(datesWord(form), datesWord(newest))]
    if (field === 'remark_secret') return [row(form[field] ? '保密' : '不保密', newest[field] ? '保密' : '不保密')]
    if (field === 'remark' && isMasked(current)) return [row(say(field, form), '已保密，可能改过')]
    const list = LISTS.find((kind) => kind === field)
    if (!list) return [row(say(field, form), say(field, newest))]
    const masked = current[list].map((one) => one.masked).join('、')
    return [row(listWord(form[list] as TypedRow[]), newest[list] ? listWord(newest[list] as TypedRow[]) : masked)]
  })
}

/** Said of lists: of these the choice takes one side whole. */
export function listsWord(rows: Difference[]): string {
  const labels = rows.filter(({ field }) => LISTS.some((kind) => kind === field)).map(({ label }) => label)
  return labels.length ? `${labels.join('、')}不能自动合并：选哪一边，就只留那一边的。` : ''
}

function listWord(rows: TypedRow[]): string {
  return rows.map((row) => dialled(('number' in row ? row.number : row.text).trim())).filter(Boolean).join('、')
}

function datesWord(form: FormState): string {
  return sentDates(form['dates'] as TypedDate[]).map((one) => `${one.label} ${dateText(one)}`).join('、')
}

function customRows(key: string, form: FormState, current: CustomerView): Difference[] {
  const field = knownCustomFields().find((one) => one.key === key)
  if (!field) return []
  const typed = (form['custom'] as FormState)[key] as unknown
  const mine = field.kind === 'file' ? customText(field, typed) : customText(field, valueOf(field, typed))
  const theirs = customText(field, current.custom[key])
  return [{ field: `custom.${key}`, label: field.label, mine: mine || NONE, theirs: (isSealed(field) && theirs ? `${theirs}，可能改过` : theirs) || NONE }]
}

function emptiedRows(form: FormState, current: CustomerView): Difference[] {
  const asked = (form['emptied'] ?? []) as string[]
  return knownCustomFields().filter((field) => asked.includes(field.key)).flatMap((field) => {
    const held = customText(field, current.custom[field.key])
    return held ? [{ field: `custom.${field.key}`, label: field.label, mine: '（清空）', theirs: held }] : []
  })
}
