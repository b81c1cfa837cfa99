import { asProblem } from '../../../api/problem'
import { rights } from '../../../api/rights'
import { onSession } from '../../../api/session'
import type { Filter, SavedView } from '../../../api/types'
import { changeView, chooseView, deleteView, listViews } from '../../../api/views'
import { listens } from '../../../behaviors/listens'
import { same } from '../../../words/filters'

type Tap = WechatMiniprogram.TouchEvent

/** A view of everybody's, or one that was saved. */
interface Tab {
  id: string
  name: string
  mine: boolean
  filter: Filter
}

interface Step {
  label: string
  act: () => void
}

const MINE: Filter = { all: [{ any: [{ field: 'owner', op: 'any_of', values: ['me'] }] }] }
const POOL: Filter = { all: [{ any: [{ field: 'pool', op: 'set', values: [] }] }] }
/** The views above the list: all, mine, the pool, and the saved ones. One's own are changed here too. */
Component({
  behaviors: [listens],
  properties: {
    chosen: { type: String, value: 'all' },
    /** What the list shows now: it may have moved on from what the view says. */
    filter: { type: Object, value: {} },
  },
  data: { tabs: [] as Tab[], saved: [] as SavedView[], into: '', first: 'all', begun: false },
  lifetimes: {
    attached() {
      this.during(onSession(() => this.draw()))
      this.draw()
      void this.load()
    },
  },
  methods: {
    /** A list without them is still of use, so nobody is told when they cannot be had. */
    async load() {
      const answer = await listViews().catch(() => null)
      if (!answer) return
      this.data.saved = answer.items
      this.data.first = answer.default ?? 'all'
      this.draw()
      this.begin()
      // What a colleague took back, or changed, is not shown under its name any more.
      if (!this.data.tabs.some((one) => one.id === this.data.chosen)) this.tell('all')
    },
    /** The list opens with the view that one chose, unless somebody was quicker. */
    begin() {
      const { begun, first, chosen, filter } = this.data
      this.data.begun = true
      if (!begun && first !== 'all' && chosen === 'all' && same(filter as Filter, { all: [] })) this.tell(first)
    },
    draw() {
      const pool = rights()?.pool ?? false
      const tabs: Tab[] = [
        { id: 'all', name: '全部', mine: false, filter: { all: [] } },
        { id: 'mine', name: '我的', mine: false, filter: MINE },
        ...(pool ? [{ id: 'pool', name: '公海', mine: false, filter: POOL }] : []),
        ...this.data.saved.map(({ id, name, mine, filter }) => ({ id, name, mine, filter })),
      ]
      this.setData({ tabs })
    },

    choose(event: Tap) {
      const id = String(event.currentTarget.dataset['id'])
      const own = this.data.saved.find((one) => one.id === id && one.mine)
      // The one that is shown opens what can be done with it.
      if (id === this.data.chosen && own) this.menu(own)
      else this.tell(id)
    },
    onLongPress(event: Tap) {
      const id = String(event.currentTarget.dataset['id'])
      const own = this.data.saved.find((one) => one.id === id && one.mine)
      this.ask(id, own ? this.stepsOf(own) : [])
    },
    tell(id: string) {
      const tab = this.data.tabs.find((one) => one.id === id)
      this.setData({ into: `view-${id}` })
      if (tab) this.triggerEvent('choose', { id, filter: tab.filter })
    },
    menu(view: SavedView) {
      this.ask(view.id, this.stepsOf(view))
    },
    /** What can be done with a view, and whether one's own list opens with it. */
    ask(id: string, steps: Step[]) {
      const first = this.data.first === id
      const opening = first && id === 'all' ? [] : [first ? { label: '打开时不再先显示它', act: () => this.chooseFirst('all') } : { label: '打开时先显示它', act: () => this.chooseFirst(id) }]
      const all = [...steps.slice(0, -1), ...opening, ...steps.slice(-1)]
      if (all.length) wx.showActionSheet({ itemList: all.map((one) => one.label), success: ({ tapIndex }) => all[tapIndex]?.act(), fail: () => undefined })
    },
    chooseFirst(id: string) {
      void this.trying(async () => {
        await chooseView(id)
        this.data.first = id
        return `以后打开客户列表先显示 ${this.data.tabs.find((one) => one.id === id)?.name ?? ''}`
      })
    },
    stepsOf(view: SavedView): Step[] {
      const moved = view.id === this.data.chosen && !same(view.filter, this.data.filter as Filter)
      return [
        ...(moved ? [{ label: '按现在的条件更新', act: () => void this.update(view) }, { label: '回到保存的条件', act: () => this.tell(view.id) }] : []),
        { label: '改名和谁能看到', act: () => this.triggerEvent('edit', { view }) },
        { label: '删除视图', act: () => this.remove(view) },
      ]
    },

    /** A view is new, or is not what it was. */
    took(view: SavedView) {
      const { saved } = this.data
      const known = saved.some((one) => one.id === view.id)
      this.data.saved = known ? saved.map((one) => (one.id === view.id ? view : one)) : [...saved, view]
      this.draw()
      if (!known || view.id === this.data.chosen) this.tell(view.id)
    },
    async update(view: SavedView) {
      await this.trying(async () => {
        this.took(await changeView(view, { filter: this.data.filter as Filter }))
        return `已保存视图 ${view.name}`
      })
    },
    remove(view: SavedView) {
      wx.showModal({
        title: `删除视图 ${view.name}`,
        content: view.shared === 'private' ? '只删除视图，客户都还在。' : '同事那里也不再显示，客户都还在。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(view)
        },
      })
    },
    async removeNow(view: SavedView) {
      await this.trying(async () => {
        await deleteView(view)
        this.data.saved = this.data.saved.filter((one) => one.id !== view.id)
        this.draw()
        if (this.data.chosen === view.id) this.tell('all')
        return `已删除视图 ${view.name}`
      })
    },
    async trying(step: () => Promise<string>) {
      try {
        wx.showToast({ icon: 'none', title: await step() })
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.code === 'version_stale' ? '别处已经改过，视图已更新' : why.sentence })
        if (why.code === 'version_stale') void this.load()
      }
    },
  },
})
