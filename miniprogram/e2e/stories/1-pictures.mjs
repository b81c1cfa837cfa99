// The pictures of the README: both phones on one page, a customer, an order, and the list on a tablet.
import path from 'node:path'
import { arrived, openStaff, settled, tab } from '../actions.mjs'
import { check } from '../runner.mjs'
import { BOSS, CUSTOMER } from '../world.mjs'

export const title = 'Pictures for the README'

export async function tell({ step, open, world, browser, shots }) {
  const boss = await world.known(BOSS)
  const buyer = await world.known(CUSTOMER, 'customer')

  await step('both phones on one page, and the notifications they received', async () => {
    const storageState = world.storage(boss)
    storageState.origins[0].localStorage.push(...world.storage(buyer).origins[0].localStorage)
    const context = await browser.newContext({ viewport: { width: 1000, height: 1190 }, hasTouch: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', storageState })
    const page = await context.newPage()
    await page.goto(`${world.base}/preview/`)
    const [left, right] = ['员工的手机', '顾客的手机'].map((name) => page.frameLocator(`iframe[title=${name}]`))
    await left.getByText('该跟进的客户').waitFor()
    await right.locator('[data-testid=order-row]', { hasText: '已发货' }).first().tap()
    await right.getByText('包裹已交给快递').waitFor()
    for (const frame of page.frames()) check((await frame.evaluate(() => window.__mp?.state.errors ?? [])).length === 0, 'errors in a phone')
    await page.screenshot({ path: path.join(shots, 'readme-two-phones.png') })
    await context.close()
  })

  await step('a customer and an order', async () => {
    const phone = await openStaff(open, world, BOSS)
    await phone.waitText('该跟进的客户')
    await tab(phone, 'customers')
    await phone.fill('[data-testid=search]', '苏文清')
    await phone.tap('[data-testid=customer-row]:has-text("苏文清")')
    await phone.waitText('跟进记录')
    // Folded, so that orders and timeline are in the picture.
    await phone.tap('[data-section=facts]')
    await arrived(phone)
    await phone.shot('readme-customer')
    await phone.visible('[data-testid=order-row]:has-text("已发货")').first().tap()
    await phone.waitText('确认签收')
    await arrived(phone)
    await phone.shot('readme-order')
  })

  await step('the list of customers on a tablet', async () => {
    const tablet = await openStaff(open, world, BOSS, { width: 1024, height: 768, scale: 1.5, route: '/pages/customers/index' })
    await tablet.waitText('苏文清')
    await settled(tablet)
    await tablet.shot('readme-tablet')
  })
}
