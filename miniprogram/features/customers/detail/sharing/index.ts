import { listSharers, shareCustomer, unshareCustomer } from '../../../../api/customers'
import { asProblem } from '../../../../api/problem'
import { listStaff } from '../../../../api/staff'
import type { HelperLevel, Sharer } from '../../../../api/types'
import { section } from '../../../../behaviors/section'
import { initial } from '../../../../words/customers'
import type { Choice } from '../../../../words/names'
import { atWork } from '../../../../words/people'

type Tap = WechatMiniprogram.TouchEvent

const LEVELS: Choice<HelperLevel>[] = [
  { value: 'read', label: '可查看' },
  { value: 'edit', label: '可编辑' },
]

interface Row {
  id: string
  name: string
  initial: string
  level: string
}

/** Which colleagues help with a customer: the list, and the sheet that asks one more. */
Component({
  behaviors: [section],
  properties: {
    customer: { type: String, value: '' },
    owner: { type: null, value: '' },
    /** Whether one may ask colleagues and let them go. */
    editable: { type: Boolean, value: false },
  },
  data: { rows: [] as Row[], open: false, levels: LEVELS, level: 'read' as HelperLevel, staff: '', people: [] as Choice[], error: '', saving: false },
  observers: {
    customer(id: string) {
      if (id) void this.load()
    },
  },
  methods: {
    async load() {
      const came = await this.section(() => listSharers(this.data.customer), ({ items }) => this.draw(items))
      // Whoever waits for it goes on without: the server decides what one may do.
      if (!came && !this.data.rows.length) this.triggerEvent('sharers', { items: [] })
    },
    draw(items: Sharer[]) {
      this.setData({
        why: '', rows: items.map(({ staff_id, name, level }) => ({ id: staff_id, name, initial: initial(name), level: LEVELS.find((one) => one.value === level)?.label ?? '' })),
      })
      this.triggerEvent('sharers', { items })
    },

    async ask() {
      this.setData({ open: true, error: '', staff: '', level: 'read' })
      try {
        const { items } = await listStaff()
        const people = atWork(items).filter((one) => one.id !== this.data.owner)
        this.setData({ people: people.map((one) => ({ value: one.id, label: one.name })) })
      } catch (thrown) {
        this.setData({ error: asProblem(thrown).sentence })
      }
    },
    close() {
      this.setData({ open: false })
    },
    choose(event: Tap) {
      this.setData({ staff: String(event.currentTarget.dataset['id']), error: '' })
    },
    onLevel(event: WechatMiniprogram.CustomEvent<{ value: HelperLevel }>) {
      this.setData({ level: event.detail.value })
    },

    async save() {
      const { staff, level, customer, people, saving } = this.data
      if (saving) return
      if (!staff) return this.setData({ error: '选一位同事' })
      this.setData({ saving: true, error: '' })
      try {
        this.draw((await shareCustomer(customer, staff, level)).items)
        this.setData({ open: false })
        wx.showToast({ icon: 'none', title: `已请 ${people.find((one) => one.value === staff)?.label ?? '同事'} 协作` })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ saving: false })
      }
    },

    remove(event: Tap) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      wx.showModal({
        title: `不再请 ${name} 协作`,
        content: `${name} 将看不到这位客户，除非本来就由其负责。`,
        confirmText: '移除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(id, name)
        },
      })
    },
    async removeNow(id: string, name: string) {
      try {
        this.draw((await unshareCustomer(this.data.customer, id)).items)
        wx.showToast({ icon: 'none', title: `${name} 不再协作` })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
