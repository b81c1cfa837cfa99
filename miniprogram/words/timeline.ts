import type { Attached, CustomField, CustomerView, Interaction, Task } from '../api/types'
import { customText, isSealed } from './custom'
import { dateAge, dateText } from './dates'
import { CHANNELS, CHANNEL_ICONS, INDUSTRIES, SIZES, SOURCES } from './names'
import { age, ago, dayName, due, isPast } from './when'

export interface TimelineRow {
  [field: string]: unknown
  id: string
  icon: string
  channel: string
  content: string
  when: string
  author: string
  next: string
}

export function timelineRow(one: Interaction): TimelineRow {
  const time = one.next_contact_at ? due(one.next_contact_at) : ''
  return {
    id: one.id, icon: CHANNEL_ICONS[one.channel], channel: CHANNELS[one.channel], content: one.content, when: ago(one.happened_at),
    author: one.author_name, next: time ? `约好 ${time}${one.next_step ? ` · ${one.next_step}` : ''}` : '',
  }
}

export interface TodoRow {
  id: string
  title: string
  when: string
  late: boolean
  /** Whether a follow-up plan made it. */
  byPlan: boolean
}

export function todoRow(task: Task): TodoRow {
  return { id: task.id, title: task.title, when: due(task.due_at), late: isPast(task.due_at), byPlan: task.by_plan }
}

export interface FactRow {
  /** Unlike the label unique: a special date may be called 生日 too, and so may a field of the shop's own. */
  key: string
  label: string
  value: string
  /** Files that can be opened, instead of a value. */
  files?: Attached[]
  /** Key of the business's own field whose value is masked here and shown whole on demand; `phone` says that it can be dialled. */
  sealed?: { field: string; phone: boolean }
}

/** What is known of a customer; what is not known is not shown. */
export function facts(customer: CustomerView, owner: string, fields: CustomField[]): FactRow[] {
  const rows: FactRow[] = [
    fact('company', '公司', customer.company ?? ''),
    fact('title', '职位', customer.title ?? ''),
    fact('region', '地区', customer.region_name ?? ''),
    fact('address', '地址', customer.address ?? ''),
    fact('industry', '行业', customer.industry ? (INDUSTRIES[customer.industry] ?? '') : ''),
    fact('size', '公司规模', customer.size ? (SIZES[customer.size] ?? '') : ''),
    fact('source', '来源', customer.source ? SOURCES[customer.source] : ''),
    fact('birthday', '生日', birthdayText(customer.birthday)),
    ...customer.dates.map((one, at) => fact(`dates.${at}`, one.label, withAge(dateText(one), dateAge(one)) + (one.next_on ? ` · 下次 ${dayName(one.next_on)}` : ''))),
    fact('owner', '负责人', owner),
    ...fields.map((field) => ownFact(field, customer.custom[field.key])),
    fact('needs', '需求', customer.needs ?? ''),
    fact('remark', '备注', customer.remark_secret ? '' : (customer.remark ?? '')),
  ]
  return rows.filter((row) => row.value !== '')
}

/** 1988-09-12 · 38 岁. */
function birthdayText(birthday: string | null): string {
  return withAge(birthday ?? '', birthday ? age(birthday) : null)
}

function withAge(day: string, years: number | null): string {
  return [day, years === null ? '' : `${years} 岁`].filter(Boolean).join(' · ')
}

function fact(key: string, label: string, value: string): FactRow {
  return { key, label, value }
}

function ownFact(field: CustomField, value: unknown): FactRow {
  const row = fact(`custom.${field.key}`, field.label, customText(field, value))
  if (isSealed(field)) return { ...row, sealed: { field: field.key, phone: field.kind === 'phone' } }
  return field.kind === 'file' && row.value ? { ...row, files: value as Attached[] } : row
}
