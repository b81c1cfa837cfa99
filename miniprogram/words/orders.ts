import type { MyOrderRow, OrderLineView, OrderRow } from '../api/types'
import { yuan } from './money'
import { ago } from './when'

/** An order as a card shows it, on both sides. */
export interface OrderCard {
  [field: string]: unknown
  id: string
  tenant: string
  number: string
  who: string
  status: string
  sum: string
  goods: string
  when: string
}

/** Without amounts there is no place for a sum; with them masked it holds stars. */
export function orderCard(row: OrderRow, amounts: boolean): OrderCard {
  const shown = card(row, row.customer_name, '')
  return amounts ? shown : { ...shown, sum: '' }
}

/** Among one customer's orders the name says nothing: what was bought comes first. */
export function orderOfCustomer(row: OrderRow, amounts: boolean): OrderCard {
  const card = orderCard(row, amounts)
  return { ...card, who: card.goods, goods: `${card.number} · ${card.when}`, number: '', when: '' }
}

export function myOrderCard(row: MyOrderRow): OrderCard {
  return card(row, row.business_name, String(row.tenant_id))
}

function card(row: OrderRow | MyOrderRow, who: string, tenant: string): OrderCard {
  return {
    tenant,
    who,
    id: row.id,
    number: row.number,
    status: row.status,
    sum: yuan(row.total_fen),
    goods: row.line_count > 1 ? `${row.first_line} 等 ${row.line_count} 种` : row.first_line,
    when: ago(row.created_at),
  }
}

export interface LineRow {
  id: number
  name: string
  count: string
  price: string
  sum: string
}

export function lineRows(lines: OrderLineView[]): LineRow[] {
  return lines.map((line, id) => ({ id, name: line.name, count: `× ${line.quantity}`, price: yuan(line.unit_price_fen), sum: yuan(line.total_fen) }))
}
