// The main job on both phones: a customer is written down, talked to, reminded of, sold to; the parcel leaves, and the customer sees it.
import { fillLine, keptSession, tab, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { CUSTOMER } from '../world.mjs'

export const title = 'The main job, on both phones'

const NAME = '程一诺'
const TRACKING = 'SF1390000086421'

export async function tell({ step, open, world }) {
  const staff = await open('staff')
  const boss = { access: '' }
  const me = (method, path, options) => world.call(boss, method, path, options)

  await step('staff log in, and Today has what is due', async () => {
    await staff.waitText('查我的订单')
    await staff.tap('[data-testid=staff-entrance]')
    await staff.tap('[data-testid=wechat-login]')
    await staff.waitText('林静')
    await staff.waitText('该跟进的客户')
    const rows = await staff.visible('[data-testid=task-row]').count()
    check(rows >= 1, `${rows} tasks on Today`)
    Object.assign(boss, await keptSession(staff))
  })

  await step('a wrong phone number is refused on leaving the field, before any request', async () => {
    await tab(staff, 'customers')
    await staff.tap('[data-testid=new-customer]')
    await staff.fill('[data-testid=field-name]', NAME)
    const before = staff.sent()
    await staff.fill('[data-testid="field-phones.0.number"]', '1381234')
    await staff.waitText('电话号码不正确')
    await staff.tap('[data-testid=save]')
    equal(await staff.text('[data-testid="error-phones.0.number"]'), '电话号码不正确', 'text beside the field')
    equal(staff.sent(), before, 'changes sent')
  })

  await step('the right one is saved, and the customer tagged', async () => {
    await staff.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await staff.tap('[data-testid=save]')
    await staff.waitText(`已保存客户 ${NAME}`)
    await staff.waitText('还没有跟进记录')
    await staff.tap('[data-testid=edit-tags]')
    await staff.tapText('岩茶')
    await staff.tapText('VIP')
    await staff.tap('[data-testid=save-tags]')
    await staff.waitText(`已更新 ${NAME} 的标签`)
    equal(await texts(staff, '[data-testid=tag]'), ['岩茶', 'VIP'], 'tags')
  })

  await step('a talk is recorded, and WeChat may remind: credit grows by its event', async () => {
    const credit = async () => (await me('GET', 'subscriptions')).items[0].credit
    const before = await credit()
    await staff.tap('[data-testid=add-interaction]')
    await staff.fill('[data-testid=field-content]', '喜欢岩茶，下周来店里试新到的肉桂。')
    await staff.tapText('约到店')
    await staff.tap('[data-testid=save]')
    await staff.tapText('允许')
    await staff.waitText('提醒你')
    await staff.waitText('下周来店里试新到的肉桂')
    await until('credit for one reminder', async () => (await credit()) === before + 1)
  })

  await step('when it is due it is in the inbox once, and WeChat told once', async () => {
    const customer = (await me('GET', `customers?q=${encodeURIComponent(NAME)}`)).items[0]
    const due = new Date(Date.now() + 2500).toISOString()
    await me('POST', `customers/${customer.id}/interactions`, { body: { channel: 'wechat', content: '问什么时候到货', next_contact_at: due, next_step: '告诉到货日期' } })
    const letters = async () => (await me('GET', 'inbox')).items.filter((one) => one.customer_id === customer.id)
    await until('the reminder settled by WeChat', async () => (await letters()).some((one) => one.wechat === 'sent'))
    equal((await letters()).length, 1, 'inbox items')
    const told = (await world.messages('staff')).filter((one) => JSON.stringify(one.lines).includes(NAME))
    equal(told.length, 1, 'service notifications')
    const lines = JSON.stringify(told[0].lines)
    for (const part of ['告诉到货日期', NAME, '年']) check(lines.includes(part), `${part} is missing in ${lines}`)
    await staff.goto('/pages/inbox/index')
    await staff.waitText('微信已提醒')
    equal(await staff.visible(`[data-testid=inbox-row][data-customer="${customer.id}"]`).count(), 1, 'rows on the page')
    await staff.tap(`[data-testid=inbox-row][data-customer="${customer.id}"]`)
    await staff.waitText('问什么时候到货')
  })

  await step('an order is placed', async () => {
    await staff.tap('[data-testid=order]')
    await fillLine(staff, 0, '武夷肉桂 牛栏坑 125g', 2, '980')
    await staff.tap('[data-testid=add-line]')
    await fillLine(staff, 1, '龙泉青瓷盖碗', 1, '128.50')
    equal(await staff.text('[data-testid=total]'), '¥2,088.50', 'total while typing')
    await staff.fill('[data-testid=field-phone]', world.demo.customer_phone)
    await staff.fill('[data-testid=field-address]', '浙江省杭州市西湖区龙井路 1 号')
    await staff.tap('[data-testid=save]')
    await staff.waitText('已下单')
    equal(await staff.text('[data-testid=order-total]'), '¥2,088.50', 'total of the order')
  })

  const number = await staff.text('[data-testid=order-number]')
  const order = (await me('GET', 'orders')).items.find((one) => one.number === number)
  let code = ''
  await step('it is accepted, gets a code for the receipt, and leaves', async () => {
    await staff.tap('[data-testid=move-accept]')
    await staff.waitText(`${number} 已开始处理`)
    await staff.tap('[data-testid=receipt-code]')
    await staff.waitText('只能用一次')
    code = await staff.text('[data-testid=code]')
    await staff.tap('[data-testid=sheet-close]')
    await staff.waitGone('只能用一次')
    await staff.tap('[data-testid=move-ship]')
    await staff.fill('[data-testid=field-tracking_number]', TRACKING)
    await staff.tap('[data-testid=save]')
    await staff.waitText(`${number} 已发货`)
    await staff.waitText(TRACKING)
  })

  await step("the customer's phone shows 已发货 with the tracking number", async () => {
    const customer = await open(CUSTOMER)
    await customer.tap('[data-testid=prove-phone]')
    await customer.tapText('允许')
    await customer.tap(`[data-testid=order-row][data-id="${order.id}"]`)
    await customer.waitText('联系店家')
    equal(await customer.text('[data-testid=my-status]'), '已发货', 'status')
    equal(await customer.text('[data-testid=tracking]'), TRACKING, 'tracking number')
    const seen = await customer.page.locator('wx-page:visible').innerText()
    check(!seen.includes(world.demo.customer_phone) && !seen.includes('龙井路'), 'phone and address are masked')
  })

  await step('a third phone sees it by the code, once', async () => {
    const third = await open('third')
    await third.tap('[data-testid=claim]')
    await third.fill('[data-testid=field-code]', code.toLowerCase())
    await third.tap('[data-testid=claim-submit]')
    await third.waitText('联系店家')
    equal(await third.text('[data-testid=my-status]'), '已发货', 'status')
  })

  await step('anybody else sees nothing: a used code, another number, a copied link', async () => {
    const other = await open('other')
    await other.tap('[data-testid=claim]')
    await other.fill('[data-testid=field-code]', code)
    await other.tap('[data-testid=claim-submit]')
    await other.waitText('没有找到订单')
    await other.goto('/pages/home/index')
    await other.tap('[data-testid=prove-phone]')
    await other.tapText('允许')
    await other.waitText('还没有找到您的订单')
    await other.goto(`/features/my-orders/detail/index?tenant=${world.demo.tenant_id}&id=${order.id}`)
    await other.waitText('没有找到这张订单')
  })
}
