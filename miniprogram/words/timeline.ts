import type { Attached, CustomField, CustomerView, Interaction, Task } from '../api/types'
import { customText } from './custom'
import { dateText } from './dates'
import { CHANNELS, CHANNEL_ICONS, INDUSTRIES, SIZES, SOURCES } from './names'
import { ago, dayName, due, isPast } from './when'

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
}

export function todoRow(task: Task): TodoRow {
  return { id: task.id, title: task.title, when: due(task.due_at), late: isPast(task.due_at) }
}

export interface FactRow {
  label: string
  value: string
  /** Files that can be opened, instead of a value. */
  files?: Attached[]
}

/** What is known of a customer; what is not known is not shown. */
export function facts(customer: CustomerView, owner: string, fields: CustomField[]): FactRow[] {
  const rows: FactRow[] = [
    { label: '公司', value: customer.company ?? '' },
    { label: '职位', value: customer.title ?? '' },
    { label: '地区', value: customer.region_name ?? '' },
    { label: '地址', value: customer.address ?? '' },
    { label: '行业', value: customer.industry ? (INDUSTRIES[customer.industry] ?? '') : '' },
    { label: '规模', value: customer.size ? (SIZES[customer.size] ?? '') : '' },
    { label: '来源', value: customer.source ? SOURCES[customer.source] : '' },
    { label: '生日', value: customer.birthday ?? '' },
    ...customer.dates.map((one) => ({ label: one.label, value: `${dateText(one)}${one.next_on ? ` · 下次 ${dayName(one.next_on)}` : ''}` })),
    { label: '负责人', value: owner },
    ...fields.map((field) => ownFact(field, customer.custom[field.key])),
    { label: '需求', value: customer.needs ?? '' },
    { label: '备注', value: customer.remark_secret ? '' : (customer.remark ?? '') },
  ]
  return rows.filter((row) => row.value !== '')
}

function ownFact(field: CustomField, value: unknown): FactRow {
  const row = { label: field.label, value: customText(field, value) }
  return field.kind === 'file' && row.value ? { ...row, files: value as Attached[] } : row
}
