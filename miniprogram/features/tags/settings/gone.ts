import { actor } from '../../../api/session'
import { due } from '../../../words/when'

/** For so long the server brings back a tag that was deleted or merged. */
const STAYS_MS = 30 * 60_000

/** A tag, or a group with its tags. */
export interface Going {
  id: string
  name: string
  colour: string
  group: boolean
}

interface Gone {
  tag: Going
  /** Deleted, or merged into what. */
  how: string
  until: number
}

/** A tag or a group as the list of those that went says it. */
export interface GoneRow {
  id: string
  name: string
  colour: string
  group: boolean
  line: string
}

/** The server does not list them: what went from this phone stays known until it is closed, beyond the page. */
let known: { actor: string; tags: Gone[] } = { actor: '', tags: [] }

function lasting(now: number): Gone[] {
  return known.actor === actor() ? known.tags.filter((one) => one.until > now) : []
}

export function rememberGone(tag: Going, how: string, now = Date.now()): void {
  known = { actor: actor(), tags: [{ tag, how, until: now + STAYS_MS }, ...lasting(now).filter((one) => one.tag.id !== tag.id)] }
}

export function forgetGone(id: string, now = Date.now()): void {
  known = { actor: actor(), tags: lasting(now).filter((one) => one.tag.id !== id) }
}

/** Those that can still come back, the newest first. */
export function goneRows(now = Date.now()): GoneRow[] {
  return lasting(now).map(({ tag, how, until }) => ({ id: tag.id, name: tag.name, colour: tag.colour, group: tag.group, line: `${how} · ${due(new Date(until).toISOString(), now).replace('今天 ', '')} 以前可以恢复` }))
}

/** When the next of them can come back no more, in milliseconds from now; null when there is none. */
export function nextGone(now = Date.now()): number | null {
  const ends = lasting(now).map((one) => one.until - now)
  return ends.length ? Math.min(...ends) : null
}
