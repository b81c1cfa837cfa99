// Before any login: what can be looked at, and who is turned away.
import { tab } from '../actions.mjs'
import { equal } from '../runner.mjs'

export const title = 'Before any login'

export async function tell({ step, open }) {
  const phone = await open('passer-by')

  await step('the welcome page can be looked at before any login', async () => {
    await phone.waitText('查我的订单')
    await tab(phone, 'help')
    await phone.waitText('常见问题')
    await tab(phone, 'me')
    await phone.waitText('还没有登录')
    await phone.tap('[data-testid=privacy-guide]')
    equal((await phone.calls('openPrivacyContract')).length, 1, 'the privacy guide was opened')
    equal(phone.sent(), 0, 'changes sent before anybody logged in')
    await tab(phone, 'my-orders')
  })

  await step('a stranger is no staff', async () => {
    const stranger = await open('stranger')
    await stranger.waitText('员工入口')
    await stranger.tap('[data-testid=staff-entrance]')
    await stranger.tap('[data-testid=wechat-login]')
    await stranger.tap('[data-testid=staff-phone]')
    await stranger.tapText('允许')
    await stranger.waitText('还不是员工')
    await stranger.close()
  })
}
