import { CONTACT_LABELS, LABEL_LENGTH } from '../../../../words/names'

/** Below one of several numbers or addresses: what it is for, and that it shall be the primary one. Triggers `label` with `{ value }`, and `first`. */
Component({
  properties: {
    /** `phones`, `emails` or `wechat_ids`. */
    kind: { type: String, value: 'phones' },
    /** Its place in the list; the first is the primary one. */
    at: { type: Number, value: 0 },
    label: { type: null, value: '' },
  },
  data: { labels: [] as string[] },
  observers: {
    'kind, label'(kind: string, label: string | undefined) {
      const usual = CONTACT_LABELS[kind] ?? []
      this.setData({ labels: label && !usual.includes(label) ? [...usual, label] : usual })
    },
  },
  methods: {
    /** What is tapped again is taken away. */
    choose(event: WechatMiniprogram.TouchEvent) {
      const value = String(event.currentTarget.dataset['value'])
      this.tell(value === this.data.label ? '' : value)
    },
    write() {
      const { kind, label } = this.data
      this.ask('写一个标注', label && !CONTACT_LABELS[kind]?.includes(label) ? label : '')
    },
    /** What is too long is asked for again, as it was typed. */
    ask(title: string, typed: string) {
      wx.showModal({
        title,
        editable: true,
        content: typed,
        placeholderText: `最多 ${LABEL_LENGTH} 个字，如 助理`,
        confirmText: '好',
        success: ({ confirm, content }) => {
          const value = (content ?? '').trim()
          if (!confirm || !value) return
          if ([...value].length > LABEL_LENGTH) this.ask(`最多 ${LABEL_LENGTH} 个字，写短一点`, value)
          else this.tell(value)
        },
      })
    },
    tell(value: string) {
      this.triggerEvent('label', { value })
    },
    first() {
      this.triggerEvent('first', {})
    },
  },
})
