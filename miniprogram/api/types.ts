/** The shapes of the HTTP API, named for the pages. They come from docs/openapi.json by way of schema.d.ts. */

import type { components } from './schema'

type Schemas = components['schemas']
/** An answer carries every field; the document leaves those that may be null optional. */
type Answer<T> = { [K in keyof T]-?: Exclude<T[K], undefined> }

export type Side = Schemas['Side']
/** The types that everybody has; a business may have its own beside them. */
export type CustomerType = 'potential' | 'new' | 'existing' | 'lost'
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
  owner_name: string | null
  /** Of who stayed, for `merged`. */
  name?: string
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
  ended: boolean
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
export type Session = Omit<Schemas['Session'], 'me' | 'left'> & { me: Me; left?: Left | null }
/** A business in which one worked until now, and why one does not any more. */
export type Left = Schemas['Left']
export type StaffMember = Answer<Schemas['StaffView']>
export type StaffChanges = Schemas['StaffChanges']
export type NewStaff = Schemas['NewStaff']

export type Permission = Schemas['Permission']
export type Role = Schemas['Role']
export type Resource = keyof Schemas['Rights']['reach']
export type RowKind = Schemas['RowKind']
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
export type OfferedPlace = InvitationView & { ticket: string }
export type NewInvitation = Schemas['NewInvitation']
export type HandoverPreview = Schemas['HandoverPreview']
export type Handover = Answer<Schemas['HandoverView']>
export type BusinessSettings = Answer<Schemas['BusinessSettings']>
export type BusinessChanges = Schemas['BusinessChanges']
export type Erasure = Schemas['Erasure']
export type ErasureReason = Schemas['ErasureReason']
export type SignUp = Schemas['SignUp']
export type SignedUp = Answer<Schemas['SignedUp']>
export type HelperLevel = Schemas['HelperLevel']
export type Sharer = Schemas['HelperView']
/** An entry of the record; what belongs to its action has names of its own. */
export type AuditEntry = Answer<Omit<Schemas['AuditEntryView'], 'changes' | 'fields'>> & {
  changes: Record<string, unknown>
  fields: { name: string; kind: string; old: unknown; new: unknown; readable: boolean }[]
}

export type TagMark = Schemas['TagLabel']
export type Tag = Schemas['TagView']
export type TagGroup = Schemas['TagGroupView']
/** What a tag is used for. */
export type CustomFieldUses = Schemas['CustomFieldUses']
export type TagUses = Schemas['TagUses']
export type TagGroupUses = Schemas['TagGroupUses']
/** A rule that gives a tag. */
export type TagRule = Answer<Schemas['TagRuleView']>
export type TagRuleEffect = Schemas['TagRuleEffect']

export type Plan = Answer<Schemas['PlanView']>
export type NewPlan = Schemas['NewPlan']
export type PlanChanges = Schemas['PlanChanges']
export type PlanStage = Schemas['PlanStage']
/** Whom a plan concerns. */
export type PlanUses = Schemas['PlanUses']
/** A plan that a customer is in. */
export type CustomerPlan = Answer<Schemas['CustomerPlanView']>

export type CustomerPhone = Schemas['CustomerPhone']
/** Only a search says what it found. */
export type CustomerRow = Answer<Omit<Schemas['CustomerRow'], 'type' | 'custom' | 'found'>> & Own & { found?: Schemas['Found'] | null }
export type CustomerView = Answer<Omit<Schemas['CustomerView'], 'type' | 'phones' | keyof More | keyof Own>> & { phones: Answer<Schemas['PhoneView']>[] } & More & Own
export type NewCustomer = Omit<Schemas['NewCustomer'], 'type'> & { type?: string | null; phones: CustomerPhone[] }

/** A business's own types and fields: what the document cannot name. */
interface Own {
  type: string
  custom: Record<string, unknown>
}

export interface Contact {
  masked: string
  label: string | null
}

export interface SpecialDate {
  label: string
  calendar: 'solar' | 'lunar'
  month: number
  day: number
  leap: boolean
  year: number | null
}

interface More {
  emails: Contact[]
  wechat_ids: Contact[]
  address: string | null
  industry: string | null
  size: string | null
  needs: string | null
  dates: (SpecialDate & { next_on: string | null })[]
  starred: boolean
}

export type RelationKind = 'introduced_by' | 'same_company' | 'family' | 'other'

/** A relation, seen from one of the two; `inverse`: it is said from the other's side. */
export interface Relation {
  id: string
  other_id: string
  other_name: string
  kind: RelationKind
  inverse: boolean
  note: string | null
}

export interface CustomerKindRow {
  id: string | null
  code: string
  name: string | null
  version: number | null
}

export type CustomKind = 'text' | 'long_text' | 'number' | 'money' | 'date' | 'choice' | 'choices' | 'yes_no' | 'phone' | 'file'

export interface FieldChoice {
  key?: string | null
  label: string
  retired?: boolean
}

export interface FieldCondition {
  field: string
  op: 'is' | 'is_not' | 'filled' | 'empty'
  value?: string | null
}

export interface FieldTerms {
  required: boolean
  unique: boolean
  secret: boolean
  default?: string | null
  min?: number | null
  max?: number | null
  decimals?: number | null
  condition?: FieldCondition | null
  choices: FieldChoice[]
  hidden_from: string[]
  read_only_for: string[]
}

/** A field that the business made itself. */
export interface CustomField {
  id: string
  key: string
  label: string
  kind: CustomKind
  order: number
  rules: FieldTerms
  writable: boolean
  version: number
}

export interface NewCustomField {
  label: string
  kind: CustomKind
  rules: Partial<FieldTerms>
}

export interface CustomFieldChanges {
  label?: string
  rules?: Partial<FieldTerms>
}
/** RFC 7396: an absent field stays, `null` clears. */
export type CustomerChanges = Omit<Schemas['CustomerChanges'], 'type'> & { type?: string }


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
export type Import = Answer<Schemas['ImportView']>
export type ImportDetail = Import & Pick<Answer<Schemas['ImportDetail']>, 'headers' | 'preview' | 'columns' | 'remembered'>
export type ImportStart = Schemas['ImportStart']
export type ColumnUse = Schemas['ColumnUse']
export type Export = Answer<Schemas['ExportView']>
export type ExportLink = Schemas['ExportLink']

export type NewInteraction = Schemas['NewInteraction']
export type Pool = Answer<Schemas['PoolView']>
export type NewPool = Schemas['NewPool']
export type PoolChanges = Schemas['PoolChanges']
export type PoolMove = Answer<Schemas['PoolMoveView']>
export type PoolSettings = Answer<Schemas['PoolSettingsView']>
export type PoolSettingsChanges = Schemas['PoolSettingsChanges']
export type RecycleTerms = Schemas['RecycleTerms']
export type RecycleRule = Answer<Schemas['RecycleRuleView']>
export type RecycleForecast = Schemas['RecycleForecast']
export type Interaction = Answer<Schemas['InteractionView']>
export type NewTask = Schemas['NewTask']
export type Task = Answer<Schemas['TaskView']>
export type Today = Omit<Schemas['TodayView'], 'items' | 'counts'> & { items: Task[]; counts: Answer<Schemas['TodayCounts']> }
export type InboxItem = Answer<Schemas['InboxItemView']>
export type SubscriptionTemplate = Schemas['SubscriptionView']

export type NewOpportunity = Schemas['NewOpportunity']
export type OpportunityChanges = Schemas['OpportunityChanges']
export type OpportunityMove = Schemas['OpportunityMove']
export type OpportunityStage = Schemas['Stage']
export type OpportunityState = Schemas['OpportunityState']
export type OpportunityEvent = Schemas['OpportunityEvent']
export type Opportunity = Answer<Schemas['OpportunityView']>

export type NewOffer = Schemas['NewOffer']
export type OfferChanges = Schemas['OfferChanges']
export type OfferKind = Schemas['OfferKind']
export type OfferState = Schemas['OfferState']
export type Offer = Answer<Schemas['OfferView']>
/** What an offer promises, wherever it is read. */
export type Promised = Answer<Schemas['Promise']>
/** An offer in the hands of a customer. */
export type CustomerOffer = Answer<Schemas['CustomerOfferView']>
export type CustomerOfferEvent = Schemas['CustomerOfferEvent']
export type CustomerOfferState = Schemas['CustomerOfferState']
export type MyOffer = Answer<Schemas['MyOffer']>

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

/** Records that look alike, and merging them. */
export type Similar = Answer<Schemas['SimilarView']>
export type DuplicatePair = Omit<Answer<Schemas['DuplicateView']>, 'customers'> & { customers: Answer<Schemas['DuplicateSide']>[] }
export type DuplicateScan = Answer<Schemas['ScanView']>
export type Merge = Answer<Schemas['MergeView']>
export type MergeDetail = Answer<Schemas['MergeDetail']>
export type MergeBody = Schemas['Merge']
export type MergeSide = Schemas['MergeSide']
export type PairReason = Schemas['PairReason']

/** A file that hangs on a customer. */
export interface Attached {
  id: string
  name: string
  kind: 'jpeg' | 'png' | 'webp' | 'gif' | 'pdf' | 'docx' | 'xlsx' | 'text'
  bytes: number
}
