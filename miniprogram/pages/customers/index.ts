import { listen } from '../../api/changes'
import { isGone, knownCustomFields, listCustomFields, ownTypeNames } from '../../api/custom-fields'
import { countCustomers, listCustomers } from '../../api/customers'
import type { CustomerQuery } from '../../api/customers'
import { prepareReminders } from '../../api/inbox'
import { opensPhones, rights, seesPhones } from '../../api/rights'
import { may, onSession } from '../../api/session'
import { knownNames, staffNames } from '../../api/staff'
import { knownTags, listTagGroups } from '../../api/tags'
import type { CustomField, CustomerRow, Filter, Page, SavedView } from '../../api/types'
import { callCustomer } from '../../behaviors/calling'
import { takeIntent } from '../../behaviors/intent'
import { listens } from '../../behaviors/listens'
import { paged } from '../../behaviors/paged'
import { bringBack } from '../../behaviors/removal'
import { ledAway, markTab } from '../../behaviors/tab-page'
import { takeTurn } from '../../behaviors/turns'
import type { Undo } from '../../components/undo/index'
import type { SearchBox } from '../../components/search-box/index'
import { columnFields, customerCard } from '../../words/customers'
import { filterChips } from '../../words/filter-words'
import type { FilterChip } from '../../words/filter-words'
import { filterOf, regionsOf, same, wantedOf, without } from '../../words/filters'
import { TYPE_CHOICES } from '../../words/names'
import { counted } from '../../words/rights'
import { knownRegions, learnRegions } from '../../components/filter-sheet/regions'
import { picking } from './picking'
import { rememberSearch } from './recent/recent'
import { whole } from '../../components/filter-sheet/whole'

type Tap = WechatMiniprogram.TouchEvent

interface Views {
  load(): Promise<void>
  took(view: SavedView): void
}

/** Views that everybody has; the others were saved. */
const BUILT_IN = ['all', 'mine', 'pool']

/** All customers one may see: found by name, sound or number, narrowed by a filter, kept as views. */
Component({
  behaviors: [paged, listens, picking],
  data: {
    q: '',
    /** The view that was chosen, what it says, and what the list shows now. */
    view: 'all',
    viewFilter: { all: [] } as Filter,
    filter: { all: [] } as Filter,
    /** The filter with what goes without saying: what a bulk action is told. */
    narrowed: { all: [] } as Filter,
    chips: [] as FilterChip[],
    /** The business's own fields of which a row shows some, and the columns that a table has for them. */
    fields: [] as CustomField[],
    columns: [] as string[],
    /** What the business calls its own types. */
    typeNames: [] as [string, string][],
    moved: false,
    pooled: false,
    recent: false,
    naming: false,
    /** One's own view that gets another name; none while a new one is saved. */
    renamed: null as SavedView | null,
    filterOpen: false,
    number: '',
    count: '',
    may: { write: false, call: false, note: false, remind: false, swipe: false },
    loaded: false,
  },

  methods: {
    onLoad() {
      this.during(
        listen('customer', (row) => this.onCustomer(row)),
        listen('customerGone', ({ id }) => this.removeRow(id)),
        onSession(() => this.drawRights()),
      )
    },
    onShow() {
      if (ledAway('pages/customers/index')) return
      markTab(this, 'pages/customers/index')
      this.drawRights()
      const wish = takeIntent('customers')
      if (wish && 'search' in wish) this.beginSearch()
      if (wish && 'give' in wish) {
        this.beginPicking()
        this.setData({ offer: wish.give })
      }
      if (wish && 'removed' in wish) this.offerBack(wish.removed)
      if (this.data.loaded) return
      this.data.loaded = true
      prepareReminders()
      void this.first()
    },
    /** Whoever was deleted on their page comes back from here. */
    offerBack({ run, name }: { run: string; name: string }) {
      if (this.data.loaded) void this.recount()
      const undo = this.selectComponent('#undo') as unknown as Undo
      undo?.offer(`已删除 ${name}`, async () => {
        await bringBack(run)
        wx.showToast({ icon: 'none', title: `已恢复 ${name}` })
        void this.recount()
        void this.reload()
      })
    },
    drawRights() {
      const able = { write: may('customers.write'), call: opensPhones(), note: may('interactions.write'), remind: may('tasks.write') }
      this.setData({ may: { ...able, swipe: able.call || able.note || able.remind } })
    },
    openPools() {
      wx.navigateTo({ url: '/features/customers/pool/index' })
    },
    async onPullDownRefresh() {
      void this.views()?.load()
      void this.recount()
      await this.loadFields()
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    views(): Views | null {
      return this.selectComponent('#views') as unknown as Views | null
    },

    async first() {
      // Without the names and own fields the list is still of use.
      await Promise.all([staffNames().catch(() => undefined), this.loadFields()])
      void this.recount()
      await this.reload(true)
    },
    async loadFields() {
      const fields = await listCustomFields().catch(() => knownCustomFields())
      this.data.fields = fields
      this.setData({ columns: columnFields(fields).map((one) => one.label) })
    },
    retry() {
      void this.views()?.load()
      void this.first()
    },

    asked(): CustomerQuery {
      const { q, filter, view, viewFilter } = this.data
      const all = whole(filter, q)
      if (BUILT_IN.includes(view) || !same(filter, viewFilter)) return { q, filter: all }
      // A saved view as it was saved: the server knows better than this phone what it says by now.
      return { q, view, filter: { all: (all.all ?? []).slice((filter.all ?? []).length) } }
    },
    fetchPage(cursor: string | null): Promise<Page<CustomerRow>> {
      return listCustomers(this.asked(), cursor)
    },
    present(row: CustomerRow) {
      return customerCard(row, knownNames(), seesPhones(), this.data.fields, true)
    },
    async recount() {
      const newest = takeTurn(this, 'count')
      this.setData({ narrowed: whole(this.data.filter, this.data.q) })
      const now = await countCustomers(this.asked()).catch(() => null)
      if (!newest()) return
      const number = now ? counted(now) : ''
      this.setData({ number, count: number && `${number} 位`, ...(this.data.everything ? { chosenCount: number } : {}) })
    },
    /** Another question. While one types, the rows stay until the answer is there. */
    ask(typing = false) {
      if (this.data.picking) this.pick([])
      this.setData({ recent: false })
      wx.pageScrollTo({ scrollTop: 0, duration: 0, fail: () => undefined })
      void this.recount()
      void this.reload(!typing, typing)
    },

    /** Saved elsewhere: an old row changes in place, a new one asks the list anew. */
    onCustomer(row: CustomerRow) {
      const known = this.data.rows.some((one) => one.id === row.id)
      const { pooled, q } = this.data
      const belongs = !rights()?.pool || q !== '' || pooled === (row.pool_id !== null) || wantedOf(this.data.filter).pool === 'either'
      if (known && belongs) this.replaceRow(row)
      else if (known) {
        this.removeRow(row.id)
        void this.recount()
      } else if (belongs) {
        void this.recount()
        void this.reload(false, true)
      }
    },

    beginSearch() {
      wx.pageScrollTo({ scrollTop: 0, duration: 0, fail: () => undefined })
      const box = this.selectComponent('#search') as unknown as SearchBox | null
      box?.begin()
    },
    onSearch(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.search(event.detail.value)
    },
    onConfirm(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      rememberSearch(event.detail.value)
    },
    onFocus() {
      if (!this.data.q) this.setData({ recent: true })
    },
    onRecent(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      rememberSearch(event.detail.value)
      this.search(event.detail.value)
    },
    closeRecent() {
      this.setData({ recent: false })
    },
    search(q: string) {
      this.setData({ q })
      this.ask(true)
    },

    onView(event: WechatMiniprogram.CustomEvent<{ id: string; filter: Filter }>) {
      const { id, filter } = event.detail
      this.setData({ view: id, viewFilter: filter })
      this.narrow(filter)
    },
    openFilter() {
      this.setData({ filterOpen: true, recent: false })
    },
    closeFilter() {
      this.setData({ filterOpen: false })
    },
    applyFilter(event: WechatMiniprogram.CustomEvent<{ filter: Filter }>) {
      this.setData({ filterOpen: false })
      this.narrow(event.detail.filter)
    },
    dropChip(event: Tap) {
      this.narrow(filterOf(without(wantedOf(this.data.filter), String(event.currentTarget.dataset['id']))))
    },
    narrow(filter: Filter) {
      this.setData({ filter })
      this.drawChips()
      void this.learnNames(filter)
      this.ask()
    },
    /** What the words of the chips are made of, asked when somebody first needs it. */
    async learnNames(filter: Filter) {
      const { tags, types, own } = wantedOf(filter)
      const unknownTag = tags.some((id) => !knownTags().has(id)) && may('tags.read')
      const ownType = types.some((code) => !TYPE_CHOICES.some((one) => one.value === code) && !new Map(this.data.typeNames).has(code))
      const unknownField = Object.keys(own).some((field) => field.startsWith('custom.') && !knownCustomFields().some((one) => `custom.${one.key}` === field))
      const unknownRegion = await learnRegions(regionsOf(filter))
      if (!unknownTag && !ownType && !unknownField && !unknownRegion) return
      const [names] = await Promise.all([
        ownType ? ownTypeNames() : new Map(this.data.typeNames),
        unknownTag ? listTagGroups().catch(() => null) : null, unknownField ? listCustomFields().catch(() => null) : null,
      ])
      this.data.typeNames = [...names]
      this.drawChips()
    },
    /** What a view of everybody's says already needs no chip. */
    drawChips() {
      const { filter, view, viewFilter } = this.data
      const moved = !same(filter, viewFilter)
      const wanted = wantedOf(filter)
      const shown = view === 'mine' || view === 'pool' ? wantedOf(viewFilter) : null
      const chips = filterChips(filter, { tags: knownTags(), staff: knownNames(), regions: knownRegions(), types: new Map(this.data.typeNames), fields: knownCustomFields(), gone: isGone })
        .filter(({ id }) => !(id === 'owners' && shown?.owners.join() === wanted.owners.join()) && !(id === 'pool' && shown?.pool === wanted.pool))
      this.setData({ chips, moved: moved && (filter.all ?? []).length > 0, pooled: wanted.pool === 'set' })
    },
    saveView() {
      this.setData({ naming: true, renamed: null })
    },
    renameView(event: WechatMiniprogram.CustomEvent<{ view: SavedView }>) {
      this.setData({ naming: true, renamed: event.detail.view })
    },
    closeNaming() {
      this.setData({ naming: false })
    },
    onSavedView(event: WechatMiniprogram.CustomEvent<{ view: SavedView }>) {
      this.setData({ naming: false })
      this.views()?.took(event.detail.view)
    },

    act() {
      if (this.data.q || (this.data.filter.all ?? []).length) {
        this.setData({ q: '', view: 'all', viewFilter: { all: [] } })
        this.narrow({ all: [] })
      } else this.add()
    },
    add() {
      wx.navigateTo({ url: '/features/customers/form/index' })
    },
    open(event: Tap) {
      const id = String(event.currentTarget.dataset['id'])
      if (this.data.picking) return this.togglePick(id)
      rememberSearch(this.data.q)
      this.setData({ recent: false })
      wx.navigateTo({ url: `/features/customers/detail/index?id=${id}` })
    },
    call(event: Tap) {
      void callCustomer(String(event.currentTarget.dataset['id']))
    },
    go(event: Tap) {
      const { to, id, name } = event.currentTarget.dataset as { to: 'interactions' | 'tasks'; id: string; name: string }
      wx.navigateTo({ url: `/features/${to}/form/index?customer=${id}&name=${encodeURIComponent(name)}` })
    },

    /** Many customers are not what they were. While that is on the screen, the choice is still the one they were. */
    onBulk(event: WechatMiniprogram.CustomEvent<{ open: boolean }>) {
      if (this.data.picking && event.detail.open) this.leavePicking()
      void this.recount()
      void this.reload()
    },
  },
})
