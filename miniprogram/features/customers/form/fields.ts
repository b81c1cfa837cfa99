import { me } from '../../../api/session'
import { knownNames } from '../../../api/staff'
import { knownCustomFields } from '../../../api/custom-fields'
import type { Contact, CustomField, CustomerPhone, CustomerView, TagMark } from '../../../api/types'
import type { FormState } from '../../../behaviors/draft'
import { rowKey } from '../../../words/key'
import { defaultOf, typedOf, valueOf } from '../../../words/custom'
import { CUSTOMER_KINDS, INDUSTRIES, MASKED_REMARK, SIZES, SOURCES, TYPES } from '../../../words/names'
import { sentDates, typedDate } from '../dates/index'
import type { TypedDate } from '../dates/index'

/** A number as it is typed. */
export interface TypedPhone {
  key: string
  number: string
  label: string
}

export function emptyPhone(): TypedPhone {
  return { key: rowKey(), number: '', label: '' }
}

/** An e-mail address or a WeChat id as it is typed. */
export interface TypedContact {
  key: string
  text: string
  label: string
}

export function emptyContact(text = '', label = ''): TypedContact {
  return { key: rowKey(), text, label }
}

function customOf(fields: CustomField[], customer: CustomerView | null): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.key, customer ? typedOf(field, customer.custom[field.key]) : defaultOf(field)]))
}

/** The form of a customer, and how it becomes a request. */
export function emptyForm(): FormState {
  return {
    name: '', kind: 'person', type: 'potential', phones: [emptyPhone()], company: '', title: '', region: '', region_text: '',
    source: '', birthday: '', owner_id: me()?.staff?.id ?? '', remark: '', remark_secret: false, tag_ids: [], tags: [] as TagMark[],
    emails: [], wechat_ids: [], address: '', industry: '', size: '', needs: '', dates: [], custom: customOf(knownCustomFields(), null), emptied: [] as string[],
  }
}

export function formOf(customer: CustomerView): FormState {
  return {
    name: customer.name, kind: customer.kind, type: customer.type, phones: null, company: customer.company ?? '', title: customer.title ?? '',
    region: customer.region ?? '', region_text: customer.region_name ?? '', source: customer.source ?? '', birthday: customer.birthday ?? '',
    owner_id: customer.owner_id,
    remark: isMasked(customer) ? '' : (customer.remark ?? ''), remark_secret: customer.remark_secret, emails: null, wechat_ids: null, address: customer.address ?? '', industry: customer.industry ?? '', size: customer.size ?? '', needs: customer.needs ?? '',
    dates: customer.dates.map(typedDate), custom: customOf(knownCustomFields(), customer), emptied: [] as string[],
  }
}

/** Whether the remark is secret and nobody has asked for it yet: what is typed takes the place of what is there. */
export function isMasked(customer: CustomerView): boolean {
  return customer.remark_secret && customer.remark === MASKED_REMARK
}

const PLAIN = ['name', 'kind', 'type', 'company', 'title', 'region', 'source', 'birthday', 'owner_id', 'remark', 'address', 'industry', 'size', 'needs'] as const

/** A new customer: what was left blank is not sent. */
export function newBody(form: FormState): Record<string, unknown> {
  const body: Record<string, unknown> = { name: '', phones: phonesOf(form['phones'] as TypedPhone[]) }
  for (const field of PLAIN) if (form[field]) body[field] = form[field]
  if (form['remark_secret']) body['remark_secret'] = true
  if ((form['tag_ids'] as string[] | undefined)?.length) body['tag_ids'] = form['tag_ids']
  for (const kind of CONTACTS) if ((form[kind] as TypedContact[]).length) body[kind] = contactsOf(kind, form[kind] as TypedContact[])
  if ((form['dates'] as TypedDate[]).length) body['dates'] = sentDates(form['dates'] as TypedDate[])
  const custom = Object.fromEntries(customValues(form).filter(([, value]) => value !== null))
  if (Object.keys(custom).length) body['custom'] = custom
  return body
}

/** A change: only what differs from the record; what was emptied is cleared. */
export function changesBody(form: FormState, was: FormState): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of PLAIN) if (form[field] !== was[field]) body[field] = form[field] === '' && field !== 'name' ? null : form[field]
  if (form['remark_secret'] !== was['remark_secret']) body['remark_secret'] = form['remark_secret'] === true
  const list = (kind: string, of: (rows: never[]) => unknown[]): void => {
    const [now, then] = [of((form[kind] ?? []) as never[]), of((was[kind] ?? []) as never[])]
    if (form[kind] && JSON.stringify(now) !== JSON.stringify(then)) body[kind] = now
  }
  list('phones', phonesOf)
  for (const kind of CONTACTS) list(kind, (rows) => contactsOf(kind, rows))
  const dates = sentDates(form['dates'] as TypedDate[])
  if (JSON.stringify(dates) !== JSON.stringify(sentDates(was['dates'] as TypedDate[]))) body['dates'] = dates
  const before = new Map(customValues(was))
  const emptied = emptiedOf(form)
  const custom = Object.fromEntries(customValues(form).filter(([key, value]) => emptied.includes(key) || JSON.stringify(value) !== JSON.stringify(before.get(key) ?? null)))
  if (Object.keys(custom).length) body['custom'] = custom
  return body
}

/** Contacts with a list of their own; `null` in the form: they are not being edited. */
export const CONTACTS = ['emails', 'wechat_ids'] as const

/** The name that the request gives the text of a contact. */
export const CONTACT_TEXT = { emails: 'email', wechat_ids: 'account' } as const

function contactsOf(kind: (typeof CONTACTS)[number], typed: TypedContact[]): Record<string, string>[] {
  const filled = typed.filter((one) => one.text.trim() !== '')
  return filled.map(({ text, label }) => ({ [CONTACT_TEXT[kind]]: text, ...(label ? { label } : {}) }))
}

/** What is typed into the business's own fields, as it is sent; what one may only read is not. */
function customValues(form: FormState): [string, unknown][] {
  const typed = form['custom'] as Record<string, unknown>
  return knownCustomFields().filter((field) => field.writable).map((field) => [field.key, valueOf(field, typed[field.key])])
}

/** Sealed fields of one's own that saving empties. What was typed over meanwhile is kept. */
function emptiedOf(form: FormState): string[] {
  const asked = (form['emptied'] ?? []) as string[]
  return customValues(form).filter(([key, value]) => value === null && asked.includes(key)).map(([key]) => key)
}

/** Every value of the record as it would be after saving, for the conditions. */
export function customRecord(form: FormState, was: CustomerView | null): Record<string, unknown> {
  const filled = Object.fromEntries(customValues(form).filter(([, value]) => value !== null))
  const kept = knownCustomFields().filter((field) => !field.writable || field.rules.secret || field.kind === 'phone')
  const emptied = emptiedOf(form)
  return { ...Object.fromEntries(kept.map((field) => [field.key, emptied.includes(field.key) ? null : (was?.custom[field.key] ?? null)])), ...filled, ...about(form) }
}

const ABOUT = ['type', 'kind', 'industry', 'source', 'region'] as const

/** What conditions of own fields may ask of the customer itself, as far as it is said. */
export function about(said: { [name: string]: unknown }): Record<string, unknown> {
  return Object.fromEntries(ABOUT.filter((name) => name in said).map((name) => [`customer-${name}`, said[name] || null]))
}

export function maskedContacts(held: Contact[]): string {
  return held.map((one) => one.masked).join('、')
}

function phonesOf(phones: TypedPhone[]): CustomerPhone[] {
  return phones.filter((one) => one.number.trim() !== '').map(({ number, label }) => (label ? { number, label } : { number }))
}

/** A value in the form as people read it. */
export function say(field: string, form: FormState): string {
  const value = String(form[field] ?? '')
  const words: Record<string, Record<string, string>> = { type: TYPES, source: SOURCES, kind: CUSTOMER_KINDS, industry: INDUSTRIES, size: SIZES }
  if (field === 'owner_id') return knownNames().get(value) ?? value
  if (field === 'region') return String(form['region_text'] || value) || '（空）'
  return (words[field]?.[value] ?? value) || '（空）'
}
