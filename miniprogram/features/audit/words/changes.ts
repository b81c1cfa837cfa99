import type { AuditEntry, Rights } from '../../../api/types'
import { rightsLines } from '../../../words/rights'
import { fieldOf } from './values'
import type { Names } from './values'

/** What became of the fields of a row: 负责人：林静 → 陈晓. */

export interface ChangeLine {
  id: string
  label: string
  text: string
}

type Change = AuditEntry['fields'][number]

/** What a row is called by: the sentence says it already. */
export function isName({ resource }: AuditEntry): (one: Change) => boolean {
  return ({ name }) => ['name', 'label', 'number', resource === 'task' ? 'title' : ''].includes(name)
}

/** Sealed together with what has a name of its own. */
const TOGETHER = ['phones', 'emails', 'wechat_ids', 'address', 'remark']

export function changeLines(entry: AuditEntry, names: Names): ChangeLine[] {
  const { resource, fields } = entry
  const apart = fields.some((one) => TOGETHER.includes(one.name) || one.name.startsWith('custom.'))
  return fields.flatMap((one) => {
    if (entry.action !== 'update' && one.readable && isName(entry)(one)) return []
    if (one.name === 'vault' && entry.action === 'update' && apart) return []
    if (resource === 'role' && one.name === 'rights') return rightsChanged(one)
    if (resource === 'staff' && one.name === 'role_id') return roleChanged(entry, one, names)
    if (resource === 'staff' && one.name === 'role' && fields.some(({ name }) => name === 'role_id')) return []
    return line(entry, one, names)
  })
}

function line(entry: AuditEntry, change: Change, names: Names): ChangeLine[] {
  const field = fieldOf(entry.resource, change.name, names)
  if (!field) return []
  const text = said(entry, change, (value) => field.say(value, names), field.none)
  return text ? [{ id: change.name, label: field.label, text }] : []
}

/** Empty: there is nothing to say that anybody would understand. */
function said({ action, unseen }: AuditEntry, { kind, old, new: now, readable }: Change, say: (value: unknown) => string, none: string): string {
  if (kind === 'secret') return action === 'create' ? '已填写（不显示内容）' : action === 'delete' ? '' : '已修改（不显示内容）'
  if (!readable) return kind === 'personal' && !unseen ? '已抹去' : '无权查看'
  const empty = (value: unknown): boolean => value === null || value === undefined || value === ''
  const word = (value: unknown): string => (empty(value) ? none : say(value))
  if (action === 'create') return empty(now) ? '' : word(now)
  if (action === 'delete') return empty(old) ? '' : word(old)
  const [before, after] = [word(old), word(now)]
  if (before && after) return `${before} → ${after}`
  // One of the two has no name any more, or none that this phone may know.
  return after && !empty(now) ? `→ ${after}` : before && !empty(old) ? `${before} →` : '已修改'
}

/** A role of the shop's own is named by its id beside the word that only says so. */
function roleChanged(entry: AuditEntry, change: Change, names: Names): ChangeLine[] {
  const role = entry.fields.find((one) => one.name === 'role')
  const field = fieldOf('staff', 'role', names)
  if (!field) return []
  const named = (which: 'old' | 'new'): unknown => names.of.get(String(change[which])) ?? role?.[which]
  const pair = { ...change, old: named('old'), new: named('new') }
  const word = (value: unknown): string => field.say(value, names) || String(value)
  const text = said(entry, pair, word, field.say('custom', names))
  return text ? [{ id: 'role', label: field.label, text }] : []
}

function rightsChanged({ old, new: now }: Change): ChangeLine[] {
  const [before, after] = [rights(old), rights(now)]
  return rightsLines(before, after).map((one) => ({ id: `rights.${one.label}`, ...one }))
}

function rights(value: unknown): Rights | null {
  try {
    return JSON.parse(String(value)) as Rights | null
  } catch {
    return null
  }
}
