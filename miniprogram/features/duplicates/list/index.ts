import { listen } from '../../../api/changes'
import { ignoreDuplicate, listDuplicates, listScans, scanDuplicates } from '../../../api/duplicates'
import { asProblem } from '../../../api/problem'
import type { DuplicatePair, Page } from '../../../api/types'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { takeTurn } from '../../../behaviors/turns'
import { pairRow, scanLine } from '../../../words/duplicates'
import type { PairRow } from '../../../words/duplicates'

/** How often a scan that is under way is asked how far it is. */
const POLL_MS = 1500

/** Records that look alike, the likest first; and looking for more. */
Component({
  behaviors: [listens, paged],
  data: { line: '', running: false, timer: 0 },
  lifetimes: {
    detached() {
      this.stopAsking()
    },
  },

  methods: {
    async onLoad() {
      this.during(listen('customerGone', () => void this.reload()))
      await Promise.all([this.reload(true), this.drawScan()])
    },
    async onPullDownRefresh() {
      await Promise.all([this.reload(), this.drawScan()])
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    retry() {
      void this.reload(true)
    },
    fetchPage(cursor: string | null): Promise<Page<DuplicatePair>> {
      return listDuplicates(cursor)
    },
    present: pairRow,

    /** How far the last scan is; asked again while it is under way. */
    async drawScan() {
      const newest = this.stopAsking()
      const scan = await listScans().then(({ items }) => items[0], () => undefined)
      if (!newest()) return
      const was = this.data.running
      const running = scan?.running ?? false
      this.setData({ running, line: scanLine(scan) })
      if (running) this.data.timer = setTimeout(() => void this.drawScan(), POLL_MS)
      else if (was) await this.reload()
    },
    /** What is asked already says nothing any more: a scan begins, or the page goes. */
    stopAsking(): () => boolean {
      clearTimeout(this.data.timer)
      return takeTurn(this, 'scan')
    },
    async scan() {
      if (this.data.running) return
      this.stopAsking()
      this.setData({ running: true })
      try {
        await scanDuplicates()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
      await this.drawScan()
    },

    openCustomer(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      if (id) wx.navigateTo({ url: `/features/customers/detail/index?id=${id}` })
    },
    merge(event: WechatMiniprogram.TouchEvent) {
      const row = this.row(event)
      if (row) wx.navigateTo({ url: `/features/duplicates/merge/index?this=${row.sides[0]?.id ?? ''}&other=${row.sides[1]?.id ?? ''}` })
    },
    row(event: WechatMiniprogram.TouchEvent): PairRow | undefined {
      return (this.data.rows as unknown as PairRow[]).find((one) => one.id === event.currentTarget.dataset['id'])
    },
    ignore(event: WechatMiniprogram.TouchEvent) {
      const row = this.row(event)
      if (!row) return
      wx.showModal({
        title: '不是同一位客户？', content: `以后查找不再提示 ${row.sides.map((side) => side.name).join(' 和 ')}。`, confirmText: '不是同一位',
        success: ({ confirm }) => {
          if (confirm) void this.ignoreNow(row.id)
        },
      })
    },
    async ignoreNow(id: string) {
      try {
        await ignoreDuplicate(id)
        this.removeRow(id)
        wx.showToast({ icon: 'none', title: '好，以后不再提示这两位' })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    openLog() {
      wx.navigateTo({ url: '/features/duplicates/log/index' })
    },
  },
})
