import { listen } from '../../api/changes'
import { countCustomers, listCustomers } from '../../api/customers'
import type { CustomerFilter } from '../../api/customers'
import { rights, seesPhones } from '../../api/rights'
import { may, onSession } from '../../api/session'
import { knownNames, staffNames } from '../../api/staff'
import type { CustomerRow, CustomerType, Page, TagMark } from '../../api/types'
import { listens } from '../../behaviors/listens'
import { paged } from '../../behaviors/paged'
import { ledAway, markTab } from '../../behaviors/tab-page'
import { customerCard } from '../../words/customers'
import { TYPE_CHOICES } from '../../words/names'

type How = 'any' | 'all' | 'none'
type Tap = WechatMiniprogram.TouchEvent

const HOWS = [
  { value: 'any', label: '有任意一个' },
  { value: 'all', label: '全部都有' },
  { value: 'none', label: '一个都没有' },
]

/** All customers one may see: found by name, company, number, type or tag. */
Component({
  behaviors: [paged, listens],
  data: {
    q: '',
    type: '' as CustomerType | '',
    types: [{ value: '', label: '全部' }, ...TYPE_CHOICES],
    hows: HOWS,
    how: 'any' as How,
    tags: [] as TagMark[],
    tagLine: '',
    filterOpen: false,
    draftHow: 'any' as How,
    draftTags: [] as TagMark[],
    draftIds: [] as string[],
    count: '',
    mayWrite: false,
    mayTags: false,
    mayPool: false,
    pool: false,
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
      if (this.data.loaded) return
      this.data.loaded = true
      void this.first()
    },
    drawRights() {
      const mayPool = rights()?.pool ?? false
      this.setData({ mayWrite: may('customers.write'), mayTags: may('tags.read'), mayPool, pool: mayPool && this.data.pool })
    },
    async onPullDownRefresh() {
      await this.reload()
      void this.recount()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },

    async first() {
      // Without the names the list is still of use.
      await staffNames().catch(() => undefined)
      void this.recount()
      await this.reload(true)
    },
    retry() {
      void this.first()
    },

    filter(): CustomerFilter {
      const ids = this.data.tags.map((tag) => tag.id).join(',')
      const { q, pool, mayPool } = this.data
      // A name or number is looked for everywhere; the list itself is of those whom somebody looks after.
      const where = pool ? 'true' : mayPool && !q ? 'false' : undefined
      return { q, type: this.data.type, ...(ids ? { [`tags_${this.data.how}`]: ids } : {}), ...(where ? { pool: where } : {}) }
    },
    fetchPage(cursor: string | null): Promise<Page<CustomerRow>> {
      return listCustomers(this.filter(), cursor)
    },
    present(row: CustomerRow) {
      return customerCard(row, knownNames(), seesPhones())
    },
    async recount() {
      try {
        const { count, capped } = await countCustomers(this.filter())
        this.setData({ count: capped ? `${count}+ 位` : `${count} 位` })
      } catch {
        this.setData({ count: '' })
      }
    },
    ask() {
      void this.recount()
      void this.reload(true)
    },

    /** Saved elsewhere: an old row changes in place, a new one asks the list anew. */
    onCustomer(row: CustomerRow) {
      const known = this.data.rows.some((one) => one.id === row.id)
      const belongs = !this.data.mayPool || this.data.q !== '' || this.data.pool === (row.pool_id !== null)
      if (known && belongs) this.replaceRow(row)
      else if (known) {
        this.removeRow(row.id)
        void this.recount()
      } else if (belongs) this.ask()
    },

    onSearch(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ q: event.detail.value })
      this.ask()
    },
    chooseType(event: Tap) {
      this.setData({ type: event.currentTarget.dataset['value'] as CustomerType | '' })
      this.ask()
    },
    togglePool() {
      this.setData({ pool: !this.data.pool })
      this.ask()
    },
    openFilter() {
      this.setData({ filterOpen: true, draftHow: this.data.how, draftTags: this.data.tags, draftIds: this.data.tags.map((tag) => tag.id) })
    },
    closeFilter() {
      this.setData({ filterOpen: false })
    },
    chooseHow(event: Tap) {
      this.setData({ draftHow: event.currentTarget.dataset['value'] as How })
    },
    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[]; tags: TagMark[] }>) {
      this.setData({ draftIds: event.detail.value, draftTags: event.detail.tags })
    },
    clearFilter() {
      this.setData({ draftTags: [], draftIds: [], draftHow: 'any' })
    },
    setTags(tags: TagMark[], how: How) {
      const words = HOWS.find((one) => one.value === how)?.label ?? ''
      this.setData({ tags, how, tagLine: `${words}：${tags.map((tag) => tag.name).join('、')}` })
    },
    applyFilter() {
      this.setData({ filterOpen: false })
      this.setTags(this.data.draftTags, this.data.draftHow)
      this.ask()
    },
    dropFilter() {
      this.setTags([], 'any')
      this.ask()
    },
    act() {
      if (this.data.q || this.data.type || this.data.tags.length) {
        this.setData({ q: '', type: '', pool: false })
        this.setTags([], 'any')
        this.ask()
      } else this.add()
    },
    add() {
      wx.navigateTo({ url: '/features/customers/form/index' })
    },
    open(event: Tap) {
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
  },
})
