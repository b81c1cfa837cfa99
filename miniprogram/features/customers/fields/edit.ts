import type { CustomField, CustomKind, FieldCondition, FieldTerms, NewCustomField } from '../../../api/types'
import { rowKey } from '../../../words/key'
import { CUSTOM_KINDS } from '../../../words/names'
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
}

export function emptyField(): TypedField {
  return { label: '', kind: 'text', required: false, unique: false, secret: false, decimals: '0', choices: [emptyChoice(), emptyChoice()], condition: '', conditionValue: '', hidden: [] }
}

export function emptyChoice(): TypedField['choices'][number] {
  return { row: rowKey(), key: '', label: '', retired: false }
}

export function typedField({ label, kind, rules }: CustomField): TypedField {
  return {
    label, kind, required: rules.required, unique: rules.unique, secret: rules.secret, decimals: String(rules.decimals ?? 0),
    choices: rules.choices.map((one) => ({ row: rowKey(), key: one.key ?? '', label: one.label, retired: one.retired ?? false })),
    condition: rules.condition?.field ?? '', conditionValue: rules.condition ? conditionValue(rules.condition) : '', hidden: rules.hidden_from,
  }
}

/** `=value`, or the operator alone: one list of chips says both. */
function conditionValue({ op, value }: FieldCondition): string {
  return op === 'is' ? `=${value ?? ''}` : op
}

/** What a field can be made to depend on: the answers of the other one. */
export function conditionChoices(other: CustomField | undefined): Choice[] {
  if (!other) return []
  const answers = other.kind === 'yes_no' ? [{ value: '=true', label: '是' }, { value: '=false', label: '否' }]
    : other.rules.choices.filter((one) => !one.retired).map((one) => ({ value: `=${one.key ?? ''}`, label: one.label }))
  return [...answers, { value: 'filled', label: '已填写' }, { value: 'empty', label: '没填' }]
}

export function sentTerms(typed: TypedField, was: CustomField | null): Partial<FieldTerms> {
  const { kind, condition, conditionValue: value } = typed
  const kept = was?.rules
  const chooses = kind === 'choice' || kind === 'choices'
  const depends: FieldCondition | null = !condition ? null
    : value.startsWith('=') ? { field: condition, op: 'is', value: value.slice(1) } : { field: condition, op: value === 'empty' ? 'empty' : 'filled' }
  return {
    required: typed.required, unique: typed.unique, secret: kind === 'text' && typed.secret, condition: depends, hidden_from: typed.hidden,
    read_only_for: kept?.read_only_for ?? [], min: kept?.min ?? null, max: kept?.max ?? null, default: kept?.default ?? null,
    decimals: kind === 'number' ? Number(typed.decimals) : null,
    choices: chooses ? typed.choices.filter((one) => one.label.trim() !== '').map(({ key, label, retired }) => ({ ...(key ? { key } : {}), label: label.trim(), retired })) : [],
  }
}

export function sentField(typed: TypedField): NewCustomField {
  return { label: typed.label, kind: typed.kind, rules: sentTerms(typed, null) }
}

/** 单选 · 必填 · 唯一. */
export function fieldLine({ kind, rules }: CustomField): string {
  const marks = [rules.required && '必填', rules.unique && '唯一', rules.secret && '敏感', rules.condition && '按条件', rules.hidden_from.length > 0 && '部分角色看不到']
  return [CUSTOM_KINDS[kind], ...marks].filter(Boolean).join(' · ')
}
