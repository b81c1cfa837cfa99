import { listAudit } from '../../../api/audit'
import type { AuditFilter } from '../../../api/audit'
import type { AuditEntry, Page } from '../../../api/types'
import { paged } from '../../../behaviors/paged'
import type { Choice } from '../../../words/names'
import { actorChoices } from '../../../words/people'
import { instantOf, today } from '../../../words/when'
import { ACTION_CHOICES, RESOURCE_CHOICES, auditRow } from '../words/sentences'
import type { Names } from '../words/values'
import { loadNames, placed } from './names'
import type { Named } from './names'

interface Typed {
  actor_id: string
  resource: string
  action: string
  /** Dates, both included. */
  from: string
  until: string
}

const NOTHING: Typed = { actor_id: '', resource: '', action: '', from: '', until: '' }
/** What the record calls every customer, whichever it was. */
const ANYBODY = '客户'
const DAY_MS = 86_400_000

/** Asked when the page is opened or pulled down, beside the first page. */
let names: Names = { staff: false, of: new Map(), types: new Map(), fields: [] }
let learning: Promise<void> = Promise.resolve()

/** Who did what, the newest first. */
Component({
  behaviors: [paged],
  data: {
    people: [] as Choice[], staff: [] as Named[], met: {} as Record<string, string>, resources: RESOURCE_CHOICES, actions: ACTION_CHOICES, today: today(),
    typed: NOTHING, applied: NOTHING, line: '', filtering: false, about: '',
  },

  methods: {
    async onLoad(query: Record<string, string | undefined>) {
      this.setData({ about: query['resource_id'] ?? '' })
      learning = this.learn()
      await this.reload(true)
    },
    async onPullDownRefresh() {
      learning = this.learn()
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    retry() {
      void this.reload(true)
    },

    async fetchPage(cursor: string | null): Promise<Page<AuditEntry>> {
      const { applied, about } = this.data
      const [page] = await Promise.all([listAudit(asked(applied, about), cursor), learning])
      this.meet(page.items)
      names = await placed(names, page.items)
      return page
    },
    async learn() {
      const { people, ...rest } = await loadNames()
      names = rest
      this.data.staff = people
      this.setData({ people: actorChoices(people, this.data.met) })
    },
    /** Who no longer works here is known from what they did; the newest name counts. Customers have none of their own there. */
    meet(entries: AuditEntry[]) {
      const { met, staff } = this.data
      const strangers = entries.filter(({ actor_id, actor_name }) => actor_id && actor_name && actor_name !== ANYBODY && !(actor_id in met))
      if (!strangers.length) return
      this.data.met = { ...Object.fromEntries(strangers.reverse().map((one) => [one.actor_id ?? '', one.actor_name])), ...met }
      this.setData({ people: actorChoices(staff, this.data.met) })
    },
    present(entry: AuditEntry) {
      return auditRow(entry, names)
    },
    unfold(event: WechatMiniprogram.TouchEvent) {
      const at = this.data.rows.findIndex((one) => one.id === event.currentTarget.dataset['id'])
      if (at >= 0) this.setData({ [`rows[${at}].open`]: !this.data.rows[at]?.['open'] })
    },
    open(event: WechatMiniprogram.TouchEvent) {
      const url = String(event.currentTarget.dataset['url'])
      if (url) wx.navigateTo({ url })
    },

    openFilter() {
      this.setData({ filtering: true, typed: { ...this.data.applied } })
    },
    closeFilter() {
      this.setData({ filtering: false })
    },
    onFilter(event: WechatMiniprogram.CustomEvent<{ name: keyof Typed; value: string }>) {
      const { name, value } = event.detail
      // A choice that is tapped again is no choice.
      this.setData({ [`typed.${name}`]: this.data.typed[name] === value ? '' : value })
    },
    clearFilter() {
      this.setData({ typed: { ...NOTHING } })
    },
    applyFilter() {
      this.apply({ ...this.data.typed })
    },
    dropFilter() {
      this.apply({ ...NOTHING })
    },
    apply(applied: Typed) {
      const { people, resources, actions } = this.data
      const word = (choices: Choice[], value: string): string => choices.find((one) => one.value === value)?.label ?? ''
      const days = applied.from || applied.until ? `${applied.from || '最早'} 到 ${applied.until || '现在'}` : ''
      const line = [word(people, applied.actor_id), word(resources, applied.resource), word(actions, applied.action), days].filter(Boolean).join('、')
      this.setData({ applied, line, filtering: false })
      void this.reload(true)
    },
  },
})

/** Days as the instants they begin and end at on the business's clock. */
function asked(typed: Typed, about: string): AuditFilter {
  const { from, until, ...rest } = typed
  return {
    ...rest, resource_id: about,
    ...(from ? { from: instantOf(`${from} 00:00`) } : {}),
    ...(until ? { until: new Date(Date.parse(instantOf(`${until} 00:00`)) + DAY_MS).toISOString().replace('.000Z', 'Z') } : {}),
  }
}
