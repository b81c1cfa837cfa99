import { request } from './client'
import type { NewView, SavedView, ViewChanges } from './types'

/** Saved views 视图 of the customer list: one's own, and what colleagues share. */
export function listViews(): Promise<{ items: SavedView[]; default: string | null }> {
  return request('GET', 'customer-views')
}

export function createView(body: NewView, idempotencyKey: string): Promise<SavedView> {
  return request('POST', 'customer-views', { body, idempotencyKey })
}

export function changeView(view: SavedView, body: ViewChanges): Promise<SavedView> {
  return request('PATCH', `customer-views/${view.id}`, { body, ifMatch: view.version })
}

export function deleteView(view: SavedView): Promise<void> {
  return request('DELETE', `customer-views/${view.id}`, { ifMatch: view.version })
}

/** With which view one's own list opens: `all`, `mine`, `pool` or a saved one. */
export function chooseView(view: string): Promise<void> {
  return request('PUT', 'customer-views/default', { body: { view } })
}
