import { listCustomFields, ownTypeNames } from '../../../api/custom-fields'
import { allOffers } from '../../../api/offers'
import { listPools } from '../../../api/pools'
import { listRoles } from '../../../api/roles'
import { may } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import { listTagGroups } from '../../../api/tags'
import { listTeams } from '../../../api/teams'
import type { AuditEntry } from '../../../api/types'
import { knownRegions, learnRegions } from '../../../components/filter-sheet/regions'
import type { Names } from '../words/values'

export interface Named {
  id: string
  name?: string | null
}

/** What the record's ids stand for, as far as this role may ask: what does not come is left out of the lines. */
export async function loadNames(): Promise<Names & { people: Named[] }> {
  const ask = async <T>(allowed: boolean, items: () => Promise<T[]>): Promise<T[]> => (allowed ? items().catch(() => []) : [])
  const [colleagues, customers] = [may('staff.read'), may('customers.read')]
  const [staff, teams, roles, groups, offers, pools, fields, types] = await Promise.all([
    ask(colleagues, async () => (await listStaff()).items),
    ask(colleagues, async () => (await listTeams()).items),
    ask(colleagues, async () => (await listRoles()).items),
    ask(may('tags.read'), async () => (await listTagGroups()).items),
    ask(may('offers.read'), allOffers),
    ask(customers, async () => (await listPools()).items),
    ask(customers, listCustomFields),
    customers ? ownTypeNames() : new Map<string, string>(),
  ])
  const own = roles.flatMap((one) => (one.id ? [{ id: one.id, name: one.name ?? null }] : []))
  const named: Named[] = [...staff, ...teams, ...own, ...groups, ...groups.flatMap((group) => group.tags), ...offers, ...pools, ...fields.map((one) => ({ id: one.id, name: one.label }))]
  return { of: new Map([...knownRegions(), ...named.map((one): [string, string] => [one.id, one.name ?? ''])]), types, fields, people: staff, staff: staff.length > 0 }
}

/** The names, with those of regions that entries name by their codes and that this phone does not know yet. */
export async function placed(names: Names, entries: AuditEntry[]): Promise<Names> {
  const regions = entries.flatMap(({ fields }) => fields.filter(({ name }) => name === 'region'))
  const codes = regions.flatMap((one) => [one.old, one.new]).filter((code): code is string => typeof code === 'string' && code !== '')
  return (await learnRegions(codes)) ? { ...names, of: new Map([...names.of, ...knownRegions()]) } : names
}
