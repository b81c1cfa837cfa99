import { query, request } from './client'
import type { Counted, CustomerChanges, CustomerRow, CustomerView, Filter, HelperLevel, Interaction, NewCustomer, NewInteraction, Page, Relation, RelationKind, Sharer } from './types'

/** What a list is asked for: the words in the box, a saved view, and the filter, which holds as well. */
export interface CustomerQuery {
  q?: string
  view?: string
  filter?: Filter
}

function asked({ q, view, filter }: CustomerQuery): { q?: string | undefined; view?: string | undefined; filter?: string } {
  return { q, view, ...(filter?.all?.length ? { filter: JSON.stringify(filter) } : {}) }
}

export function listCustomers(what: CustomerQuery, cursor: string | null, limit = 20): Promise<Page<CustomerRow>> {
  return request('GET', `customers${query({ ...asked(what), limit, cursor })}`)
}

export function countCustomers(what: CustomerQuery): Promise<Counted> {
  return request('GET', `customers/count${query({ ...asked(what) })}`)
}

export function findCustomer(id: string): Promise<CustomerView> {
  return request('GET', `customers/${id}`)
}

export function createCustomer(body: NewCustomer, idempotencyKey: string): Promise<CustomerView> {
  return request('POST', 'customers', { body, idempotencyKey })
}

export function updateCustomer(id: string, ifMatch: number, body: CustomerChanges): Promise<CustomerView> {
  return request('PATCH', `customers/${id}`, { body, ifMatch })
}

export function deleteCustomer(id: string, ifMatch: number): Promise<void> {
  return request('DELETE', `customers/${id}`, { ifMatch })
}

/** Shows one whole number; the server writes down who looked. */
export function revealPhone(id: string, index = 0): Promise<{ number: string; dial: string }> {
  return request('POST', `customers/${id}/phones/${index}/reveal`, { body: {} })
}

/** Shows an e-mail address, a WeChat id or a secret field whole; the server writes down who looked. */
export function revealText(id: string, what: string): Promise<{ text: string }> {
  return request('POST', `customers/${id}/${what}/reveal`, { body: {} })
}

/** One's own star. */
export function starCustomer(id: string, on: boolean): Promise<void> {
  return request(on ? 'POST' : 'DELETE', `customers/${id}/star`, on ? { body: {} } : {})
}

export function listRelations(id: string): Promise<{ items: Relation[] }> {
  return request('GET', `customers/${id}/relations`)
}

export function createRelation(id: string, body: { other_id: string; kind: RelationKind; note?: string }, idempotencyKey: string): Promise<Relation> {
  return request('POST', `customers/${id}/relations`, { body, idempotencyKey })
}

export function deleteRelation(id: string, relation: string): Promise<void> {
  return request('DELETE', `customers/${id}/relations/${relation}`)
}

export function changeTags(id: string, add: string[], remove: string[]): Promise<CustomerView> {
  return request('POST', `customers/${id}/tags`, { body: { add, remove } })
}

export function listInteractions(id: string, cursor: string | null): Promise<Page<Interaction>> {
  return request('GET', `customers/${id}/interactions${query({ limit: 20, cursor })}`)
}

export function createInteraction(id: string, body: NewInteraction, idempotencyKey: string): Promise<Interaction> {
  return request('POST', `customers/${id}/interactions`, { body, idempotencyKey })
}

/** Who helps with a customer. */
export function listSharers(id: string): Promise<{ items: Sharer[] }> {
  return request('GET', `customers/${id}/helpers`)
}

export function shareCustomer(id: string, staff: string, level: HelperLevel): Promise<{ items: Sharer[] }> {
  return request('POST', `customers/${id}/helpers`, { body: { staff_id: staff, level } })
}

export function unshareCustomer(id: string, staff: string): Promise<{ items: Sharer[] }> {
  return request('DELETE', `customers/${id}/helpers/${staff}`)
}

/** Puts a customer into a pool, where its members may take it; without one into the oldest. */
export function releaseCustomer(id: string, ifMatch: number, reason: string, pool: string): Promise<CustomerView> {
  return request('POST', `customers/${id}/release`, { body: { reason, ...(pool ? { pool_id: pool } : {}) }, ifMatch })
}

/** Takes a customer out of the pool: of several who try, one gets it. */
export function claimCustomer(id: string): Promise<CustomerView> {
  return request('POST', `customers/${id}/claim`, { body: {} })
}

/** Gives a customer in a pool to a colleague. Nothing comes back: whoever gives them away may see them no more. */
export function assignCustomer(id: string, owner: string, reason: string): Promise<void> {
  return request('POST', `customers/${id}/assign`, { body: { owner_id: owner, ...(reason ? { reason } : {}) } })
}
