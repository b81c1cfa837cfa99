import type { CustomerRow, TagMark } from '../api/types'
import { day, isPast, soon } from './when'

/** A customer as a card shows it. */
export interface CustomerCard {
  [field: string]: unknown
  id: string
  name: string
  initial: string
  type: string
  company: string
  tags: TagMark[]
  owner: string
  phone: string
  last: string
  next: string
  late: boolean
}

export function customerCard(row: CustomerRow, staff: Map<string, string>, phones: boolean): CustomerCard {
  return {
    id: row.id,
    name: row.name,
    initial: initial(row.name),
    type: row.type,
    company: [row.company, row.title].filter(Boolean).join(' · '),
    tags: row.tags,
    owner: row.pool_id !== null ? '公海' : staff.get(row.owner_id ?? '') ?? '',
    phone: phones ? row.phone_masked ?? '没有电话' : '',
    last: day(row.last_contact_at),
    next: soon(row.next_contact_at),
    late: row.next_contact_at !== null && isPast(row.next_contact_at),
  }
}

/** What stands in the round picture: the family name, or the first letter. */
export function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '客'
}
