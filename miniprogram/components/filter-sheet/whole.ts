import { isGone } from '../../api/custom-fields'
import { rights } from '../../api/rights'
import type { Clause, Filter } from '../../api/types'

/** Nobody was written down so long ago. */
const NOBODY: Clause = { any: [{ field: 'created', op: 'less', values: ['1900-01-01'] }] }

/** The server knows no field that was deleted: nobody has anything in it, as when it opens a view that names one. */
function withoutGone(clause: Clause): Clause {
  const any = clause.any.filter(({ field }) => !isGone(field))
  return any.length === clause.any.length ? clause : any.length ? { any } : NOBODY
}

/**
 * What the list really asks for. A name or number is looked for everywhere; the list itself is of those whom
 * somebody looks after, until the pool is asked about.
 */
export function whole(filter: Filter, q: string): Filter {
  const clauses = (filter.all ?? []).map(withoutGone)
  const pool = clauses.some((clause) => clause.any.some((test) => test.field === 'pool'))
  if (q || pool || !rights()?.pool) return { all: clauses }
  return { all: [...clauses, { any: [{ field: 'pool', op: 'empty', values: [] }] }] }
}
