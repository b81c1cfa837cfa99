import { listCustomerTypes } from '../../../../api/custom-fields'
import { createRule, deleteRule, listRules, simulateRule, updateRule } from '../../../../api/pools'
import { asProblem } from '../../../../api/problem'
import type { Problem } from '../../../../api/problem'
import { uuid } from '../../../../api/random'
import { staffNames } from '../../../../api/staff'
import { listTagGroups } from '../../../../api/tags'
import type { RecycleRule, RecycleTerms } from '../../../../api/types'
import { reveal } from '../../../../behaviors/reveal'
import { TYPES } from '../../../../words/names'
import type { Choice } from '../../../../words/names'
import { MISSING_CHOICES, enableWord, forecastWord, termsLine, termsWord } from '../../../../words/pools'
import type { TermNames } from '../../../../words/pools'
import { stamp } from '../../../../words/when'

type Tap = WechatMiniprogram.TouchEvent

interface Row {
  id: string
  title: string
  line: string
  on: boolean
}

const EMPTY: RecycleTerms = { by: 'contact', days: 30, working_days: false, types: [], tag_ids: [], spare_deals: true, warn_days: 3 }

/** The fields of the sheet, as they stand. */
const SHOWN: string[] = ['days', 'by', 'warn_days', 'types', 'tag_ids']

/** When customers fall into a pool: the rules, each with what it would do before it is switched on. */
Component({
  properties: { pool: { type: String, value: '' } },
  data: {
    rows: [] as Row[], rules: [] as RecycleRule[], types: [] as Choice[], tags: [] as Choice[], living: null as Choice[] | null,
    basis: MISSING_CHOICES as Choice[],
    shown: false, was: null as RecycleRule | null, terms: EMPTY, days: '30', warn: '3',
    said: '', falling: [] as { id: string; name: string; when: string }[], asking: false, failure: '', errors: {} as Record<string, string>, saving: false,
  },
  observers: {
    pool(id: string) {
      if (id) void this.load()
    },
  },
  methods: {
    async load() {
      try {
        const [{ items }] = await Promise.all([listRules(this.data.pool), this.learn()])
        const names = this.names()
        this.setData({ rules: items, rows: items.map((one) => ({ id: one.id, title: termsWord(one.terms), line: termsLine(one.terms, names), on: one.enabled })) })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },

    async begin(was: RecycleRule | null) {
      const terms = { ...EMPTY, ...(was?.terms ?? {}) }
      this.setData({ shown: true, was, terms, days: String(terms.days), warn: String(terms.warn_days), said: '', falling: [], failure: '', errors: {} })
      await this.learn()
      this.drawTags()
    },
    /** What types and tags there are. */
    async learn() {
      const [types, groups] = await Promise.all([listCustomerTypes().catch(() => null), listTagGroups().catch(() => null)])
      this.setData({
        types: (types?.items ?? []).map((one) => ({ value: one.code, label: one.name ?? TYPES[one.code as keyof typeof TYPES] ?? one.code })),
        living: groups && groups.items.flatMap((group) => group.tags).map((tag) => ({ value: tag.id, label: tag.name })),
      })
    },
    /** Where they cannot be had, a line says how many there are. */
    names(): TermNames | undefined {
      if (!this.data.living || !this.data.types.length) return undefined
      const named = (all: Choice[]): Map<string, string> => new Map(all.map(({ value, label }) => [value, label]))
      return { types: named(this.data.types), tags: named(this.data.living) }
    },
    /** The tags there are, and what is chosen of those that were deleted: it can be taken off, and is gone then. */
    drawTags() {
      const { living, terms } = this.data
      const gone = (terms.tag_ids ?? []).filter((id) => living && !living.some((tag) => tag.value === id))
      this.setData({ tags: [...gone.map((value) => ({ value, label: '已删除的标签' })), ...(living ?? [])] })
    },
    add() {
      void this.begin(null)
    },
    edit(event: Tap) {
      const was = this.data.rules.find((one) => one.id === event.currentTarget.dataset['id'])
      if (was) void this.begin(was)
    },
    close() {
      this.setData({ shown: false })
    },
    onField(event: WechatMiniprogram.CustomEvent<{ name: string; value: unknown }>) {
      const { name, value } = event.detail
      const own = name === 'days' || name === 'warn'
      // What was foretold is of other terms.
      const { [name === 'warn' ? 'warn_days' : name]: _, ...errors } = this.data.errors
      this.setData({ [own ? name : `terms.${name}`]: value, said: '', falling: [], failure: '', errors })
      if (name === 'tag_ids') this.drawTags()
    },
    toggle(event: Tap) {
      const name = String(event.currentTarget.dataset['name']) as 'working_days' | 'spare_deals'
      this.setData({ [`terms.${name}`]: !this.data.terms[name], said: '', falling: [], failure: '' })
    },
    typed(): RecycleTerms {
      const { terms, days, warn } = this.data
      return { ...terms, days: Number(days || 0), warn_days: Number(warn || 0) }
    },

    async simulate() {
      if (this.data.asking) return
      this.setData({ asking: true, failure: '', errors: {} })
      try {
        const found = await simulateRule(this.data.pool, this.typed())
        const names = await staffNames()
        const falling = found.items.map((one) => ({ id: one.id, name: `${one.name} · ${names.get(one.owner_id) ?? ''}`, when: stamp(one.falls_at).replace(/ \d\d:\d\d$/, '') }))
        this.setData({ said: forecastWord(found), falling })
      } catch (thrown) {
        this.refuse(asProblem(thrown))
      } finally {
        this.setData({ asking: false })
      }
    },
    /** Each reason beside its field, what belongs to none on top; the sheet moves to the first one. */
    refuse(why: Problem) {
      const errors: Record<string, string> = {}
      const loose: string[] = []
      for (const { field, detail } of why.errors) {
        const [name = ''] = field.replace(/^terms\./, '').split('.')
        if (this.shows(name)) errors[name] ??= detail
        else loose.push(detail)
      }
      if (!why.errors.length) loose.push(why.sentence)
      this.setData({ errors, failure: loose.join('；') }, () => reveal(this, loose.length ? [''] : Object.keys(errors)))
    },
    shows(name: string): boolean {
      return SHOWN.includes(name) && (name !== 'types' || this.data.types.length > 0) && (name !== 'tag_ids' || this.data.tags.length > 0)
    },

    async save() {
      const { was, pool } = this.data
      await this.attempt('已保存规则', async () => (was ? updateRule(was, { terms: this.typed() }) : createRule(pool, this.typed(), await uuid())))
    },
    switchOn(event: Tap) {
      const rule = this.data.rules.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!rule) return
      if (rule.enabled) void this.attempt('已停用规则', () => updateRule(rule, { enabled: false }))
      else void this.askOn(rule)
    },
    /** Whom it takes is said first; where that cannot be counted, the server says why when it is switched on. */
    async askOn(rule: RecycleRule) {
      if (this.data.asking) return
      this.setData({ asking: true })
      const found = await simulateRule(this.data.pool, rule.terms).catch(() => null)
      this.setData({ asking: false })
      wx.showModal({
        title: '启用规则',
        content: enableWord(rule.terms, this.names(), found),
        confirmText: '启用',
        success: ({ confirm }) => {
          if (confirm) void this.attempt('已启用规则', () => updateRule(rule, { enabled: true }))
        },
      })
    },
    async remove() {
      const { was } = this.data
      if (was) await this.attempt('已删除规则', () => deleteRule(was))
    },
    async attempt(said: string, step: () => Promise<unknown>) {
      if (this.data.saving) return
      this.setData({ saving: true, failure: '', errors: {} })
      try {
        await step()
        this.close()
        wx.showToast({ icon: 'none', title: said })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.shown) this.refuse(why)
        else wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ saving: false })
        void this.load()
      }
    },
  },
})
