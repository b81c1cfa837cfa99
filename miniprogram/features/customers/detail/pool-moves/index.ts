import { listPoolMoves, listPools } from '../../../../api/pools'
import { staffNames } from '../../../../api/staff'
import { unloaded } from '../../../../behaviors/unloaded'
import { moveRow } from '../../../../words/pools'
import type { MoveRow } from '../../../../words/pools'

/** How a customer came into pools and out of them: who, why and when. Nothing is shown of one who never was in one. */
Component({
  properties: {
    customer: { type: String, value: '' },
    /** Another version of the customer: there may be a step more. */
    version: { type: Number, value: 0 },
  },
  data: { rows: [] as MoveRow[], why: '', asking: false },
  observers: {
    'customer, version'(id: string) {
      if (id) void this.load()
    },
  },
  methods: {
    async load() {
      try {
        const { items } = await listPoolMoves(this.data.customer, null)
        if (!items.length) return this.setData({ rows: [], why: '' })
        const [staff, pools] = await Promise.all([staffNames(), listPools()])
        const names = new Map(pools.items.map((one) => [one.id, one.name]))
        this.setData({ rows: items.map((one) => moveRow(one, staff, names)), why: '' })
      } catch (thrown) {
        // What was shown stays, and it can be asked for once more.
        this.setData({ why: unloaded(thrown) })
      }
    },
    async again() {
      this.setData({ asking: true })
      await this.load()
      this.setData({ asking: false })
    },
  },
})
