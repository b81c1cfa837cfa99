import { announce } from '../../../../api/changes'
import { eraseCustomer, exportCustomer, refuseAds } from '../../../../api/privacy'
import type { LetterFormat } from '../../../../api/privacy'
import { asProblem } from '../../../../api/problem'
import type { ErasureReason } from '../../../../api/types'
import { takeTurn } from '../../../../behaviors/turns'
import type { Choice } from '../../../../words/names'
import { ERASURES, letterName, stillOpen } from '../../../../words/privacy'
import { day } from '../../../../words/when'

const FORMATS: Choice<LetterFormat>[] = [
  { value: 'html', label: '网页，能看能打印' },
  { value: 'json', label: 'JSON，给程序用' },
]

/** What somebody chooses here; the others come about by themselves. */
const CHOSEN: ErasureReason[] = ['asked_in_writing', 'consent_withdrawn', 'mistake']
const REASONS: Choice[] = CHOSEN.map((value) => ({ value, label: ERASURES[value] ?? value }))

/** What a customer may ask for by letter: a copy of everything that is kept, no advertising, and to be erased. */
Component({
  properties: {
    customer: { type: String, value: '' },
    name: { type: String, value: '' },
    /** Since when they refuse advertising; empty: nobody wrote that down. */
    refused: { type: String, value: '', observer(this: { setData(data: object): void }, at: string) { this.setData({ refusedOn: day(at || null) }) } },
    exports: { type: Boolean, value: false },
    refuses: { type: Boolean, value: false },
    erases: { type: Boolean, value: false },
  },
  data: {
    busy: false, failure: '', refusing: false, refusedOn: '',
    exporting: false, formats: FORMATS, format: 'html' as LetterFormat, file: '', fileName: '',
    erasing: false, reasons: REASONS, reason: 'asked_in_writing' as ErasureReason, typed: '', error: '',
  },
  lifetimes: {
    detached() {
      this.drop()
    },
  },

  methods: {
    openExport() {
      this.setData({ exporting: true, format: 'html', failure: '' })
    },
    closeExport() {
      this.drop()
      this.setData({ exporting: false })
    },
    onFormat(event: WechatMiniprogram.CustomEvent<{ value: LetterFormat }>) {
      this.drop()
      this.setData({ format: event.detail.value, failure: '' })
    },
    /** WeChat lets a file be sent by a tap only, so it is made first. */
    async make() {
      const { customer, name, format, busy } = this.data
      if (busy) return
      const newest = takeTurn(this, 'letter')
      this.setData({ busy: true, failure: '' })
      try {
        const text = await exportCustomer(customer, format)
        if (!newest()) return
        const fileName = letterName(name, format)
        const file = `${wx.env.USER_DATA_PATH}/${fileName}`
        wx.getFileSystemManager().writeFileSync(file, text, 'utf8')
        this.setData({ file, fileName })
      } catch (thrown) {
        if (newest()) this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
    send() {
      const { file: filePath, fileName } = this.data
      wx.shareFileMessage({ filePath, fileName, fail: () => undefined })
    },
    /** A whole record does not stay on the phone, nor comes to a sheet that was closed meanwhile. */
    drop() {
      takeTurn(this, 'letter')
      const { file: filePath } = this.data
      if (!filePath) return
      wx.getFileSystemManager().unlink({ filePath, fail: () => undefined })
      this.setData({ file: '', fileName: '' })
    },

    openRefusal() {
      this.setData({ refusing: true, failure: '' })
    },
    closeRefusal() {
      this.setData({ refusing: false })
    },
    async refuse() {
      const { customer, name, busy } = this.data
      if (busy) return
      this.setData({ busy: true, failure: '' })
      try {
        const row = await refuseAds(customer)
        this.setData({ refusing: false })
        announce('customer', row)
        wx.showToast({ icon: 'none', title: `已登记：${name} 拒收营销信息` })
      } catch (thrown) {
        this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },

    openErase() {
      this.setData({ erasing: true, reason: 'asked_in_writing', typed: '', error: '', failure: '' })
    },
    closeErase() {
      this.setData({ erasing: false })
    },
    onReason(event: WechatMiniprogram.CustomEvent<{ value: ErasureReason }>) {
      this.setData({ reason: event.detail.value })
    },
    onTyped(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ typed: event.detail.value, error: '', failure: '' })
    },
    confirm() {
      const { name, typed } = this.data
      if (typed.trim() !== name.trim()) return this.setData({ error: typed.trim() ? `和“${name}”不一样` : '写上名字才能删除' })
      void this.erase(false)
    },
    /** `knowing`: one was told of the orders that are still on their way. */
    async erase(knowing: boolean) {
      const { customer, name, reason, busy } = this.data
      if (busy) return
      this.setData({ busy: true, failure: '' })
      try {
        await eraseCustomer(customer, { reason, with_open_orders: knowing })
        announce('customerGone', { id: customer })
        wx.showToast({ icon: 'none', title: `已彻底删除 ${name}` })
        this.triggerEvent('erased')
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'orders_open') wx.showModal({ ...stillOpen(why), success: ({ confirm }) => confirm && void this.erase(true) })
        else this.setData({ failure: why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
