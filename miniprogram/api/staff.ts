import { request } from './client'
import { actor } from './session'
import type { StaffMember } from './types'

let known: { actor: string; names: Map<string, string> } | null = null

/** Names of the people who work here, asked once per business. */
export async function staffNames(): Promise<Map<string, string>> {
  if (known?.actor === actor()) return known.names
  const { items } = await request<{ items: StaffMember[] }>('GET', 'staff')
  const names = new Map(items.map((one) => [one.id, one.name]))
  known = { actor: actor(), names }
  return names
}

export function listStaff(): Promise<{ items: StaffMember[] }> {
  return request('GET', 'staff')
}

/** The names asked so far, for a list that is drawn at once. */
export function knownNames(): Map<string, string> {
  return known?.actor === actor() ? known.names : new Map()
}
