const ANSWERS = [
  { id: 'find', q: '怎么找到我的订单？', a: '用下单时留的手机号验证，或输入店家给您的 16 位查询码。小票上有小程序码的，直接用微信扫一扫。' },
  { id: 'empty', q: '验证了手机号，为什么没有订单？', a: '可能下单时留的是另一个号码。请让店家给您一个查询码，输入后就能看到。' },
  { id: 'safe', q: '别人能看到我的订单吗？', a: '不能。只有验证过号码，或持有一次性查询码的人才能看到；只知道您的手机号是查不到的。' },
  { id: 'change', q: '想改地址或取消订单？', a: '发货前可以。请点上面的“联系客服”，把单号发给店家。' },
]

/** How to be helped, and how to find an order. */
Component({
  data: { answers: ANSWERS, open: 'find' },
  methods: {
    toggle(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      this.setData({ open: this.data.open === id ? '' : id })
    },
    claim() {
      wx.navigateTo({ url: '/features/my-orders/claim/index' })
    },
    orders() {
      wx.switchTab({ url: '/pages/home/index' })
    },
    staff() {
      wx.navigateTo({ url: '/features/accounts/login/index' })
    },
  },
})
