// Whose phone it is: the list of devices, a device that is told to forget everything, and the second look.
import { arrived, keptSession, openStaff, tab, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

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

  await step('a phone that was logged out elsewhere is not back at work by itself', async () => {
    const other = await open(SALES, { storageState: world.storage(await world.signIn(SALES)) })
    await other.waitText('该跟进的客户')
    const latest = (await world.call(session, 'GET', 'auth/sessions')).items.find((one) => !one.current)
    await world.call(session, 'DELETE', `auth/sessions/${latest.id}`)
    await tab(other, 'customers')
    await other.waitText('这台手机在别处被下线了')
    await arrived(other)
    await other.shot('60b-logged-out')
    await other.tapText('知道了')
    await other.waitRoute('pages/home/index')
    equal((await keptSession(other)).me.side, 'customer', 'the side that is left')
    // The way back is chosen on the phone.
    await tab(other, 'me')
    await other.tap('[data-testid=staff-entrance]')
    await other.waitText('该跟进的客户')
    equal((await keptSession(other)).me.side, 'staff', 'the side that was chosen')
    await other.close()
  })

  await step('the boss sees a colleague\'s devices, has one log out and another forget', async () => {
    const boss = await openStaff(open, world, BOSS)
    const ask = async (path) => (await world.call(await world.known(BOSS), 'GET', path)).items
    const { id, name } = (await ask('staff')).find((one) => one.name === '陈晓')
    const logins = () => ask(`staff/${id}/sessions`)
    const [one, two] = [await world.signIn(SALES), await world.signIn(SALES)]
    const before = (await logins()).length
    await boss.goto(`/features/staff/detail/index?id=${id}`)
    await boss.visible('[data-testid=device]').first().waitFor()
    equal((await texts(boss, '[data-testid=device]')).length, before, 'devices')
    await boss.visible('[data-testid=device]').first().evaluate((row) => row.scrollIntoView({ block: 'center' }))
    await boss.shot('62-their-devices')
    // The latest login stands first.
    await boss.tap('[data-testid=device]')
    await boss.tapText('下线')
    await boss.waitText(`${name} 的“微信小程序”会立刻退出登录`)
    await arrived(boss)
    await boss.shot('63-log-out')
    await boss.tapText('取消')
    equal((await logins()).length, before, 'devices after a change of mind')
    // The choice and the button that confirms it may be the same word: the question is waited for in between.
    const end = async (row, choice, question, answer, left) => {
      await boss.visible('[data-testid=device]').nth(row).tap()
      await boss.tapText(choice)
      await boss.waitText(question)
      await boss.tapText(answer)
      await until('the page to list what is left', async () => (await texts(boss, '[data-testid=device]')).length === left)
    }
    await end(0, '下线', '会立刻退出登录', '下线', before)
    // It may still be told to forget.
    await boss.waitText('已下线，手机上的资料还在')
    await until('the one to be out', async () => (await world.ask(world.api, 'GET', '/api/v1/auth/me', { token: two.access })).status === 401)
    const forgets = async (of) => {
      const { status, body } = await world.ask(world.api, 'GET', '/api/v1/auth/me', { token: of.access })
      return status === 401 && body.code === 'wiped'
    }
    await end(1, '清除手机数据', '下次联网时会退出登录', '清除', before - 1)
    await until('the other to be told to forget', () => forgets(one))
    await end(0, '清除手机数据', '下次联网时会退出登录', '清除', before - 2)
    await until('the first to be told as well', () => forgets(two))
    equal((await logins()).length, before - 2, 'devices that are left')
    // It ended elsewhere while the page was open: the page says so and looks again.
    const third = await world.signIn(SALES)
    await boss.goto(`/features/staff/detail/index?id=${id}`)
    await boss.tap('[data-testid=device]')
    await world.call(third, 'POST', 'auth/logout', { body: {} })
    await boss.tapText('下线')
    await boss.waitText('会立刻退出登录')
    await boss.tapText('下线')
    await boss.waitText('这台设备已经退出了')
    await until('the list to be true again', async () => (await texts(boss, '[data-testid=device]')).length === before - 2)
    // The list alone does not come: the rest of the page stands, and it is asked for again.
    await boss.page.route('**/sessions', (route) => route.abort())
    await boss.goto(`/features/staff/detail/index?id=${id}`)
    await boss.visible('[data-testid=offline]').waitFor()
    await boss.visible('[data-testid=suspend]').waitFor()
    await boss.visible('[data-testid=retry]').evaluate((row) => row.scrollIntoView({ block: 'center' }))
    await arrived(boss)
    await boss.shot('64-no-devices-yet')
    await boss.page.unroute('**/sessions')
    await boss.tap('[data-testid=retry]')
    await boss.visible('[data-testid=device]').first().waitFor()
    await boss.close()
  })

  await step('whoever does not look after colleagues sees none of it', async () => {
    const { items } = await world.call(session, 'GET', 'staff')
    const { id } = items.find((one) => one.name === '林静')
    await phone.goto(`/features/staff/detail/index?id=${id}`)
    await phone.visible('[data-testid=person-name]').waitFor()
    check(!(await phone.page.locator('wx-page:visible').innerText()).includes('登录设备'), 'devices are shown')
    equal(phone.sent('GET', `staff/${id}/sessions`), 0, 'questions for devices')
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
