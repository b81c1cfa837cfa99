import { changeCustomers } from '../../../../api/bulk'
import { countCustomers } from '../../../../api/customers'
import { asProblem } from '../../../../api/problem'
import { uuid } from '../../../../api/random'
import type { Filter } from '../../../../api/types'
import { onTop } from '../../../../behaviors/back'
import { takeTurn } from '../../../../behaviors/turns'
import { whole } from '../../../../components/filter-sheet/whole'
import { counted } from '../../../../words/rights'

/** Gives an offer to everybody who has a tag: a bulk action as from the list, whose page says how far it is. */
Component({
  properties: {
    /** The tag; empty while nothing is given. */
    tag: { type: String, value: '' },
    name: { type: String, value: '' },
  },
  data: { count: '', busy: false, failure: '', attempt: { key: '', body: '' } },
  observers: {
    tag(tag: string) {
      if (tag) void this.load()
    },
  },
  methods: {
    /** Whom the list shows for the tag. */
    whom(): Filter {
      return whole({ all: [{ any: [{ field: 'tag', op: 'any_of', values: [this.data.tag] }] }] }, '')
    },
    async load() {
      const newest = takeTurn(this, 'count')
      this.setData({ count: '', failure: '' })
      // Without the number it can be given all the same.
      const now = await countCustomers({ filter: this.whom() }).catch(() => null)
      if (!newest() || !now) return
      if (now.count > 0) return this.setData({ count: counted(now) })
      this.close()
      wx.showToast({ icon: 'none', title: `还没有客户有“${this.data.name}”` })
    },
    forget() {
      this.setData({ failure: '' })
    },
    async give(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      if (this.data.busy) return
      const body = { selection: { filter: this.whom() }, offer_id: event.detail.id }
      this.setData({ busy: true, failure: '' })
      try {
        // The same key on every try of the same: what arrived without an answer is not begun twice.
        const said = JSON.stringify(body)
        if (this.data.attempt.body !== said) this.data.attempt = { key: await uuid(), body: said }
        await changeCustomers(body, this.data.attempt.key)
        this.data.attempt = { key: '', body: '' }
        this.close()
        // Whoever went elsewhere meanwhile is told where it is, and stays there.
        if (onTop(this)) wx.navigateTo({ url: '/features/customers/bulk/index' })
        else wx.showToast({ icon: 'none', title: '正在发优惠，进度在“批量操作记录”里' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ failure: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
