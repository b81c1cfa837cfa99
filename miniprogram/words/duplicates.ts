import type { Contact, CustomField, CustomerView, DuplicatePair, DuplicateScan, Merge, MergeDetail, MergeSide, PairReason, Similar } from '../api/types'
import { customText } from './custom'
import { dateText } from './dates'
import { CUSTOMER_KINDS, INDUSTRIES, SIZES, SOURCES, TYPES } from './names'
import { ago, stamp } from './when'

/** Duplicates 查重 as the pages say them. */

const REASONS: Record<PairReason, string> = { phone: '电话相同', company: '公司相同', same_name: '姓名相同', name: '姓名相近', region: '地区相同', city: '同城' }
const LIKE: Record<Similar['like'], string> = { phone: '电话相同', company: '公司相同', name: '姓名相同' }

/** A customer who may be the one that is being written down. */
export interface SimilarRow {
  key: string
  id: string
  name: string
  line: string
}

export function similarRow(one: Similar, at: number): SimilarRow {
  return { key: String(at), id: one.id ?? '', name: one.name_masked, line: `${LIKE[one.like]} · ${one.owner_name ? `${one.owner_name} 负责` : '在公海'}` }
}

/** One of two who look alike. */
export interface PairSide {
  key: string
  id: string
  name: string
  line: string
  owner: string
}

export interface PairRow {
  [field: string]: unknown
  id: string
  score: number
  sure: boolean
  reasons: string
  sides: PairSide[]
  /** Both are seen, so that they can be compared. */
  open: boolean
}

export function pairRow(pair: DuplicatePair): PairRow {
  const sides = pair.customers.map((side, at) => ({
    key: String(at), id: side.id ?? '', name: side.name, owner: side.owner_name ? `${side.owner_name} 负责` : '在公海',
    line: side.id ? [side.phone_masked, side.company, side.region_name].filter(Boolean).join(' · ') || '没有更多资料' : '不归你负责，只显示部分信息',
  }))
  return { id: pair.id, score: pair.score, sure: pair.score >= 90, reasons: pair.reasons.map((one) => REASONS[one]).join('、'), sides, open: sides.every((side) => side.id !== '') }
}

export function scanLine(scan: DuplicateScan | undefined, now = Date.now()): string {
  if (!scan) return '还没有查找过'
  if (scan.running) return `正在查找，已看过 ${counted(scan.customers, '位')}`
  const seen = `${scan.partial ? '看了改过的' : '看了'} ${counted(scan.customers, '位')}`
  return `${ago(scan.finished_at ?? scan.created_at, now)} 查找过：${seen}，新找到 ${counted(scan.pairs, '对')}`
}

/** A number and what it counts stay on one line. */
function counted(number: number, word: string): string {
  return `${number}\u00a0${word}`
}

/** One field of two records. */
export interface MergeRow {
  field: string
  label: string
  mine: string
  theirs: string
  side: MergeSide
  /** differs: one has to be chosen · fills: only one side has it · both: both are kept · same */
  kind: 'differs' | 'fills' | 'both' | 'same'
  /** One's role may not set it: nothing of both is lost, and nothing is chosen. */
  locked: boolean
}

/** Two records side by side: what differs first, then what only one of them has, then lists that are kept of both. */
export function mergeRows(mine: CustomerView, theirs: CustomerView, fields: CustomField[], names: Map<string, string>, types: Map<string, string>, locked: string[] = []): MergeRow[] {
  const owner = (of: CustomerView): string => (of.pool_id !== null ? '公海' : names.get(of.owner_id ?? '') ?? '')
  const one = (field: string, label: string, text: (of: CustomerView) => string): MergeRow => row(field, label, text(mine), text(theirs))
  const rows = [
    one('name', '姓名', (of) => of.name), one('owner', '负责人', owner), one('type', '客户类型', (of) => TYPES[of.type as keyof typeof TYPES] ?? types.get(of.type) ?? of.type),
    one('kind', '个人/企业', (of) => CUSTOMER_KINDS[of.kind] ?? ''), one('company', '公司', (of) => of.company ?? ''), one('title', '职位', (of) => of.title ?? ''),
    one('region', '地区', (of) => of.region_name ?? ''), one('address', '地址', (of) => of.address ?? ''), one('source', '来源', (of) => (of.source ? SOURCES[of.source] : '')),
    one('industry', '行业', (of) => INDUSTRIES[of.industry ?? ''] ?? ''), one('size', '公司规模', (of) => SIZES[of.size ?? ''] ?? ''), one('birthday', '生日', (of) => of.birthday ?? ''),
    one('needs', '需求', (of) => of.needs ?? ''), one('remark', '备注', (of) => of.remark ?? ''),
    ...fields.map((field) => one(`custom.${field.key}`, field.label, (of) => customText(field, of.custom[field.key]))),
  ].filter((each) => each.mine !== '' || each.theirs !== '')
  const masked = (held: Contact[]): string => held.map((each) => each.masked).join('、')
  const lists = [
    list('phones', '电话', masked(mine.phones), masked(theirs.phones)), list('emails', '邮箱', masked(mine.emails), masked(theirs.emails)),
    list('wechat_ids', '微信号', masked(mine.wechat_ids), masked(theirs.wechat_ids)),
    list('dates', '纪念日', mine.dates.map((each) => `${each.label} ${dateText(each)}`).join('、'), theirs.dates.map((each) => `${each.label} ${dateText(each)}`).join('、')),
  ].filter((each) => each.mine !== '' || each.theirs !== '')
  const order = ['differs', 'both', 'fills', 'same']
  return [...rows, ...lists].map((each) => ({ ...each, locked: locked.includes(each.field) })).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

function row(field: string, label: string, mine: string, theirs: string): MergeRow {
  const kind = mine === theirs ? 'same' : mine && theirs ? 'differs' : 'fills'
  return { field, label, mine, theirs, kind, side: mine === '' ? 'other' : 'this', locked: false }
}

/** Of lists nothing is lost: the side that is chosen comes first. */
function list(field: string, label: string, mine: string, theirs: string): MergeRow {
  return { field, label, mine, theirs, kind: mine === theirs ? 'same' : mine && theirs ? 'both' : 'fills', side: mine === '' ? 'other' : 'this', locked: false }
}

/** What two customers are called in one sentence: those of one name by what tells them apart, the last four digits first. */
export function toldApart(mine: CustomerView, theirs: CustomerView, names: Map<string, string>): [string, string] {
  if (mine.name !== theirs.name) return [mine.name, theirs.name]
  const ways = [
    (of: CustomerView): string => (/\d{4}$/.exec(of.phone_masked ?? '')?.[0] ?? '').replace(/^(?=\d)/, '尾号 ') || '没有电话',
    (of: CustomerView): string => (of.pool_id !== null ? '在公海' : `${names.get(of.owner_id ?? '') ?? '同事'}负责`),
    (of: CustomerView): string => `${stamp(of.created_at)} 建档`,
  ]
  const way = ways.find((say) => say(mine) !== say(theirs)) ?? ways[2]
  return way ? [`${mine.name}（${way(mine)}）`, `${theirs.name}（${way(theirs)}）`] : [mine.name, theirs.name]
}

/** What was chosen, as it is sent. */
export function mergeFields(rows: MergeRow[]): Record<string, unknown> {
  const asked = rows.filter((one) => one.kind !== 'same' && !one.locked)
  const plain = asked.filter((one) => !one.field.startsWith('custom.')).map((one) => [one.field, one.side])
  const custom = asked.filter((one) => one.field.startsWith('custom.')).map((one) => [one.field.slice('custom.'.length), one.side])
  return { ...Object.fromEntries(plain), ...(custom.length ? { custom: Object.fromEntries(custom) } : {}) }
}

const STATES: Record<Merge['state'], string> = { running: '合并中', done: '已合并', undoing: '撤销中', undone: '已撤销' }

export interface LogRow {
  [field: string]: unknown
  id: string
  customer: string
  title: string
  state: string
  line: string
  left: string
  undoable: boolean
}

export function logRow(merge: Merge, names: Map<string, string>, now = Date.now()): LogRow {
  const { state } = merge
  const kept = [...merge.kept_fields.map(fieldName), ...(merge.kept ? [`${merge.kept} 条后来改过的记录`] : [])]
  return {
    id: merge.id, customer: merge.customer_id, state: STATES[state], undoable: merge.undo_until !== null,
    title: `${merge.other_name ?? '一位客户'} 合并到 ${merge.customer_name ?? '另一位客户'}`,
    line: `${names.get(merge.staff_id) ?? '同事'} · ${stamp(merge.created_at, now)} · 转过来 ${merge.moved} 条`,
    left: kept.length ? `没有撤回：${kept.join('、')}` : merge.undo_until ? `${stamp(merge.undo_until, now)} 前可以撤销` : '',
  }
}

const FIELDS: Record<string, string> = {
  name: '姓名', kind: '个人/企业', type: '客户类型', company: '公司', title: '职位', region: '地区', source: '来源', industry: '行业', size: '公司规模', needs: '需求', dates: '纪念日',
  birthday: '生日', remark: '备注', owner_id: '负责人', pool_id: '公海', phones: '电话', emails: '邮箱', wechat_ids: '微信号', address: '地址', custom: '本店字段',
}

function fieldName(field: string): string {
  return FIELDS[field] ?? field
}

const KEPT: Record<string, string> = { tasks: '待办', interactions: '跟进', orders: '订单', opportunities: '商机', inbox_items: '消息', customer_offers: '优惠', data_requests: '个人信息申请' }

/** What stayed with the one who stayed, by its kind. */
export function keptLine(detail: MergeDetail): string {
  const counts = new Map<string, number>()
  for (const { kind } of detail.kept_rows) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${KEPT[kind] ?? '记录'} ${count} 条`).join('、')
}
