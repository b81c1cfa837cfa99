// picker: tapping it opens a sheet with columns; every option can be tapped, so tests need no wheel gesture.
import { define } from './define.js'
import { columnsSheet } from '../ui/columns.js'
import { REGIONS } from './regions.js'

const range = (from, to, suffix = '') => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => String(from + i).padStart(2, '0') + suffix)
const labels = (list, key) => (list ?? []).map((item) => String(key && item && typeof item === 'object' ? item[key] : item))

define('picker', {
  props: { mode: { type: String, value: 'selector' }, disabled: Boolean, range: { type: null, value: [] }, rangeKey: String, value: null, start: String, end: String, fields: { type: String, value: 'day' }, headerText: String, name: String, customItem: String, level: String },
  attached(host, comp) {
    if (comp.__wired) return
    comp.__wired = true
    comp.addListener('tap', () => comp.activate())
  },
  methods: {
    activate() {
      if (!this.data.disabled) open(this)
    },
    formValue() { return this.data.value },
    resetValue() { this.setData({ value: null }) },
  },
})

function open(comp) {
  const { mode, headerText } = comp.data
  const spec = (MODES[mode] ?? MODES.selector)(comp)
  columnsSheet({
    title: headerText, ...spec,
    onChange: (column, value) => mode === 'multiSelector' && comp.triggerEvent('columnchange', { column, value }),
  }).then((picked) => {
    if (!picked) return comp.triggerEvent('cancel', {})
    const detail = spec.result(picked)
    comp.setData({ value: detail.value })
    comp.triggerEvent('change', detail)
  })
}

const MODES = {
  selector: ({ data }) => ({ columns: () => [labels(data.range, data.rangeKey)], at: [Number(data.value) || 0], result: ([i]) => ({ value: i }) }),
  multiSelector: (comp) => ({
    // Read again on every draw: the page may change later columns in columnchange.
    columns: () => comp.data.range.map((list) => labels(list, comp.data.rangeKey)),
    at: comp.data.range.map((_, i) => Number(comp.data.value?.[i]) || 0),
    result: (at) => ({ value: at }),
  }),
  time: ({ data }) => {
    const [h, m] = String(data.value || '00:00').split(':').map(Number)
    return { columns: () => [range(0, 23, '时'), range(0, 59, '分')], at: [h || 0, m || 0], result: (at) => ({ value: at.map((n) => String(n).padStart(2, '0')).join(':') }) }
  },
  date: ({ data }) => {
    const year = (s, other) => Number(String(s || '').slice(0, 4)) || other
    const now = data.value ? new Date(String(data.value).replace(/-/g, '/')) : new Date()
    const first = year(data.start, 1970)
    const last = year(data.end, new Date().getFullYear() + 20)
    const depth = { year: 1, month: 2, day: 3 }[data.fields] ?? 3
    const at = [Math.max(0, now.getFullYear() - first), now.getMonth(), now.getDate() - 1].slice(0, depth)
    const days = (a) => new Date(first + a[0], (a[1] ?? 0) + 1, 0).getDate()
    return {
      columns: (a) => [range(first, last, '年'), range(1, 12, '月'), range(1, days(a), '日')].slice(0, depth),
      at,
      result: (a) => ({ value: [first + a[0], a[1] + 1, a[2] + 1].slice(0, depth).map((n) => String(n).padStart(2, '0')).join('-') }),
    }
  },
  region: ({ data }) => {
    const [p, c, d] = Array.isArray(data.value) ? data.value : []
    // What stands for a whole province or city comes first, and has no code of its own.
    const whole = data.customItem ? [[data.customItem, '', []]] : []
    const provinces = [...whole, ...REGIONS]
    const below = (one) => [...whole, ...(one?.[2] ?? [])]
    const cities = (a) => below(provinces[a[0]])
    const districts = (a) => below(cities(a)[a[1]])
    const find = (list, name) => Math.max(0, list.findIndex(([n]) => n === name))
    const at = [find(provinces, p), 0, 0]
    at[1] = find(cities(at), c)
    at[2] = find(districts(at), d)
    const names = (list) => list.map(([n]) => n)
    return {
      linked: true,
      columns: (a) => [names(provinces), names(cities(a)), names(districts(a))],
      at,
      result: (a) => {
        const chosen = [provinces[a[0]], cities(a)[a[1]], districts(a)[a[2]]]
        return { value: names(chosen), code: chosen.map(([, code]) => code).filter(Boolean), postcode: '' }
      },
    }
  },
}
