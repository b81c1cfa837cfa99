// No network, nothing there yet, nothing loaded: every page says so and says what to do.
import { openStaff, settled, tab } from '../actions.mjs'
import { check, equal } from '../runner.mjs'
import { BOSS, CUSTOMER } from '../world.mjs'

export const title = 'Offline, empty and broken'

export async function tell({ step, open, skip, world }) {
  const boss = await world.known(BOSS)
  const phone = await openStaff(open, world, BOSS)
  await phone.waitText('该跟进的客户')

  await step('without a network each page says so, and a retry helps', async () => {
    const [customer] = (await world.call(boss, 'GET', 'customers?limit=1')).items
    const [order] = (await world.call(boss, 'GET', 'orders?limit=1')).items
    const pages = [
      // First of all, while nobody's name is known yet: it does without.
      ['/features/duplicates/log/index', '还没有合并过'],
      ['/pages/customers/index', '位'], ['/pages/orders/index', order.number], ['/pages/inbox/index', '提醒'],
      [`/features/customers/detail/index?id=${customer.id}`, '跟进记录'], [`/features/orders/detail/index?id=${order.id}`, '合计'],
      ['/features/tags/settings/index', '口味'], ['/features/staff/list/index', '陈晓'], ['/features/staff/roles/index', '内置角色'], ['/features/staff/invite/index', '生成邀请'],
      ['/features/business/settings/index', '商家名称'], ['/features/audit/list/index', '林静'], ['/pages/home/index', '该跟进的客户'],
    ]
    for (const [route, there] of pages) {
      await phone.online(false)
      await phone.goto(route)
      await phone.waitText('没有网络')
      await phone.visible('[data-testid=retry]').first().waitFor()
      await phone.online(true)
      await phone.tap('[data-testid=retry]')
      await phone.waitText(there)
    }
    await phone.shot('40-back-online')
  })

  await step('a list that is shown stays when the network goes', async () => {
    await phone.goto('/pages/customers/index')
    await phone.waitText('苏文清')
    await phone.online(false)
    await phone.waitText('看到的可能不是最新的')
    await phone.shot('41-offline-bar')
    await phone.waitText('苏文清')
    await phone.online(true)
    await phone.waitGone('看到的可能不是最新的')
  })

  await step('a server that breaks is told from a missing network', async () => {
    phone.allowBroken = true
    await phone.page.route('**/api/v1/orders?*', (route) => route.fulfill({ status: 502, contentType: 'text/plain', body: 'Bad Gateway' }))
    await phone.goto('/pages/orders/index')
    await phone.waitText('没有加载出来')
    await phone.shot('42-broken')
    await phone.page.unroute('**/api/v1/orders?*')
    await phone.tap('[data-testid=retry]')
    await phone.visible('[data-testid=order-row]').first().waitFor()
    phone.allowBroken = false
  })

  await step('a slow answer shows a skeleton, never a blank page', async () => {
    await phone.page.route('**/api/v1/customers?*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700))
      await route.continue()
    })
    await phone.goto('/pages/customers/index')
    await phone.page.waitForFunction(() => [...document.querySelectorAll('[data-testid=loading]')].some((one) => one.checkVisibility() && getComputedStyle(one).opacity === '1'))
    await phone.shot('43-skeleton')
    await phone.waitText('苏文清')
    await phone.page.unroute('**/api/v1/customers?*')
  })

  await step('an empty list teaches the next step', async () => {
    // The demo's people all have customers: an empty answer stands for a business of the first day.
    const empty = JSON.stringify({ items: [], next_cursor: null, unread: 0 })
    const fulfil = (route) => route.fulfill({ status: 200, contentType: 'application/json', body: empty })
    for (const [path, route, said, name] of [
      ['customers', '/pages/customers/index', '记下第一位老顾客', '44-no-customers'],
      ['orders', '/pages/orders/index', '开一张订单', '45-no-orders'],
      ['inbox', '/pages/inbox/index', '和客户约好下次联系的时间', '46-no-letters'],
      ['tag-groups', '/features/tags/settings/index', '先建一组', '47-no-tags'],
    ]) {
      await phone.page.route(`**/api/v1/${path}*`, fulfil)
      await phone.goto(route)
      await phone.waitText(said)
      await settled(phone)
      await phone.shot(name)
      await phone.page.unroute(`**/api/v1/${path}*`)
    }
  })

  await step('a record that is gone, or is not one\'s own, is said to be so', async () => {
    await phone.goto('/features/customers/detail/index?id=01900000-0000-7000-8000-000000000000')
    await phone.waitText('没有这位客户')
  })

  await step('a session that ended sends back to the door', async () => {
    const customer = await open(CUSTOMER, { storageState: world.storage(await world.known(CUSTOMER, 'customer')) })
    await customer.waitText('员工入口')
    await tab(customer, 'me')
    await customer.tap('[data-testid=sign-out]')
    await customer.tapText('退出')
    await customer.waitText('查我的订单')
    equal(await customer.page.evaluate(() => localStorage.getItem('mp:customer:session')), null, 'what is kept')
    world.signedIn.delete(`${CUSTOMER} customer`)
    check((await customer.errors()).length === 0, 'errors on leaving')
  })
  skip('a business without any customer', 'it takes the command line; the empty answers above stand for it')
}
