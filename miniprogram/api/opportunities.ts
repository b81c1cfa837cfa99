import { query, request } from './client'
import type { NewOpportunity, Opportunity, OpportunityChanges, OpportunityMove, Page } from './types'

export interface OpportunityFilter {
  state?: string
  stage?: string
  customer_id?: string
}

export function listOpportunities(filter: OpportunityFilter, cursor: string | null): Promise<Page<Opportunity>> {
  return request('GET', `opportunities${query({ ...filter, limit: 20, cursor })}`)
}

export function findOpportunity(id: string): Promise<Opportunity> {
  return request('GET', `opportunities/${id}`)
}

export function createOpportunity(body: NewOpportunity, idempotencyKey: string): Promise<Opportunity> {
  return request('POST', 'opportunities', { body, idempotencyKey })
}

export function updateOpportunity(id: string, ifMatch: number, body: OpportunityChanges): Promise<Opportunity> {
  return request('PATCH', `opportunities/${id}`, { body, ifMatch })
}

export function moveOpportunity(id: string, ifMatch: number, body: OpportunityMove): Promise<Opportunity> {
  return request('POST', `opportunities/${id}/moves`, { body, ifMatch })
}

export function deleteOpportunity(id: string, ifMatch: number): Promise<void> {
  return request('DELETE', `opportunities/${id}`, { ifMatch })
}
