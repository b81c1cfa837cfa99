import { randomHex } from './random'
import { send } from './http'
import { asProblem, problem } from './problem'
import { deviceName } from '../words/devices'
import { whyLeft } from '../words/left'
import type { Left, Me, Session, Side } from './types'

/** Who is signed in on this phone. Kept in storage, so that a killed app comes back as it was. */
interface Kept {
  access: string
  /** Milliseconds since the epoch. */
  expires: number
  refresh: string
  me: Me
}

const KEY = 'session'
const DEVICE_KEY = 'device'

let kept: Kept | null = load()
let renewing: Promise<void> | null = null
const listeners = new Set<() => void>()

function load(): Kept | null {
  const found: unknown = wx.getStorageSync(KEY)
  return typeof found === 'object' && found !== null && 'refresh' in found ? (found as Kept) : null
}

/** What the server answered replaces what was known. */
export function keep(session: Session): Me {
  kept = {
    access: session.access_token,
    expires: Date.now() + session.expires_in * 1000,
    refresh: session.refresh_token ?? kept?.refresh ?? '',
    me: session.me,
  }
  wx.setStorageSync(KEY, kept)
  listeners.forEach((tell) => tell())
  return session.me
}

export function forget(): void {
  kept = null
  wx.removeStorageSync(KEY)
  listeners.forEach((tell) => tell())
}

/** This device was ordered to forget everything: sessions, drafts, caches, its own name. */
export function obeyWipe(): void {
  kept = null
  wx.clearStorageSync()
  listeners.forEach((tell) => tell())
  wx.reLaunch({ url: '/pages/home/index' })
}

/** Tells when somebody signs in, switches or leaves. */
export function onSession(tell: () => void): () => void {
  listeners.add(tell)
  return () => {
    listeners.delete(tell)
  }
}

export function me(): Me | null {
  return kept?.me ?? null
}

export function side(): Side {
  return kept?.me.side ?? 'customer'
}

/** Name of the business one acts in. */
export function business(): string {
  const who = kept?.me
  return who?.businesses.find((one) => one.tenant_id === who.tenant_id)?.name ?? ''
}

/** Whether this phone knows of a business that one works in. */
export function worksSomewhere(): boolean {
  return (kept?.me.businesses.length ?? 0) > 0
}

/** Whether the server granted this right. */
export function may(permission: string): boolean {
  return kept?.me.permissions.includes(permission) ?? false
}

/** Name of this account and business, to keep their drafts and caches apart. */
export function actor(): string {
  return kept ? `${kept.me.account_id}.${kept.me.tenant_id ?? 'me'}` : 'nobody'
}

/** A token that is not about to expire, or null when nobody is signed in. */
export async function token(): Promise<string | null> {
  if (kept && kept.expires - Date.now() < 10_000) await renew()
  return kept?.access ?? null
}

/**
 * Asks for a new token, once however many requests need it; signs in again when that is refused. Where somebody ended
 * the session the server answers on the customer side then: this phone is back at work only when that is chosen on it.
 */
export function renew(): Promise<void> {
  renewing ??= renewNow().finally(() => {
    renewing = null
  })
  return renewing
}

async function renewNow(): Promise<void> {
  if (!kept) throw problem('unauthenticated', 401)
  const was = kept.me
  const answer = await send<Session>('POST', 'auth/refresh', { body: { refresh_token: kept.refresh, device: await device() } }, null).catch(
    (thrown: unknown) => {
      if (asProblem(thrown).status !== 401 || asProblem(thrown).code === 'wiped') throw thrown
      forget()
      return logIn()
    },
  )
  const now = keep(answer)
  if (now.side === was.side && now.tenant_id === was.tenant_id) return
  // One no longer acts there: what is on the screen is not one's own any more.
  const left = was.side === 'staff' ? answer.left : null
  wx.reLaunch({ url: '/pages/home/index', complete: () => left && say(left) })
  throw problem('unauthenticated', 401)
}

/** Tells whoever was at work a moment ago why they are not any more. */
function say(left: Left): void {
  wx.showModal({ title: '已退出员工端', content: whyLeft(left), showCancel: false, confirmText: '知道了' })
}

/** Signs in by WeChat: nothing to type, nothing to remember. */
export async function signIn(): Promise<Me> {
  return keep(await logIn())
}

async function logIn(): Promise<Session> {
  const code = await new Promise<string>((resolve, reject) => {
    wx.login({ success: (answer) => resolve(answer.code), fail: () => reject(problem('network')) })
  })
  return send<Session>('POST', 'auth/wechat', { body: { code, device: await device(), ...label() } }, null).catch((thrown: unknown) => {
    // Ordered after its session had ended; it goes on as a device that nobody knows.
    if (asProblem(thrown).code === 'wiped') obeyWipe()
    throw thrown
  })
}

/** What this phone is called in the list of devices: `Apple iPhone 15`. */
function label(): { label?: string } {
  const { brand, model } = wx.getDeviceInfo()
  const words = deviceName(`${brand ?? ''} ${model ?? ''}`).slice(0, 50)
  return words ? { label: words } : {}
}

/** A random name this phone gave itself; ties the refresh token to it. */
async function device(): Promise<string> {
  const known: unknown = wx.getStorageSync(DEVICE_KEY)
  if (typeof known === 'string' && known) return known
  const made = await randomHex(16)
  wx.setStorageSync(DEVICE_KEY, made)
  return made
}
