import { query, request } from './client'
import type { DuplicatePair, DuplicateScan, Merge, MergeBody, MergeDetail, Page, Similar } from './types'

/** Who may be there already, while somebody types. */
export function listSimilar(typed: { phone?: string | undefined; name?: string | undefined; company?: string | undefined }): Promise<{ items: Similar[] }> {
  return request('GET', `customers/similar${query(typed)}`)
}

/** Records that look alike, the likest first. */
export function listDuplicates(cursor: string | null): Promise<Page<DuplicatePair>> {
  return request('GET', `duplicates${query({ limit: 20, cursor })}`)
}

/** Looks through all customers in the background; after the first time at what changed. */
export function scanDuplicates(): Promise<DuplicateScan> {
  return request('POST', 'duplicates/scan', { body: {} })
}

export function listScans(): Promise<{ items: DuplicateScan[] }> {
  return request('GET', 'duplicates/scans')
}

/** Says that two are two. */
export function ignoreDuplicate(id: string): Promise<void> {
  return request('POST', `duplicates/${id}/ignore`, { body: {} })
}

export function mergeCustomers(id: string, body: MergeBody, idempotencyKey: string): Promise<Merge> {
  return request('POST', `customers/${id}/merge`, { body, idempotencyKey })
}

export function listMerges(cursor: string | null): Promise<Page<Merge>> {
  return request('GET', `merges${query({ limit: 20, cursor })}`)
}

export function findMerge(id: string): Promise<MergeDetail> {
  return request('GET', `merges/${id}`)
}

export function undoMerge(id: string): Promise<Merge> {
  return request('POST', `merges/${id}/undo`, { body: {} })
}
