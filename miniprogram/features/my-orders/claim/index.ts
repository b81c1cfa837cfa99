import { signedIn } from '../../../api/accounts'
import { claimReceipt } from '../../../api/orders'
import { asProblem } from '../../../api/problem'
import { giveWay } from '../../../behaviors/back'
import { checkField } from '../../../rules/index'
import { grouped, sceneOf, scannedCode } from '../../../words/scene'

/** The one-time code of a receipt, typed or brought by the 小程序码. */
Component({
  data: { code: '', error: '', busy: false, scanned: false },

  methods: {
    onLoad(query: Record<string, string | undefined>) {
      const code = sceneOf(query, 'r')
      if (!code) return
      this.setData({ code: grouped(code), scanned: true })
      void this.submit()
    },

    onChange(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ code: grouped(event.detail.value), error: '' })
    },

    scan() {
      wx.scanCode({
        success: ({ result, path }) => {
          this.setData({ code: scannedCode(result, path), error: '' })
          void this.submit()
        },
        fail: () => undefined,
      })
    },

    async submit() {
      if (this.data.busy) return
      const code = this.data.code.trim()
      const found = checkField('receipt_proof', 'code', code)
      if (!code || found?.length) return this.setData({ error: code ? (found?.[0]?.detail ?? '') : '请输入小票上的查询码' })
      this.setData({ busy: true, error: '' })
      try {
        await signedIn()
        const order = await claimReceipt(code)
        giveWay(this, `/features/my-orders/detail/index?tenant=${order.tenant_id}&id=${order.id}`)
      } catch (thrown) {
        this.setData({ error: said(thrown), busy: false })
      }
    },
  },
})

/** Says what to do; never whether such a code exists. */
function said(thrown: unknown): string {
  const why = asProblem(thrown)
  if (why.code === 'not_found') return '没有找到订单。请核对查询码，或让店家再给您一个：每个码只能用一次。'
  if (why.status === 429) return '试的次数太多了，请过几分钟再来。'
  return why.errors[0]?.detail ?? why.sentence
}
