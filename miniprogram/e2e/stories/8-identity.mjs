// Whose phone it is: the list of devices, a device that is told to forget everything, and the second look.
import { arrived, texts } from '../actions.mjs'
import { until } from '../runner.mjs'
import { SALES } from '../world.mjs'

export const title = 'Devices, and proving once more who one is'

export async function tell({ step, open, world }) {
  const session = await world.signIn(SALES)
  const phone = await open(SALES, { storageState: world.storage(session) })

  await step('another device is seen, and told to forget everything', async () => {
    const lost = await world.signIn(SALES)
    const other = await open(SALES, { storageState: world.storage(lost) })
    await other.waitText('该跟进的客户')
    await phone.goto('/pages/me/index')
    await phone.tap('[data-testid=devices]')
    await phone.waitText('这些设备登录着你的账号')
    await phone.waitText('本机')
    await arrived(phone)
    await phone.shot('60-devices')
    const before = (await texts(phone, '[data-testid=device]')).length
    await phone.visible('[data-testid=device]').nth(1).tap()
    await phone.tapText('移除并清除上面的资料')
    await phone.tapText('清除')
    await phone.waitText('已移除')
    await until('the device is gone from the list', async () => (await texts(phone, '[data-testid=device]')).length === before - 1)
    // The lost phone hears of it with whatever it asks next, and knows nobody any more.
    await until('the lost phone to obey', async () => {
      await other.goto('/pages/customers/index').catch(() => undefined)
      return other.page.evaluate((name) => localStorage.getItem(`mp:${name}:session`) === null, other.name)
    })
    await other.close()
  })

  await step('beyond the numbers of the day a finger opens the next one', async () => {
    const { id } = await world.customer(session, { name: '苏晚晴' })
    let answer = { status: 200 }
    while (answer.status === 200) answer = await world.ask(world.api, 'POST', `/api/v1/customers/${id}/phones/0/reveal`, { token: session.access, body: {} })
    if (answer.body.code !== 'step_up_required') throw new Error(JSON.stringify(answer.body))
    await phone.goto(`/features/customers/detail/index?id=${id}`)
    await phone.waitText('苏晚晴')
    await phone.tap('[data-testid=call]')
    await phone.waitText('再确认一次是你本人')
    await arrived(phone)
    await phone.shot('61-step-up')
    // Left without proving: nothing is dialled, and the page says so.
    await phone.back()
    await phone.waitText('没有验证身份')
    await phone.tap('[data-testid=call]')
    await phone.tap('[data-testid=by-finger]')
    await phone.tapText('按下手指')
    await until('the dialler', async () => (await phone.calls('makePhoneCall')).length === 1)
  })
  await phone.close()
}
