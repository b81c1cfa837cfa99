import { listen } from './changes'
import { may, me, renew } from './session'
import type { FieldRule, Rights } from './types'

/** How far one sees in this business, and what of some fields; null on the customer side. */
export function rights(): Rights | null {
  return me()?.staff?.rights ?? null
}

function opens(rule: FieldRule | undefined): boolean {
  return rule === 'show' || rule === 'read_only'
}

/** Whether there is a row for a phone at all, masked or not. */
export function seesPhones(): boolean {
  return rights()?.fields.phones !== 'hide'
}

/** Whether a whole number may be asked for. */
export function opensPhones(): boolean {
  return may('customers.reveal') && opens(rights()?.fields.phones)
}

export function writesPhones(): boolean {
  return rights()?.fields.phones === 'show'
}

/** E-mails have a rule of their own; a server that does not say it shows them as phones. */
function emails(): FieldRule | undefined {
  const fields = rights()?.fields
  return fields?.emails ?? fields?.phones
}

export function seesEmails(): boolean {
  return emails() !== 'hide'
}

export function opensEmails(): boolean {
  return may('customers.reveal') && opens(emails())
}

export function writesEmails(): boolean {
  return emails() === 'show'
}

/** Whether one may hand out a customer's whole record: only who sees whole what stands in it. */
export function exportsRecords(): boolean {
  return may('customers.export') && opens(rights()?.fields.phones) && opens(emails())
}

/** Whether there is a place for a sum at all; it may hold stars. */
export function seesAmounts(): boolean {
  return rights()?.fields.amounts !== 'hide'
}

/** Whether one may write a sum down. */
export function writesAmounts(): boolean {
  return rights()?.fields.amounts === 'show'
}

/** An order carries prices and a phone: whoever may not write those cannot place one. */
export function placesOrders(): boolean {
  return may('orders.write') && may('customers.read') && writesPhones() && writesAmounts()
}

let lookedWith = ''

/**
 * Somebody changed one's role while one works: what the server refuses is not what this phone believes.
 * A new token brings the rights of now, and every page that listens to the session draws itself anew. Once a
 * token: a page that goes on asking for what is not allowed must not turn the phone into a mill.
 */
export function watchRights(): void {
  listen('forbidden', ({ token }) => {
    if (token === lookedWith) return
    lookedWith = token
    void renew().catch(() => undefined)
  })
}
