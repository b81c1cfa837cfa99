// Login, consents and payment: the simulator answers, the user of the phone is asked by a sheet.
import { api, refuse, wx } from './api.js'
import { consent, showModal } from '../ui/dialogs.js'
import { privacy } from '../privacy.js'
import { record, state } from '../state.js'
import { sim } from '../sim.js'

api('login', async () => {
  if (!state.online) refuse('request:fail', { errno: 600001 })
  return { code: (await sim.login()).code }
})
api('checkSession', () => ({}))
api('getUserProfile', () => ({ userInfo: { nickName: '微信用户', avatarUrl: '' } }))

api('requestSubscribeMessage', async ({ tmplIds }) => {
  if (!tmplIds?.length) refuse('TmplIds can not be empty', { errCode: 10001 })
  if (tmplIds.length > 5) refuse('TmplIds length must be less than 6', { errCode: 20003 })
  record('requestSubscribeMessage', { tmplIds })
  const titles = state.templateTitles ?? {}
  const { allowed, chosen } = await consent({
    title: '申请发送以下消息', lines: [], options: tmplIds.map((id) => ({ text: titles[id] ?? id })), allow: '允许', refuse: '取消',
  })
  const answers = Object.fromEntries(tmplIds.map((id, i) => [id, allowed && chosen[i] ? 'accept' : 'reject']))
  const result = await sim.subscribe(tmplIds, answers)
  if (result.errCode) refuse(result.errMsg, { errCode: result.errCode })
  return { ...answers, ...result }
})

api('checkIsSupportSoterAuthentication', () => ({ supportMode: state.fingers ?? ['fingerPrint'] }))
api('checkIsSoterEnrolledInDevice', () => ({ isEnrolled: true }))
api('startSoterAuthentication', async ({ requestAuthModes, challenge, authContent }) => {
  if (!requestAuthModes?.length || !challenge) refuse('parameter error', { errCode: 90003 })
  record('startSoterAuthentication', { requestAuthModes })
  const { confirm } = await showModal({ title: '指纹（预览）', content: authContent ?? '请验证指纹', confirmText: '按下手指' })
  if (!confirm) refuse('cancel', { errCode: 90008 })
  const { errMsg, ...signed } = await sim.soter(challenge)
  if (signed.errCode) refuse(errMsg, { errCode: signed.errCode })
  return signed
})

api('requestPayment', async (options) => {
  const { success, fail, complete, ...order } = options
  record('requestPayment', { package: order.package })
  const { confirm } = await showModal({ title: '微信支付（预览）', content: '确认支付这笔订单？', confirmText: '支付' })
  if (!confirm) refuse('cancel')
  return sim.post('/pay', order)
})

wx.onNeedPrivacyAuthorization = privacy.listen
api('getPrivacySetting', () => ({ needAuthorization: privacy.needed(), privacyContractName: '《隐私保护指引》' }))
api('requirePrivacyAuthorize', async () => ((await privacy.ask('requirePrivacyAuthorize')) ? {} : refuse('privacy permission is not authorized', { errno: 104 })))
