/** Says that a customer is out of one's hands while one was typing, and gives back what was typed. */
Component({
  properties: {
    /** The customer's name; none while all is well. */
    name: { type: String, value: '' },
    /** They are there, and only to be looked at. */
    shown: { type: Boolean, value: false },
    /** 备注：改喝岩茶. */
    lines: { type: Array, value: [] as string[] },
  },
  methods: {
    copy() {
      wx.setClipboardData({ data: [this.data.name, ...(this.data.lines as string[])].join('\n'), success: () => wx.showToast({ icon: 'none', title: '已复制你写的' }) })
    },
    /** Nothing below this page shows them any more. */
    leave() {
      wx.switchTab({ url: '/pages/customers/index' })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
