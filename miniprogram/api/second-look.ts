import { problem } from './problem'
import type { StepUpMethod } from './types'

/** Whoever waits for the person to prove once more that it is they. Several requests may wait for one proof. */
let waiting: { proof: Promise<void>; done: () => void; left: (thrown: unknown) => void } | null = null

/** Asks the person; resolves when the session may do what is dangerous. */
export function secondLook(methods: StepUpMethod[]): Promise<void> {
  if (waiting) return waiting.proof
  let done = (): void => undefined
  let left = (_: unknown): void => undefined
  const proof = new Promise<void>((resolve, reject) => {
    done = resolve
    left = reject
  })
  waiting = { proof, done, left }
  // Whoever asked may be showing that it waits, which would cover the question.
  wx.hideLoading({ fail: () => undefined })
  wx.navigateTo({ url: `/features/accounts/step-up/index?methods=${methods.join(',')}`, fail: () => settle(false) })
  return proof
}

/** The sheet says how it ended; a second time is nothing new. */
export function settle(proved: boolean): void {
  const who = waiting
  waiting = null
  if (proved) who?.done()
  else who?.left(problem('step_up_left'))
}
