import { announce } from '../../../api/changes'
import type { CustomerView } from '../../../api/types'
import type { FormState } from '../../../behaviors/draft'
import { TOGETHER, copied } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import { alike } from '../../../behaviors/merge'
import type { Side } from '../../../behaviors/merge'
import { differences, editedLists, hiddenFields, listsWord, mergedList, revealed } from './conflict'
import type { Difference } from './conflict'
import { formOf, isMasked } from './fields'
import type { TypedContact, TypedPhone } from './fields'

type TypedRow = TypedPhone | TypedContact

/** What the form holds. */
interface Host {
  data: { was: CustomerView | null; form: FormState; base: FormState; newest: FormState; together: string }
}

/** Whoever waits for what is said to the table of differences. */
const choosing = new WeakMap<object, (side: Side | null) => void>()

/** What happens to a customer's form when a colleague saved meanwhile. */
export const settling = Behavior({
  data: { conflictOpen: false, differences: [] as Difference[], lists: '' },

  methods: {
    renewed(current: unknown): Newest {
      const was = current as CustomerView
      this.setData({ was, masked: isMasked(was) })
      announce('customer', was)
      return { form: formOf(was), version: was.version }
    },
    /** Lists that both may have changed are compared whole, as far as one may see them so. */
    async unmask() {
      const { data } = this as unknown as Host
      const { was, form: mine, base } = data
      if (!was) return
      for (const kind of editedLists(mine, base)) {
        const now = await revealed(kind, was).catch(() => null)
        if (!now) continue
        data.newest[kind] = now
        const merged = base[kind] ? mergedList(base[kind] as TypedRow[], mine[kind] as TypedRow[], now) : null
        if (!merged) continue
        if (!alike(base[kind], now)) data.together ||= TOGETHER
        this.setData({ [`form.${kind}`]: merged, [`base.${kind}`]: copied(now) })
      }
    },
    hidden(): string[] {
      const { was } = (this as unknown as Host).data
      return was ? hiddenFields(was) : []
    },
    /** What both changed stands side by side; until somebody says which, nothing is saved. */
    chooseSide(fields: string[]): Promise<Side | null> {
      const { was, form: mine, newest } = (this as unknown as Host).data
      const rows = was ? differences(fields, mine, newest, was) : []
      if (!rows.length) return Promise.resolve('mine')
      this.setData({ conflictOpen: true, differences: rows, lists: listsWord(rows) })
      return new Promise((resolve) => choosing.set(this, resolve))
    },
    chosen(side: Side | null) {
      this.setData({ conflictOpen: false })
      choosing.get(this)?.(side)
      choosing.delete(this)
    },
    keepMine() {
      this.chosen('mine')
    },
    takeTheirs() {
      this.chosen('theirs')
    },
    closeConflict() {
      this.chosen(null)
    },
  },
})
