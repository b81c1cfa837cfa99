import { may, side } from '../api/session'

export interface TabItem {
  path: string
  text: string
  icon: string
  id: string
}

const TODAY: TabItem = { path: 'pages/home/index', text: '今日', icon: 'today', id: 'tab-today' }
const CUSTOMERS: TabItem = { path: 'pages/customers/index', text: '客户', icon: 'users', id: 'tab-customers' }
const ORDERS: TabItem = { path: 'pages/orders/index', text: '订单', icon: 'order', id: 'tab-orders' }
const INBOX: TabItem = { path: 'pages/inbox/index', text: '消息', icon: 'bell', id: 'tab-inbox' }
const ME: TabItem = { path: 'pages/me/index', text: '我的', icon: 'me', id: 'tab-me' }

const CUSTOMER_SIDE: TabItem[] = [
  { path: 'pages/home/index', text: '订单', icon: 'order', id: 'tab-my-orders' },
  { path: 'pages/inbox/index', text: '服务', icon: 'headset', id: 'tab-help' },
  { path: 'pages/me/index', text: '我的', icon: 'me', id: 'tab-me' },
]

/**
 * The tabs one has a use for, the one to begin with first. Who looks after customers begins with what is due today,
 * who answers them with the customers, who only reads the orders with those.
 */
export function tabs(): TabItem[] {
  if (side() !== 'staff') return CUSTOMER_SIDE
  const open: Record<string, boolean> = { [TODAY.id]: may('tasks.read'), [CUSTOMERS.id]: may('customers.read'), [ORDERS.id]: may('orders.read') }
  return [...sequence().filter((one) => open[one.id]), ...(may('tasks.read') ? [INBOX] : []), ME]
}

function sequence(): TabItem[] {
  if (may('customers.write') || may('orders.write')) return [TODAY, CUSTOMERS, ORDERS]
  return may('interactions.write') || !may('orders.read') ? [CUSTOMERS, TODAY, ORDERS] : [ORDERS, CUSTOMERS, TODAY]
}

export function firstTab(): string {
  return tabs()[0]?.path ?? ME.path
}
