/** The shapes of the HTTP API, named for the pages. They come from docs/openapi.json by way of schema.d.ts. */

import type { components } from './schema'

type Schemas = components['schemas']
/** An answer carries every field; the document leaves those that may be null optional. */
type Answer<T> = { [K in keyof T]-?: Exclude<T[K], undefined> }

export type Side = Schemas['Side']
export type CustomerType = Schemas['CustomerType']
export type CustomerKind = Schemas['CustomerKind']
export type CustomerSource = Schemas['CustomerSource']
export type Channel = Schemas['Channel']
export type OrderStatus = Schemas['OrderStatus']
export type OrderEvent = Schemas['OrderEvent']
export type TaskStatus = Schemas['TaskStatus']

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface Violation {
  field: string
  code: string
  params?: Record<string, unknown>
  detail: string
}

/** The masked row in the way of a new customer. */
export interface ExistingCustomer {
  id: string | null
  name_masked: string
  phone_masked: string
  owner_name: string
}

/** How somebody proves once more that it is they. */
export type StepUpMethod = 'totp' | 'soter' | 'sms'

export interface StepUpChallenge {
  challenge: string
  method: StepUpMethod
  expires_in: number
  /** The masked phone that the message went to. */
  sent_to?: string | null
}

/** One login on one device. */
export interface DeviceSession {
  id: string
  label: string | null
  method: string | null
  network: string | null
  created_at: string
  used_at: string
  current: boolean
}

/** RFC 9457 body of every refusal; what did not come from our server may lack the rest. */
export type ProblemBody = Pick<Schemas['ProblemView'], 'title' | 'status' | 'code'> & {
  type?: string
  request_id?: string
  errors?: Violation[]
  current?: unknown
  existing?: ExistingCustomer
  methods?: StepUpMethod[]
}

export type Business = Schemas['MyBusiness']
export type Me = Answer<Omit<Schemas['Me'], 'permissions'>> & { permissions: string[] }
export type Session = Omit<Schemas['Session'], 'me'> & { me: Me }
export type StaffMember = Answer<Schemas['StaffView']>
export type StaffChanges = Schemas['StaffChanges']
export type NewStaff = Schemas['NewStaff']

export type Permission = Schemas['Permission']
export type Role = Schemas['Role']
export type Resource = Schemas['Resource']
export type Reach = Schemas['Reach']
export type FieldRule = Schemas['FieldRule']
export type Rights = Schemas['Rights']
export type RoleRow = Answer<Schemas['RoleView']>
export type RoleChoice = Schemas['RoleChoice']
export type NewRole = Schemas['NewRole']
export type RoleChanges = Schemas['RoleChanges']
export type RightsPreview = Schemas['RightsPreview']
export type Explanation = Schemas['Explanation']
export type Counted = Schemas['Counted']
export type Team = Answer<Schemas['TeamView']>
export type NewTeam = Schemas['NewTeam']
export type TeamChanges = Schemas['TeamChanges']
export type Invitation = Answer<Schemas['Invitation']>
export type OpenInvitation = Answer<Schemas['OpenInvitation']>
export type InvitationView = Answer<Schemas['InvitationView']>
export type NewInvitation = Schemas['NewInvitation']
export type HandoverPreview = Schemas['HandoverPreview']
export type Handover = Answer<Schemas['HandoverView']>
export type BusinessSettings = Answer<Schemas['BusinessSettings']>
export type BusinessChanges = Schemas['BusinessChanges']
export type HelperLevel = Schemas['HelperLevel']
export type Sharer = Schemas['HelperView']
/** What the server tells of an entry; newer ones say whence it came and what stood there before. */
export type AuditEntry = Answer<Schemas['AuditEntryView']> & {
  address?: string | null
  fields?: { name: string; kind: string; old: unknown; new: unknown; readable: boolean }[]
}

export type TagMark = Schemas['TagLabel']
export type Tag = Schemas['TagView']
export type TagGroup = Schemas['TagGroupView']

export type CustomerPhone = Schemas['CustomerPhone']
/** Only a search says what it found. */
export type CustomerRow = Answer<Omit<Schemas['CustomerRow'], 'found'>> & { found?: Schemas['Found'] | null }
export type CustomerView = Answer<Omit<Schemas['CustomerView'], 'phones'>> & { phones: Answer<Schemas['PhoneView']>[] }
export type NewCustomer = Schemas['NewCustomer'] & { phones: CustomerPhone[] }
/** RFC 7396: an absent field stays, `null` clears. */
export type CustomerChanges = Schemas['CustomerChanges']


export type Filter = Schemas['Filter']
export type Clause = Schemas['Clause']
export type FilterTest = Schemas['Test']
export type Shared = Schemas['Shared']
export type SavedView = Schemas['ViewView']
export type NewView = Schemas['NewView']
export type ViewChanges = Schemas['ViewChanges']
export type Selection = Schemas['Selection']
export type BulkChange = Schemas['BulkChange']
export type BulkAction = Answer<Schemas['BulkView']>
export type BulkFailure = Schemas['BulkFailure']

export type NewInteraction = Schemas['NewInteraction']
export type Interaction = Answer<Schemas['InteractionView']>
export type NewTask = Schemas['NewTask']
export type Task = Answer<Schemas['TaskView']>
export type Today = Omit<Schemas['TodayView'], 'items' | 'counts'> & { items: Task[]; counts: Answer<Schemas['TodayCounts']> }
export type InboxItem = Answer<Schemas['InboxItemView']>
export type SubscriptionTemplate = Schemas['SubscriptionView']

export type OrderLine = Schemas['OrderLine']
export type OrderLineView = Answer<Schemas['OrderLineView']>
export type NewOrder = Schemas['NewOrder']
export type OrderChanges = Schemas['OrderChanges']
export type OrderMove = Schemas['OrderMove']
export type Shipment = Schemas['ShipmentView']
/** On the customer side nobody says who did it. */
export type CourseStep = Schemas['MyStepView'] & Partial<Pick<Schemas['StepView'], 'by_name' | 'note'>>
export type OrderRow = Answer<Schemas['OrderRow']>
export type OrderView = Answer<Omit<Schemas['OrderView'], 'lines'>> & { lines: OrderLineView[] }
export type ReceiptCode = Answer<Schemas['ReceiptCode']>
export type MyOrderRow = Answer<Schemas['MyOrderRow']>
export type MyOrderView = Answer<Omit<Schemas['MyOrderView'], 'business' | 'lines'>> & { business: Answer<Schemas['BusinessView']>; lines: OrderLineView[] }
