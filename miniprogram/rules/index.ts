/**
 * The rules of `domain`, compiled to WebAssembly: the phone says the same as the server, before
 * anything is sent. Every answer may be `null`: the module is absent or has trapped, and the server
 * decides.
 */

import type { Glue } from './glue'
import type { FormName, MachineName, Permission } from './names'
import { TEXTS } from './texts'

export type { FormName, MachineName, Permission }

export interface Violation {
  /** `lines.0.quantity`; empty for the form as a whole. */
  field: string
  code: string
  params: Record<string, string | number>
  /** The text for people. */
  detail: string
}

export interface Move {
  event: string
  next: string
}

const UNKNOWN = '?'

let path = '/rules/validate.wasm.br'
let glue: Glue | null = null
let starting: Promise<boolean> | null = null

/** Loads the module; call it in `App.onLaunch`. Afterwards every check answers at once. */
export function init(module = path): Promise<boolean> {
  path = module
  starting ??= start().catch((error: unknown) => {
    console.warn('rules: the server decides', error)
    starting = null
    return false
  })
  return starting
}

async function start(): Promise<boolean> {
  if (typeof WXWebAssembly === 'undefined') return false
  // Not an import: a package without the module must still start.
  const makeGlue = require('./glue') as () => Glue
  const made: unknown = await WXWebAssembly.instantiate(path, {})
  // The typings promise an Instance, the web gives a pair; phones have done both.
  const instance = ((made as { instance?: unknown }).instance ?? made) as { exports: unknown }
  const fresh = makeGlue()
  fresh.__wbg_set_wasm(instance.exports)
  glue = fresh
  return true
}

/** Checks a whole form; an empty list means that the server would take it. */
export function checkForm(form: FormName, value: unknown): Violation[] | null {
  return report(ask((rules) => rules.check_form(form, JSON.stringify(value) ?? 'null')))
}

/** Checks one field by its path (`lines.0.quantity`); `undefined` means that it is absent. */
export function checkField(form: FormName, field: string, value: unknown): Violation[] | null {
  const json = value === undefined ? '' : JSON.stringify(value)
  return report(ask((rules) => rules.check_field(form, field, json)))
}

/**
 * Checks what is filled into the business's own fields: `definitions` as the server lists them, `given` what would be
 * sent as `custom`, `known` what the record has, or null for a new one.
 */
export function checkCustom(definitions: readonly unknown[], given: Record<string, unknown>, known: Record<string, unknown> | null): Violation[] | null {
  return report(ask((rules) => rules.check_custom(JSON.stringify(definitions), JSON.stringify(given), known === null ? '' : JSON.stringify(known))))
}

/** The keys of the business's own fields that are asked for, by what a record holds. */
export function askedFields(definitions: readonly unknown[], record: Record<string, unknown>): string[] | null {
  const answer = ask((rules) => rules.asked_fields(JSON.stringify(definitions), JSON.stringify(record)))
  return answer === null ? null : lines(answer).map(([key = '']) => key)
}

/** The legal moves out of a state. */
export function nextMoves(machine: MachineName, state: string): Move[] | null {
  const answer = ask((rules) => rules.next_moves(machine, state))
  return answer === null ? null : lines(answer).map(([event = '', next = '']) => ({ event, next }))
}

/** Whether a role may do something. */
export function can(role: string, permission: Permission): boolean | null {
  const answer = ask((rules) => rules.permissions(role))
  return answer === null ? null : lines(answer).some(([name]) => name === permission)
}

/** The text of a code, for problems that were made on the phone. */
export function detail(code: string, params: Violation['params'] = {}): string {
  return (TEXTS[code] ?? code).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

function ask(question: (rules: Glue) => string): string | null {
  if (glue === null) return null
  try {
    const answer = question(glue)
    return answer === UNKNOWN ? null : answer
  } catch (error) {
    // After a trap the instance's stack and memory are in no known state: take a new one.
    console.warn('rules: trapped', error)
    glue = null
    starting = null
    void init()
    return null
  }
}

function report(answer: string | null): Violation[] | null {
  if (answer === null) return null
  return lines(answer).map(([field = '', code = '', list = '']) => {
    const params: Violation['params'] = {}
    for (const pair of list.split(',')) {
      const at = pair.indexOf('=')
      if (at > 0) params[pair.slice(0, at)] = scalar(pair.slice(at + 1))
    }
    return { field, code, params, detail: detail(code, params) }
  })
}

function scalar(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text
}

function lines(answer: string): string[][] {
  return answer.split('\n').filter((line) => line !== '').map((line) => line.split('\t'))
}
