type Answer = (answer: { event: 'agree' | 'disagree'; buttonId?: string }) => void

let waiting: Answer[] = []
let draw: (() => void) | null = null
let listening = false

/** WeChat asks whoever listens, whatever page is open: the gate that is shown last answers. */
function listen(): void {
  if (listening || !wx.onNeedPrivacyAuthorization) return
  listening = true
  wx.onNeedPrivacyAuthorization((resolve) => {
    waiting.push(resolve as unknown as Answer)
    draw?.()
  })
}

/** The one place where somebody agrees to the 隐私保护指引 or does not. Put on pages that ask for a phone. */
Component({
  options: { styleIsolation: 'apply-shared' },
  data: { visible: false, name: '《隐私保护指引》' },
  lifetimes: {
    attached() {
      listen()
      this.take()
      wx.getPrivacySetting?.({ success: ({ privacyContractName }) => this.setData({ name: privacyContractName }) })
    },
    detached() {
      draw = null
    },
  },
  pageLifetimes: {
    show() {
      this.take()
    },
  },
  methods: {
    take() {
      draw = () => this.setData({ visible: true })
    },
    read() {
      wx.openPrivacyContract({})
    },
    agree() {
      this.answer({ event: 'agree', buttonId: 'agree-privacy' })
    },
    refuse() {
      this.answer({ event: 'disagree' })
    },
    answer(said: { event: 'agree' | 'disagree'; buttonId?: string }) {
      this.setData({ visible: false })
      for (const resolve of waiting.splice(0)) resolve(said)
    },
  },
})
