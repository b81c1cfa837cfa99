import { listBulkFailures } from '../../api/bulk'
import { knownCustomFields, listCustomFields } from '../../api/custom-fields'
import { findCustomer } from '../../api/customers'
import { asProblem } from '../../api/problem'
import type { BulkFailure } from '../../api/types'
import { takeTurn } from '../../behaviors/turns'
import { failureLines, firstOnes, unlisted } from '../../words/bulk'
import type { FailureLine } from '../../words/bulk'

type Tap = WechatMiniprogram.TouchEvent

/** Names that are asked for at once. */
const AT_ONCE = 10

/** Whom a bulk action left alone, and why. */
Component({
  properties: {
    /** The action; asked again when its state changes. */
    action: { type: String, value: '' },
    state: { type: String, value: '' },
    /** How many it left alone: a hundred of them are listed at once. */
    total: { type: Number, value: 0 },
    /** Whether it gives an offer: then it is left alone for other reasons. */
  },
  data: { lines: [] as FailureLine[], failed: false, rest: '', open: '', asking: '', cursor: null as string | null, failures: [] as BulkFailure[], names: new Map<string, string>(), asked: new Set<string>() },
  observers: {
    'action, state'(action: string) {
      if (action) void this.load()
    },
  },
  methods: {
    async load() {
      const newest = takeTurn(this, 'failures')
      try {
        const { items, next_cursor: cursor } = await listBulkFailures(this.data.action)
        if (items.some((one) => one.fields?.length) && !knownCustomFields().length) await listCustomFields().catch(() => [])
        if (!newest()) return
        Object.assign(this.data, { failures: items, names: new Map(), asked: new Set() })
        this.setData({ failed: false, open: '', asking: '', cursor, rest: unlisted(this.data.total, items.length) })
        this.draw()
        await this.learn(firstOnes(items), newest)
      } catch {
        if (newest()) this.setData({ failed: true })
      }
    },
    /** The next hundred of them. */
    async more() {
      const newest = takeTurn(this, 'failures')
      const { action, cursor, failures, total } = this.data
      this.setData({ asking: 'more' })
      try {
        const page = await listBulkFailures(action, cursor)
        if (!newest()) return
        this.data.failures = failures.concat(page.items)
        this.setData({ cursor: page.next_cursor ?? null, rest: unlisted(total, this.data.failures.length) })
        this.draw()
        await this.learn(firstOnes(this.data.failures), newest)
      } catch (thrown) {
        if (newest()) wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        if (newest()) this.setData({ asking: '' })
      }
    },
    /** Their names, a few at a time; who may not see one gets no name. */
    async learn(ids: string[], newest: () => boolean) {
      const { names, asked } = this.data
      const unknown = ids.filter((id) => !asked.has(id))
      for (let at = 0; at < unknown.length && newest(); at += AT_ONCE) {
        await Promise.all(unknown.slice(at, at + AT_ONCE).map((id) => findCustomer(id).then(({ name }) => names.set(id, name), () => undefined).finally(() => asked.add(id))))
        if (newest()) this.draw()
      }
    },
    draw() {
      const labels = new Map(knownCustomFields().map((field) => [field.key, field.label]))
      this.setData({ lines: failureLines(this.data.failures, this.data.names, labels) })
    },

    /** Everybody whom a line is about, or the line alone again. */
    async toggle(event: Tap) {
      const key = String(event.currentTarget.dataset['key'])
      if (this.data.open === key) return this.setData({ open: '' })
      const newest = takeTurn(this, 'all')
      const action = this.data.action
      const ids = this.data.lines.find((line) => line.key === key)?.people.map((one) => one.id) ?? []
      this.setData({ open: key, asking: key })
      await this.learn(ids, () => newest() && this.data.action === action)
      if (newest()) this.setData({ asking: '' })
    },
    go(event: Tap) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
