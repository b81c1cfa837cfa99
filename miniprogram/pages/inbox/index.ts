import { bottomReached, pulled, showSide } from '../../behaviors/tab-page'

Page({
  data: { side: '' },
  onShow() {
    showSide(this, 'pages/inbox/index', { staff: '消息', customer: '服务' })
  },
  onPullDownRefresh() {
    return pulled(this)
  },
  onReachBottom() {
    bottomReached(this)
  },
})
