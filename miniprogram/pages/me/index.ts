import { bottomReached, pulled, showSide } from '../../behaviors/tab-page'

Page({
  data: { side: '' },
  onShow() {
    showSide(this, 'pages/me/index', { staff: '我的', customer: '我的' })
  },
  onPullDownRefresh() {
    return pulled(this)
  },
  onReachBottom() {
    bottomReached(this)
  },
})
