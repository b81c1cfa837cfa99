import { Problem, asProblem } from '../api/problem'
import { uuid } from '../api/random'
import type { Violation } from '../api/types'
import { checkField, checkForm } from '../rules/index'
import type { FormName } from '../rules/index'
import { dropDraft, flushDraft, keepDraft, readDraft, typed } from './draft'
import type { FormState } from './draft'
import { reveal } from './reveal'

/** What a form must say of itself. */
interface Host {
  /** Name of the input struct whose rules apply; null for a form that only the server knows. */
  ruleForm: () => FormName | null
  /** What else is wrong with a body, by rules that the form's own do not hold. */
  also?: (body: Record<string, unknown>) => Violation[]
  /** The request body of what was typed. */
  toBody: (form: FormState) => Record<string, unknown>
  /** Unfolds what these fields are folded away in. */
  uncover?: (fields: string[]) => void
  data: { form: FormState }
}

/** Rules about a whole form that a person reads beside one field. */
const HOMES: Record<string, string> = {
  company_missing: 'company',
  next_contact_missing: 'next_contact_at',
  shipment_incomplete: 'tracking_number',
}

type FieldEvent = WechatMiniprogram.CustomEvent<{ name: string; value: unknown; text?: string }>

/** Binding, the check on leaving a field and on saving, the server's refusals beside the fields, and the draft. */
export const form = Behavior({
  data: {
    form: {} as FormState,
    base: {} as FormState,
    errors: {} as Record<string, string>,
    /** A refusal that belongs to no field. */
    failure: '',
    saving: false,
    restored: false,
    draft: '',
    attempt: { key: '', body: '' },
  },

  methods: {
    /** Begins with what was typed last time, or with the defaults. */
    startForm(name: string, defaults: FormState): void {
      const found = readDraft(name)
      const kept = found ? typed(found) : {}
      this.data.attempt = found?.attempt ?? { key: '', body: '' }
      this.setData({ draft: name, base: copied(defaults), form: { ...defaults, ...kept }, restored: Object.keys(kept).length > 0, errors: {}, failure: '' })
    },

    /** Throws away what was typed. */
    restartForm(defaults: FormState): void {
      dropDraft(this.data.draft)
      this.setData({ base: copied(defaults), form: defaults, restored: false, errors: {}, failure: '' })
    },

    onChange(event: FieldEvent): void {
      const { name, value, text } = event.detail
      this.put(name, value)
      if (text !== undefined) this.put(`${name}_text`, text)
    },

    /** Puts one value and forgets the complaint about it. */
    put(name: string, value: unknown): void {
      const { [name]: _, ...errors } = this.data.errors
      this.setData({ [`form.${path(name)}`]: value, errors, failure: '' })
      this.remember()
    },

    remember(): void {
      const { draft, form, base, attempt } = this.data
      keepDraft(draft, { form, base, attempt })
    },

    onLeave(event: FieldEvent): void {
      const { name } = event.detail
      const host = this as unknown as Host
      const rules = host.ruleForm()
      const body = host.toBody(this.data.form)
      const value = valueAt(body, name)
      // Nobody is told off for a field that was only passed through; saving asks for it.
      if (value === undefined || value === null || value === '') return
      const found = rules && !name.startsWith('custom.') ? checkField(rules, name, value) : host.also?.(body).filter((one) => one.field === name)
      if (found?.length) this.setData({ errors: { ...this.data.errors, [name]: found[0]?.detail ?? '' } })
    },

    /** Whether the form may be sent. What is wrong is written beside the fields. */
    passes(): boolean {
      const host = this as unknown as Host
      const rules = host.ruleForm()
      const body = host.toBody(this.data.form)
      const found = [...((rules && checkForm(rules, body)) ?? []), ...(host.also?.(body) ?? [])]
      this.complain(found)
      return !found.length
    },

    /** Checks, sends, and says what is wrong. Answers null when nothing was saved. */
    async save<T>(send: (body: Record<string, unknown>, idempotencyKey: string) => Promise<T>): Promise<T | null> {
      if (this.data.saving || !this.passes()) return null
      this.setData({ saving: true, failure: '' })
      try {
        const body = (this as unknown as Host).toBody(this.data.form)
        const saved = await send(body, await this.attemptKey(body))
        dropDraft(this.data.draft)
        return saved
      } catch (thrown) {
        this.refused(asProblem(thrown))
        return null
      } finally {
        this.setData({ saving: false })
      }
    },

    /** The same key for the same content, so that a retry creates nothing twice. */
    async attemptKey(body: Record<string, unknown>): Promise<string> {
      const text = JSON.stringify(body)
      if (this.data.attempt.body !== text) {
        this.data.attempt = { key: await uuid(), body: text }
        this.remember()
        flushDraft()
      }
      return this.data.attempt.key
    },

    /** A page overrides this for refusals that need more than a sentence. */
    refused(why: Problem): void {
      this.showProblem(why)
    },

    showProblem(why: Problem): void {
      this.complain(why.errors)
      if (why.errors.length) return
      const kept = why.offline ? '，填写的内容已保留' : ''
      this.fail(`${why.sentence}${kept}`)
    },

    /** Says on top what belongs to no field. */
    fail(sentence: string): void {
      this.setData({ failure: sentence }, () => reveal(this, ['']))
    },

    /** Says beside a field what is wrong with it, as far as the page knows by itself. */
    complainOf(field: string, detail: string): void {
      this.complain([{ field, code: 'required', detail }])
    },

    /** Writes each violation beside its field, those without a field on top, and brings the first of them into sight. */
    complain(violations: Violation[]): void {
      const errors: Record<string, string> = {}
      const loose: string[] = []
      for (const { field: named, code, detail } of violations) {
        const field = named || HOMES[code] || ''
        const root = field.split('.')[0] ?? ''
        if (root in this.data.form) errors[field] ??= detail
        else loose.push(detail)
      }
      const refused = Object.keys(errors)
      const host = this as unknown as Host
      if (refused.length) host.uncover?.(refused)
      this.setData({ errors, failure: loose.join('；') }, () => reveal(this, loose.length ? [''] : refused))
    },
  },
})

/** The start of a form must not change with the form: both would hold the same rows. */
function copied(form: FormState): FormState {
  return JSON.parse(JSON.stringify(form)) as FormState
}

/** `lines.0.name` as setData writes it: `lines[0].name`. */
function path(name: string): string {
  return name.replace(/\.(\d+)(?=\.|$)/g, '[$1]')
}

function valueAt(body: unknown, name: string): unknown {
  return name.split('.').reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined), body)
}
