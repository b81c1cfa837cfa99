import { actor } from '../api/session'

/** What was typed, field by field. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each form knows the type of its own fields
export type FormState = Record<string, any>

const WAIT_MS = 300
let waiting: { timer: number; write: () => void } | null = null

function key(name: string): string {
  return `draft:${actor()}:${name}`
}

/** What was typed into this form before the page was left or the app was killed. */
export function readDraft(name: string): FormState | null {
  const found: unknown = wx.getStorageSync(key(name))
  return typeof found === 'object' && found !== null ? (found as FormState) : null
}

/** Keeps what was typed; a burst of keys is written once. */
export function keepDraft(name: string, form: FormState): void {
  if (!name) return
  if (waiting) clearTimeout(waiting.timer)
  const place = key(name)
  const write = (): void => {
    waiting = null
    wx.setStorageSync(place, form)
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
