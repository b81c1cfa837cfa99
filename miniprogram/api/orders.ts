import { query, request } from './client'
import type { MyOrderRow, MyOrderView, NewOrder, OrderChanges, OrderMove, OrderRow, OrderStatus, OrderView, Page, ReceiptCode } from './types'

export interface OrderFilter {
  status?: string
  customer_id?: string
}

export function listOrders(filter: OrderFilter, cursor: string | null): Promise<Page<OrderRow>> {
  return request('GET', `orders${query({ ...filter, limit: 20, cursor })}`)
}

/** What has not left yet: first what is being packed, then what was just placed. The API lists one status at a time. */
const WAITING: OrderStatus[] = ['processing', 'placed']

export function isWaiting(status: OrderStatus): boolean {
  return WAITING.includes(status)
}

/** The cursor names the status it goes on with: `placed:…`. */
export async function listToShip(cursor: string | null, customer?: string, from: OrderStatus[] = WAITING): Promise<Page<OrderRow>> {
  const left = cursor ? from.slice(from.findIndex((one) => cursor.startsWith(`${one}:`))) : from
  const [status, ...later] = left
  if (!status) return { items: [], next_cursor: null }
  const page = await listOrders({ status, ...(customer ? { customer_id: customer } : {}) }, cursor ? cursor.slice(status.length + 1) : null)
  if (page.next_cursor) return { items: page.items, next_cursor: `${status}:${page.next_cursor}` }
  const rest = await listToShip(null, customer, later)
  return { items: page.items.concat(rest.items), next_cursor: rest.next_cursor }
}

export function findOrder(id: string): Promise<OrderView> {
  return request('GET', `orders/${id}`)
}

export function createOrder(body: NewOrder, idempotencyKey: string): Promise<OrderView> {
  return request('POST', 'orders', { body, idempotencyKey })
}

export function updateOrder(id: string, ifMatch: number, body: OrderChanges): Promise<OrderView> {
  return request('PATCH', `orders/${id}`, { body, ifMatch })
}

export function moveOrder(id: string, ifMatch: number, body: OrderMove): Promise<OrderView> {
  return request('POST', `orders/${id}/moves`, { body, ifMatch })
}

export function revealOrderPhone(id: string): Promise<{ number: string; dial: string }> {
  return request('POST', `orders/${id}/phone/reveal`, { body: {} })
}

export function createReceiptCode(id: string, idempotencyKey: string): Promise<ReceiptCode> {
  return request('POST', `orders/${id}/receipt-code`, { body: {}, idempotencyKey })
}

export function listMyOrders(cursor: string | null): Promise<Page<MyOrderRow>> {
  return request('GET', `me/orders${query({ limit: 20, cursor })}`)
}

export function findMyOrder(tenant: string, id: string): Promise<MyOrderView> {
  return request('GET', `me/businesses/${tenant}/orders/${id}`)
}

/** The one-time code of a receipt makes the order visible to this account. */
export function claimReceipt(code: string): Promise<MyOrderRow> {
  return request('POST', 'me/receipts', { body: { code } })
}
