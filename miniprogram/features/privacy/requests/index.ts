import { asProblem } from '../../../api/problem'
import { answer, listDataRequests, listFadingCustomers } from '../../../api/privacy'
import type { DataAnswer, StaffDataRequest } from '../../../api/privacy'
import { GROUNDS, KINDS, STATES, dateOf, ground, stillOpen } from '../../../words/privacy'

type Row = StaffDataRequest & { what: string; more: string }

interface Fading {
  id: string
  name: string
  more: string
}

/** What customers ask about their own data, and whom retention is about to erase; for whoever may erase. */
Component({
  data: { phase: 'loading', message: '', rows: [] as Row[], fading: [] as Fading[], total: '', days: 0, busy: false },

  methods: {
    onLoad() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const [requests, soon] = await Promise.all([listDataRequests(), listFadingCustomers()])
        const rows = requests.items.map((one) => ({
          ...one,
          what: `${one.customer_name} 申请${KINDS[one.kind]} · ${STATES[one.state]}`,
          more: one.state === 'waiting' ? `${one.text ?? ''} 请在 ${dateOf(one.due_at)} 前答复`.trim() : ground(one.ground),
        }))
        const fading = soon.items.map(({ id, name, erased_from_at }) => ({ id, name, more: `最早 ${dateOf(erased_from_at)} 删除` }))
        this.setData({ rows, fading, total: `${soon.count}${soon.capped ? '+' : ''}`, days: soon.customers_idle_days, phase: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${event.currentTarget.dataset['id']}` })
    },

    choose(event: WechatMiniprogram.TouchEvent) {
      const row = this.data.rows.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!row || row.state !== 'waiting') return
      const customer = `/features/customers/detail/index?id=${row.customer_id}`
      const done = row.kind === 'delete' ? '同意，永久删除' : '已更正'
      wx.showActionSheet({
        itemList: ['查看客户', done, '拒绝'],
        success: ({ tapIndex }) => {
          if (tapIndex === 0) wx.navigateTo({ url: customer })
          else if (tapIndex === 1) this.confirm(row)
          else this.refuse(row)
        },
      })
    },
    confirm(row: Row) {
      const erases = row.kind === 'delete'
      wx.showModal({
        title: erases ? '永久删除这位客户？' : '资料已经改好了？',
        content: erases ? '电话、地址、备注和跟进都会消失，不能恢复。订单去掉姓名后保留。' : '顾客会看到申请已完成。',
        confirmText: erases ? '永久删除' : '已更正',
        ...(erases ? { confirmColor: '#C0352A' } : {}),
        success: ({ confirm }) => {
          if (confirm) void this.send(row, { outcome: 'done' })
        },
      })
    },
    refuse(row: Row) {
      wx.showActionSheet({
        alertText: '法律允许的理由',
        itemList: GROUNDS.map((one) => one.text),
        success: ({ tapIndex }) => {
          const chosen = GROUNDS[tapIndex]
          if (chosen) void this.send(row, { outcome: 'refused', ground: chosen.code })
        },
      })
    },
    async send(row: Row, body: DataAnswer) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await answer(row, body)
        wx.showToast({ icon: 'none', title: '已答复' })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'orders_open') wx.showModal({ ...stillOpen(why), success: ({ confirm }) => confirm && void this.send(row, { outcome: 'done', with_open_orders: true }) })
        else wx.showToast({ icon: 'none', title: why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
