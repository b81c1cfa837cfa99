import { query, request } from './client'
import type { NewPool, Page, Pool, PoolChanges, PoolMove, PoolSettings, PoolSettingsChanges, RecycleForecast, RecycleRule, RecycleTerms } from './types'

/** The pools of which one is a member; all of them for whoever manages pools. */
export function listPools(): Promise<{ items: Pool[] }> {
  return request('GET', 'pools')
}

export function createPool(body: NewPool, idempotencyKey: string): Promise<Pool> {
  return request('POST', 'pools', { body, idempotencyKey })
}

export function updatePool(pool: Pool, body: PoolChanges): Promise<Pool> {
  return request('PATCH', `pools/${pool.id}`, { body, ifMatch: pool.version })
}

/** Its customers go to another pool; none is needed for one that is empty. */
export function deletePool(pool: Pool, moveTo: string): Promise<void> {
  return request('DELETE', `pools/${pool.id}${query({ move_to: moveTo || undefined })}`, { ifMatch: pool.version })
}

export function getPoolSettings(): Promise<PoolSettings> {
  return request('GET', 'pool-settings')
}

export function updatePoolSettings(was: PoolSettings, body: PoolSettingsChanges): Promise<PoolSettings> {
  return request('PATCH', 'pool-settings', { body, ifMatch: was.version })
}

export function listRules(pool: string): Promise<{ items: RecycleRule[] }> {
  return request('GET', `pools/${pool}/rules`)
}

export function createRule(pool: string, terms: RecycleTerms, idempotencyKey: string): Promise<RecycleRule> {
  return request('POST', `pools/${pool}/rules`, { body: { terms }, idempotencyKey })
}

export function updateRule(rule: RecycleRule, body: { enabled?: boolean; terms?: RecycleTerms }): Promise<RecycleRule> {
  return request('PATCH', `pools/${rule.pool_id}/rules/${rule.id}`, { body, ifMatch: rule.version })
}

export function deleteRule(rule: RecycleRule): Promise<void> {
  return request('DELETE', `pools/${rule.pool_id}/rules/${rule.id}`, { ifMatch: rule.version })
}

/** Who would fall within 30 days, and when. Nothing is saved. */
export function simulateRule(pool: string, terms: RecycleTerms): Promise<RecycleForecast> {
  return request('POST', `pools/${pool}/rules/simulate`, { body: terms })
}

export function listPoolMoves(customer: string, cursor: string | null): Promise<Page<PoolMove>> {
  return request('GET', `customers/${customer}/pool-moves${query({ limit: 20, cursor })}`)
}
