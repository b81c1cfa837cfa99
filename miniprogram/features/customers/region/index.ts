import { findRegions, regionNames, regionParts } from './tree'
import type { RegionChoice } from './tree'

/** Province, city and district, by steps or by what is typed. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    value: { type: null, value: '' },
  },
  data: { q: '', within: '', path: '', rows: [] as RegionChoice[] },
  observers: {
    visible(visible: boolean) {
      if (!visible) return
      // One begins beside what is chosen: its neighbours are the likely correction.
      const value = String(this.data.value ?? '')
      this.step(/^\d{6}$/.test(value) && !value.endsWith('00') ? `${value.slice(0, 4)}00` : '')
    },
  },
  methods: {
    step(within: string) {
      const rows = regionParts(within)
      const shown = rows.length ? rows : regionParts(`${within.slice(0, 2)}0000`)
      this.setData({ q: '', within, path: regionNames(within), rows: shown })
    },
    onSearch(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const q = event.detail.value
      if (q.trim() === '') return this.step(this.data.within)
      this.setData({ q, rows: findRegions(q) })
    },
    up() {
      const { within } = this.data
      this.step(within.endsWith('0000') ? '' : `${within.slice(0, 2)}0000`)
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      const code = String(event.currentTarget.dataset['code'])
      if (!this.data.q && regionParts(code).length) return this.step(code)
      this.take(code)
    },
    takeWhole() {
      this.take(this.data.within)
    },
    take(code: string) {
      this.triggerEvent('change', { name: 'region', value: code, text: regionNames(code) })
      this.close()
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
