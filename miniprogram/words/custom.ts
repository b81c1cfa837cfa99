import type { Attached, CustomField, CustomFieldUses } from '../api/types'
import type { Choice } from './names'
import { fen, yuan } from './money'

/** A business's own fields: how a value is typed, sent and shown. */

export const YES_NO: Choice[] = [{ value: 'true', label: '是' }, { value: 'false', label: '否' }]

export const CONTROLS: Record<CustomField['kind'], string> = {
  text: 'text', long_text: 'lines', number: 'decimal', money: 'money', date: 'date', choice: 'choice', choices: 'choices', yes_no: 'choice', phone: 'phone', file: 'files',
}

/** The most files that stand in a field. */
const MOST_FILES = 5

function isList({ kind }: CustomField): boolean {
  return kind === 'choices' || kind === 'file'
}

/** Sealed fields are shown masked; what is typed takes the place of what is there. */
export function isSealed(field: CustomField): boolean {
  return field.rules.secret || field.kind === 'phone'
}

/** A field as the form shows it. */
export interface CustomRow {
  key: string
  name: string
  label: string
  required: boolean
  control: string
  options: Choice[]
  value: unknown
  error: string
  placeholder: string
  hint: string
  max: number
  /** Whether it holds something masked that may be emptied: an empty box alone leaves it as it is. */
  clearable: boolean
  /** Whether saving empties it. */
  cleared: boolean
}

export function customRow(field: CustomField, typed: unknown, error: string, known: unknown, emptied = false): CustomRow {
  const { kind, rules } = field
  const held = isSealed(field) && typeof known === 'string' ? known : ''
  const cleared = held !== '' && emptied && valueOf(field, typed) === null
  const masked = cleared ? '' : held
  const hints: Partial<Record<CustomField['kind'], string>> = { phone: '手机号，或带区号的座机', number: rules.decimals ? `最多 ${rules.decimals} 位小数` : '整数' }
  return {
    key: field.key, name: `custom.${field.key}`, label: field.label, required: rules.required, control: CONTROLS[kind], error,
    options: kind === 'yes_no' ? YES_NO : rules.choices.filter((one) => !one.retired || has(typed, one.key)).map((one) => ({ value: one.key ?? '', label: one.label })),
    value: typed ?? (isList(field) ? [] : ''), placeholder: masked || (CONTROLS[kind] === 'date' ? '请选择' : ''),
    clearable: held !== '' && !rules.required, cleared,
    hint: cleared ? `原来是 ${held}，保存后清空` : masked ? `现在是 ${masked}，不改就留空` : (hints[kind] ?? ''), max: kind === 'long_text' ? 2000 : kind === 'file' ? (rules.max ?? MOST_FILES) : 200,
  }
}

/**
 * Whether a field that must be filled is asked for where the basics are: by itself, or by what is answered there. One
 * that comes up by an answer further down stands down there too, where whoever gave the answer sees it come.
 */
export function nearBasics(fields: CustomField[], key: string): boolean {
  const field = fields.find((one) => one.key === key)
  if (!field?.rules.required) return false
  const on = field.rules.condition?.field
  return !on || on === 'customer-type' || (on !== key && nearBasics(fields.filter((one) => one.key !== key), on))
}

function has(typed: unknown, key: string | null | undefined): boolean {
  return typed === key || (Array.isArray(typed) && typed.includes(key))
}

/** What stands in the control for a value of the API. */
export function typedOf(field: CustomField, value: unknown): unknown {
  if (isSealed(field) || value === undefined || value === null) return isList(field) ? [] : ''
  if (field.kind === 'money') return (Number(value) / 100).toFixed(2)
  return isList(field) ? value : String(value)
}

/** What is sent for what was typed; `null`: nothing. What is no number is sent as it is, so that the rules can say so. */
export function valueOf(field: CustomField, typed: unknown): unknown {
  if (field.kind === 'file') return (typed as Attached[] | null)?.length ? (typed as Attached[]).map((one) => one.id) : null
  if (Array.isArray(typed)) return typed.length ? typed : null
  const text = String(typed ?? '').trim()
  if (text === '') return null
  if (field.kind === 'yes_no') return text === 'true'
  if (field.kind === 'money') return fen(text) ?? text
  return text
}

/** What new customers begin with. */
export function defaultOf(field: CustomField): unknown {
  const text = field.rules.default ?? ''
  if (field.kind === 'file') return []
  if (field.kind === 'choices') return text ? text.split(',') : []
  return field.kind === 'money' && text ? (Number(text) / 100).toFixed(2) : text
}

/** A value as people read it. */
export function customText(field: CustomField, value: unknown): string {
  if (value === undefined || value === null) return ''
  const label = (key: unknown): string => field.rules.choices.find((one) => one.key === key)?.label ?? String(key)
  if (field.kind === 'file') return (value as Attached[]).map((one) => one.name).join('、')
  if (Array.isArray(value)) return value.map(label).join('、')
  if (field.kind === 'choice') return label(value)
  if (field.kind === 'yes_no') return value === true ? '是' : '否'
  return field.kind === 'money' ? yuan(Number(value)) : String(value)
}

/** What to dial inside China for a number as it is kept: +8613800138000. */
export function dialled(number: string): string {
  return number.replace(/^\+86/, '')
}

/** 1.2 MB. */
export function sizeWord(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** What goes with a field that is deleted: what customers have in it, and what asks for it. */
export function fieldUsesWord(label: string, { count, capped, views, rules }: CustomFieldUses): string {
  const filled = count ? `${count}${capped ? ' 位以上' : ' 位'}客户填了“${label}”，删除后都看不到了。` : '还没有客户填过这个字段。'
  const asked = views ? `${views} 个视图按它筛选，删除后筛不出人。` : ''
  return filled + asked + (rules ? `${rules} 条自动标签规则会停用。` : '')
}
