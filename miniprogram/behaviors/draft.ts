import { actor } from '../api/session'

/** What was typed, field by field. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each form knows the type of its own fields
export type FormState = Record<string, any>

/** A try to save: the same content goes under the same key. */
export interface Attempt {
  key: string
  body: string
  /** No answer came: it may have arrived. */
  lost?: boolean
}

/** What is kept of a form that was not saved. */
export interface Draft {
  form: FormState
  /** What it was typed over: only what differs from it was typed by a person. */
  base: FormState
  /** The version of the record that it was typed over; none of a new one. */
  over?: number
  /** The last try to save it. */
  attempt: Attempt
}

const WAIT_MS = 300
let waiting: { timer: number; write: () => void } | null = null

function key(name: string): string {
  return `draft:${actor()}:${name}`
}

/** What was typed into this form before the page was left or the app was killed. */
export function readDraft(name: string): Draft | null {
  const found: unknown = wx.getStorageSync(key(name))
  return typeof found === 'object' && found !== null && 'base' in found ? (found as Draft) : null
}

/** Keeps what was typed; a burst of keys is written once. */
export function keepDraft(name: string, draft: Draft): void {
  if (!name) return
  if (waiting) clearTimeout(waiting.timer)
  const place = key(name)
  const write = (): void => {
    waiting = null
    wx.setStorageSync(place, draft)
  }
  waiting = { timer: setTimeout(write, WAIT_MS), write }
}

export function dropDraft(name: string): void {
  if (waiting) clearTimeout(waiting.timer)
  waiting = null
  if (name) wx.removeStorageSync(key(name))
}

/** Writes what is still waiting: the page is going away. */
export function flushDraft(): void {
  if (!waiting) return
  clearTimeout(waiting.timer)
  waiting.write()
}
