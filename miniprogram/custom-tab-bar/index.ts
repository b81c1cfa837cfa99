import { listen } from '../api/changes'
import { onSession, side } from '../api/session'
import { listens } from '../behaviors/listens'
import { firstTab, tabs } from '../behaviors/tabs'
import type { TabItem } from '../behaviors/tabs'

let unread = 0
listen('inbox', (what) => {
  unread = what.unread
})

/** The tabs of the side that is shown. WeChat makes one bar for every tab page; the page says which it is. */
Component({
  behaviors: [listens],
  data: { items: [] as TabItem[], selected: '', unread: '', hidden: false },

  lifetimes: {
    attached() {
      this.draw()
      this.during(listen('inbox', () => this.draw()), onSession(() => this.onRights()))
    },
  },

  methods: {
    draw() {
      const staff = side() === 'staff'
      const items = tabs()
      this.setData({
        items,
        unread: staff && unread > 0 ? (unread > 99 ? '99+' : String(unread)) : '',
      })
    },

    /** A role changed while one works: a tab that is gone is left, when it is the one that is shown. */
    onRights() {
      this.draw()
      const { items, selected } = this.data
      const shown = getCurrentPages().pop()?.route
      if (shown === selected && !items.some((one) => one.path === selected)) wx.switchTab({ url: `/${firstTab()}` })
    },

    go(event: WechatMiniprogram.TouchEvent) {
      const path = String(event.currentTarget.dataset['path'])
      if (path !== this.data.selected) wx.switchTab({ url: `/${path}` })
    },
  },
})
