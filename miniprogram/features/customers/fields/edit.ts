import type { CustomField, CustomKind, FieldCondition, FieldTerms, NewCustomField } from '../../../api/types'
import { CONTROLS, YES_NO, defaultOf } from '../../../words/custom'
import { rowKey } from '../../../words/key'
import { fen } from '../../../words/money'
import { CUSTOMER_KIND_CHOICES, CUSTOM_KINDS, INDUSTRY_CHOICES, SOURCE_CHOICES } from '../../../words/names'
import type { Choice } from '../../../words/names'

/** A field as the sheet edits it. */
export interface TypedField {
  label: string
  kind: CustomKind
  required: boolean
  unique: boolean
  secret: boolean
  decimals: string
  choices: { row: string; key: string; label: string; retired: boolean }[]
  /** Key of the field it depends on; empty: none. */
  condition: string
  conditionValue: string
  hidden: string[]
  readOnly: string[]
  /** Bounds as they are typed: yuan for money. */
  min: string
  max: string
  /** What a new customer begins with, as it is typed; keys of choices. */
  default: string | string[]
}

/** What the bounds of a kind are called, and how they are typed. */
export const BOUNDS: Partial<Record<CustomKind, { min: string; max: string; control: string }>> = {
  text: { min: '最少几个字', max: '最多几个字', control: 'number' }, long_text: { min: '最少几个字', max: '最多几个字', control: 'number' },
  number: { min: '最小', max: '最大', control: 'text' }, money: { min: '最低', max: '最高', control: 'money' }, choices: { min: '至少选几个', max: '最多选几个', control: 'number' },
  file: { min: '至少几个', max: '最多几个', control: 'number' },
}

export function emptyField(): TypedField {
  return { label: '', kind: 'text', required: false, unique: false, secret: false, decimals: '0', choices: [emptyChoice(), emptyChoice()], condition: '', conditionValue: '', hidden: [], readOnly: [], ...unbound('text') }
}

/** No bounds and no default: what another kind begins with. */
export function unbound(kind: CustomKind): Pick<TypedField, 'min' | 'max' | 'default'> {
  return { min: '', max: '', default: kind === 'choices' ? [] : '' }
}

/** Whether something is said that the sheet folds away. */
export function saysMore({ min, max, default: start, readOnly }: TypedField): boolean {
  return min !== '' || max !== '' || start.length > 0 || readOnly.length > 0
}

/** How a default is typed; none where there can be none. */
export function defaultControl({ kind, choices, unique, secret }: TypedField): { control: string; options: Choice[] } | null {
  if (kind === 'phone' || kind === 'file' || unique || secret) return null
  // A choice that was not saved yet has no key to name it by.
  const options = kind === 'yes_no' ? YES_NO : choices.filter((one) => one.key && !one.retired).map((one) => ({ value: one.key, label: one.label }))
  if ((kind === 'choice' || kind === 'choices') && !options.length) return null
  return { control: CONTROLS[kind], options }
}

export function emptyChoice(): TypedField['choices'][number] {
  return { row: rowKey(), key: '', label: '', retired: false }
}

export function typedField(field: CustomField): TypedField {
  const { label, kind, rules } = field
  return {
    label, kind, required: rules.required, unique: rules.unique, secret: rules.secret, decimals: String(rules.decimals ?? 0),
    choices: rules.choices.map((one) => ({ row: rowKey(), key: one.key ?? '', label: one.label, retired: one.retired ?? false })),
    condition: rules.condition?.field ?? '', conditionValue: rules.condition ? conditionValue(rules.condition) : '', hidden: rules.hidden_from,
    readOnly: rules.read_only_for, min: typedBound(kind, rules.min), max: typedBound(kind, rules.max), default: defaultOf(field) as string | string[],
  }
}

function typedBound(kind: CustomKind, bound: number | null | undefined): string {
  if (bound === null || bound === undefined) return ''
  return kind === 'money' ? (bound / 100).toFixed(2) : String(bound)
}

/** What is no number is sent as it is, so that the rules can say so. */
function sentBound(kind: CustomKind, typed: string): number | null {
  const text = typed.trim()
  if (text === '' || !BOUNDS[kind]) return null
  const number = kind === 'money' ? fen(text) : /^-?\d{1,15}$/.test(text) ? Number(text) : null
  return number ?? (text as unknown as number)
}

function sentDefault(kind: CustomKind, typed: string | string[]): string | null {
  if (Array.isArray(typed)) return typed.length ? typed.join(',') : null
  const text = typed.trim()
  if (text === '') return null
  return kind === 'money' ? String(fen(text) ?? text) : text
}

/** `=value`, or the operator alone: one list of chips says both. */
function conditionValue({ op, value }: FieldCondition): string {
  return op === 'is' ? `=${value ?? ''}` : op
}

/** What everybody has and a field can be made to depend on. */
export const ABOUT: Choice[] = [
  { value: 'customer-type', label: '客户类型' }, { value: 'customer-kind', label: '个人/企业' }, { value: 'customer-industry', label: '行业' }, { value: 'customer-source', label: '来源' }, { value: 'customer-region', label: '地区' },
]

/** The answers of a field that everybody has; a region is picked instead. */
function aboutChoices(name: string, types: Choice[]): Choice[] {
  const answers: Record<string, Choice[]> = {
    'customer-type': types, 'customer-kind': CUSTOMER_KIND_CHOICES, 'customer-industry': INDUSTRY_CHOICES, 'customer-source': SOURCE_CHOICES,
  }
  const found = (answers[name] ?? []).map(({ value, label }) => ({ value: `=${value}`, label }))
  return name === 'customer-type' || name === 'customer-kind' ? found : [...found, { value: 'filled', label: '已填写' }, { value: 'empty', label: '没填' }]
}

/** What a field can be made to depend on: the answers of the other one. */
export function conditionChoices(name: string, fields: CustomField[], types: Choice[]): Choice[] {
  if (ABOUT.some((one) => one.value === name)) return aboutChoices(name, types)
  const other = fields.find((one) => one.key === name)
  if (!other) return []
  const answers = other.kind === 'yes_no' ? [{ value: '=true', label: '是' }, { value: '=false', label: '否' }]
    : other.rules.choices.filter((one) => !one.retired).map((one) => ({ value: `=${one.key ?? ''}`, label: one.label }))
  return [...answers, { value: 'filled', label: '已填写' }, { value: 'empty', label: '没填' }]
}

export function sentTerms(typed: TypedField): Partial<FieldTerms> {
  const { kind, condition, conditionValue: value } = typed
  const chooses = kind === 'choice' || kind === 'choices'
  const depends: FieldCondition | null = !condition ? null
    : value.startsWith('=') ? { field: condition, op: 'is', value: value.slice(1) } : { field: condition, op: value === 'empty' ? 'empty' : 'filled' }
  return {
    required: typed.required, unique: typed.unique, secret: kind === 'text' && typed.secret, condition: depends, hidden_from: typed.hidden,
    read_only_for: typed.readOnly, min: sentBound(kind, typed.min), max: sentBound(kind, typed.max), default: defaultControl(typed) ? sentDefault(kind, typed.default) : null,
    decimals: kind === 'number' ? Number(typed.decimals) : null,
    choices: chooses ? typed.choices.filter((one) => one.label.trim() !== '').map(({ key, label, retired }) => ({ ...(key ? { key } : {}), label: label.trim(), retired })) : [],
  }
}

export function sentField(typed: TypedField): NewCustomField {
  return { label: typed.label, kind: typed.kind, rules: sentTerms(typed) }
}

/** 单选 · 必填 · 唯一. */
export function fieldLine({ kind, rules }: CustomField): string {
  const marks = [rules.required && '必填', rules.unique && '唯一', rules.secret && '敏感', rules.condition && '按条件', rules.hidden_from.length > 0 && '部分角色看不到', rules.read_only_for.length > 0 && '部分角色只读']
  return [CUSTOM_KINDS[kind], ...marks].filter(Boolean).join(' · ')
}
