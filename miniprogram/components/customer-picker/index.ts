import { paged } from '../../behaviors/paged'
import type { Shown } from '../../behaviors/paged'
import { listCustomers } from '../../api/customers'
import type { CustomerRow, Page } from '../../api/types'
import { initial } from '../../words/customers'

/** Finds one customer by name, company or the last four digits. */
Component({
  behaviors: [paged],
  properties: { visible: { type: Boolean, value: false } },
  data: { q: '' },
  observers: {
    visible(visible: boolean) {
      if (visible && this.data.phase !== 'ready') void this.reload()
    },
  },
  methods: {
    fetchPage(cursor: string | null): Promise<Page<CustomerRow>> {
      return listCustomers({ q: this.data.q }, cursor)
    },
    present(row: CustomerRow): Shown {
      return { id: row.id, name: row.name, initial: initial(row.name), line: [row.company, row.phone_masked].filter(Boolean).join(' · ') }
    },
    onSearch(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ q: event.detail.value })
      void this.reload(true)
    },
    onMore() {
      void this.more()
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      this.triggerEvent('choose', { id, name })
    },
    close() {
      this.triggerEvent('close')
    },
    retry() {
      void this.reload(true)
    },
  },
})
