import { agreement, answerAgreement, onAgreement } from '../../api/agreement'
import { listens } from '../../behaviors/listens'

/** The one place where somebody agrees to the 隐私保护指引 or does not. Every page has it, and the one that is open shows it. */
Component({
  behaviors: [listens],
  options: { styleIsolation: 'apply-shared' },
  data: { visible: false, name: '', open: true },
  lifetimes: {
    attached() {
      this.during(onAgreement(() => this.look()))
      this.look()
    },
  },
  pageLifetimes: {
    show() {
      this.setData({ open: true })
      this.look()
    },
    hide() {
      this.setData({ open: false })
      this.look()
    },
  },
  methods: {
    look() {
      const { asking, contract } = agreement()
      const visible = asking && this.data.open
      if (visible !== this.data.visible || contract !== this.data.name) this.setData({ visible, name: contract })
    },
    read() {
      wx.openPrivacyContract({})
    },
    agree() {
      answerAgreement(true)
    },
    refuse() {
      // The sheet says that it closed also when the answer closed it.
      if (this.data.visible) answerAgreement(false)
    },
  },
})
