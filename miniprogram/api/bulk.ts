import { query, request } from './client'
import type { BulkAction, BulkChange, BulkFailure, Page, Selection } from './types'

/** One change to many customers, made by the server in the background. */
export function changeCustomers(body: BulkChange, idempotencyKey: string): Promise<BulkAction> {
  return request('POST', 'customers/bulk', { body, idempotencyKey })
}

/** Asks for the second look. */
export function deleteCustomers(selection: Selection, idempotencyKey: string): Promise<BulkAction> {
  return request('POST', 'customers/bulk/deletions', { body: { selection }, idempotencyKey })
}

export function listBulk(cursor: string | null): Promise<Page<BulkAction>> {
  return request('GET', `customers/bulk${query({ limit: 20, cursor })}`)
}

export function findBulk(id: string): Promise<BulkAction> {
  return request('GET', `customers/bulk/${id}`)
}

const WAIT_MS = 300
const LOOKS = 60

/** Looks again until it has ended, for what takes a moment; after some time it is answered as it is. */
export async function ended(run: BulkAction): Promise<BulkAction> {
  let now = run
  for (let looks = 0; looks < LOOKS && (now.state === 'running' || now.state === 'undoing'); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
    now = await findBulk(run.id).catch(() => now)
  }
  return now
}

/** A hundred of the customers to whom it was not done. */
export function listBulkFailures(id: string, cursor: string | null = null): Promise<Page<BulkFailure>> {
  return request('GET', `customers/bulk/${id}/failures${query({ limit: 100, cursor })}`)
}

export function cancelBulk(id: string): Promise<BulkAction> {
  return request('POST', `customers/bulk/${id}/cancel`, { body: {} })
}

export function undoBulk(id: string): Promise<BulkAction> {
  return request('POST', `customers/bulk/${id}/undo`, { body: {} })
}
