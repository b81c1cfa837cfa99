import { me } from '../../../api/session'
import { knownNames } from '../../../api/staff'
import type { CustomerPhone, CustomerView, TagMark } from '../../../api/types'
import type { FormState } from '../../../behaviors/draft'
import { rowKey } from '../../../words/key'
import { SOURCES, TYPES } from '../../../words/names'

/** A number as it is typed. */
export interface TypedPhone {
  key: string
  number: string
  label: string
}

export function emptyPhone(): TypedPhone {
  return { key: rowKey(), number: '', label: '' }
}

/** The form of a customer, and how it becomes a request. */
export function emptyForm(): FormState {
  return {
    name: '', kind: 'person', type: 'potential', phones: [emptyPhone()], company: '', title: '', region: '', region_text: '',
    source: '', birthday: '', owner_id: me()?.staff?.id ?? '', remark: '', tag_ids: [], tags: [] as TagMark[],
  }
}

export function formOf(customer: CustomerView): FormState {
  return {
    name: customer.name, kind: customer.kind, type: customer.type, phones: null, company: customer.company ?? '', title: customer.title ?? '',
    region: customer.region ?? '', region_text: customer.region_name ?? '', source: customer.source ?? '', birthday: customer.birthday ?? '',
    owner_id: customer.owner_id,
    remark: customer.remark ?? '',
  }
}

const PLAIN = ['name', 'kind', 'type', 'company', 'title', 'region', 'source', 'birthday', 'owner_id', 'remark'] as const

/** A new customer: what was left blank is not sent. */
export function newBody(form: FormState): Record<string, unknown> {
  const body: Record<string, unknown> = { name: '', phones: phonesOf(form['phones'] as TypedPhone[]) }
  for (const field of PLAIN) if (form[field]) body[field] = form[field]
  if ((form['tag_ids'] as string[] | undefined)?.length) body['tag_ids'] = form['tag_ids']
  return body
}

/** A change: only what differs from the record; what was emptied is cleared. */
export function changesBody(form: FormState, was: FormState): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of PLAIN) if (form[field] !== was[field]) body[field] = form[field] === '' && field !== 'name' ? null : form[field]
  if (form['phones']) body['phones'] = phonesOf(form['phones'] as TypedPhone[])
  return body
}

function phonesOf(phones: TypedPhone[]): CustomerPhone[] {
  return phones.filter((one) => one.number.trim() !== '').map(({ number, label }) => (label ? { number, label } : { number }))
}

export interface Difference {
  field: string
  label: string
  mine: string
  theirs: string
}

const LABELS: Record<string, string> = {
  name: '姓名', kind: '类别', type: '类型', company: '公司', title: '职位', region: '地区', source: '来源', birthday: '生日', owner_id: '负责人', remark: '备注',
}

/** What somebody else saved meanwhile, beside what was changed here. Keeping mine sends only what I changed. */
export function differences(form: FormState, was: CustomerView, current: CustomerView): Difference[] {
  const before = formOf(was)
  const theirs = formOf(current)
  const rows = PLAIN.filter((field) => form[field] !== theirs[field]).map((field) => ({
    field, label: LABELS[field] ?? field, mine: form[field] === before[field] ? '（我没改）' : say(field, form), theirs: say(field, theirs),
  }))
  return form['phones'] ? [...rows, { field: 'phones', label: '电话', mine: '我改过的号码', theirs: current.phones.map((one) => one.masked).join('、') }] : rows
}

function say(field: string, form: FormState): string {
  const value = String(form[field] ?? '')
  const words: Record<string, Record<string, string>> = { type: TYPES, source: SOURCES, kind: { person: '个人', company: '企业' } }
  if (field === 'owner_id') return knownNames().get(value) ?? value
  if (field === 'region') return String(form['region_text'] || value) || '（空）'
  return (words[field]?.[value] ?? value) || '（空）'
}
