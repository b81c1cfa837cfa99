import type { CustomerRow, Opportunity, OrderRow, Task } from './types'

/** What one page changed and another page may be showing. */
interface Topics {
  customer: CustomerRow
  customerGone: { id: string }
  order: OrderRow
  opportunity: Pick<Opportunity, 'customer_id'>
  /** One that was made, changed or deleted, or given to somebody. */
  offer: { id: string }
  task: Pick<Task, 'customer_id'>
  inbox: { unread: number }
  staff: { id: string }
  /** A right that this phone thinks it has was refused. */
  forbidden: { token: string }
}

type Listener<K extends keyof Topics> = (what: Topics[K]) => void
const listeners: { [K in keyof Topics]: Set<Listener<K>> } = {
  customer: new Set(),
  customerGone: new Set(),
  order: new Set(),
  opportunity: new Set(),
  offer: new Set(),
  task: new Set(),
  inbox: new Set(),
  staff: new Set(),
  forbidden: new Set(),
}

export function announce<K extends keyof Topics>(topic: K, what: Topics[K]): void {
  listeners[topic].forEach((listener: Listener<K>) => listener(what))
}

/** Listens until the returned function is called. */
export function listen<K extends keyof Topics>(topic: K, listener: Listener<K>): () => void {
  listeners[topic].add(listener)
  return () => {
    listeners[topic].delete(listener)
  }
}
