import { Problem, asProblem } from '../api/problem'
import { uuid } from '../api/random'
import type { Violation } from '../api/types'
import { checkField, checkForm } from '../rules/index'
import type { FormName } from '../rules/index'
import { dropDraft, flushDraft, keepDraft, readDraft } from './draft'
import type { Attempt, FormState } from './draft'
import { alike, met } from './merge'
import type { Side } from './merge'
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
  /** Takes the record as it is now, when it was saved elsewhere; answers how the form would begin with it. */
  renewed?: (current: unknown) => Newest
  /** Asks what the newest says where it is masked, as far as one may. */
  unmask?: () => Promise<void>
  /** The fields that stay masked: nobody sees whether they are what they were. */
  hidden?: () => string[]
  /** Ends what both changed to something else; null when whoever is asked does not say. */
  chooseSide?: (fields: string[]) => Promise<Side | null>
  /** A field that a colleague changed, in words: 名称（现在是“老客立减”）. */
  saying?: (field: string, value: unknown) => string
  data: { form: FormState }
}

/** A record as a form would begin with it. */
export interface Newest {
  form: FormState
  version: number
}

/** Said after what was saved, when a colleague's changes are in it as well. */
export const TOGETHER = '，同事刚改的也保留了'

/** How often a save goes on by itself when somebody saves at the same time again and again. */
const TRIES = 3

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
    /** The record's newest, as the form would begin with it: its version, and the one that was typed over. */
    newest: {} as FormState,
    at: 0,
    over: 0,
    together: '',
    errors: {} as Record<string, string>,
    /** A refusal that belongs to no field. */
    failure: '',
    saving: false,
    restored: false,
    draft: '',
    attempt: { key: '', body: '' } as Attempt,
    /** What stands here was sent and never answered: it may be there already. */
    unanswered: false,
  },

  methods: {
    /**
     * Begins with what was typed last time, or with the defaults. Of a record that is there `version` says which one:
     * what was typed over an older one is merged with it, and asked about before it goes over what both changed.
     */
    startForm(name: string, defaults: FormState, version = 0): void {
      const found = readDraft(name)
      const { form, base } = met(found?.base ?? defaults, found?.form ?? defaults, defaults)
      this.data.attempt = found?.attempt ?? { key: '', body: '' }
      const restored = !alike(form, base)
      Object.assign(this.data, { newest: copied(defaults), at: version, over: restored ? (found?.over ?? -1) : version, together: '' })
      // Of a new one there is nothing that somebody else could have changed.
      if (!version) this.data.over = 0
      this.setData({ draft: name, base: copied(base), form: copied(form), restored, errors: {}, failure: '' })
      this.weigh()
    },

    /** Throws away what was typed. */
    restartForm(defaults: FormState): void {
      dropDraft(this.data.draft)
      Object.assign(this.data, { newest: copied(defaults), over: this.data.at, together: '' })
      this.setData({ base: copied(defaults), form: defaults, restored: false, errors: {}, failure: '' })
    },

    /** The record was saved elsewhere: whatever only one side changed is merged. */
    meet({ form: newest, version }: Newest): void {
      const { form, base, theirs } = met(this.data.base, this.data.form, newest)
      Object.assign(this.data, { newest: copied(newest), at: version, together: theirs ? TOGETHER : this.data.together })
      this.setData({ base: copied(base), form: copied(form) })
      this.remember()
    },

    /** Whether nothing stands against sending: what both changed since is put to whoever typed it. */
    async settled(): Promise<boolean> {
      if (this.data.over === this.data.at) return true
      const host = this as unknown as Host
      await host.unmask?.()
      const hidden = host.hidden?.() ?? []
      const { clashes } = met(this.data.base, this.data.form, this.data.newest, hidden)
      const side = clashes.length ? await (host.chooseSide ? host.chooseSide(clashes) : this.tellFirst(clashes)) : 'mine'
      if (!side) return false
      const { base, form } = met(this.data.base, this.data.form, this.data.newest, hidden, side)
      this.data.over = this.data.at
      this.setData({ base: copied(base), form: copied(form) })
      this.remember()
      if (side === 'mine' || !alike(form, base)) return true
      // Nothing of one's own is left to save.
      dropDraft(this.data.draft)
      this.setData({ restored: false })
      wx.showToast({ icon: 'none', title: '已换成最新的资料' })
      return false
    },
    /** Where there is no table to compare: what the colleague wrote is said, and saving once more goes over it. */
    tellFirst(clashes: string[]): Promise<Side | null> {
      const host = this as unknown as Host
      const { base, form } = met(this.data.base, this.data.form, this.data.newest, [], 'mine')
      this.data.over = this.data.at
      this.setData({ base: copied(base), form: copied(form) })
      this.remember()
      const said = clashes.map((field) => host.saying?.(field, valueAt(this.data.newest, field)) ?? '').filter(Boolean)
      this.fail(`同事刚刚改了${[...new Set(said)].join('、') || '同样的地方'}，和你填的不一样。核对后再保存一次，就用你填的`)
      return Promise.resolve(null)
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
      this.weigh()
      this.remember()
    },

    /** Says whether what stands here was sent already, by the last try. */
    weigh(): void {
      const { attempt, form, unanswered } = this.data
      const now = attempt.lost === true && attempt.body === JSON.stringify((this as unknown as Host).toBody(form))
      if (now !== unanswered) this.setData({ unanswered: now })
    },

    remember(): void {
      const { draft, form, base, attempt, over } = this.data
      keepDraft(draft, { form, base, attempt, over })
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

    /**
     * Checks, sends, and says what is wrong. Answers null when nothing was saved. When somebody saved meanwhile, what
     * only one side changed is merged and sent again at once; when the server has all of it already, as after an answer
     * that was lost, it is saved.
     */
    async save<T>(send: (body: Record<string, unknown>, idempotencyKey: string) => Promise<T>): Promise<T | null> {
      if (this.data.saving || !this.passes()) return null
      const host = this as unknown as Host
      this.setData({ saving: true, failure: '' })
      try {
        if (!(await this.settled())) return null
        for (let tries = 1; ; tries += 1) {
          try {
            const body = host.toBody(this.data.form)
            const saved = await send(body, await this.attemptKey(body))
            dropDraft(this.data.draft)
            return saved
          } catch (thrown) {
            const why = asProblem(thrown)
            this.lost(why)
            if (why.code !== 'version_stale' || !why.current || !host.renewed || tries >= TRIES) throw thrown
            this.meet(host.renewed(why.current))
            if (!(await this.settled())) return null
            if (!alike(this.data.form, this.data.base)) continue
            dropDraft(this.data.draft)
            return why.current as T
          }
        }
      } catch (thrown) {
        this.refused(asProblem(thrown))
        return null
      } finally {
        this.setData({ saving: false })
      }
    },

    /** Without an answer nobody knows whether it was saved. */
    lost(why: Problem): void {
      this.data.attempt.lost = why.offline || why.code === 'timeout'
      this.weigh()
      this.remember()
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

/** 名称（现在是“老客立减”）: what a colleague made of a field. */
export function changedWord(label: string | undefined, value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : null
  return (label ?? '') + (text === null ? '' : text ? `（现在是“${text}”）` : '（现在是空的）')
}

/** The start of a form must not change with the form: both would hold the same rows. */
export function copied(form: FormState): FormState {
  return JSON.parse(JSON.stringify(form)) as FormState
}

/** `lines.0.name` as setData writes it: `lines[0].name`. */
function path(name: string): string {
  return name.replace(/\.(\d+)(?=\.|$)/g, '[$1]')
}

function valueAt(body: unknown, name: string): unknown {
  return name.split('.').reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined), body)
}
