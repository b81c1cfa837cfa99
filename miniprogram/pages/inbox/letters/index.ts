import { countUnread, listInbox, readAll, readItem } from '../../../api/inbox'
import { asProblem } from '../../../api/problem'
import type { InboxItem, Page } from '../../../api/types'
import { paged } from '../../../behaviors/paged'
import { ago } from '../../../words/when'

const WECHAT: Record<InboxItem['wechat'], string> = {
  sent: '微信已提醒', pending: '微信提醒中', unknown: '微信提醒待确认', failed: '微信提醒没发出', no_credit: '没有微信提醒次数', together: '和同一时间的待办一起提醒',
}

/** What the shop told this member of staff, whether or not WeChat could. */
Component({
  behaviors: [paged],
  data: { unread: false },
  lifetimes: {
    attached() {
      void this.reload()
    },
  },
  pageLifetimes: {
    show() {
      if (this.data.phase === 'ready') void this.reload()
    },
  },
  observers: {
    rows(rows: { read: boolean }[]) {
      const unread = rows.some((row) => !row.read)
      if (unread !== this.data.unread) this.setData({ unread })
    },
  },
  methods: {
    fetchPage(cursor: string | null): Promise<Page<InboxItem>> {
      return listInbox(cursor)
    },
    present(item: InboxItem) {
      return {
        id: item.id, customer: item.customer_id ?? '', title: item.title, body: item.body, read: item.read_at !== null,
        when: ago(item.created_at), sent: item.wechat === 'sent', kind: item.kind as string,
        // What is told by WeChat too: a task that is due, and once what was said about many customers.
        wechat: item.kind === 'task_due' || (item.kind === 'customer_message' && item.wechat !== 'no_credit') ? WECHAT[item.wechat] : '',
      }
    },
    refresh(): Promise<void> {
      return this.reload()
    },
    retry() {
      void this.reload(true)
    },
    async open(event: WechatMiniprogram.TouchEvent) {
      const { id, customer, kind } = event.currentTarget.dataset as { id: string; customer: string; kind: string }
      const at = this.data.rows.findIndex((row) => row.id === id)
      const fresh = at >= 0 && this.data.rows[at]?.['read'] === false
      if (kind === 'data_request') wx.navigateTo({ url: '/features/privacy/requests/index' })
      else if (customer) wx.navigateTo({ url: `/features/customers/detail/index?id=${customer}` })
      if (kind === 'phone_forgotten') wx.navigateTo({ url: '/features/staff/list/index' })
      if (kind === 'login_noticed') wx.navigateTo({ url: '/features/accounts/devices/index' })
      if (!fresh) return
      this.setData({ rows: this.data.rows.map((row) => (row.id === id ? { ...row, read: true } : row)) })
      // A mark that did not arrive comes back with the next refresh.
      await readItem(id).then(countUnread).catch(() => undefined)
    },
    async readAll() {
      try {
        await readAll()
        this.setData({ rows: this.data.rows.map((row) => ({ ...row, read: true })) })
        await countUnread()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
