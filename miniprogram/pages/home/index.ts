import { bottomReached, pulled, showSide } from '../../behaviors/tab-page'

Page({
  data: { side: '' },
  onShow() {
    showSide(this, 'pages/home/index', { staff: '今日', customer: '我的订单' })
  },
  onPullDownRefresh() {
    return pulled(this)
  },
  onReachBottom() {
    bottomReached(this)
  },
})
