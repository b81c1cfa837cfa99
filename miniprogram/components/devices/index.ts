import { endDevice, listDevices, wipeDevice } from '../../api/accounts'
import { asProblem } from '../../api/problem'
import { endDeviceOf, listDevicesOf, wipeDeviceOf } from '../../api/staff'
import { deviceRow, farewell } from '../../words/devices'
import type { DeviceRow } from '../../words/devices'

/** What the page around it may ask of it. */
export interface Devices {
  load(): Promise<void>
}

/**
 * Where somebody is signed in, and how to end that: oneself, or the colleague named by `person`.
 * Triggers `counted` with `{ others }`, the devices beside this one.
 */
Component({
  properties: {
    /** Id of a colleague; empty for oneself. */
    person: { type: String, value: '' },
    /** Their name, for what is asked before something is ended. */
    whose: { type: String, value: '' },
  },
  data: { phase: 'loading', message: '', rows: [] as DeviceRow[], busy: false },
  lifetimes: {
    attached() {
      void this.load()
    },
  },

  methods: {
    async load(): Promise<void> {
      const { person } = this.data
      try {
        const rows = (await (person ? listDevicesOf(person) : listDevices())).map(deviceRow)
        rows.sort((a, b) => Number(b.current) - Number(a.current))
        this.setData({ rows, phase: 'ready' })
        this.triggerEvent('counted', { others: rows.filter((one) => !one.current).length })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    retry() {
      this.setData({ phase: 'loading' })
      void this.load()
    },

    choose(event: WechatMiniprogram.TouchEvent) {
      const row = this.data.rows.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!row || row.current || this.data.busy) return
      const wipes = row.ended ? [true] : [false, true]
      wx.showActionSheet({
        itemList: wipes.map((wipe) => farewell(row, this.data.whose, wipe).choice),
        success: ({ tapIndex }) => this.ask(row, wipes[tapIndex] ?? false),
      })
    },
    ask(row: DeviceRow, wipe: boolean) {
      const { person, whose } = this.data
      const { title, content, confirm: confirmText, done } = farewell(row, whose, wipe)
      const end = (): Promise<void> => {
        if (person) return wipe ? wipeDeviceOf(person, row.id) : endDeviceOf(person, row.id)
        return wipe ? wipeDevice(row.id) : endDevice(row.id)
      }
      wx.showModal({
        title, content, confirmText, confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.act(end, done)
        },
      })
    },
    async act(step: () => Promise<void>, said: string) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await step()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        // It ended elsewhere meanwhile.
        const gone = why.status === 404
        wx.showToast({ icon: 'none', title: gone ? '这台设备已经退出了' : why.sentence })
        if (gone) await this.load()
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
