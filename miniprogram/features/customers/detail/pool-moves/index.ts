import { listPoolMoves, listPools } from '../../../../api/pools'
import { staffNames } from '../../../../api/staff'
import { section } from '../../../../behaviors/section'
import { moveRow } from '../../../../words/pools'
import type { MoveRow } from '../../../../words/pools'

/** How a customer came into pools and out of them: who, why and when. Nothing is shown of one who never was in one. */
Component({
  behaviors: [section],
  properties: {
    customer: { type: String, value: '' },
    /** Another version of the customer: there may be a step more. */
    version: { type: Number, value: 0 },
  },
  data: { rows: [] as MoveRow[] },
  observers: {
    'customer, version'(id: string) {
      if (id) void this.load()
    },
  },
  methods: {
    load() {
      return this.section(() => this.moves(), (rows) => this.setData({ rows }))
    },
    async moves(): Promise<MoveRow[]> {
      const { items } = await listPoolMoves(this.data.customer, null)
      if (!items.length) return []
      const [staff, pools] = await Promise.all([staffNames(), listPools()])
      const names = new Map(pools.items.map((one) => [one.id, one.name]))
      return items.map((one) => moveRow(one, staff, names))
    },
  },
})
