// What a button's open-type does. The sheets look like WeChat's and wait for a tap, in tests too.
import { consent, showActionSheet, showToast } from './ui/dialogs.js'
import { record } from './state.js'
import { sim } from './sim.js'
import { privacy } from './privacy.js'

export function openType(comp) {
  for (const kind of comp.data.openType.split('|')) KINDS[kind]?.(comp)
}

const mask = (n) => String(n ?? '').replace(/^(\+?\d*?)(\d{3})\d{4}(\d{4})$/, '$1$2****$3') || '未绑定手机号'

/** Everything a real button does: privacy first, then the sheet with the masked number, then a code. */
async function phoneNumber(comp, event) {
  try {
    if (!(await privacy.ask('getPhoneNumber'))) return comp.triggerEvent(event, { errMsg: `${event}:fail privacy permission is not authorized`, errno: 104 })
    const { phone_number: number } = await sim.profile()
    const { allowed } = await consent({ title: '申请获取你的手机号', lines: ['用于登录和关联你的订单', mask(number)] })
    if (!allowed) return comp.triggerEvent(event, { errMsg: `${event}:fail user deny`, errno: 103 })
    const { code } = await sim.phoneCode()
    comp.triggerEvent(event, { errMsg: `${event}:ok`, code })
  } catch (error) {
    comp.triggerEvent(event, { errMsg: `${event}:fail ${error.message}`, errno: 5 })
  }
}

const KINDS = {
  getPhoneNumber: (comp) => phoneNumber(comp, 'getphonenumber'),
  getRealtimePhoneNumber: (comp) => phoneNumber(comp, 'getrealtimephonenumber'),
  contact(comp) {
    record('contact', { sessionFrom: comp.data.sessionFrom, title: comp.data.sendMessageTitle, path: comp.data.sendMessagePath })
    showToast({ title: '已打开客服会话', icon: 'none' })
    comp.triggerEvent('contact', { errMsg: 'enterContact:ok', path: '', query: {} })
  },
  share: (comp) => share('button', comp),
  feedback: () => record('feedback', {}),
  openSetting(comp) {
    record('openSetting', {})
    comp.triggerEvent('opensetting', { authSetting: {}, errMsg: 'openSetting:ok' })
  },
  agreePrivacyAuthorization(comp) {
    privacy.agree(comp.id)
    comp.triggerEvent('agreeprivacyauthorization', { errMsg: 'agreePrivacyAuthorization:ok' })
  },
  chooseAvatar(comp) {
    record('chooseAvatar', {})
    comp.triggerEvent('chooseavatar', { avatarUrl: 'wxfile://tmp_avatar.png' })
  },
  launchApp: (comp) => comp.triggerEvent('error', { errMsg: 'invalid scene' }),
}

/** Asks the page for its share card and writes it down: the preview has no chat to send it to. */
export async function share(from, comp) {
  const page = window.__mp.page()
  const options = { from, target: comp && { id: comp.id, dataset: comp.dataset }, webViewUrl: undefined }
  let card = page.onShareAppMessage?.(options) ?? {}
  if (card.promise) card = await Promise.race([card.promise, new Promise((r) => setTimeout(r, 3000, card))])
  record('share', { from, title: card.title ?? document.title, path: card.path ?? '/' + page.route, imageUrl: card.imageUrl ?? '' })
  showToast({ title: '已发送给朋友', icon: 'none' })
}

export async function openMenu() {
  const items = ['转发给朋友', '重新进入小程序']
  const index = await showActionSheet({ itemList: items })
  if (index === 0) share('menu')
  if (index === 1) location.reload()
}
