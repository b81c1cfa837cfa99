import { endOtherDevices } from '../../../api/accounts'
import { asProblem } from '../../../api/problem'
import type { Devices } from '../../../components/devices/index'

/** Where I am signed in, and how to end that somewhere else. */
Component({
  data: { shown: false, others: 0, busy: false },

  methods: {
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      await (this.selectComponent('#devices') as unknown as Devices).load()
    },
    counted(event: WechatMiniprogram.CustomEvent<{ others: number }>) {
      this.setData({ shown: true, others: event.detail.others })
    },

    endOthers() {
      wx.showModal({
        title: '退出其他设备',
        content: `其他 ${this.data.others} 台设备都要重新登录。手机丢了或换了人用，就这样做。`,
        confirmText: '全部退出',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.endNow()
        },
      })
    },
    async endNow() {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await endOtherDevices()
        wx.showToast({ icon: 'none', title: '其他设备都已退出' })
        await this.load()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
