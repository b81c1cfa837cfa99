import { watchAgreement } from './api/agreement'
import { watchRights } from './api/rights'
import { init } from './rules/index'

App({
  onLaunch() {
    // Without the rules the forms still work: the server decides.
    void init()
    watchRights()
    watchAgreement()
    remindOfUpdate()
  },
})

/** A new version waits until the person agrees to restart. */
function remindOfUpdate(): void {
  const updates = wx.getUpdateManager()
  updates.onUpdateReady(() => {
    wx.showModal({
      title: '新版本已准备好',
      content: '重启后即可使用，填了一半的内容不会丢。',
      confirmText: '现在重启',
      cancelText: '稍后',
      success: ({ confirm }) => {
        if (confirm) updates.applyUpdate()
      },
    })
  })
}
