import { announce } from '../../../api/changes'
import { findMerge, listMerges, undoMerge } from '../../../api/duplicates'
import { asProblem } from '../../../api/problem'
import { knownNames, staffNames } from '../../../api/staff'
import type { Merge, Page } from '../../../api/types'
import { paged } from '../../../behaviors/paged'
import { keptLine, logRow } from '../../../words/duplicates'
import type { LogRow } from '../../../words/duplicates'

/** What was merged, the newest first; and taking it back. */
Component({
  behaviors: [paged],
  data: { undoing: '' },

  methods: {
    onLoad() {
      void this.first()
    },
    async first() {
      // Without the names the list is still of use.
      await staffNames().catch(() => undefined)
      await this.reload(true)
    },
    async onPullDownRefresh() {
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    retry() {
      void this.first()
    },
    fetchPage(cursor: string | null): Promise<Page<Merge>> {
      return listMerges(cursor)
    },
    present(merge: Merge) {
      return logRow(merge, knownNames())
    },

    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['customer'])}` })
    },
    undo(event: WechatMiniprogram.TouchEvent) {
      const row = (this.data.rows as unknown as LogRow[]).find((one) => one.id === event.currentTarget.dataset['id'])
      if (!row || this.data.undoing) return
      wx.showModal({
        title: '撤销这次合并？', content: '两位客户恢复成合并前的样子；合并之后有人改过的内容留在合并后的那位。', confirmText: '撤销',
        success: ({ confirm }) => {
          if (confirm) void this.undoNow(row)
        },
      })
    },
    async undoNow(row: LogRow) {
      this.setData({ undoing: row.id })
      try {
        const merge = await undoMerge(row.id)
        this.replaceRow(merge)
        announce('customerGone', { id: merge.other_id })
        const stayed = merge.kept ? keptLine(await findMerge(row.id)) : ''
        wx.showToast({ icon: 'none', title: stayed ? `已撤销，${stayed}后来改过，没有撤回` : '已撤销，两位客户都恢复了' })
      } catch (thrown) {
        const why = asProblem(thrown)
        const holder = why.code === 'undo_blocked' ? why.existing : undefined
        const held = why.errors[0]?.field === 'phones' ? '电话' : '唯一内容'
        wx.showToast({ icon: 'none', title: holder ? `${held}已被客户 ${holder.name_masked} 使用，不能撤销` : why.sentence })
      } finally {
        this.setData({ undoing: '' })
      }
    },
  },
})
