import type { FormName, Violation } from '../rules/index'

type Check = (form: FormName, field: string, value: unknown) => Violation[] | null

/** The module does not hold the form itself; these fields of forms that it holds have the very same rules. */
const SAME: Record<string, [FormName, string]> = {
  business: ['new_customer', 'name'],
  name: ['new_customer', 'name'],
  phone: ['new_order', 'phone'],
}

/** What is said of a field that is left empty: why it is asked for. */
const MISSING: Record<string, string> = { business: '写上店名，顾客才知道是哪家店', name: '写上姓名，同事才知道你是谁' }

/** What is wrong with a business that somebody wants to open. `check` asks the rules module, and answers null without it. */
export function signUpViolations(body: Record<string, unknown>, check: Check): Violation[] {
  return Object.entries(SAME).flatMap(([field, [form, like]]) => {
    const value = String(body[field] ?? '').trim()
    const missing = MISSING[field]
    if (!value) return missing ? [{ field, code: 'required', params: {}, detail: missing }] : []
    return (check(form, like, value) ?? []).map((one) => ({ ...one, field }))
  })
}
