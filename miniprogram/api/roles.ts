import { query, request } from './client'
import type { Explanation, NewRole, RightsPreview, RoleChanges, RoleRow } from './types'

/** The built-in roles, then the business's own. */
export function listRoles(): Promise<{ items: RoleRow[] }> {
  return request('GET', 'roles')
}

export function createRole(body: NewRole, idempotencyKey: string): Promise<RoleRow> {
  return request('POST', 'roles', { body, idempotencyKey })
}

export function updateRole(id: string, ifMatch: number, body: RoleChanges): Promise<RoleRow> {
  return request('PATCH', `roles/${id}`, { body, ifMatch })
}

export function deleteRole(id: string, ifMatch: number): Promise<void> {
  return request('DELETE', `roles/${id}`, { ifMatch })
}

/** What a change would open and close for those who have the role. Nothing is saved. */
export function previewRole(id: string, body: RoleChanges): Promise<RightsPreview> {
  return request('POST', `roles/${id}/preview`, { body })
}

/** Why a colleague sees a row, or does not. */
export function explain(resource: string, id: string, staff: string): Promise<Explanation> {
  return request('GET', `permissions/explain${query({ resource, id, staff })}`)
}
