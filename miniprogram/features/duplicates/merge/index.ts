import { announce } from '../../../api/changes'
import { listCustomFields, listCustomerTypes } from '../../../api/custom-fields'
import { findCustomer } from '../../../api/customers'
import { mergeCustomers } from '../../../api/duplicates'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { writesEmails, writesPhones } from '../../../api/rights'
import { staffNames } from '../../../api/staff'
import type { CustomField, CustomerView, MergeBody, MergeSide } from '../../../api/types'
import { giveWay } from '../../../behaviors/back'
import { mergeFields, mergeRows, toldApart } from '../../../words/duplicates'
import type { MergeRow } from '../../../words/duplicates'
import { stamp } from '../../../words/when'

/** Two records side by side: what differs first, and which of each stays. */
Component({
  data: {
    phase: 'loading', message: '', ids: ['', ''], mine: null as CustomerView | null, theirs: null as CustomerView | null,
    made: ['', ''], called: ['', ''], rows: [] as MergeRow[], same: [] as MergeRow[], showSame: false, saving: false, key: '',
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ ids: [query['this'] ?? '', query['other'] ?? ''] })
      void this.load()
    },
    async load() {
      const [one, two] = this.data.ids
      try {
        const [mine, theirs, fields, names, types] = await Promise.all([
          findCustomer(one ?? ''), findCustomer(two ?? ''), listCustomFields().catch(() => [] as CustomField[]), staffNames(), listCustomerTypes().catch(() => ({ items: [] })),
        ])
        const own = new Map(types.items.map((type) => [type.code, type.name ?? '']))
        const locked = [...(writesPhones() ? [] : ['phones', 'wechat_ids', 'address']), ...(writesEmails() ? [] : ['emails'])]
        const rows = mergeRows(mine, theirs, fields, names, own, locked)
        const made = [mine, theirs].map((of) => `${stamp(of.created_at)} 建档`)
        this.setData({ mine, theirs, made, called: toldApart(mine, theirs, names), rows: rows.filter((row) => row.kind !== 'same'), same: rows.filter((row) => row.kind === 'same'), phase: 'ready', key: await uuid() })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    /** The other one stays. */
    swap() {
      const [one, two] = this.data.ids
      this.setData({ ids: [two ?? '', one ?? ''], phase: 'loading' })
      void this.load()
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      const { index, side } = event.currentTarget.dataset as { index: number; side: MergeSide }
      if (!this.data.rows[Number(index)]?.locked) this.setData({ [`rows[${Number(index)}].side`]: side })
    },
    toggleSame() {
      this.setData({ showSame: !this.data.showSame })
    },

    merge() {
      const { mine, theirs, called: [stays, goes] } = this.data
      if (!mine || !theirs || this.data.saving) return
      wx.showModal({
        title: `把 ${goes ?? ''} 合并到 ${stays ?? ''}？`, confirmText: '合并',
        content: `${goes ?? ''} 的跟进、待办、订单都转过来，这位客户不再单独显示。30 天内可以撤销。`,
        success: ({ confirm }) => {
          if (confirm) void this.mergeNow(mine, theirs)
        },
      })
    },
    async mergeNow(mine: CustomerView, theirs: CustomerView) {
      this.setData({ saving: true })
      try {
        const body = { other_id: theirs.id, fields: mergeFields(this.data.rows), versions: { this: mine.version, other: theirs.version } } as unknown as MergeBody
        await mergeCustomers(mine.id, body, this.data.key)
        announce('customerGone', { id: theirs.id })
        announce('customer', await findCustomer(mine.id))
        wx.showToast({ icon: 'none', title: `已合并到 ${mine.name}` })
        giveWay(this, `/features/customers/detail/index?id=${mine.id}`)
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.code === 'version_stale' ? '刚刚有人改过，已换成最新的，请再核对' : (why.errors[0]?.detail ?? why.sentence) })
        if (why.code === 'version_stale') void this.load()
      } finally {
        this.setData({ saving: false })
      }
    },
  },
})
