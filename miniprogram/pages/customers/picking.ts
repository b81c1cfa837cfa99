import { listCustomers } from '../../api/customers'
import type { CustomerQuery } from '../../api/customers'
import { asProblem } from '../../api/problem'
import type { CustomerRow } from '../../api/types'
import type { Shown } from '../../behaviors/paged'
import { hideTabs } from '../../behaviors/tab-page'

/** What the server takes at once when customers are named one by one. */
const MOST = 500
const PAGE = 100

interface Host {
  data: { rows: Shown[]; q: string; number: string }
  asked(): CustomerQuery
}

/** Choosing customers of the list, one by one or all that it finds. */
export const picking = Behavior({
  data: {
    picking: false,
    picked: {} as Record<string, boolean>,
    ids: [] as string[],
    /** Whoever the filter finds, however far the list was loaded. */
    everything: false,
    chosenCount: '0',
    /** Whether nobody that the list finds is left out. */
    full: false,
    /** How many the words in the box find, when they are more than are taken at once. */
    cut: '',
    mayPick: false,
    /** The offer for which one chooses, when that is why. */
    offer: '',
  },

  methods: {
    onActs(event: WechatMiniprogram.CustomEvent<{ any: boolean }>): void {
      this.setData({ mayPick: event.detail.any })
      if (!event.detail.any && this.data.picking) this.leavePicking()
    },
    beginPicking(): void {
      this.pick([])
      this.setData({ picking: true })
      hideTabs(this, true)
    },
    leavePicking(): void {
      this.pick([])
      this.setData({ picking: false, offer: '' })
      hideTabs(this, false)
    },
    /** A finger that stays on a row begins with that one. */
    onHold(event: WechatMiniprogram.TouchEvent): void {
      if (!this.data.mayPick || this.data.picking) return
      this.beginPicking()
      this.pick([String(event.currentTarget.dataset['id'])])
      wx.vibrateShort({ type: 'light', fail: () => undefined })
    },
    pick(ids: string[], cut = ''): void {
      const full = ids.length > 0 && String(ids.length) === (this as unknown as Host).data.number
      this.setData({ ids, picked: Object.fromEntries(ids.map((id) => [id, true])), everything: false, full, cut, chosenCount: String(ids.length) })
    },
    togglePick(id: string): void {
      const { rows } = (this as unknown as Host).data
      // Without one it is not everybody any more: those in sight stay chosen.
      const had = this.data.everything ? rows.map((row) => row.id).slice(0, MOST) : this.data.ids
      if (this.data.everything) wx.showToast({ icon: 'none', title: '改为只选已经列出来的客户' })
      if (had.length >= MOST && !had.includes(id)) return void wx.showToast({ icon: 'none', title: `一次最多选 ${MOST} 位` })
      this.pick(had.includes(id) ? had.filter((one) => one !== id) : [...had, id])
    },
    toggleAll(): void {
      // Those who are taken at once are as many as can be.
      if (this.data.everything || this.data.full || this.data.cut) return this.pick([])
      if (this.searched()) return void this.pickFound()
      this.setData({ everything: true, full: true, cut: '', ids: [], picked: {}, chosenCount: (this as unknown as Host).data.number })
    },
    searched(): boolean {
      return (this as unknown as Host).data.q !== ''
    },
    /** A bulk action takes a filter, not the words in the box: what they find is chosen by name. */
    async pickFound(): Promise<void> {
      const host = this as unknown as Host
      const ids: string[] = []
      wx.showLoading({ title: '正在选', mask: true })
      try {
        let cursor: string | null = null
        do {
          const page: { items: CustomerRow[]; next_cursor: string | null } = await listCustomers(host.asked(), cursor, PAGE)
          ids.push(...page.items.map((row) => row.id))
          cursor = page.next_cursor
        } while (cursor && ids.length < MOST)
        wx.hideLoading()
        const { number } = host.data
        if (cursor) wx.showToast({ icon: 'none', title: `搜到 ${number} 位，一次最多选 ${MOST} 位` })
        this.pick(ids.slice(0, MOST), cursor ? number || `${MOST}+` : '')
      } catch (thrown) {
        wx.hideLoading()
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
