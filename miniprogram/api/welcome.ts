import { send } from './http'

/** What anybody may know of this installation, without signing in. */
export interface Welcome {
  name: string
  businesses: number
  /** Whether anybody may open a business here. */
  signup: boolean
}

export function getWelcome(): Promise<Welcome> {
  return send('GET', 'welcome', {}, null)
}
