import type { FormState } from './draft'

/** Three versions of a form become one: what was typed over, what stands there now, and what the record says by now. */

export interface Met {
  form: FormState
  /** What typing is measured by from now on: the newest, but where both changed still what was typed over. */
  base: FormState
  /** What both changed, each to something else: `name`, `custom.size`. */
  clashes: string[]
  /** Whether the form took in something that a colleague changed. */
  theirs: boolean
}

/** How a clash ends: with what was typed, or with the newest. */
export type Side = 'mine' | 'theirs'

/** A value without what only the form knows of it: the names of its rows, and blanks around a text. */
function bare(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.map((one) => bare(isRecord(one) ? Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'key')) : one))
  return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, bare(one)])) : (value ?? null)
}

export function alike(one: unknown, other: unknown): boolean {
  return JSON.stringify(bare(one)) === JSON.stringify(bare(other))
}

function isRecord(value: unknown): value is FormState {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whatever only one side changed is merged by itself. `hidden` names what is masked in the record: typed over, it is a
 * clash, since nobody sees whether it is what it was. With a `side` every clash ends that way.
 */
export function met(base: FormState, mine: FormState, newest: FormState, hidden: string[] = [], side: Side | null = null, before = ''): Met {
  const out: Met = { form: {}, base: {}, clashes: [], theirs: false }
  const put = (field: string, form: unknown, over: unknown): void => {
    out.form[field] = form
    out.base[field] = over
  }
  const fields = [...new Set([...Object.keys(newest), ...Object.keys(mine)])]
  for (const field of fields.filter((one) => !companion(one, fields))) {
    const [was, here, there] = [base[field] as unknown, mine[field] as unknown, newest[field] as unknown]
    const words = fields.filter((one) => one === `${field}_text`)
    const take = (form: FormState, over: FormState): void => [field, ...words].forEach((one) => put(one, form[one], over[one]))
    if (isRecord(here) && isRecord(there)) {
      const inner = met(isRecord(was) ? was : {}, here, there, hidden, side, `${before}${field}.`)
      put(field, inner.form, inner.base)
      out.clashes.push(...inner.clashes)
      out.theirs ||= inner.theirs
    } else if (alike(here, was)) {
      take(newest, newest)
      out.theirs ||= was !== undefined && !alike(there, was)
    } else if (hidden.includes(before + field) || !(alike(there, was) || alike(here, there))) {
      out.clashes.push(before + field)
      if (side === 'theirs') take(newest, newest)
      // Of a list that could not be unmasked nobody knows what to measure by.
      else take(mine, side === 'mine' && there !== null ? newest : base)
    } else if (alike(here, there)) take(newest, newest)
    else take(mine, newest)
  }
  return out
}

/** `region_text` is the words of `region`, and goes with it. */
function companion(field: string, fields: string[]): boolean {
  return field.endsWith('_text') && fields.includes(field.slice(0, -'_text'.length))
}

/** A number or an address in a list. */
export interface Row {
  key: string
  label: string
}

/**
 * Rows that only one side added, dropped or called otherwise, merged by their text. Null where that cannot be said
 * safely: both dropped some, both moved them, or there would be too many.
 */
export function mergedRows<T extends Row>(began: T[], mine: T[], newest: T[], textOf: (row: T) => string, most = 5): T[] | null {
  const [was, here, there] = [began, mine, newest].map((rows) => new Map(rows.filter((row) => textOf(row)).map((row) => [textOf(row), row]))) as [Map<string, T>, Map<string, T>, Map<string, T>]
  const dropped = (from: Map<string, T>): string[] => [...was.keys()].filter((text) => !from.has(text))
  if (dropped(here).length && dropped(there).length && String(dropped(here)) !== String(dropped(there))) return null
  const order = (rows: Map<string, T>): string => [...rows.keys()].filter((text) => was.has(text) && here.has(text) && there.has(text)).join()
  const kept = order(was)
  const [firstHere, firstThere] = [[...here.keys()][0] ?? '', [...there.keys()][0] ?? '']
  const movedHere = order(here) !== kept || (was.size > 0 && !was.has(firstHere))
  const movedThere = order(there) !== kept || (was.size > 0 && !was.has(firstThere))
  if (movedHere && movedThere && firstHere !== firstThere) return null
  const [lead, follow] = movedHere ? [here, there] : [there, here]
  const texts = [...new Set([...lead.keys(), ...follow.keys()])].filter((text) => (here.has(text) && there.has(text)) || !was.has(text))
  if (texts.length > most) return null
  const rows: T[] = []
  for (const text of texts) {
    const [a, b] = [here.get(text), there.get(text)]
    const row = a ?? b
    if (!row) continue
    const label = was.get(text)?.label ?? ''
    if (a && b && a.label !== b.label && a.label !== label && b.label !== label) return null
    rows.push({ ...row, label: a && b ? (a.label !== label ? a.label : b.label) : row.label })
  }
  return rows
}
