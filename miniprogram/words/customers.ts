import type { CustomField, CustomerRow, CustomerView, TagMark } from '../api/types'
import { customText } from './custom'
import { day, isPast, soon } from './when'

/** A piece of a text; marked when a search found it. */
export interface Piece {
  /** Where it begins. */
  at: number
  text: string
  on: boolean
}

/** A text cut where a search found something. Places count whole characters, as people do. */
export function pieces(text: string, found?: { from: number; length: number } | null): Piece[] {
  const all = [...text]
  if (!found || found.length === 0 || found.from >= all.length) return [{ at: 0, text, on: false }]
  const end = found.from + found.length
  const piece = (at: number, until: number, on: boolean): Piece => ({ at, text: all.slice(at, until).join(''), on })
  return [piece(0, found.from, false), piece(found.from, end, true), piece(end, all.length, false)].filter((one) => one.text !== '')
}

/** A customer as a card shows it. */
export interface CustomerCard {
  [field: string]: unknown
  id: string
  name: string
  /** The name in up to three pieces, of which the search meant the one that is marked. */
  pieces: Piece[]
  initial: string
  type: string
  company: string
  companyPieces: Piece[]
  tags: TagMark[]
  owner: string
  phone: string
  phoneFound: boolean
  /** Whether there is a number to call. */
  callable: boolean
  pooled: boolean
  /** One's own star. */
  starred: boolean
  last: string
  next: string
  late: boolean
  /** The first of the business's own fields that are filled in: 口味：清香 · 预算：¥500.00. */
  own: string
  /** The same in a table with a column for each field. */
  cells: { key: string; text: string }[]
}

/** Own fields that a list has room for. */
const OWN = 2

/** Those that a table has a column for: short ones, in the business's order. */
export function columnFields(fields: CustomField[]): CustomField[] {
  return shortOnes(fields).slice(0, OWN)
}

/** Neither long texts nor files fit into a line. */
function shortOnes(fields: CustomField[]): CustomField[] {
  return fields.filter(({ kind }) => kind !== 'long_text' && kind !== 'file')
}

/** `fields` are the business's own; `table`: there is a column for each of the first. */
export function customerCard(row: CustomerRow, staff: Map<string, string>, phones: boolean, fields: CustomField[], table = false): CustomerCard {
  const said = (field: CustomField): string => customText(field, row.custom[field.key])
  const found = row.found ?? null
  // Whoever is found by one of them has all of them shown: it may be the last one.
  const filled = shortOnes(fields).filter((field) => said(field) !== '').slice(0, found?.in === 'own' ? fields.length : OWN)
  const company = [row.company, row.title].filter(Boolean).join(' · ')
  return {
    id: row.id,
    name: row.name,
    pieces: pieces(row.name, found?.in === 'name' ? found : null),
    initial: initial(row.name),
    type: row.type,
    company,
    companyPieces: pieces(company, found?.in === 'company' ? found : null),
    tags: row.tags,
    owner: row.pool_id !== null ? '公海' : staff.get(row.owner_id ?? '') ?? '',
    phone: phones ? row.phone_masked ?? '没有电话' : '',
    phoneFound: found?.in === 'phone',
    callable: row.phone_count > 0,
    pooled: row.pool_id !== null,
    starred: row.starred,
    last: day(row.last_contact_at),
    next: soon(row.next_contact_at),
    late: row.next_contact_at !== null && isPast(row.next_contact_at),
    own: filled.map((field) => `${field.label}：${said(field)}`).join(' · '),
    cells: table ? columnFields(fields).map((field) => ({ key: field.key, text: said(field) })) : [],
  }
}

/** Where to find somebody, as a map takes it; empty without street and house. */
export function wholeAddress({ address, region_name }: Pick<CustomerView, 'address' | 'region_name'>): string {
  if (!address) return ''
  return region_name && !address.startsWith(region_name) ? `${region_name}${address}` : address
}

/** What stands in the round picture: the family name, or the first letter. */
export function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '客'
}
