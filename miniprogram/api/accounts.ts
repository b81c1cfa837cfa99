import { request } from './client'
import { Problem } from './problem'
import { forget, keep, me, signIn } from './session'
import type { DeviceSession, Me, Session, Side, StepUpChallenge, StepUpMethod } from './types'

/** Signed in for certain, by WeChat when nobody is yet. */
export async function signedIn(): Promise<Me> {
  return me() ?? signIn()
}

/** Proves the phone by the code of the phone button. */
export async function provePhone(code: string): Promise<Me> {
  await signedIn()
  return keep(await request<Session>('POST', 'auth/phone', { body: { code } }))
}

/** Acts on the other side, or in another business. */
export async function switchTo(to: Side, tenant?: number): Promise<Me> {
  const body = tenant === undefined ? { side: to } : { side: to, tenant_id: tenant }
  return keep(await request<Session>('POST', 'auth/switch', { body }))
}

/** The phone forgets even without a network; the server's token then dies by itself. */
export async function signOut(): Promise<void> {
  try {
    await request<void>('POST', 'auth/logout', { body: {} })
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
  }
  forget()
}

/** Where this account is signed in. */
export async function listDevices(): Promise<DeviceSession[]> {
  return (await request<{ items: DeviceSession[] }>('GET', 'auth/sessions')).items
}

export function endDevice(id: string): Promise<void> {
  return request('DELETE', `auth/sessions/${id}`)
}

/** Ends it and has the device forget everything at its next contact. */
export function wipeDevice(id: string): Promise<void> {
  return request('POST', `auth/sessions/${id}/wipe`, { body: {} })
}

export function endOtherDevices(): Promise<void> {
  return request('POST', 'auth/sessions/revoke-all', { body: {} })
}

export function askForChallenge(method: StepUpMethod): Promise<StepUpChallenge> {
  return request('POST', 'auth/step-up/challenge', { body: { method } })
}

/** What proves it: the code of a message or an app, or what the phone's finger reader signed. */
export type Proof = { code: string } | { result_json: string; signature: string }

export async function prove(challenge: string, proof: Proof): Promise<void> {
  keep(await request<Session>('POST', 'auth/step-up', { body: { challenge, ...proof } }))
}
