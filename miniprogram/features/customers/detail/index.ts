import { announce, listen } from '../../../api/changes'
import { changeTags, deleteCustomer, findCustomer, listInteractions } from '../../../api/customers'
import { listOrders } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { may } from '../../../api/session'
import { staffNames } from '../../../api/staff'
import { finishTask, listTasks, reopenTask } from '../../../api/tasks'
import type { CustomerView, Interaction, Page, Task } from '../../../api/types'
import { callCustomer, copyCustomerPhone } from '../../../behaviors/calling'
import { listens } from '../../../behaviors/listens'
import { paged } from '../../../behaviors/paged'
import { initial } from '../../../words/customers'
import { orderOfCustomer } from '../../../words/orders'
import type { OrderCard } from '../../../words/orders'
import { facts, timelineRow, todoRow } from '../../../words/timeline'
import type { FactRow, TodoRow } from '../../../words/timeline'

type Undo = { offer: (text: string, back: () => unknown) => void } | null

/** One customer: who it is, what is to do, what was said. */
Component({
  behaviors: [paged, listens],
  data: {
    id: '', state: 'loading', why: '', customer: null as CustomerView | null, initial: '',
    facts: [] as FactRow[], todos: [] as TodoRow[], tasks: [] as Task[], orders: [] as OrderCard[],
    open: { facts: true, orders: true } as Record<string, boolean>,
    tagging: false, chosen: [] as string[], savingTags: false,
    may: { write: false, remove: false, interact: false, order: false, reveal: false },
  },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      const id = query['id'] ?? ''
      this.setData({
        id,
        may: {
          write: may('customers.write'), remove: may('customers.delete'), reveal: may('customers.reveal'),
          interact: may('interactions.write'), order: may('orders.write'),
        },
      })
      this.during(
        listen('customer', (row) => row.id === id && void this.refresh()),
        listen('task', ({ customer_id }) => customer_id === id && void this.refresh()),
        listen('order', ({ customer_id }) => customer_id === id && void this.refresh()),
      )
      void this.refresh()
    },
    async onPullDownRefresh() {
      await this.refresh()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },

    async refresh() {
      const { id } = this.data
      if (this.data.state !== 'ready') this.setData({ state: 'loading' })
      try {
        const [customer, names, tasks, orders] = await Promise.all([
          findCustomer(id), staffNames(), listTasks(id), listOrders({ customer_id: id }, null), this.reload(),
        ])
        this.data.tasks = tasks.items
        this.setData({
          state: 'ready', customer, initial: initial(customer.name), facts: facts(customer, customer.owner_id === null ? '公海' : names.get(customer.owner_id) ?? ''),
          todos: tasks.items.map(todoRow), orders: orders.items.slice(0, 3).map(orderOfCustomer),
        })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.state === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这位客户，或者不归你负责' : why.sentence })
      }
    },
    fetchPage(cursor: string | null): Promise<Page<Interaction>> {
      return listInteractions(this.data.id, cursor)
    },
    present: timelineRow,

    call() {
      void callCustomer(this.data.id)
    },
    callOther(event: WechatMiniprogram.TouchEvent) {
      void callCustomer(this.data.id, Number(event.currentTarget.dataset['index']))
    },
    copyPhone() {
      void copyCustomerPhone(this.data.id)
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
      }
      wx.navigateTo({ url: pages[to] ?? '' })
    },
    openOrder(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/orders/detail/index?id=${String(event.currentTarget.dataset['id'])}` })
    },

    async done(event: WechatMiniprogram.TouchEvent) {
      const task = this.data.tasks.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!task) return
      this.setData({ todos: this.data.todos.filter((one) => one.id !== task.id) })
      try {
        const after = await finishTask(task.id, task.version)
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
        content: `删除后，${customer.name} 的资料和跟进记录都不再显示。`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(customer)
        },
      })
    },
    async removeNow(customer: CustomerView) {
      try {
        await deleteCustomer(customer.id, customer.version)
        announce('customerGone', { id: customer.id })
        wx.showToast({ icon: 'none', title: `已删除 ${customer.name}` })
        wx.navigateBack()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
