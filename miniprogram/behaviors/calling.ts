import { revealPhone, revealText } from '../api/customers'
import { revealOrderPhone } from '../api/orders'
import { asProblem } from '../api/problem'
import { dialled } from '../words/custom'

/** Shows the number to the dialler; the server writes down who looked. */
async function dial(reveal: () => Promise<{ dial: string }>): Promise<boolean> {
  wx.showLoading({ title: '正在取号码', mask: true })
  try {
    const phone = await reveal()
    wx.hideLoading()
    wx.makePhoneCall({ phoneNumber: phone.dial, fail: () => undefined })
    return true
  } catch (thrown) {
    wx.hideLoading()
    const why = asProblem(thrown)
    wx.showToast({ icon: 'none', title: why.code === 'not_found' ? '这位客户没有留电话' : why.sentence })
    return false
  }
}

export function callCustomer(id: string, index = 0): Promise<boolean> {
  return dial(() => revealPhone(id, index))
}

/** A number in a field of the business's own. */
export function callCustomField(id: string, key: string): Promise<boolean> {
  return dial(async () => ({ dial: dialled((await revealText(id, `custom/${key}`)).text) }))
}

export function callReceiver(order: string): Promise<boolean> {
  return dial(() => revealOrderPhone(order))
}

/** WeChat finds people by their number: copy it, then search there. */
export async function copyCustomerPhone(id: string): Promise<void> {
  try {
    const { number } = await revealPhone(id)
    wx.setClipboardData({ data: number, success: () => wx.showToast({ icon: 'none', title: '号码已复制，可在微信里搜索添加' }) })
  } catch (thrown) {
    wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
  }
}
