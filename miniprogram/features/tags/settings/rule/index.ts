import { asProblem } from '../../../../api/problem'
import { uuid } from '../../../../api/random'
import { knownNames } from '../../../../api/staff'
import { changeTagRule, createTagRule, deleteTagRule, knownTags, listTagRules, previewTagRule } from '../../../../api/tags'
import type { Filter, SavedView, TagRule } from '../../../../api/types'
import { listViews } from '../../../../api/views'
import { knownCustomFields, ownTypeNames } from '../../../../api/custom-fields'
import { knownRegions, learnRegions } from '../../../../components/filter-sheet/regions'
import { filterChips } from '../../../../words/filter-words'
import { regionsOf } from '../../../../words/filters'
import { effectWord } from '../../../../words/tags'

/** The rule of a tag: who meets its conditions has it, by itself; how many that would be is said first. */
Component({
  properties: {
    /** The tag; empty while the sheet is closed. */
    tag: { type: String, value: '' },
    name: { type: String, value: '' },
  },
  data: { views: [] as SavedView[], rule: null as TagRule | null, words: '', chosen: '', filter: null as Filter | null, effect: '', error: '', busy: false, loading: false, picking: false, nothing: {} as Filter },
  observers: {
    tag(tag: string) {
      if (tag) void this.load(tag)
    },
  },
  methods: {
    async load(tag: string) {
      this.setData({ loading: true, picking: false, rule: null, words: '', chosen: '', filter: null, effect: '', error: '' })
      try {
        const [rules, views] = await Promise.all([listTagRules(), listViews()])
        const rule = rules.items.find((one) => one.tag_id === tag) ?? null
        this.setData({ views: views.items, rule, words: rule ? await this.said(rule.filter) : '' })
        if (rule) await this.count(rule.filter)
      } catch (thrown) {
        this.setData({ error: asProblem(thrown).sentence })
      } finally {
        this.setData({ loading: false })
      }
    },
    async said(filter: Filter): Promise<string> {
      const [types] = await Promise.all([ownTypeNames(), learnRegions(regionsOf(filter))])
      const chips = filterChips(filter, { tags: knownTags(), staff: knownNames(), regions: knownRegions(), types, fields: knownCustomFields() })
      return chips.map((chip) => chip.text).join('；') || '所有客户'
    },
    async count(filter: Filter) {
      this.setData({ filter, effect: '', error: '' })
      try {
        const effect = await previewTagRule(this.data.tag, filter)
        if (this.data.filter === filter) this.setData({ effect: effectWord(effect) })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence, filter: null })
      }
    },
    async choose(event: WechatMiniprogram.TouchEvent) {
      const view = this.data.views.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!view) return
      this.setData({ chosen: view.id, words: await this.said(view.filter) })
      void this.count(view.filter)
    },
    pick() {
      this.setData({ picking: true })
    },
    unpick() {
      this.setData({ picking: false })
    },
    /** Conditions of its own, which no view has. */
    async picked(event: WechatMiniprogram.CustomEvent<{ filter: Filter }>) {
      const { filter } = event.detail
      this.setData({ picking: false, chosen: '', words: await this.said(filter) })
      void this.count(filter)
    },
    async attempt(said: string, step: () => Promise<unknown>) {
      if (this.data.busy) return
      this.setData({ busy: true, error: '' })
      try {
        await step()
        wx.showToast({ icon: 'none', title: said })
        this.close()
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
    on() {
      const { rule, filter, tag } = this.data
      if (!filter) return this.setData({ error: '先选条件' })
      void this.attempt('已开启，正在给客户打标签', async () => (rule ? changeTagRule(rule, { filter, enabled: true }) : createTagRule({ tag_id: tag, filter, enabled: true }, await uuid())))
    },
    off() {
      const { rule } = this.data
      if (rule) void this.attempt('已停用，打过的标签还在', () => changeTagRule(rule, { enabled: false }))
    },
    remove() {
      const { rule, name } = this.data
      if (!rule) return
      wx.showModal({
        title: `删除 ${name} 的规则`,
        content: '已经打上的标签不会去掉。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt('已删除规则', () => deleteTagRule(rule))
        },
      })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
