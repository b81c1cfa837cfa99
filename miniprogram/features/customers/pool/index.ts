import { announce, listen } from '../../../api/changes'
import { knownCustomFields, listCustomFields } from '../../../api/custom-fields'
import { claimCustomer, listCustomers } from '../../../api/customers'
import { listPools } from '../../../api/pools'
import { asProblem } from '../../../api/problem'
import { seesPhones } from '../../../api/rights'
import { may } from '../../../api/session'
import { knownNames, staffNames } from '../../../api/staff'
import type { CustomerRow, Page, Pool } from '../../../api/types'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { customerCard } from '../../../words/customers'
import { leftWord } from '../../../words/pools'

type Tap = WechatMiniprogram.TouchEvent

/** A pool: who waits there, and how many one may still take today. */
Component({
  behaviors: [paged, listens],
  data: { pools: [] as Pool[], pool: '', left: '', able: false, claiming: '' },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.data.pool = query['id'] ?? ''
      this.during(
        listen('customer', (row) => row.pool_id !== this.data.pool && this.removeRow(row.id)),
        listen('customerGone', ({ id }) => this.removeRow(id)),
      )
      void this.start()
    },
    async onPullDownRefresh() {
      await this.start()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    async start() {
      // Without names and own fields the list is still of use.
      await Promise.all([staffNames().catch(() => undefined), listCustomFields().catch(() => undefined), this.loadPools()])
      await this.reload()
    },
    async loadPools() {
      try {
        this.drawPools((await listPools()).items)
      } catch (thrown) {
        if (!this.data.pools.length) wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    drawPools(pools: Pool[]) {
      const pool = pools.find((one) => one.id === this.data.pool) ?? pools.find((one) => one.member) ?? pools[0]
      const open = pool?.member === true && pool.claims_left !== 0
      this.setData({ pools, pool: pool?.id ?? '', left: leftWord(pool), able: open && may('customers.claim') })
    },
    choose(event: Tap) {
      this.setData({ pool: String(event.currentTarget.dataset['id']) })
      this.drawPools(this.data.pools)
      void this.reload(true)
    },
    retry() {
      void this.start()
    },

    fetchPage(cursor: string | null): Promise<Page<CustomerRow>> {
      const { pool } = this.data
      if (!pool) return Promise.resolve({ items: [], next_cursor: null })
      return listCustomers({ filter: { all: [{ any: [{ field: 'pool', op: 'any_of', values: [pool] }] }] } }, cursor)
    },
    present(row: CustomerRow) {
      return customerCard(row, knownNames(), seesPhones(), knownCustomFields())
    },
    open(event: Tap) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },

    async claim(event: Tap) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      if (this.data.claiming) return
      this.setData({ claiming: id })
      try {
        const customer = await claimCustomer(id)
        wx.showToast({ icon: 'none', title: `${name} 归你负责了` })
        this.removeRow(id)
        announce('customer', customer)
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'claimed' || why.code === 'not_found') this.removeRow(id)
      } finally {
        this.setData({ claiming: '' })
        void this.loadPools()
      }
    },
  },
})
