import { request } from './client'
import type { CustomerView, Erasure } from './types'

/** What somebody asks of a business about their own record. */
export interface DataRequest {
  id: string
  tenant_id: number
  customer_id: string
  kind: 'correct' | 'delete'
  state: 'waiting' | 'done' | 'refused'
  ground: string | null
  text: string | null
  answer: string | null
  due_at: string
  created_at: string
  version: number
}

export interface KeptRecord {
  id: string
  tenant_id: number
  business_name: string
  name: string
  company: string | null
  region_name: string | null
  birthday: string | null
  phones: string[]
  contacts: object[]
  /** `open` ones are still on their way. */
  orders: { open: boolean }[]
  offers: object[]
  reads: { at: string; by_name: string }[]
}

export interface MyData {
  consents: Consents
  records: KeptRecord[]
  requests: DataRequest[]
  notes: string[]
}

export type StaffDataRequest = DataRequest & { customer_name: string; erased: boolean }

export function getMyData(): Promise<MyData> {
  return request('GET', 'me/data')
}

/** The page to print, as text. */
export function getMyPage(): Promise<string> {
  return request('GET', 'me/data?format=html')
}

export interface Consents {
  version: string
  privacy_policy: boolean
  marketing: boolean
  items: { purpose: string; version: string; given: boolean; at: string }[]
}

/** What one agreed to, on whichever side one is. */
export function listConsents(): Promise<Consents> {
  return request('GET', 'auth/consents')
}

export async function consent(purpose: 'privacy_policy' | 'marketing', version: string, given: boolean): Promise<void> {
  await request('POST', 'auth/consents', { body: { purpose, version, given } })
}

export function ask(record: KeptRecord, body: { kind: 'correct' | 'delete'; text?: string }): Promise<DataRequest> {
  return request('POST', `me/businesses/${record.tenant_id}/records/${record.id}/requests`, { body })
}

export function listDataRequests(): Promise<{ items: StaffDataRequest[] }> {
  return request('GET', 'privacy/requests?limit=100')
}

export interface FadingCustomers {
  customers_idle_days: number
  count: number
  capped: boolean
  items: { id: string; name: string; owner_id: string; erased_from_at: string }[]
}

/** Whom the business's own limit is about to erase. */
export function listFadingCustomers(): Promise<FadingCustomers> {
  return request('GET', 'privacy/retention')
}

export interface DataAnswer {
  outcome: 'done' | 'refused'
  ground?: string
  /** For a deletion: one knows of the orders that are still on their way. */
  with_open_orders?: boolean
}

export function answer(one: StaffDataRequest, body: DataAnswer): Promise<StaffDataRequest> {
  return request('POST', `privacy/requests/${one.id}/answer`, { ifMatch: one.version, body })
}

/** A page to read and print, or data for programs. */
export type LetterFormat = 'html' | 'json'

/** Everything that is kept about a customer, as the text of a file; the server writes down who asked. */
export async function exportCustomer(id: string, format: LetterFormat): Promise<string> {
  const letter = await request<unknown>('GET', `customers/${id}/export?format=${format}`)
  return typeof letter === 'string' ? letter : JSON.stringify(letter, null, 2)
}

/** Erases a person for good: nothing brings them back. */
export function eraseCustomer(id: string, body: Erasure): Promise<void> {
  return request('POST', `customers/${id}/erase`, { body })
}

/** Writes down that somebody refuses advertising, by letter or by word of mouth. */
export function refuseAds(id: string): Promise<CustomerView> {
  return request('POST', `customers/${id}/ads-refusal`)
}
