import { RANGES, chosen, ends, isRange, shows } from './conditions'
import type { Ends, Question, Said } from './conditions'
import { SINGLE } from './filters'
import type { Single, Wanted } from './filters'
import type { Choice } from './names'

/** The sheet of conditions, piece by piece: what is drawn for each. */

export interface Group {
  id: string
  title: string
  options: (Choice & { on: boolean })[]
  /** One input, two of a range, or none. */
  inputs: '' | 'one' | 'two'
  kind: string
  labels: Ends
  typed: Ends
  errors: Ends
}

/** What somebody is typing, by the id of its group: it stays as it is, whatever is understood of it. */
export type Typing = Record<string, { typed: Ends; errors: Ends }>

/** Opens the days of one's own; no value of any field. */
export const OWN_DAYS = 'own-days'

const KINDS: Partial<Record<Question['by'], string>> = { number: 'decimal', money: 'money', date: 'date', yearday: 'date', whole: 'text', text: 'text' }

function inputs(question: Question, said: Said | undefined, typing: Typing[string] | undefined): Pick<Group, 'inputs' | 'kind' | 'labels' | 'typed' | 'errors'> {
  const { by, phone } = question
  const dated = by === 'date' || by === 'yearday'
  const labels: Ends = isRange(question) ? (dated ? ['从', '到'] : ['最少', '最多']) : [by === 'text' ? '包含' : phone ? '完整的号码' : '完整的内容', '']
  return {
    inputs: isRange(question) ? 'two' : by === 'text' || by === 'whole' ? 'one' : '', kind: phone ? 'phone' : (KINDS[by] ?? ''), labels,
    typed: typing?.typed ?? ends(question, said), errors: typing?.errors ?? ['', ''],
  }
}

const NONE = { inputs: '', kind: '', labels: ['', ''], typed: ['', ''], errors: ['', ''] } as Pick<Group, 'inputs' | 'kind' | 'labels' | 'typed' | 'errors'>

/** Chips of which one, or any number, is chosen; nothing to type. */
export function chipGroup(id: string, title: string, options: readonly Choice[], on: string[]): Group {
  return { id, title, options: options.map(({ value, label }) => ({ value, label, on: on.includes(value) })), ...NONE }
}

/** A few answers that stand there, and days of one's own when somebody wants these. */
export function singleGroup(id: Single, title: string, wanted: Wanted, typing: Typing, open: boolean): Group {
  const group = chipGroup(id, title, SINGLE[id], [wanted[id]])
  const question = RANGES[id]
  if (!question) return group
  const said = wanted.own[question.field]
  const shown = open || said !== undefined
  const options = [...group.options, { value: OWN_DAYS, label: '选日期', on: shown }]
  return shown ? { ...group, options, ...inputs(question, said, typing[id]) } : { ...group, options }
}

/** The control of a field; what it has no place for stands there in words, as a chip that is on. */
export function questionGroup(question: Question, wanted: Wanted, typing: Typing, words: (field: string, said: Said) => string): Group {
  const said = wanted.own[question.field]
  const group = chipGroup(question.field, question.label, question.options, chosen(question, said))
  const more = said && !shows(question, said) ? [{ value: said.op, label: words(question.field, said), on: true }] : []
  return { ...group, options: [...group.options, ...more], ...inputs(question, said, typing[question.field]) }
}
