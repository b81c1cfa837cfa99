import { endDevice, endOtherDevices, listDevices, wipeDevice } from '../../../api/accounts'
import { asProblem } from '../../../api/problem'
import type { DeviceSession } from '../../../api/types'
import { ago } from '../../../words/when'

type Row = DeviceSession & { name: string; when: string; place: string }

/** Where I am signed in, and how to end that somewhere else. */
Component({
  data: { phase: 'loading', message: '', rows: [] as Row[], others: 0, busy: false },

  methods: {
    onLoad() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const rows = (await listDevices()).map((one) => ({
          ...one,
          name: one.label ?? (one.method === 'password' ? '网页或程序' : '微信小程序'),
          when: one.current ? '正在使用' : `上次使用 ${ago(one.used_at)}`,
          place: one.network ? `网络 ${one.network}` : '网络未知',
        }))
        rows.sort((a, b) => Number(b.current) - Number(a.current))
        this.setData({ rows, others: rows.filter((one) => !one.current).length, phase: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    choose(event: WechatMiniprogram.TouchEvent) {
      const row = this.data.rows.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!row || row.current) return
      wx.showActionSheet({
        itemList: ['移除这台设备', '移除并清除上面的资料'],
        success: ({ tapIndex }) => this.ask(row, tapIndex === 1),
      })
    },
    ask(row: Row, wipe: boolean) {
      wx.showModal({
        title: wipe ? '移除并清除资料' : '移除设备',
        content: wipe
          ? `“${row.name}”下次联网时会退出登录，并删掉存在上面的草稿和资料。`
          : `“${row.name}”要重新登录才能再用。`,
        confirmText: wipe ? '清除' : '移除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.act(() => (wipe ? wipeDevice(row.id) : endDevice(row.id)), `已移除 ${row.name}`)
        },
      })
    },
    endOthers() {
      wx.showModal({
        title: '退出其他设备',
        content: `其他 ${this.data.others} 台设备都要重新登录。手机丢了或换了人用，就这样做。`,
        confirmText: '全部退出',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.act(endOtherDevices, '其他设备都已退出')
        },
      })
    },
    async act(step: () => Promise<void>, said: string) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await step()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
