// A phone whose WebAssembly is missing: the same forms, and the server decides.
import { openStaff } from '../actions.mjs'
import { check, equal } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Without WXWebAssembly the server says the same'

const FORM = '/features/customers/form/index'

export async function tell({ step, open, world }) {
  const phone = await openStaff(open, world, BOSS, { search: '&nowasm=1', route: FORM })

  await step('the wrong number is refused by the server, with the same text beside the field', async () => {
    await phone.fill('[data-testid=field-name]', '梁沐阳')
    await phone.fill('[data-testid="field-phones.0.number"]', '1381234')
    equal(await phone.visible('[data-testid="error-phones.0.number"]').count(), 0, 'complaints before anything was sent')
    const before = phone.sent('POST', '/customers')
    await phone.tap('[data-testid=save]')
    await phone.waitText('电话号码不正确')
    equal(await phone.text('[data-testid="error-phones.0.number"]'), '电话号码不正确', 'text beside the field')
    equal(phone.sent('POST', '/customers'), before + 1, 'requests')
  })

  await step('a right one is saved', async () => {
    await phone.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 梁沐阳')
  })

  await step('an order offers the moves the server calls legal', async () => {
    const boss = await world.known(BOSS)
    const [order] = (await world.call(boss, 'GET', 'orders?status=shipped')).items
    await phone.goto(`/features/orders/detail/index?id=${order.id}`)
    await phone.waitText('确认签收')
    check((await phone.visible('[data-testid=move-cancel]').count()) === 0, 'a shipped order can be cancelled')
  })
}
