// Before any login: what can be looked at, and who is turned away.
import { arrived, tab } from '../actions.mjs'
import { equal } from '../runner.mjs'
import { SALES } from '../world.mjs'

export const title = 'Before any login'

/**
 * The installation of the stories lets nobody sign up, so its answer is changed on the way: the name, which is seen, and
 * whether one may.
 */
async function welcomed(phone, changes) {
  await phone.page.route('**/api/v1/welcome', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...changes } })
  })
}

/** A phone of somebody who works in the demo's shop and does not know it yet: entering it is real. */
async function jobless(open, world) {
  const session = await world.signIn(SALES, 'customer')
  const phone = await open(SALES, { storageState: world.storage({ ...session, me: { ...session.me, businesses: [] } }) })
  await welcomed(phone, { signup: true })
  await phone.goto('/pages/me/index')
  await phone.tap('[data-testid=open-shop]')
  await phone.waitText('你的姓名')
  return phone
}

export async function tell({ step, open, world }) {
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

  await step('where only the operator opens shops, nobody is offered one', async () => {
    await welcomed(phone, { name: '只由运营方开店' })
    await phone.goto('/pages/home/index')
    await phone.waitText('只由运营方开店')
    equal(await phone.visible('[data-testid=open-shop]').count(), 0, 'offers to open a shop')
    await phone.page.unroute('**/api/v1/welcome')
    await phone.goto('/features/business/signup/index')
    await phone.waitText('这里不能自己开店')
    await arrived(phone)
    await phone.shot('0-signup-closed')
  })

  await step('where anybody may, the first page and the way in for staff offer it', async () => {
    await welcomed(phone, { signup: true })
    await phone.goto('/pages/home/index')
    await phone.visible('[data-testid=open-shop]').scrollIntoViewIfNeeded()
    await arrived(phone)
    await phone.shot('0-signup-offered')
    await phone.tap('[data-testid=staff-entrance]')
    await phone.waitText('还没有店？开一家')
    await phone.page.unroute('**/api/v1/welcome')
  })

  const typed = (of, name) => of.visible(`[data-testid="field-${name}"]`).locator('input').first().inputValue()

  await step('a shop is opened: what is wrong is said at its field, and what was typed stays', async () => {
    const owner = await jobless(open, world)
    await owner.tap('[data-testid=save]')
    await owner.waitText('写上店名，顾客才知道是哪家店')
    await owner.fill('[data-testid=field-business]', '听雨茶舍')
    await owner.fill('[data-testid=field-name]', '陈晓')
    await owner.fill('[data-testid=field-phone]', '0571-1')
    await owner.waitText('电话号码不正确')
    await arrived(owner)
    await owner.shot('0-signup')
    await owner.fill('[data-testid=field-phone]', '0571-87651234')
    // Nobody may sign up here: the answers are made up, and the shop that is entered is the demo's.
    const refusal = { code: 'invalid', status: 422, title: '填写有误', errors: [{ field: 'business', code: 'invalid_value', detail: '换一个店名' }] }
    const answers = [[422, refusal], [201, { tenant_id: world.demo.tenant_id, staff_id: '01900000-0000-7000-8000-000000000000' }]]
    await owner.page.route('**/api/v1/auth/signup', (route) => {
      const [status, json] = answers.shift()
      return route.fulfill({ status, json })
    })
    await owner.tap('[data-testid=save]')
    await owner.waitText('换一个店名')
    equal([await typed(owner, 'business'), await typed(owner, 'phone')], ['听雨茶舍', '0571-87651234'], 'fields')
    await owner.tap('[data-testid=save]')
    await owner.waitText('山月茶行 开好了')
    await owner.waitText('该跟进的客户')
    const sent = owner.requests.filter((one) => one.path.endsWith('/auth/signup')).map((one) => JSON.parse(one.body))
    equal(sent.at(-1), { business: '听雨茶舍', name: '陈晓', phone: '0571-87651234' }, 'what was sent')
    await owner.close()
  })

  await step('a try whose answer was lost opens no second shop', async () => {
    const owner = await jobless(open, world)
    await owner.fill('[data-testid=field-business]', '听雨茶舍')
    await owner.fill('[data-testid=field-name]', '陈晓')
    await owner.page.route('**/api/v1/auth/signup', (route) => route.abort())
    await owner.tap('[data-testid=save]')
    await owner.waitText('填写的内容已保留')
    await owner.tap('[data-testid=save]')
    await owner.waitText('该跟进的客户')
    equal(owner.sent('POST', '/auth/signup'), 1, 'shops asked for')
    await owner.close()
  })
}
