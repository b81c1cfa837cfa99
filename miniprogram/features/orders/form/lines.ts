import type { OrderLine } from '../../../api/types'
import { rowKey } from '../../../words/key'
import { fen, yuan } from '../../../words/money'

/** A line as it is typed: amounts are text until they are sent. */
export interface TypedLine {
  key: string
  name: string
  quantity: string
  price: string
}

export function emptyLine(): TypedLine {
  return { key: rowKey(), name: '', quantity: '1', price: '' }
}

/** The line that is sent. What is no number stays text, so that the rule says so beside the field. */
export function lineBody(line: TypedLine): Record<string, unknown> {
  const quantity = /^\d{1,9}$/.test(line.quantity.trim()) ? Number(line.quantity) : line.quantity
  const price = line.price.trim() === '' ? undefined : (fen(line.price) ?? line.price)
  return { name: line.name, quantity, ...(price === undefined ? {} : { unit_price_fen: price }) }
}

/** What the phone expects the sum to be; the server's is the one that counts. */
export function totals(lines: TypedLine[]): { sums: string[]; total: string } {
  const sums = lines.map((line) => {
    const { quantity, unit_price_fen } = lineBody(line) as Partial<OrderLine>
    return typeof quantity === 'number' && typeof unit_price_fen === 'number' ? quantity * unit_price_fen : null
  })
  const total = sums.reduce<number>((all, one) => all + (one ?? 0), 0)
  return { sums: sums.map((one) => (one === null ? '' : yuan(one))), total: yuan(total) }
}
