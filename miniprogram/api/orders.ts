import { query, request } from './client'
import type { MyOrderRow, MyOrderView, NewOrder, OrderChanges, OrderMove, OrderRow, OrderView, Page, ReceiptCode } from './types'

export interface OrderFilter {
  status?: string
  customer_id?: string
}

export function listOrders(filter: OrderFilter, cursor: string | null): Promise<Page<OrderRow>> {
  return request('GET', `orders${query({ ...filter, limit: 20, cursor })}`)
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
