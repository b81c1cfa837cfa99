// Opportunities: written down with a customer, taken a stage on, lost with a reason, opened again; and the rule of a pool
// that asks for them.
import { arrived, openStaff } from '../actions.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

export const title = 'Opportunities: writing one down, its stages, losing and opening it again, and the rule of a pool'

export async function tell({ step, open, world }) {
  const seller = await world.signIn(SALES)
  const boss = await world.signIn(BOSS)
  const customer = await world.customer(seller, { name: '佟湘玉' })
  const deals = async () => (await world.call(seller, 'GET', `opportunities?customer_id=${customer.id}`)).items
  const phone = await openStaff(open, world, SALES)

  await step('one is written down on the page of the customer', async () => {
    await phone.goto(`/features/customers/detail/index?id=${customer.id}`)
    await phone.tap('[data-testid=add-opportunity]')
    await phone.waitRoute('/features/opportunities/form/index')
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid=error-name]').waitFor()
    await phone.fill('[data-testid=field-name]', '春茶团购')
    await phone.fill('[data-testid=field-amount_fen]', '8800.50')
    await phone.tap('[data-testid=stage-needs]')
    await phone.fill('[data-testid=field-next_step]', '周五前送样')
    await arrived(phone)
    await phone.shot('o0-form')
    await phone.tap('[data-testid=save]')
    await phone.waitRoute('/features/opportunities/detail/index')
    await phone.waitText('¥8,800.50')
    await arrived(phone)
    await phone.shot('o1-detail')
    const [deal] = await deals()
    equal([deal.name, deal.amount_fen, deal.stage, deal.next_step], ['春茶团购', 880_050, 'needs', '周五前送样'], 'what was written down')
  })

  await step('it goes a stage on, is lost with a reason, and opened again', async () => {
    await phone.tap('[data-testid=advance]')
    await phone.waitText('已推进到方案报价')
    await phone.tap('[data-testid=lose]')
    await phone.tap('[data-testid=lose-now]')
    await phone.waitText('请填写输单原因')
    await phone.tapText('价格太高')
    await arrived(phone)
    await phone.shot('o2-lose')
    await phone.tap('[data-testid=lose-now]')
    await phone.visible('[data-testid=lost-reason]').waitFor()
    equal((await deals()).map((one) => [one.state, one.lost_reason]), [['lost', '价格太高']], 'lost')
    await arrived(phone)
    await phone.shot('o3-lost')
    await phone.tap('[data-testid=reopen]')
    await until('it to be open', async () => (await deals())[0].state === 'open')
  })

  await step('what was typed last time does not go over what a colleague wrote since', async () => {
    const [deal] = await deals()
    const form = `/features/opportunities/form/index?id=${deal.id}`
    await phone.goto(form)
    await phone.fill('[data-testid=field-next_step]', '等回话')
    await phone.goto('/pages/me/index')
    await world.call(seller, 'PATCH', `opportunities/${deal.id}`, { version: deal.version, body: { next_step: '周一签合同', amount_fen: 900_000 } })
    await phone.goto(form)
    await phone.tap('[data-testid=save]')
    await phone.waitText('同事刚刚改了下一步（现在是“周一签合同”）')
    await arrived(phone)
    await phone.shot('o3b-typed-over')
    equal((await deals())[0].next_step, '周一签合同', 'next step so far')
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存 春茶团购')
    equal((await deals()).map((one) => [one.next_step, one.amount_fen]), [['等回话', 900_000]], 'what is saved')
  })

  await step('the list has it among those that are open', async () => {
    await phone.goto('/pages/me/index')
    await phone.tap('[data-testid=opportunities]')
    await phone.waitRoute('/features/opportunities/list/index')
    await phone.visible('[data-testid=opportunity]').first().waitFor()
    await arrived(phone)
    await phone.shot('o4-list')
    await phone.tap('[data-testid=tab-quote]')
    await phone.waitText('春茶团购')
    await phone.close()
  })

  await step('a rule of a pool asks for them', async () => {
    const name = `商机公海${Date.now() % 100000}`
    const pool = await world.call(boss, 'POST', 'pools', { body: { name, everyone: true } })
    const owner = await openStaff(open, world, BOSS)
    await owner.goto(`/features/business/pool/index?id=${pool.id}`)
    await owner.tap('[data-testid=add-rule]')
    await owner.fill('[data-testid=field-days]', '20')
    await owner.tap('[data-testid=by-opportunity]')
    await owner.waitText('还有进行中的商机就不收')
    await arrived(owner)
    await owner.shot('o5-rule')
    await owner.tap('[data-testid=save-rule]')
    await owner.waitText('20 天没有新商机')
    equal((await world.call(boss, 'GET', `pools/${pool.id}/rules`)).items.map((one) => one.terms.by), ['opportunity'], 'the rule')
    await owner.close()
  })
}
