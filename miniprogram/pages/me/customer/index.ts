import { signOut } from '../../../api/accounts'
import { me, worksSomewhere } from '../../../api/session'
import { getWelcome } from '../../../api/welcome'
import { VERSION } from '../../../config'

/** What the customer side knows of me, and how to leave. */
Component({
  data: { signedIn: false, phone: '', version: VERSION, staffHere: false, signup: false },
  lifetimes: {
    attached() {
      this.draw()
      // Without an answer nothing is offered.
      if (!worksSomewhere()) void getWelcome().then(({ signup }) => this.setData({ signup })).catch(() => undefined)
    },
  },
  pageLifetimes: {
    show() {
      this.draw()
    },
  },
  methods: {
    draw() {
      const who = me()
      this.setData({ signedIn: who !== null, phone: who?.phone_masked ?? '', staffHere: worksSomewhere() })
    },
    orders() {
      wx.switchTab({ url: '/pages/home/index' })
    },
    offers() {
      wx.navigateTo({ url: '/features/my-offers/list/index' })
    },
    claim() {
      wx.navigateTo({ url: '/features/my-orders/claim/index' })
    },
    privacy() {
      wx.navigateTo({ url: '/features/privacy/mine/index' })
    },
    /** Anybody may read it, also who has not logged in. */
    guide() {
      wx.openPrivacyContract({ fail: () => wx.showToast({ icon: 'none', title: '打不开，请稍后再试' }) })
    },
    staff() {
      wx.navigateTo({ url: '/features/accounts/login/index' })
    },
    openShop() {
      wx.navigateTo({ url: '/features/business/signup/index' })
    },
    leave() {
      wx.showModal({
        title: '退出登录',
        content: '退出后，这部手机上看不到您的订单；再次验证手机号就能看到。',
        confirmText: '退出',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void signOut().then(() => wx.reLaunch({ url: '/pages/home/index' }))
        },
      })
    },
  },
})
