import { request } from './client'
import { Problem } from './problem'
import { forget, keep, me, signIn } from './session'
import type { Me, Session, Side } from './types'

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
