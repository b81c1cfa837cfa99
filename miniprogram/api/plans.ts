import { request } from './client'
import type { CustomerPlan, NewPlan, Plan, PlanChanges, PlanUses } from './types'

export function listPlans(): Promise<{ items: Plan[] }> {
  return request('GET', 'plans')
}

export function getPlan(id: string): Promise<Plan> {
  return request('GET', `plans/${id}`)
}

export function createPlan(body: NewPlan, idempotencyKey: string): Promise<Plan> {
  return request('POST', 'plans', { body, idempotencyKey })
}

export function changePlan(plan: Plan, body: PlanChanges): Promise<Plan> {
  return request('PATCH', `plans/${plan.id}`, { body, ifMatch: plan.version })
}

export function deletePlan(plan: Plan): Promise<void> {
  return request('DELETE', `plans/${plan.id}`, { ifMatch: plan.version })
}

/** Who is in it, what it made, and who would get it. */
export function planUses(id: string): Promise<PlanUses> {
  return request('GET', `plans/${id}/uses`)
}

/** The plans that a customer is in. */
export function customerPlans(customer: string): Promise<{ items: CustomerPlan[] }> {
  return request('GET', `customers/${customer}/plans`)
}

export function stopPlan(customer: string, run: string): Promise<void> {
  return request('POST', `customers/${customer}/plans/${run}/stop`, { body: {} })
}
