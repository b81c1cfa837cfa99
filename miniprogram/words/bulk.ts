import type { BulkAction, BulkFailure } from '../api/types'
import { TEXTS } from '../rules/texts'
import { TYPES } from './names'
import { ago, due } from './when'

/** Bulk actions 批量操作 as a list and a sheet say them. */

/** Why a customer was left alone. */
const REASONS: Record<string, string> = {
  row_read_only: '只能看，不能改',
  changed_since: '后来有人改过，没有撤销',
  phone_taken: '电话或唯一的内容已归别的客户，没有恢复',
  owner_limit: '新负责人的客户已到上限',
  team_limit: '新负责人所在团队的客户已到上限',
  in_pool: '在公海，没有负责人',
  condition_unmet: '这位客户不用填这一项',
  required: '这一项不能为空',
  offer_given_already: '已经有这个优惠',
  ads_refused: '拒收营销信息',
  offer_used: '已经用掉了，没有收回',
}

export interface BulkRow {
  [field: string]: unknown
  id: string
  what: string
  line: string
  /** What was changed, in a few words. */
  changed: string
  state: string
  tone: 'calm' | 'brand' | 'quiet'
  running: boolean
  /** One's own that can be stopped. */
  stoppable: boolean
  failed: number
  /** 没有改, 没有撤销. */
  left: string
  undoable: boolean
}

const STATES: Record<BulkAction['state'], [string, BulkRow['tone']]> = {
  running: ['进行中', 'calm'], done: ['已完成', 'brand'], cancelled: ['已取消', 'quiet'], undoing: ['撤销中', 'calm'], undone: ['已撤销', 'quiet'],
}

/** Something is still being done for it. */
export function goesOn({ state }: BulkAction): boolean {
  return state === 'running' || state === 'undoing'
}

/** What an action does, and what it is to be left out of it: 删除, 没有删. */
export function verbOf({ deletes, changes }: Pick<BulkAction, 'deletes' | 'changes'>): { verb: string; left: string } {
  if (deletes) return { verb: '删除', left: '没有删' }
  return changes?.offer_id ? { verb: '发放', left: '没有发' } : { verb: '修改', left: '没有改' }
}

export function undoable(action: BulkAction, me: string, now = Date.now()): boolean {
  return action.undo_until !== null && action.staff_id === me && Date.parse(action.undo_until) > now
}

/** How many that is of what was counted before: `200`; none of `1000+` or of what could not be counted. */
export function totalOf(count: string): number | null {
  return /^\d+$/.test(count) ? Number(count) : null
}

/** How far an action is. Where nobody knows of how many, it says how many are dealt with, and has no share. */
export function progress({ state, done, failed, undone }: BulkAction, total: number | null): { text: string; share: number | null } {
  const undoing = state === 'undoing'
  const at = undoing ? undone : done + failed
  // More than were counted: others came to it meanwhile, and the count is none.
  const of = undoing ? done : total === null || at > total ? null : total
  return of ? { text: `${at} / ${of} 位`, share: Math.round((100 * at) / of) } : { text: `已处理 ${at} 位`, share: null }
}

/** What the words of an action are made of, besides the action. */
export interface BulkNames {
  staff: Map<string, string>
  tags: Map<string, string>
  types: Map<string, string>
  /** Labels of the business's own fields, by their key. */
  fields: Map<string, string>
  offers: Map<string, string>
}

/** 打标签 绿茶，改类型 老客. */
export function changesWord({ changes }: BulkAction, { staff, tags, types, fields, offers }: BulkNames): string {
  if (!changes) return ''
  const said = (ids: string[], names: Map<string, string>, other: string): string => ids.map((id) => names.get(id) ?? other).join('、')
  const builtIn: Record<string, string> = TYPES
  const { add_tags, remove_tags, owner_id, type, fields: keys, message, offer_id: offer } = changes
  return [
    add_tags.length ? `打标签 ${said(add_tags, tags, '已删除的标签')}` : '',
    remove_tags.length ? `去标签 ${said(remove_tags, tags, '已删除的标签')}` : '',
    owner_id ? `归 ${staff.get(owner_id) ?? '别的同事'} 负责` : '',
    type ? `改类型 ${builtIn[type] ?? types.get(type) ?? '别的类型'}` : '',
    keys.length ? `填 ${said(keys, fields, '已删除的字段')}` : '',
    message ? `提醒负责人“${message}”` : '',
    offer ? `发优惠 ${offers.get(offer) ?? ''}`.trim() : '',
  ].filter(Boolean).join('，')
}

export function bulkRow(action: BulkAction, names: BulkNames, me: string): BulkRow {
  const [usual, tone] = STATES[action.state]
  const who = action.staff_id === me ? '我' : names.staff.get(action.staff_id) ?? ''
  const { verb, left } = verbOf(action)
  const to = action.changes?.offer_id ? '给' : ''
  const undone = action.state === 'undone'
  // Whoever could not be brought back was changed, and is nobody who was left alone.
  const stayed = undone ? action.done - action.undone : 0
  const state = !stayed ? usual : action.undone ? '撤销了一部分' : '没有撤销'
  return {
    id: action.id,
    what: action.done ? `${verb}${to || '了'} ${action.done} 位客户` : action.state === 'running' ? `正在${verb}${to}客户` : `没有${verb}${to}客户`,
    line: [who, ago(action.created_at), action.failed ? `${action.failed} 位${left}` : '', action.undone || undone ? `撤销了 ${action.undone} 位` : ''].filter(Boolean).join(' · '),
    changed: changesWord(action, names), state, tone, running: goesOn(action), stoppable: action.state === 'running' && action.staff_id === me,
    failed: action.failed + stayed, undoable: undoable(action, me), left: !stayed ? left : action.failed ? `${left}、没有撤销` : '没有撤销',
  }
}

/** Names that a line says before somebody asks for all of them. */
const NAMED = 5

export interface FailureLine {
  /** The reason and the fields that it is about. */
  key: string
  why: string
  who: string
  /** Everybody whom it is about; a name once it is known. */
  people: { id: string; name: string }[]
  /** Whether there is more to say than `who` does. */
  more: boolean
  /** Those of them without a name, in words: deleted, or nobody's of one's own. */
  nameless: string
}

/** Who was left alone, by reason; whom one does not know by name is counted. */
export function failureLines(failures: BulkFailure[], names: Map<string, string>, labels: Map<string, string>): FailureLine[] {
  const by = new Map<string, BulkFailure[]>()
  for (const one of failures) {
    const key = [one.code, ...(one.fields ?? [])].join(' ')
    by.set(key, [...(by.get(key) ?? []), one])
  }
  return [...by].map(([key, same]) => {
    const named = same.slice(0, NAMED).map((one) => names.get(one.customer_id)).filter((name): name is string => name !== undefined)
    const rest = same.length - named.length
    const who = named.length ? `${named.join('、')}${rest ? ` 等 ${same.length} 位` : ''}` : `${same.length} 位客户`
    const unknown = same.filter((one) => !names.has(one.customer_id)).length
    const nameless = unknown ? `${unknown < same.length ? '另有 ' : ''}${unknown} 位已删除，或者你看不到` : ''
    return { key, why: reason(same[0], labels), who, people: same.map(({ customer_id: id }) => ({ id, name: names.get(id) ?? '' })), more: same.length > named.length, nameless }
  })
}

/** Whose names are asked for before anybody wants all of them: of each reason the first few. */
export function firstOnes(failures: BulkFailure[]): string[] {
  return failureLines(failures, new Map(), new Map()).flatMap((line) => line.people.slice(0, NAMED).map((one) => one.id))
}

/** What is left to say while there are more of them than are listed. */
export function unlisted(total: number, listed: number): string {
  return total > listed ? `一共 ${total} 位，已列出 ${listed} 位。` : ''
}

function reason(failure: BulkFailure | undefined, labels: Map<string, string>): string {
  const code = failure?.code ?? ''
  const fields = (failure?.fields ?? []).map((field) => labels.get(field.replace(/^custom\./, ''))).filter((label): label is string => label !== undefined)
  if (code === 'required' && fields.length) return `要先填写 ${fields.join('、')}`
  // What a form would say of it, when that needs no number.
  const said = TEXTS[code]?.includes('{') ? undefined : TEXTS[code]
  const why = REASONS[code] ?? said ?? '没有成功'
  return fields.length ? `${fields.join('、')}：${why}` : why
}

/** 15:30 以前可以撤销. */
export function undoWord({ undo_until }: BulkAction): string {
  return undo_until === null ? '' : `${due(undo_until).replace('今天 ', '')} 以前可以撤销`
}
