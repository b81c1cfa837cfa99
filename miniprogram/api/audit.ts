import { query, request } from './client'
import type { AuditEntry, Page } from './types'

export interface AuditFilter {
  actor_id?: string
  resource?: string
  resource_id?: string
  action?: string
  /** Instants: from the first on, and before the second. */
  from?: string
  until?: string
}

export function listAudit(filter: AuditFilter, cursor: string | null): Promise<Page<AuditEntry>> {
  return request('GET', `audit${query({ ...filter, limit: 20, cursor })}`)
}
