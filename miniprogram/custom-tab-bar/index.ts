import { listen } from '../api/changes'
import { onSession, side } from '../api/session'
import { listens } from '../behaviors/listens'

interface TabItem {
  path: string
  text: string
  icon: string
  id: string
}

const STAFF: TabItem[] = [
  { path: 'pages/home/index', text: '今日', icon: 'today', id: 'tab-today' },
  { path: 'pages/customers/index', text: '客户', icon: 'users', id: 'tab-customers' },
  { path: 'pages/orders/index', text: '订单', icon: 'order', id: 'tab-orders' },
  { path: 'pages/inbox/index', text: '消息', icon: 'bell', id: 'tab-inbox' },
  { path: 'pages/me/index', text: '我的', icon: 'me', id: 'tab-me' },
]

const CUSTOMER: TabItem[] = [
  { path: 'pages/home/index', text: '订单', icon: 'order', id: 'tab-my-orders' },
  { path: 'pages/inbox/index', text: '服务', icon: 'headset', id: 'tab-help' },
  { path: 'pages/me/index', text: '我的', icon: 'me', id: 'tab-me' },
]

let unread = 0
listen('inbox', (what) => {
  unread = what.unread
})

/** The tabs of the side that is shown. WeChat makes one bar for every tab page; the page says which it is. */
Component({
  behaviors: [listens],
  data: { items: [] as TabItem[], selected: '', unread: '' },

  lifetimes: {
    attached() {
      this.draw()
      this.during(listen('inbox', () => this.draw()), onSession(() => this.draw()))
    },
  },

  methods: {
    draw() {
      const staff = side() === 'staff'
      this.setData({
        items: staff ? STAFF : CUSTOMER,
        unread: staff && unread > 0 ? (unread > 99 ? '99+' : String(unread)) : '',
      })
    },

    go(event: WechatMiniprogram.TouchEvent) {
      const path = String(event.currentTarget.dataset['path'])
      if (path !== this.data.selected) wx.switchTab({ url: `/${path}` })
    },
  },
})
