import type { Group } from '../../../words/filter-groups'

/** One condition of the sheet: chips, and inputs where something is typed. */
Component({
  properties: {
    group: { type: Object, value: { id: '', title: '', options: [], inputs: '', kind: '', labels: ['', ''], typed: ['', ''], errors: ['', ''] } as Group },
  },
  methods: {
    choose(event: WechatMiniprogram.TouchEvent) {
      this.triggerEvent('choose', { group: this.group(), value: String(event.currentTarget.dataset['value']) })
    },
    type(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.triggerEvent('type', { group: this.group(), end: Number(event.currentTarget.dataset['end']), value: event.detail.value })
    },
    group(): string {
      return (this.data.group as Group).id
    },
  },
})
