import { request } from './client'
import { actor, may } from './session'
import type { DeviceSession, Handover, HandoverPreview, NewStaff, RightsPreview, RoleChoice, StaffChanges, StaffMember } from './types'

let known: { actor: string; names: Map<string, string> } | null = null

/** Names of the people who work here, asked once per business; none for whoever may not know. */
export async function staffNames(): Promise<Map<string, string>> {
  if (known?.actor === actor()) return known.names
  if (!may('staff.read')) return new Map()
  return remembered((await listStaff()).items)
}

export async function listStaff(): Promise<{ items: StaffMember[] }> {
  const answer = await request<{ items: StaffMember[] }>('GET', 'staff')
  remembered(answer.items)
  return answer
}

function remembered(items: StaffMember[]): Map<string, string> {
  const names = new Map(items.map((one) => [one.id, one.name]))
  known = { actor: actor(), names }
  return names
}

/** The names asked so far, for a list that is drawn at once. */
export function knownNames(): Map<string, string> {
  return known?.actor === actor() ? known.names : new Map()
}

export function createStaff(body: NewStaff, idempotencyKey: string): Promise<StaffMember> {
  return request('POST', 'staff', { body, idempotencyKey })
}

export function updateStaff(person: StaffMember, body: StaffChanges): Promise<StaffMember> {
  return request('PATCH', `staff/${person.id}`, { body, ifMatch: person.version })
}

export function suspendStaff(person: StaffMember): Promise<StaffMember> {
  return request('POST', `staff/${person.id}/suspend`, { body: {}, ifMatch: person.version })
}

export function resumeStaff(person: StaffMember): Promise<StaffMember> {
  return request('POST', `staff/${person.id}/resume`, { body: {}, ifMatch: person.version })
}

export function removeStaff(person: StaffMember): Promise<void> {
  return request('DELETE', `staff/${person.id}`, { ifMatch: person.version })
}

export function chooseRole(person: StaffMember, body: RoleChoice): Promise<StaffMember> {
  return request('POST', `staff/${person.id}/role`, { body, ifMatch: person.version })
}

/** What another role would open and close for a colleague. Nothing is saved. */
export function previewRoleOf(id: string, body: RoleChoice): Promise<RightsPreview> {
  return request('POST', `staff/${id}/role/preview`, { body })
}

/** Where a colleague is signed in. */
export async function listDevicesOf(id: string): Promise<DeviceSession[]> {
  return (await request<{ items: DeviceSession[] }>('GET', `staff/${id}/sessions`)).items
}

export function endDeviceOf(id: string, device: string): Promise<void> {
  return request('DELETE', `staff/${id}/sessions/${device}`)
}

/** Ends it and has the device forget everything at its next contact. */
export function wipeDeviceOf(id: string, device: string): Promise<void> {
  return request('POST', `staff/${id}/sessions/${device}/wipe`, { body: {} })
}

export function previewHandover(id: string): Promise<HandoverPreview> {
  return request('GET', `staff/${id}/handover`)
}

export function handOver(id: string, to: string, idempotencyKey: string): Promise<Handover> {
  return request('POST', `staff/${id}/handover`, { body: { to_staff_id: to }, idempotencyKey })
}

export function findHandover(id: string): Promise<Handover> {
  return request('GET', `handovers/${id}`)
}
