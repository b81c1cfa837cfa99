import { consent, listConsents } from './privacy'
import { me, onSession } from './session'

type Answer = (answer: { event: 'agree' | 'disagree'; buttonId?: string }) => void

/**
 * Whether somebody agrees to the 隐私保护指引. WeChat keeps whether it was agreed to on this phone and asks when one of its
 * private functions is used; the server keeps who agreed to which version. One gate, on whatever page is open, answers both.
 */
let waiting: Answer[] = []
let asking = false
/** Said yes while the app runs: then nobody is asked a second time. */
let agreed = false
/** Whose consent the server was asked about. */
let compared = ''
let contract = '《隐私保护指引》'
const gates = new Set<() => void>()

export function watchAgreement(): void {
  wx.onNeedPrivacyAuthorization((resolve) => {
    waiting.push(resolve as unknown as Answer)
    ask(true)
  })
  onSession(() => void compare())
  void neededAtWechat().then((needed) => (needed ? ask(true) : compare()))
}

/** What a gate shows now. */
export function agreement(): { asking: boolean; contract: string } {
  return { asking, contract }
}

/** Tells a gate when that changes. */
export function onAgreement(tell: () => void): () => void {
  gates.add(tell)
  return () => {
    gates.delete(tell)
  }
}

export function answerAgreement(yes: boolean): void {
  ask(false)
  const said: Parameters<Answer>[0] = yes ? { event: 'agree', buttonId: 'agree-privacy' } : { event: 'disagree' }
  for (const resolve of waiting.splice(0)) resolve(said)
  if (!yes) return
  agreed = true
  compared = ''
  void compare()
}

function ask(now: boolean): void {
  asking = now
  gates.forEach((tell) => tell())
}

function neededAtWechat(): Promise<boolean> {
  return new Promise((resolve) => {
    wx.getPrivacySetting({
      success: ({ needAuthorization, privacyContractName }) => {
        contract = privacyContractName || contract
        resolve(needAuthorization)
      },
      fail: () => resolve(false),
    })
  })
}

/**
 * Compares with what the server has of whoever is signed in. Who agreed at WeChat and never said anything to us is written
 * down; who agreed to an older version, or took it back, is asked anew. Without an answer nothing is done: the next session asks.
 */
async function compare(): Promise<void> {
  const who = me()?.account_id ?? ''
  if (!who || compared === who) return
  compared = who
  try {
    if (!agreed && (await neededAtWechat())) {
      compared = ''
      return
    }
    const { version, privacy_policy, items } = await listConsents()
    if (privacy_policy) return
    if (agreed || !items.some((one) => one.purpose === 'privacy_policy')) await consent('privacy_policy', version, true)
    else ask(true)
  } catch {
    compared = ''
  }
}
