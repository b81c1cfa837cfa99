import { knownCustomFields, listCustomFields, listCustomerTypes, ownTypeNames } from '../../api/custom-fields'
import { countCustomers } from '../../api/customers'
import { rights, seesPhones } from '../../api/rights'
import { may, me } from '../../api/session'
import { knownNames, listStaff } from '../../api/staff'
import type { Filter } from '../../api/types'
import { takeTurn } from '../../behaviors/turns'
import { HOWS, NOTHING, SINGLE, filterOf, ownChoices, regionWord, wantedOf } from '../../words/filters'
import type { How, Wanted } from '../../words/filters'
import { SOURCE_CHOICES, TYPE_CHOICES } from '../../words/names'
import type { Choice } from '../../words/names'
import { counted } from '../../words/rights'
import { whole } from './whole'
import { knownRegions, rememberRegion } from './regions'

type Tap = WechatMiniprogram.TouchEvent
type Many = 'types' | 'owners' | 'sources'

/** Chips of one field: of some one choice is made, of others any number. */
interface Group {
  id: string
  title: string
  options: (Choice & { on: boolean })[]
}

const WAIT_MS = 250
const MANY: readonly string[] = ['types', 'owners', 'sources'] satisfies Many[]
const TITLES: [string, string][] = [
  ['types', '客户类型'], ['owners', '负责人'], ['contact', '联系'], ['created', '建档'], ['birthday', '生日'], ['sources', '来源'], ['starred', '星标'], ['phone', '电话'], ['pool', '公海'],
]

/** All that the list can be narrowed by; says how many are left before it is closed. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    filter: { type: Object, value: {} },
    q: { type: String, value: '' },
    /** For a rule that means the same customers whoever asks: without oneself and one's stars, and nothing left out unsaid. */
    rule: { type: Boolean, value: false },
  },
  data: { wanted: NOTHING, groups: [] as Group[], hows: HOWS, mayTags: false, region: '', button: '', owners: [] as Choice[], types: TYPE_CHOICES as Choice[], timer: 0 },
  observers: {
    visible(visible: boolean) {
      if (!visible) return
      this.setData({ mayTags: may('tags.read') })
      this.want(wantedOf(this.data.filter as Filter))
      void this.loadOwners()
      void this.loadOwn()
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    async loadOwners() {
      if (may('staff.read')) await listStaff().catch(() => undefined)
      const mine = me()?.staff?.id
      const others = [...knownNames()].filter(([id]) => id !== mine).map(([value, label]) => ({ value, label }))
      this.data.owners = this.data.rule ? [...(mine ? [{ value: mine, label: me()?.staff?.name ?? '我' }] : []), ...others] : [{ value: 'me', label: '我' }, ...others]
      this.draw()
    },
    /** The types and fields that the business made itself. */
    async loadOwn() {
      await Promise.all([listCustomerTypes().catch(() => null), listCustomFields().catch(() => null)])
      const names = await ownTypeNames()
      this.data.types = [...TYPE_CHOICES, ...[...names].map(([value, label]) => ({ value, label }))]
      this.draw()
    },
    want(wanted: Wanted) {
      this.data.wanted = wanted
      this.draw()
      this.recount()
    },
    draw() {
      const { wanted, owners, types } = this.data
      const choices: Record<string, readonly Choice[]> = { ...SINGLE, types, sources: SOURCE_CHOICES, owners }
      const open = (id: string): boolean => (id === 'phone' ? seesPhones() : id === 'pool' ? (rights()?.pool ?? false) : !(this.data.rule && id === 'starred'))
      const chosen = (id: string, value: string): boolean => [wanted[id as keyof Wanted]].flat().includes(value)
      const groups: Group[] = TITLES.filter(([id]) => open(id)).map(([id, title]) => ({
        id, title, options: (choices[id] ?? []).map(({ value, label }) => ({ value, label, on: chosen(id, value) })),
      }))
      for (const field of knownCustomFields()) {
        const id = `custom.${field.key}`
        const options = ownChoices(field)?.map(({ value, label }) => ({ value, label, on: (wanted.own[id] ?? []).includes(value) }))
        if (options?.length) groups.push({ id, title: field.label, options })
      }
      this.setData({ wanted, groups, region: wanted.region && regionWord(wanted.region, knownRegions()) })
    },

    /** How many are left, a moment after the last tap. */
    recount() {
      clearTimeout(this.data.timer)
      const newest = takeTurn(this, 'count')
      this.setData({ button: this.data.rule ? '用这些条件' : '查看客户' })
      this.data.timer = setTimeout(() => void this.countNow(newest), WAIT_MS)
    },
    async countNow(newest: () => boolean) {
      const { q, rule, wanted } = this.data
      const filter = filterOf(wanted)
      const found = await countCustomers({ q, filter: rule ? filter : whole(filter, q) }).catch(() => null)
      if (!found || !newest()) return
      this.setData({ button: !found.count ? '没有符合的客户' : rule ? `用这些条件（${counted(found)} 位）` : `查看 ${counted(found)} 位客户` })
    },

    choose(event: Tap) {
      const { group, value } = event.currentTarget.dataset as { group: string; value: string }
      const { wanted } = this.data
      const turned = (had: string[]): string[] => (had.includes(value) ? had.filter((one) => one !== value) : [...had, value])
      if (MANY.includes(group)) this.want({ ...wanted, [group]: turned(wanted[group as Many]) })
      else if (group.startsWith('custom.')) this.want({ ...wanted, own: { ...wanted.own, [group]: turned(wanted.own[group] ?? []) } })
      else this.want({ ...wanted, [group]: wanted[group as keyof Wanted] === value ? '' : value })
    },
    chooseHow(event: Tap) {
      this.want({ ...this.data.wanted, how: event.currentTarget.dataset['value'] as How })
    },
    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
      this.want({ ...this.data.wanted, tags: event.detail.value })
    },
    onRegion(event: WechatMiniprogram.CustomEvent<{ value: string; text: string }>) {
      const { value, text } = event.detail
      if (value) rememberRegion(value, text)
      this.want({ ...this.data.wanted, region: value })
    },
    clear() {
      this.want({ ...NOTHING })
    },
    apply() {
      this.triggerEvent('apply', { filter: filterOf(this.data.wanted) })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
