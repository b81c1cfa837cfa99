import type { StaffMember, Team } from '../api/types'
import { initial } from './customers'
import type { Choice } from './names'
import { roleWord } from './rights'

export interface Branch {
  team: Team
  depth: number
}

/** The teams as a tree, written from top to bottom. */
export function branches(teams: Team[], under: string | null = null, depth = 0): Branch[] {
  // A team whose parent is gone stands at the top rather than nowhere.
  const known = new Set(teams.map((team) => team.id))
  const parentOf = (team: Team): string | null => (team.parent_id && known.has(team.parent_id) ? team.parent_id : null)
  return teams
    .filter((team) => parentOf(team) === under)
    .flatMap((team) => [{ team, depth }, ...branches(teams, team.id, depth + 1)])
}

/** A team and all below it. */
export function withBelow(teams: Team[], id: string): Set<string> {
  const all = branches(teams)
  const at = all.findIndex((one) => one.team.id === id)
  const top = all[at]
  if (!top) return new Set([id])
  const rest = all.slice(at + 1)
  const end = rest.findIndex((one) => one.depth <= top.depth)
  return new Set([id, ...(end < 0 ? rest : rest.slice(0, end)).map((one) => one.team.id)])
}

/** Teams to choose from; the indent says what belongs to what. */
export function teamChoices(teams: Team[], none: string): Choice[] {
  return [{ value: '', label: none }, ...branches(teams).map(({ team, depth }) => ({ value: team.id, label: `${'　'.repeat(depth)}${team.name}` }))]
}

/** Those to whom something can be given: neither kept from work, nor declined to come. */
export function atWork(people: StaffMember[]): StaffMember[] {
  return people.filter((one) => !one.suspended && !one.declined)
}

export interface PersonRow {
  id: string
  name: string
  initial: string
  role: string
  /** 停用, 还没登录 or 不加入; empty for whoever works. */
  mark: string
  me: boolean
}

export function personRow(person: StaffMember, me: string): PersonRow {
  return {
    id: person.id, name: person.name, initial: initial(person.name), role: roleWord(person),
    mark: person.suspended ? '已停用' : person.active ? '' : person.declined ? '不加入' : '还没登录', me: person.id === me,
  }
}

export interface Group {
  id: string
  name: string
  lead: string
  /** How far its name is indented, as a style says it. */
  indent: string
  people: PersonRow[]
}

/** Everybody by team: first who is in none, then the tree. A team that nobody is in is shown too. */
export function groups(people: StaffMember[], teams: Team[], me: string): Group[] {
  const known = new Set(teams.map((team) => team.id))
  const inTeam = (id: string | null): PersonRow[] =>
    people.filter((one) => (one.team_id && known.has(one.team_id) ? one.team_id : null) === id).map((one) => personRow(one, me))
  const names = new Map(people.map((one) => [one.id, one.name]))
  const tree = branches(teams).map(({ team, depth }) => ({
    id: team.id, name: team.name, indent: indent(depth), people: inTeam(team.id), lead: (team.lead_id && names.get(team.lead_id)) || '',
  }))
  const alone = inTeam(null)
  return [...(alone.length ? [{ id: '', name: teams.length ? '没有团队' : '', lead: '', indent: '0', people: alone }] : []), ...tree]
}

/**
 * Whom the record can be asked for: who works here, then others who did something that was shown: who left, or runs the
 * machine. `met` are names by id; without `staff` nobody knows who works here.
 */
export function actorChoices(staff: { id: string; name?: string | null }[], met: Record<string, string>): Choice[] {
  const here = new Set(staff.map((one) => one.id))
  const others = Object.entries(met).filter(([id]) => !here.has(id))
  return [...staff.map((one) => ({ value: one.id, label: one.name ?? '' })), ...others.map(([value, name]) => ({ value, label: staff.length ? `${name}（不在员工名单）` : name }))]
}

/** Deep trees stop moving to the right: a phone is narrow. */
export function indent(depth: number): string {
  return `${Math.min(depth, 4) * 16}px`
}
