/**
 * The vectors of `domain/vectors` against the shipped module, through the shipped loader. Runs in any
 * engine: what differs between engines stands in run-node.mjs and run-jsc.mjs.
 */

import { askedFields, can, checkCustom, checkField, checkForm, init, nextMoves, type Violation } from '../index'

export interface Vector {
  about: string
  form?: string
  field?: string
  value?: unknown
  /** `lines.0.quantity too_small min=1`; `(body)` for the form as a whole. */
  violations?: string[]
  /** Definitions of a business's own fields; `value` is then what is filled in, `known` the record. */
  definitions?: unknown[]
  known?: Record<string, unknown>
  /** The keys of the fields that are asked for when the record is `value`. */
  asked?: string[]
  machine?: string
  state?: string
  /** `accept processing`. */
  moves?: string[]
  role?: string
  can?: string[]
  cannot?: string[]
  /** Text that is not JSON: only the native run, the phone makes its own JSON. */
  raw?: string
}

export async function run(vectors: Vector[], path: string): Promise<string[]> {
  const failures: string[] = []
  const same = (about: string, got: unknown, wanted: unknown) => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      failures.push(`${about}\n  got    ${JSON.stringify(got)}\n  wanted ${JSON.stringify(wanted)}`)
    }
  }
  same('before init the server decides', checkForm('new_tag_group', {}), null)
  same('a wrong path leaves the server to decide', await init('/nowhere.wasm'), false)
  same('the module loads', await init(path), true)
  for (const vector of vectors) {
    if (vector.raw === undefined) one(vector, same)
  }

  // Text as long as a person can paste, twice, so that memory is proved to be given back.
  const long = '好😀'.repeat(6000)
  for (const _ of [1, 2]) {
    same('long text', show(checkField('new_interaction', 'content', long)), ['content too_long max=2000'])
  }
  same('half a character', show(checkField('new_tag_group', 'name', '\ud83d')), ['name malformed'])
  same('an unknown form', checkForm('nothing' as 'new_order', {}), null)

  // More than the module's memory holds: it traps, as any bug in it would.
  same('a trapped module leaves the server to decide', checkField('new_interaction', 'content', 'x'.repeat(300_000)), null)
  same('and until there is a new instance', checkForm('new_tag_group', {}), null)
  same('a new instance loads', await init(path), true)
  same('a new instance takes over', show(checkForm('new_tag_group', {})), ['name required'])
  return failures
}

function one(vector: Vector, same: (about: string, got: unknown, wanted: unknown) => void): void {
  const { about, form, field, value, machine, state, role, definitions, known, asked } = vector
  if (asked !== undefined) {
    same(about, askedFields(definitions ?? [], value as Record<string, unknown>), asked)
  } else if (definitions !== undefined) {
    same(about, show(checkCustom(definitions, value as Record<string, unknown>, known ?? null)), vector.violations)
  } else if (form !== undefined && field !== undefined) {
    same(about, show(checkField(form as 'new_order', field, value)), vector.violations)
  } else if (form !== undefined) {
    same(about, show(checkForm(form as 'new_order', value)), vector.violations)
  } else if (machine !== undefined) {
    const moves = nextMoves(machine as 'order', state ?? '')
    same(about, moves && moves.map((move) => `${move.event} ${move.next}`), vector.moves)
  } else if (role !== undefined) {
    for (const name of vector.can ?? []) same(`${about}: ${name}`, can(role, name as 'orders.read'), true)
    for (const name of vector.cannot ?? []) same(`${about}: ${name}`, can(role, name as 'orders.read'), false)
  }
}

function show(found: Violation[] | null): string[] | null {
  return found && found.map(({ field, code, params }) =>
    [field || '(body)', code, ...Object.keys(params).map((name) => `${name}=${params[name]}`)].join(' '))
}
