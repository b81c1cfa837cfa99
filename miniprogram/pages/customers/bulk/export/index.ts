import { listCustomFields } from '../../../../api/custom-fields'
import { seesEmails, seesPhones } from '../../../../api/rights'
import type { CustomField, Export } from '../../../../api/types'
import type { Choice } from '../../../../words/names'
import { FORMATS, WHICH, columnsOf, exportColumns } from '../../../../words/transfer'

type Change = WechatMiniprogram.CustomEvent<{ name: string; value: string }>
type Columns = WechatMiniprogram.CustomEvent<{ value: string[] }>

/** How a list goes out: as which kind of file, and with which columns. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    count: { type: String, value: '0' },
  },
  data: { formats: FORMATS, which: WHICH, options: [] as Choice[], typed: { format: 'xlsx' as Export['format'], which: 'all' }, columns: [] as string[], failure: '' },
  observers: {
    visible(visible: boolean) {
      if (!visible) return
      this.setData({ failure: '' })
      void this.load()
    },
  },
  methods: {
    async load() {
      // Without the own fields the others can still be chosen.
      const own = await listCustomFields().catch(() => [] as CustomField[])
      this.setData({ options: exportColumns(own, { phones: seesPhones(), emails: seesEmails() }) })
    },
    onTyped(event: Change) {
      this.setData({ [`typed.${event.detail.name}`]: event.detail.value, failure: '' })
    },
    onColumns(event: Columns) {
      this.setData({ columns: event.detail.value, failure: '' })
    },
    start() {
      const { typed, options, columns } = this.data
      const chosen = typed.which === 'all' ? [] : columnsOf(options, columns)
      if (typed.which !== 'all' && !chosen.length) return this.setData({ failure: '至少选一列' })
      this.triggerEvent('start', { format: typed.format, columns: chosen })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
