import { listBulkFailures } from '../../api/bulk'
import { knownCustomFields, listCustomFields } from '../../api/custom-fields'
import { findCustomer } from '../../api/customers'
import { failureLines } from '../../words/bulk'
import type { FailureLine } from '../../words/bulk'

/** Names that are asked for one by one: enough to say whom a sentence is about. */
const NAMED = 5

/** Whom a bulk action left alone, and why. */
Component({
  properties: {
    /** The action; asked again when its state changes. */
    action: { type: String, value: '' },
    state: { type: String, value: '' },
  },
  data: { lines: [] as FailureLine[], failed: false },
  observers: {
    'action, state'(action: string) {
      if (action) void this.load()
    },
  },
  methods: {
    async load() {
      const { action, state } = this.data
      try {
        const { items } = await listBulkFailures(action)
        const names = new Map<string, string>()
        if (items.some((one) => one.fields?.length) && !knownCustomFields().length) await listCustomFields().catch(() => [])
        const labels = new Map(knownCustomFields().map((field) => [field.key, field.label]))
        this.show(action, state, failureLines(items, names, labels))
        // Of each reason the first few by name; who may not see one gets no name.
        const whose = [...new Set(items.map((one) => one.code))].flatMap((code) => items.filter((one) => one.code === code).slice(0, NAMED))
        await Promise.all(whose.map(({ customer_id: id }) => findCustomer(id).then(({ name }) => names.set(id, name), () => undefined)))
        this.show(action, state, failureLines(items, names, labels))
      } catch {
        this.setData({ failed: true })
      }
    },
    show(action: string, state: string, lines: FailureLine[]) {
      if (action === this.data.action && state === this.data.state) this.setData({ lines, failed: false })
    },
  },
})
