import { due, inDays, instantOf, local } from '../../words/when'

interface Quick {
  id: string
  label: string
  at: string
}

/** A time in the future: the usual ones by one tap, any other on the wheel. */
Component({
  properties: {
    value: { type: null, value: '' },
    /** Whether no time at all is an answer. */
    optional: { type: Boolean, value: false },
  },
  data: { quick: [] as Quick[], shown: '', custom: false, wheel: false, wheelValue: '', start: '', steps: { minute: 5 } },
  lifetimes: {
    attached() {
      const quick = [
        { id: 'tomorrow', label: '明天 10:00', at: inDays(1, 10) },
        { id: 'three-days', label: '三天后', at: inDays(3, 10) },
        { id: 'next-week', label: '一周后', at: inDays(7, 10) },
      ]
      this.setData({ quick, start: local(Date.now()) })
      this.show(this.data.value as string)
    },
  },
  observers: {
    value(value: string | undefined) {
      this.show(value)
    },
  },
  methods: {
    show(value: string | undefined) {
      this.setData({ shown: due(value || null), custom: !!value && !this.data.quick.some((one) => one.at === value) })
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      this.tell(String(event.currentTarget.dataset['at']))
    },
    open() {
      this.setData({ wheel: true, wheelValue: local(Date.parse((this.data.value as string) || inDays(1, 10))) })
    },
    shut() {
      this.setData({ wheel: false })
    },
    onWheel(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.shut()
      this.tell(instantOf(event.detail.value))
    },
    tell(value: string) {
      this.triggerEvent('change', { value })
    },
  },
})
