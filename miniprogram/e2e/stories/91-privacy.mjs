// What a shop keeps about somebody: seen by whoever proved the number, asked to be deleted, and deleted.
import { arrived } from '../actions.mjs'
import { until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = "One's own data: see it, ask, be answered"

export async function tell({ step, open, world }) {
  const [number, who] = [world.freshNumber(), `guxiaolan-${Date.now()}`]
  await world.simulator('PUT', `/phone/${who}`, { phone_number: number })
  const boss = await world.known(BOSS)
  const known = await world.customer(boss, { name: '顾晓岚', phones: [{ number }] })
  const session = await world.signIn(who, 'customer')
  const phone = await open(who, { storageState: world.storage(session) })

  await step('whoever proved the number sees what the shop keeps', async () => {
    await phone.goto('/features/privacy/mine/index')
    await phone.waitText('这些店保存着您的资料')
    await phone.waitText('顾晓岚')
    await arrived(phone)
    await phone.shot('90-my-data')
  })

  await step('a request reaches the shop, and its answer erases for good', async () => {
    const path = `me/businesses/${world.demo.tenant_id}/records/${known.id}/requests`
    await world.call(session, 'POST', path, { body: { kind: 'delete' } })
    // A session of her own: the one the stories share may have given the second look minutes ago.
    const staff = await open(BOSS, { storageState: world.storage(await world.signIn(BOSS)) })
    await staff.goto('/pages/me/index')
    await staff.tap('[data-testid=privacy-requests]')
    // Who may erase people proves first that it is they.
    await staff.tap('[data-testid=by-finger]')
    await staff.tapText('按下手指')
    await staff.waitText('顾晓岚')
    await arrived(staff)
    await staff.shot('91-data-requests')
    await staff.tap('[data-testid=data-request]')
    await staff.tapText('同意，永久删除')
    await staff.tapText('永久删除')
    await until('the customer to be erased', async () => {
      const answer = await world.ask(world.api, 'GET', `/api/v1/customers/${known.id}`, { token: boss.access })
      return answer.status === 404
    })
    await phone.goto('/features/privacy/mine/index')
    await phone.waitText('没有店家保存与您已验证手机号有关的客户资料')
    await staff.close()
  })
  await phone.close()
}
