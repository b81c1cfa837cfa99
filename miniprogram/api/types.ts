/** The shapes of the HTTP API, by hand until they are generated from docs/openapi.json. */

export type Side = 'staff' | 'customer'
export type CustomerType = 'potential' | 'new' | 'existing' | 'lost'
export type CustomerKind = 'person' | 'company'
export type CustomerSource = 'walk_in' | 'referral' | 'wechat' | 'phone' | 'online_shop' | 'event' | 'other'
export type Channel = 'call' | 'wechat' | 'visit' | 'home_visit' | 'meeting' | 'message' | 'email' | 'other'
export type OrderStatus = 'placed' | 'processing' | 'shipped' | 'delivered' | 'completed' | 'cancelled'
export type OrderEvent = 'accept' | 'ship' | 'deliver' | 'complete' | 'cancel'
export type TaskStatus = 'open' | 'done' | 'cancelled'

export interface Violation {
  field: string
  code: string
  params?: Record<string, unknown>
  detail: string
}

export interface ExistingCustomer {
  id: string | null
  name_masked: string
  phone_masked: string
  owner_name: string
}

/** RFC 9457 body of every refusal. */
export interface ProblemBody {
  type?: string
  title: string
  status: number
  code: string
  request_id?: string
  errors?: Violation[]
  current?: unknown
  existing?: ExistingCustomer
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface Business {
  tenant_id: number
  name: string
  role: string
  staff_id: string
}

export interface Me {
  account_id: string
  side: Side
  tenant_id: number | null
  staff: { id: string; name: string; role: string } | null
  permissions: string[]
  businesses: Business[]
  phone_masked: string | null
}

export interface Session {
  access_token: string
  expires_in: number
  /** Absent when the one in hand stays good. */
  refresh_token?: string
  me: Me
}

export interface StaffMember {
  id: string
  name: string
  role: string
  active: boolean
}

export interface TagMark {
  id: string
  name: string
  colour: string
}

export interface CustomerRow {
  id: string
  name: string
  kind: CustomerKind
  type: CustomerType
  company: string | null
  title: string | null
  region: string | null
  region_name: string | null
  source: CustomerSource | null
  owner_id: string
  phone_masked: string | null
  phone_count: number
  tags: TagMark[]
  last_contact_at: string | null
  next_contact_at: string | null
  created_at: string
  updated_at: string
  version: number
}

export interface CustomerView extends CustomerRow {
  phones: { masked: string; label: string | null }[]
  birthday: string | null
  remark: string | null
  created_by: string
}

export interface CustomerPhone {
  number: string
  label?: string
}

export interface NewCustomer {
  id?: string
  name: string
  kind?: CustomerKind
  type?: CustomerType
  phones: CustomerPhone[]
  company?: string
  title?: string
  region?: string
  source?: CustomerSource
  birthday?: string
  remark?: string
  owner_id?: string
  tag_ids?: string[]
}

/** RFC 7396: an absent field stays, `null` clears. */
export type CustomerChanges = {
  [K in Exclude<keyof NewCustomer, 'id' | 'tag_ids'>]?: NewCustomer[K] | null
}

export interface Tag extends TagMark {
  group_id: string
  version: number
}

export interface TagGroup {
  id: string
  name: string
  version: number
  tags: Tag[]
}

export interface NewInteraction {
  channel: Channel
  content: string
  happened_at?: string
  next_contact_at?: string
  next_step?: string
}

export interface Interaction {
  id: string
  customer_id: string
  channel: Channel
  content: string
  happened_at: string
  next_contact_at: string | null
  next_step: string | null
  task_id: string | null
  author_id: string
  author_name: string
  created_at: string
}

export interface NewTask {
  customer_id: string
  title: string
  due_at: string
}

export interface Task {
  id: string
  customer_id: string
  customer_name: string
  title: string
  due_at: string
  status: TaskStatus
  assignee_id: string
  reminded_at: string | null
  version: number
}

export interface Today {
  name: string
  counts: { due_today: number; overdue: number; new_customers: number; to_ship: number }
  items: Task[]
}

export interface InboxItem {
  id: string
  kind: 'task_due'
  title: string
  body: string
  task_id: string | null
  customer_id: string | null
  read_at: string | null
  wechat: 'sent' | 'pending' | 'unknown' | 'failed' | 'no_credit'
  created_at: string
}

export interface SubscriptionTemplate {
  template_id: string
  purpose: string
  credit: number
}

export interface OrderLine {
  name: string
  quantity: number
  unit_price_fen: number
}

export interface OrderLineView extends OrderLine {
  total_fen: number
}

export interface NewOrder {
  customer_id: string
  lines: OrderLine[]
  receiver: string
  phone: string
  address: string
  remark?: string
}

export interface OrderChanges {
  receiver?: string
  phone?: string
  address?: string
  remark?: string | null
}

export interface OrderMove {
  event: OrderEvent
  carrier?: string
  tracking_number?: string
  note?: string
}

export interface Shipment {
  carrier: string
  tracking_number: string
  shipped_at: string
}

export interface CourseStep {
  status: OrderStatus
  at: string
  by_name?: string | null
  note?: string | null
}

export interface OrderRow {
  id: string
  number: string
  customer_id: string
  customer_name: string
  status: OrderStatus
  total_fen: number
  line_count: number
  first_line: string
  created_at: string
  updated_at: string
  version: number
}

export interface OrderView extends OrderRow {
  lines: OrderLineView[]
  receiver: string
  phone_masked: string
  address: string
  remark: string | null
  shipments: Shipment[]
  course: CourseStep[]
  moves: OrderEvent[]
}

export interface ReceiptCode {
  code: string
  expires_at: string
  path: string
  scene: string
  image: string | null
}

export interface MyOrderRow {
  tenant_id: number
  business_name: string
  id: string
  number: string
  status: OrderStatus
  total_fen: number
  line_count: number
  first_line: string
  created_at: string
}

export interface MyOrderView extends MyOrderRow {
  lines: OrderLineView[]
  receiver_masked: string
  phone_masked: string
  address_masked: string
  shipments: Shipment[]
  course: CourseStep[]
  business: { name: string; phone: string | null }
}
