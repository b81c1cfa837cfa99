import { announce, listen } from '../../../api/changes'
import { countUnread, prepareReminders } from '../../../api/inbox'
import { asProblem } from '../../../api/problem'
import { opensPhones } from '../../../api/rights'
import { business, may, onSession } from '../../../api/session'
import { finishTask, getToday, reopenTask, snoozeTask } from '../../../api/tasks'
import type { Task } from '../../../api/types'
import { callCustomer } from '../../../behaviors/calling'
import { intend } from '../../../behaviors/intent'
import { listens } from '../../../behaviors/listens'
import { takeTurn } from '../../../behaviors/turns'
import type { Undo } from '../../../components/undo/index'
import { dayLine, due, greeting, inDays, isPast } from '../../../words/when'
import { initial } from '../../../words/customers'

type Which = 'all' | 'overdue' | 'today'

interface TaskRow {
  id: string
  customer: string
  name: string
  initial: string
  why: string
  when: string
  late: boolean
}

const LATER = [
  { days: 1, label: '明天' },
  { days: 3, label: '三天后' },
  { days: 7, label: '一周后' },
]

function idOf(event: WechatMiniprogram.TouchEvent): string {
  return String(event.currentTarget.dataset['id'])
}

/** The list to work through, in the order to work through it. */
Component({
  behaviors: [listens],
  data: {
    phase: 'loading',
    message: '',
    hello: '',
    where: '',
    numbers: [] as { id: string; value: string; label: string; tone: string }[],
    which: 'all' as Which,
    delays: LATER,
    rows: [] as TaskRow[],
    tasks: [] as Task[],
    /** Ids of what is done or put off on the screen, while the server has not answered. */
    leaving: [] as string[],
    stale: true,
    may: { call: false, write: false, customers: false },
  },

  lifetimes: {
    attached() {
      const aged = (): boolean => (this.data.stale = true)
      this.during(listen('task', aged), listen('order', aged), listen('customer', aged), onSession(() => this.drawRights()))
      this.drawRights()
      prepareReminders()
      void this.refresh()
    },
  },

  pageLifetimes: {
    show() {
      if (this.data.stale && this.data.phase === 'ready') void this.refresh()
    },
  },

  methods: {
    drawRights() {
      this.setData({ may: { call: opensPhones() && may('customers.read'), write: may('tasks.write'), customers: may('customers.read') } })
    },

    async refresh() {
      const newest = takeTurn(this, 'today')
      if (this.data.phase !== 'ready') this.setData({ phase: 'loading' })
      try {
        const { name, counts, items } = await getToday()
        if (!newest()) return
        this.data.stale = false
        this.data.tasks = items
        // A count stops at a thousand and says so.
        const told = (name: 'due_today' | 'overdue' | 'new_customers' | 'to_ship'): string => `${counts[name]}${counts.capped.includes(name) ? '+' : ''}`
        this.setData({
          phase: 'ready',
          hello: `${greeting()}，${name}`,
          where: [business(), dayLine()].filter(Boolean).join(' · '),
          numbers: [
            { id: 'due', value: told('due_today'), label: '今天到期', tone: counts.due_today > 0 ? 'brand' : '' },
            { id: 'overdue', value: told('overdue'), label: '已逾期', tone: counts.overdue > 0 ? 'danger' : '' },
            // A role that may not see them gets no number.
            ...(counts.new_customers === null ? [] : [{ id: 'new', value: told('new_customers'), label: '七天新客户', tone: '' }]),
            ...(counts.to_ship === null ? [] : [{ id: 'ship', value: told('to_ship'), label: '待发货', tone: counts.to_ship > 0 ? 'warn' : '' }]),
          ],
        })
        this.draw()
        void countUnread().catch(() => undefined)
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    draw() {
      const { which, tasks, leaving } = this.data
      const wanted = tasks.filter((task) => !leaving.includes(task.id) && (which === 'all' || isPast(task.due_at) === (which === 'overdue')))
      const rows = wanted.map((task) => ({
        id: task.id, customer: task.customer_id, name: task.customer_name, initial: initial(task.customer_name),
        why: task.by_plan ? `${task.title} · 跟进流程` : task.title, when: due(task.due_at), late: isPast(task.due_at),
      }))
      this.setData({ rows })
    },

    openNumber(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      if (id === 'new') return wx.switchTab({ url: '/pages/customers/index' })
      if (id === 'ship') {
        intend('orders', { status: 'to_ship' })
        return wx.switchTab({ url: '/pages/orders/index' })
      }
      const which: Which = id === 'overdue' ? 'overdue' : 'today'
      this.setData({ which: this.data.which === which ? 'all' : which })
      this.draw()
    },

    /** The search is on the tab of the customers, whose address takes no parameters. */
    search() {
      intend('customers', { search: true })
      wx.switchTab({ url: '/pages/customers/index' })
    },
    showAll() {
      this.setData({ which: 'all' })
      this.draw()
    },

    open(event: WechatMiniprogram.TouchEvent) {
      if (!this.data.may.customers) return
      wx.navigateTo({ url: `/features/customers/detail/index?id=${String(event.currentTarget.dataset['customer'])}` })
    },

    call(event: WechatMiniprogram.TouchEvent) {
      void callCustomer(String(event.currentTarget.dataset['customer']))
    },

    async done(event: WechatMiniprogram.TouchEvent) {
      const task = this.take(idOf(event))
      if (!task) return
      try {
        const done = await finishTask(task.id, task.version)
        const undo = this.selectComponent('#undo') as unknown as Undo
        undo?.offer(`已完成 ${task.customer_name}`, () => this.back(done))
        this.settle(task)
      } catch (thrown) {
        this.restore(task, thrown)
      }
    },

    snooze(event: WechatMiniprogram.TouchEvent) {
      void this.postpone(idOf(event), Number(event.currentTarget.dataset['days']))
    },

    /** The same choice for those who do not swipe. */
    later(event: WechatMiniprogram.TouchEvent) {
      const id = idOf(event)
      wx.showActionSheet({
        itemList: LATER.map((one) => `推迟到${one.label}`),
        success: ({ tapIndex }) => void this.postpone(id, LATER[tapIndex]?.days ?? 1),
        fail: () => undefined,
      })
    },

    async postpone(id: string, days: number) {
      const task = this.take(id)
      if (!task) return
      const until = inDays(days, 10)
      try {
        await snoozeTask(task.id, task.version, until)
        wx.showToast({ icon: 'none', title: `${task.customer_name} 推迟到${due(until)}` })
        this.settle(task)
      } catch (thrown) {
        this.restore(task, thrown)
      }
    },

    /** Takes a task off the screen before the server has answered: a list that comes meanwhile still has it. */
    take(id: string): Task | undefined {
      const { tasks, leaving } = this.data
      const task = tasks.find((one) => one.id === id && !leaving.includes(id))
      if (task) this.data.leaving = [...leaving, id]
      this.draw()
      return task
    },

    /** It is gone or due later, which only a list that is asked for from now on knows. */
    settle(task: Task) {
      this.data.tasks = this.data.tasks.filter((one) => one.id !== task.id)
      this.data.leaving = this.data.leaving.filter((id) => id !== task.id)
      void this.refresh()
    },

    async back(task: Task) {
      await reopenTask(task.id, task.version).finally(() => {
        announce('task', { customer_id: task.customer_id })
        void this.refresh()
      })
    },

    restore(task: Task, thrown: unknown) {
      this.data.leaving = this.data.leaving.filter((id) => id !== task.id)
      this.draw()
      const why = asProblem(thrown)
      wx.showToast({ icon: 'none', title: why.code === 'version_stale' ? '别处已经改过，列表已更新' : why.sentence })
      if (why.code === 'version_stale') void this.refresh()
    },

    addInteraction() {
      wx.switchTab({ url: '/pages/customers/index' })
    },
  },
})
