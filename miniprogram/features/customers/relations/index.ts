import { createRelation, deleteRelation, listRelations } from '../../../api/customers'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import type { Relation, RelationKind } from '../../../api/types'
import { section } from '../../../behaviors/section'
import { initial } from '../../../words/customers'
import { RELATIONS, RELATION_CHOICES } from '../../../words/names'

interface Row {
  id: string
  other: string
  name: string
  initial: string
  word: string
}

/** Whom a customer knows, of those one sees; and writing down that two know each other. */
Component({
  behaviors: [section],
  properties: {
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as Row[], picking: false, open: false, kinds: RELATION_CHOICES, kind: 'introduced_by' as RelationKind, note: '', other: '', otherName: '', error: '', saving: false },
  observers: {
    customer(id: string) {
      if (id) void this.load()
    },
  },
  methods: {
    load() {
      return this.section(() => listRelations(this.data.customer), ({ items }) => this.setData({ rows: items.map(row) }))
    },

    pick() {
      this.setData({ picking: true })
    },
    closePick() {
      this.setData({ picking: false })
    },
    chosen(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      this.setData({ picking: false, open: true, other: event.detail.id, otherName: event.detail.name, kind: 'introduced_by', note: '', error: '' })
    },
    close() {
      this.setData({ open: false })
    },
    onField(event: WechatMiniprogram.CustomEvent<{ name: 'kind' | 'note'; value: string }>) {
      this.setData({ [event.detail.name]: event.detail.value, error: '' })
    },
    async save() {
      const { customer, other, kind, note, saving } = this.data
      if (saving) return
      this.setData({ saving: true, error: '' })
      try {
        await createRelation(customer, { other_id: other, kind, ...(note.trim() ? { note: note.trim() } : {}) }, await uuid())
        this.setData({ open: false })
        wx.showToast({ icon: 'none', title: `已记下和 ${this.data.otherName} 的关系` })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ saving: false })
      }
    },

    openOther(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
    remove(event: WechatMiniprogram.TouchEvent) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      wx.showModal({
        title: `去掉和 ${name} 的关系`, content: '两位客户本身不受影响。', confirmText: '去掉', confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(id)
        },
      })
    },
    async removeNow(id: string) {
      await deleteRelation(this.data.customer, id).catch((thrown: unknown) => wx.showToast({ icon: 'none', title: asProblem(thrown).sentence }))
      await this.load()
    },
  },
})

/** 介绍人 is said from one side; from the other it is whom one brought. */
function row(one: Relation): Row {
  const word = one.kind === 'introduced_by' && one.inverse ? '由其介绍来' : RELATIONS[one.kind]
  return { id: one.id, other: one.other_id, name: one.other_name, initial: initial(one.other_name), word: one.note ? `${word} · ${one.note}` : word }
}
