import { rights } from '../../api/rights'
import type { Filter } from '../../api/types'

/**
 * What the list really asks for. A name or number is looked for everywhere; the list itself is of those whom
 * somebody looks after, until the pool is asked about.
 */
export function whole(filter: Filter, q: string): Filter {
  const clauses = filter.all ?? []
  const pool = clauses.some((clause) => clause.any.some((test) => test.field === 'pool'))
  if (q || pool || !rights()?.pool) return filter
  return { all: [...clauses, { any: [{ field: 'pool', op: 'empty', values: [] }] }] }
}
