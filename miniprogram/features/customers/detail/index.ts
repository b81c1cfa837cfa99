import { announce, listen } from '../../../api/changes'
import { listCustomFields } from '../../../api/custom-fields'
import { changeTags, claimCustomer, deleteCustomer, findCustomer, listInteractions, releaseCustomer, revealText, starCustomer } from '../../../api/customers'
import { prepareReminders } from '../../../api/inbox'
import { listOrders } from '../../../api/orders'
import { getPoolSettings, listPools } from '../../../api/pools'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { exportsRecords, opensEmails, opensPhones, placesOrders, rights, seesAmounts, seesPhones } from '../../../api/rights'
import { may, me, onSession } from '../../../api/session'
import { staffNames } from '../../../api/staff'
import { finishTask, listTasks, reopenTask } from '../../../api/tasks'
import type { CustomField, CustomerView, Interaction, Page, Sharer, Task } from '../../../api/types'
import { giveWay, leadsTo, leave } from '../../../behaviors/back'
import { callCustomer, callCustomField, copyCustomerPhone } from '../../../behaviors/calling'
import { intend } from '../../../behaviors/intent'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { removeByRun } from '../../../behaviors/removal'
import { takeTurn } from '../../../behaviors/turns'
import type { Undo } from '../../../components/undo/index'
import { dialled } from '../../../words/custom'
import { initial, wholeAddress } from '../../../words/customers'
import type { Choice } from '../../../words/names'
import { orderOfCustomer } from '../../../words/orders'
import type { OrderCard } from '../../../words/orders'
import { REASONS } from '../../../words/pools'
import { facts, timelineRow, todoRow } from '../../../words/timeline'
import type { FactRow, TodoRow } from '../../../words/timeline'

/** Nothing, for what one may not see. */
const NONE = { items: [], next_cursor: null }

/** Orders that stand on the page; all of them are one tap away. */
const SHOWN_ORDERS = 3

/** One customer: who it is, what is to do, what was said. */
Component({
  behaviors: [paged, listens],
  data: {
    id: '', state: 'loading', why: '', customer: null as CustomerView | null, initial: '',
    facts: [] as FactRow[], todos: [] as TodoRow[], tasks: [] as Task[], finishing: [] as string[], orders: [] as OrderCard[], moreOrders: false,
    open: { facts: true, orders: true } as Record<string, boolean>,
    remark: '', seen: {} as Record<string, string>, tagging: false, chosen: [] as string[], savingTags: false,
    may: { write: false, tags: false, remove: false, interact: false, remind: false, finish: false, deals: false, deal: false, offers: false, mark: false, give: false, order: false, reveal: false, revealEmails: false, shut: false, phones: false, share: false, release: false, claim: false, assign: false, talks: false, explain: false, audit: false, exports: false, erase: false },
    level: null as Sharer['level'] | '' | null, readOnly: false, pooled: false,
    releasing: false, reasons: REASONS, reason: '', reasonError: '', moving: false, assigning: false, pools: [] as Choice[], pool: '', removing: '',
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      const id = query['id'] ?? ''
      this.setData({ id })
      this.drawRights()
      this.during(
        listen('customer', (row) => row.id === id && void this.refresh()),
        listen('task', ({ customer_id }) => customer_id === id && void this.refresh()),
        listen('order', ({ customer_id }) => customer_id === id && void this.refresh()),
        onSession(() => this.drawRights()),
      )
      prepareReminders()
      void this.refresh()
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },

    /** What may be done here: by one's role, and by whose customer it is. */
    drawRights() {
      const { customer, level } = this.data
      const pooled = customer !== null && customer.pool_id !== null
      const others = customer !== null && rights()?.reach.customers === 'own' && customer.owner_id !== me()?.staff?.id
      const readOnly = pooled || (others && level === 'read')
      // While it is not known how one helps, nothing is offered that may be taken away again.
      const open = !readOnly && !(others && level === null)
      const writes = (permission: string): boolean => open && may(permission)
      this.setData({
        pooled, readOnly,
        may: {
          write: writes('customers.write'), tags: writes('customers.write') && may('tags.read'), remove: writes('customers.delete'), reveal: !pooled && opensPhones(), revealEmails: !pooled && opensEmails(), shut: pooled && opensPhones(), phones: seesPhones(),
          interact: writes('interactions.write'), remind: writes('tasks.write'), finish: may('tasks.write'), deals: may('opportunities.read'), deal: writes('opportunities.write'),
          offers: may('offers.read'), mark: !readOnly && may('offers.give'), give: writes('offers.give') && may('customers.write'), order: open && placesOrders(), share: writes('customers.share') && may('staff.read'),
          release: writes('customers.claim'), claim: pooled && may('customers.claim'), assign: pooled && may('customers.assign') && may('staff.read'), talks: may('interactions.read'),
          explain: may('staff.write') && may('staff.read'), audit: may('audit.read'), exports: exportsRecords(), erase: may('customers.erase'),
        },
      })
    },
    onSharers(event: WechatMiniprogram.CustomEvent<{ items: Sharer[] }>) {
      this.setData({ level: event.detail.items.find((one) => one.staff_id === me()?.staff?.id)?.level ?? '' })
      this.drawRights()
    },

    async refresh() {
      const { id } = this.data
      const newest = takeTurn(this, 'customer')
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        const [customer, names, fields, tasks, orders] = await Promise.all([
          findCustomer(id), staffNames(), listCustomFields().catch(() => [] as CustomField[]), may('tasks.read') ? listTasks(id) : NONE, may('orders.read') ? listOrders({ customer_id: id }, null) : NONE, this.reload(),
        ])
        if (!newest()) return
        this.data.tasks = tasks.items
        this.setData({
          state: 'ready', customer, remark: '', seen: {}, initial: initial(customer.name), facts: facts(customer, customer.pool_id !== null ? '公海' : names.get(customer.owner_id ?? '') ?? '', fields),
          todos: tasks.items.filter((one) => !this.data.finishing.includes(one.id)).map(todoRow), orders: orders.items.slice(0, SHOWN_ORDERS).map((row) => orderOfCustomer(row, seesAmounts())), moreOrders: orders.items.length > SHOWN_ORDERS,
        })
        this.drawRights()
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        const stayed = why.code === 'merged' ? why.existing?.id : null
        if (stayed) {
          wx.showToast({ icon: 'none', title: '这位客户已合并，打开的是合并后的' })
          giveWay(this, `/features/customers/detail/index?id=${stayed}`)
        } else if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这位客户，或者不归你负责' : why.sentence })
      }
    },
    fetchPage(cursor: string | null): Promise<Page<Interaction>> {
      if (!may('interactions.read')) return Promise.resolve(NONE)
      return listInteractions(this.data.id, cursor)
    },
    present: timelineRow,
    /** The talks once more; the rest of the page is there. */
    talksAgain() {
      void this.reload()
    },

    call() {
      void callCustomer(this.data.id)
    },
    callOther(event: WechatMiniprogram.TouchEvent) {
      void callCustomer(this.data.id, Number(event.currentTarget.dataset['index']))
    },
    /** Whoever looks through the pool sees whom there is, not how to reach them. */
    sayShut() {
      wx.showToast({ icon: 'none', title: this.data.may.claim ? '领取后才能看号码' : '公海里的客户看不到号码' })
    },
    copyPhone() {
      void copyCustomerPhone(this.data.id)
    },
    /** One's own mark, drawn at once. */
    async star() {
      const { customer } = this.data
      if (!customer) return
      const starred = !customer.starred
      this.setData({ 'customer.starred': starred })
      await starCustomer(customer.id, starred).catch((thrown: unknown) => {
        this.setData({ 'customer.starred': !starred })
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      })
    },
    /** A map needs no more than the words; a place of its own we do not know. */
    navigate() {
      this.toClipboard('地址已复制，打开地图粘贴就能导航')
    },
    copyAddress() {
      this.toClipboard('地址已复制')
    },
    toClipboard(said: string): void {
      const { customer } = this.data
      const data = customer ? wholeAddress(customer) : ''
      if (data) wx.setClipboardData({ data, success: () => wx.showToast({ icon: 'none', title: said }) })
    },
    /** Shown whole to be copied; the server writes down who asked. */
    async copy(event: WechatMiniprogram.TouchEvent) {
      const { what, word } = event.currentTarget.dataset as { what: string; word: string }
      try {
        const { text } = await revealText(this.data.id, what)
        wx.setClipboardData({ data: text, success: () => wx.showToast({ icon: 'none', title: `${word}已复制` }) })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    /** A secret remark, until the page is drawn again; the server writes down who asked. */
    async showRemark() {
      try {
        const { text } = await revealText(this.data.id, 'remark')
        this.setData({ remark: text })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    /** The same of a field of the business's own. */
    async showField(event: WechatMiniprogram.TouchEvent) {
      const field = String(event.currentTarget.dataset['field'])
      try {
        const { text } = await revealText(this.data.id, `custom/${field}`)
        const phone = this.data.facts.some(({ sealed }) => sealed?.field === field && sealed.phone)
        this.setData({ seen: { ...this.data.seen, [field]: phone ? dialled(text) : text } })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    callField(event: WechatMiniprogram.TouchEvent) {
      void callCustomField(this.data.id, String(event.currentTarget.dataset['field']))
    },
    toggle(event: WechatMiniprogram.TouchEvent) {
      const section = String(event.currentTarget.dataset['section'])
      this.setData({ [`open.${section}`]: !this.data.open[section] })
    },

    go(event: WechatMiniprogram.TouchEvent) {
      const to = String(event.currentTarget.dataset['to'])
      const { id, customer } = this.data
      const name = encodeURIComponent(customer?.name ?? '')
      const pages: Record<string, string> = {
        edit: `/features/customers/form/index?id=${id}`,
        note: `/features/interactions/form/index?customer=${id}&name=${name}`,
        remind: `/features/tasks/form/index?customer=${id}&name=${name}`,
        order: `/features/orders/form/index?customer=${id}&name=${name}`,
        sight: `/features/staff/sight/index?resource=customers&id=${id}&name=${name}`,
        audit: `/features/audit/list/index?resource_id=${id}`,
      }
      wx.navigateTo({ url: pages[to] ?? '' })
    },
    /** The list of orders is a tab, whose address takes no parameters. */
    allOrders() {
      const { id, customer } = this.data
      intend('orders', { status: '', customer: { id, name: customer?.name ?? '' } })
      wx.switchTab({ url: '/pages/orders/index' })
    },
    openOrder(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/orders/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },

    /** The business's own reasons, and the pools to choose from; without them the usual reasons and its first pool will do. */
    async openRelease() {
      this.setData({ releasing: true, reason: '', reasonError: '' })
      const [settings, known] = await Promise.all([getPoolSettings().catch(() => null), listPools().catch(() => null)])
      const pools = (known?.items ?? []).filter((one) => one.member && !one.moving_to).map((one) => ({ value: one.id, label: one.name }))
      const reasons = settings?.reasons.length ? settings.reasons.map((one) => one.text) : REASONS
      this.setData({ reasons, pools, pool: pools[0]?.value ?? '' })
    },
    onPool(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ pool: event.detail.value })
    },
    closeRelease() {
      this.setData({ releasing: false })
    },
    chooseReason(event: WechatMiniprogram.TouchEvent) {
      this.setData({ reason: String(event.currentTarget.dataset['reason']), reasonError: '' })
    },
    onReason(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ reason: event.detail.value, reasonError: '' })
    },
    async release() {
      const { customer, reason, moving, pool } = this.data
      if (!customer || moving) return
      if (!reason.trim()) return this.setData({ reasonError: '写一句原因，接手的同事看得到' })
      await this.move(`${customer.name} 已退回公海`, () => releaseCustomer(customer.id, customer.version, reason.trim(), pool))
    },
    async claim() {
      const { customer, moving } = this.data
      if (customer && !moving) await this.move(`${customer.name} 归你负责了`, () => claimCustomer(customer.id))
    },
    openAssign() {
      this.setData({ assigning: true })
    },
    closeAssign() {
      this.setData({ assigning: false })
    },
    onAssigned(event: WechatMiniprogram.CustomEvent<{ gone: boolean }>) {
      this.setData({ assigning: false })
      if (event.detail.gone) leave(this, '/pages/customers/index')
      else void this.refresh()
    },
    onErased() {
      leave(this, '/pages/customers/index')
    },
    async move(said: string, step: () => Promise<CustomerView>) {
      this.setData({ moving: true })
      try {
        const customer = await step()
        wx.showToast({ icon: 'none', title: said })
        this.setData({ releasing: false })
        if (customer.pool_id !== null && !rights()?.pool) {
          announce('customerGone', { id: customer.id })
          leave(this, '/pages/customers/index')
        } else announce('customer', customer)
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.releasing) this.setData({ reasonError: why.errors[0]?.detail ?? why.sentence })
        else wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'claimed' || why.code === 'version_stale') void this.refresh()
      } finally {
        this.setData({ moving: false })
      }
    },

    async done(event: WechatMiniprogram.TouchEvent) {
      const task = this.data.tasks.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!task) return
      // Off the screen before the server has answered: what is drawn meanwhile still has it.
      this.data.finishing = [...this.data.finishing, task.id]
      this.setData({ todos: this.data.todos.filter((one) => one.id !== task.id) })
      try {
        const after = await finishTask(task.id, task.version).finally(() => (this.data.finishing = this.data.finishing.filter((id) => id !== task.id)))
        announce('task', { customer_id: this.data.id })
        const undo = this.selectComponent('#undo') as unknown as Undo
        undo?.offer(`已完成 ${task.title}`, () => reopenTask(after.id, after.version).then(() => announce('task', { customer_id: this.data.id })))
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
        void this.refresh()
      }
    },

    openTags() {
      this.setData({ tagging: true, chosen: (this.data.customer?.tags ?? []).map((tag) => tag.id) })
    },
    closeTags() {
      this.setData({ tagging: false })
    },
    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
      this.setData({ chosen: event.detail.value })
    },
    async saveTags() {
      const had = (this.data.customer?.tags ?? []).map((tag) => tag.id)
      const { chosen, id } = this.data
      this.setData({ savingTags: true })
      try {
        const customer = await changeTags(id, chosen.filter((one) => !had.includes(one)), had.filter((one) => !chosen.includes(one)))
        this.setData({ customer, tagging: false })
        announce('customer', customer)
        wx.showToast({ icon: 'none', title: `已更新 ${customer.name} 的标签` })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ savingTags: false })
      }
    },

    remove() {
      const { customer } = this.data
      if (!customer) return
      wx.showModal({
        title: `删除 ${customer.name}`,
        content: `删除后，${customer.name} 的资料和跟进记录都不再显示${may('customers.bulk_delete') ? '，电话可以给新客户用。半小时内可以撤销。' : '，不能撤销。'}`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(customer)
        },
      })
    },
    async removeNow(customer: CustomerView) {
      const { id, name } = customer
      try {
        // The same key on every try: what arrived without an answer is not deleted twice.
        this.data.removing ||= await uuid()
        const run = may('customers.bulk_delete') ? await removeByRun(id, this.data.removing) : await deleteCustomer(id, customer.version)
        announce('customerGone', { id })
        if (run && leadsTo('pages/customers/index')) intend('customers', { removed: { run: run.id, name } })
        else wx.showToast({ icon: 'none', title: run ? `已删除 ${name}，半小时内可以在批量操作记录里撤销` : `已删除 ${name}` })
        leave(this, '/pages/customers/index')
      } catch (thrown) {
        // What was refused is asked for anew the next time; without an answer it may be under way.
        if (!asProblem(thrown).offline) this.data.removing = ''
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
