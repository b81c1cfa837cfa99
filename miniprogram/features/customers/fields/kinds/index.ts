import { createCustomerType, deleteCustomerType, listCustomerTypes, renameCustomerType } from '../../../../api/custom-fields'
import { asProblem } from '../../../../api/problem'
import { uuid } from '../../../../api/random'
import type { CustomerKindRow } from '../../../../api/types'
import { TYPES } from '../../../../words/names'

/** Types of customers: the four that everybody has, and the business's own. */
Component({
  data: { everybodys: Object.values(TYPES), own: [] as CustomerKindRow[], open: false, was: null as CustomerKindRow | null, label: '', error: '', saving: false },
  lifetimes: {
    attached() {
      void this.load()
    },
  },
  methods: {
    async load() {
      const { items } = await listCustomerTypes().catch(() => ({ items: [] }))
      this.setData({ own: items.filter((one) => one.id !== null) })
    },
    add() {
      this.setData({ open: true, was: null, label: '', error: '' })
    },
    edit(event: WechatMiniprogram.TouchEvent) {
      const was = this.data.own.find((one) => one.id === event.currentTarget.dataset['id']) ?? null
      this.setData({ open: true, was, label: was?.name ?? '', error: '' })
    },
    close() {
      this.setData({ open: false })
    },
    onLabel(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ label: event.detail.value, error: '' })
    },
    save() {
      const { was, label } = this.data
      if (!label.trim()) return this.setData({ error: '写个名称' })
      void this.attempt(`已保存类型 ${label.trim()}`, async () => (was ? renameCustomerType(was, label) : createCustomerType(label, await uuid())))
    },
    remove() {
      const { was } = this.data
      if (!was) return
      wx.showModal({
        title: `删除类型 ${was.name ?? ''}`, content: '还有客户是这个类型时不能删。只管这个类型的公海规则会停用。', confirmText: '删除', confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(`已删除类型 ${was.name ?? ''}`, () => deleteCustomerType(was))
        },
      })
    },
    async attempt(said: string, step: () => Promise<unknown>) {
      if (this.data.saving) return
      this.setData({ saving: true, error: '' })
      try {
        await step()
        this.close()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.code === 'in_use' ? '还有客户是这个类型，先改了再删' : (why.errors[0]?.detail ?? why.sentence) })
      } finally {
        this.setData({ saving: false })
      }
    },
  },
})
