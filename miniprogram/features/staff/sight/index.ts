import { explain } from '../../../api/roles'
import { asProblem } from '../../../api/problem'
import { listStaff } from '../../../api/staff'
import type { Explanation } from '../../../api/types'
import { personRow } from '../../../words/people'
import type { PersonRow } from '../../../words/people'

interface Row extends PersonRow {
  open: boolean
  verdict: string
  reasons: { code: string; detail: string }[]
}

/** Who sees a row, and why: asked for one colleague at a time. */
Component({
  data: { resource: 'customers', id: '', name: '', phase: 'loading', message: '', rows: [] as Row[] },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      this.setData({ resource: query['resource'] ?? 'customers', id: query['id'] ?? '', name: decodeURIComponent(query['name'] ?? '') })
      void this.load()
    },
    async load() {
      this.setData({ phase: 'loading' })
      try {
        const { items } = await listStaff()
        this.setData({ phase: 'ready', rows: items.map((one) => ({ ...personRow(one, ''), open: false, verdict: '', reasons: [] })) })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    async toggle(event: WechatMiniprogram.TouchEvent) {
      const at = this.data.rows.findIndex((one) => one.id === event.currentTarget.dataset['id'])
      const row = this.data.rows[at]
      if (!row) return
      const { open, verdict: known } = row
      this.setData({ [`rows[${at}].open`]: !open })
      if (open || known) return
      try {
        const found = await explain(this.data.resource, this.data.id, row.id)
        this.setData({ [`rows[${at}].verdict`]: verdict(found), [`rows[${at}].reasons`]: found.reasons })
      } catch (thrown) {
        this.setData({ [`rows[${at}].open`]: false })
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})

function verdict({ may_read, may_write }: Explanation): string {
  return may_write ? '看得到，能修改' : may_read ? '看得到，不能修改' : '看不到'
}
