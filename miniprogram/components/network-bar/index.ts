type Change = WechatMiniprogram.OnNetworkStatusChangeListenerResult

const heard = new WeakMap<object, (change: Change) => void>()

/** Says that there is no network, as long as there is none. */
Component({
  data: { offline: false },
  lifetimes: {
    attached() {
      const listener = ({ isConnected }: Change): void => this.setData({ offline: !isConnected })
      heard.set(this, listener)
      wx.onNetworkStatusChange(listener)
      wx.getNetworkType({ success: ({ networkType }) => this.setData({ offline: networkType === 'none' }) })
    },
    detached() {
      const listener = heard.get(this)
      // The typings forget that the listener is the one that was given.
      if (listener) wx.offNetworkStatusChange(listener as () => void)
    },
  },
})
