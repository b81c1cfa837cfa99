import { request } from './client'
import { actor, may } from './session'
import type { CustomField, CustomFieldChanges, CustomFieldUses, CustomerKindRow, NewCustomField } from './types'

let known: { actor: string; fields: CustomField[] } | null = null

/** The business's own fields as this role sees them; asked anew by every page that shows them. */
export async function listCustomFields(): Promise<CustomField[]> {
  if (!may('customers.read')) return []
  const { items } = await request<{ items: CustomField[] }>('GET', 'custom-fields')
  known = { actor: actor(), fields: items }
  return items
}

/** The fields asked last, for a page that is drawn at once. */
export function knownCustomFields(): CustomField[] {
  return known?.actor === actor() ? known.fields : []
}

/** Whether a filter's field is one of the business's own that is not there any more, as far as it was asked. */
export function isGone(field: string): boolean {
  return field.startsWith('custom.') && known?.actor === actor() && !known.fields.some((one) => `custom.${one.key}` === field)
}

export function createCustomField(body: NewCustomField, idempotencyKey: string): Promise<CustomField> {
  return request('POST', 'custom-fields', { body, idempotencyKey })
}

export function updateCustomField(field: CustomField, body: CustomFieldChanges): Promise<CustomField> {
  return request('PATCH', `custom-fields/${field.id}`, { body, ifMatch: field.version })
}

export function orderCustomFields(ids: string[]): Promise<{ items: CustomField[] }> {
  return request('POST', 'custom-fields/order', { body: { ids } })
}

/** How many customers have something in it, and which views and rules ask for it. */
export function countCustomField(id: string): Promise<CustomFieldUses> {
  return request('GET', `custom-fields/${id}/count`)
}

export function deleteCustomField(field: CustomField): Promise<void> {
  return request('DELETE', `custom-fields/${field.id}`, { ifMatch: field.version })
}

let types: { actor: string; names: Promise<Map<string, string>> } | null = null

/** What the business calls its own types; asked once, and again after they changed. */
export function ownTypeNames(): Promise<Map<string, string>> {
  if (types?.actor !== actor()) types = { actor: actor(), names: listCustomerTypes().then(named).catch(() => new Map<string, string>()) }
  return types.names
}

function named({ items }: { items: CustomerKindRow[] }): Map<string, string> {
  return new Map(items.filter((one) => one.name !== null).map((one) => [one.code, one.name ?? '']))
}

/** The types that everybody has, then the business's own. */
export async function listCustomerTypes(): Promise<{ items: CustomerKindRow[] }> {
  const answer = await request<{ items: CustomerKindRow[] }>('GET', 'customer-types')
  types = { actor: actor(), names: Promise.resolve(named(answer)) }
  return answer
}

export function createCustomerType(name: string, idempotencyKey: string): Promise<CustomerKindRow> {
  return request('POST', 'customer-types', { body: { name }, idempotencyKey })
}

export function renameCustomerType(type: CustomerKindRow, name: string): Promise<CustomerKindRow> {
  return request('PATCH', `customer-types/${type.id ?? ''}`, { body: { name }, ifMatch: type.version ?? 0 })
}

export function deleteCustomerType(type: CustomerKindRow): Promise<void> {
  return request('DELETE', `customer-types/${type.id ?? ''}`, { ifMatch: type.version ?? 0 })
}
