import { send } from './http'

/** What anybody may know of this installation, without signing in. */
export function getWelcome(): Promise<{ name: string; businesses: number }> {
  return send('GET', 'welcome', {}, null)
}
