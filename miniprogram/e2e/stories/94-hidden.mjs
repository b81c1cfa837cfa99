// A role that sees no phones: what the order pages say instead, and what it may still change; and a preview that opens phones.
import { arrived, settled, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Hidden phones: orders, receivers, and what another role would open'

export async function tell({ step, open, world }) {
  const session = await world.proved(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const ask = (method, path, options) => world.call(session, method, path, options)
  const stamp = Date.now() % 10_000
  const customer = await world.customer(session, { name: `容若${stamp}`, remark: '只在周末收货' })
  const order = await ask('POST', 'orders', {
    body: { customer_id: customer.id, receiver: '纳兰容若', phone: world.freshNumber(), address: '什刹海后海北沿44号', lines: [{ name: '明前碧螺春', quantity: 1, unit_price_fen: 8800 }] },
  })
  const { rights } = (await ask('GET', 'roles')).items.find((one) => one.role === 'finance')
  const role = await ask('POST', 'roles', { body: { name: `打包${stamp}`, rights: { ...rights, permissions: ['orders.read', 'orders.write'], reach: { ...rights.reach, orders: 'all' }, fields: { phones: 'hide', amounts: 'show' } } } })
  const { path } = await ask('POST', 'invitations', { body: { role: 'custom', role_id: role.id, name: `李打包${stamp}` } })
  const packer = await open(`packs-${stamp}`)
  const shown = (phone) => phone.page.locator('wx-page:visible').innerText()

  await step('the order says that phone and address are not for them', async () => {
    await packer.waitText('员工入口')
    await packer.goto(path)
    await packer.tap('[data-testid=accept]')
    await packer.waitRoute('pages/orders/index')
    await packer.goto(`/features/orders/detail/index?id=${order.id}`)
    await packer.waitText('电话：无权查看')
    await packer.waitText('地址：无权查看')
    equal(await packer.visible('[data-testid=call-receiver],[data-testid=copy-receiver]').count(), 0, 'ways to the receiver')
    check(!/后海|\d\*{2,}/.test(await shown(packer)), await shown(packer))
    await arrived(packer)
    await packer.shot('94-hidden-order')
  })

  await step('the receiver\'s name and the remark are still theirs to change, and nothing else goes along', async () => {
    await packer.tap('[data-testid=edit-receiver]')
    await packer.waitText('电话和地址：无权修改')
    equal(await packer.visible('[data-testid=field-phone],[data-testid=field-address]').count(), 0, 'fields')
    await arrived(packer)
    await packer.shot('94-hidden-receiver')
    await packer.fill('[data-testid=field-receiver]', '顾贞观')
    await packer.fill('[data-testid=field-remark]', '放门卫')
    await packer.tap('[data-testid=save]')
    await packer.waitText(`已改好 ${order.number} 的收货信息`)
    const after = await ask('GET', `orders/${order.id}`)
    equal([after.receiver, after.address, after.remark], ['顾贞观', '什刹海后海北沿44号', '放门卫'], 'the order')
  })

  await step('the parcel leaves without an address on the page', async () => {
    await packer.tap('[data-testid=ship-now]')
    await packer.waitText('地址：无权查看')
    await arrived(packer)
    await packer.shot('94-hidden-ship')
    await packer.fill('[data-testid=field-tracking_number]', `SF${Date.now()}`)
    await packer.tap('[data-testid=save]')
    await packer.waitText('已发货')
  })

  await step('where the address is masked the order says so too', async () => {
    const { version } = (await ask('GET', 'roles')).items.find((one) => one.id === role.id)
    await ask('PATCH', `roles/${role.id}`, { version, body: { rights: { ...role.rights, fields: { phones: 'mask', amounts: 'show' } } } })
    await until('the rights of now', async () => {
      await packer.reload()
      await packer.goto(`/features/orders/detail/index?id=${order.id}`)
      await settled(packer)
      return /\d\*{4}\d/.test(await shown(packer))
    }, { every: 1000 })
    await packer.waitText('地址：无权查看')
    equal(await packer.visible('[data-testid=call-receiver]').count(), 0, 'a number to call')
    await arrived(packer)
    await packer.shot('94-masked-order')
    await packer.close()
  })

  await step('a role that opens phones says so before it is given', async () => {
    const { version } = (await ask('GET', 'roles')).items.find((one) => one.id === role.id)
    await ask('PATCH', `roles/${role.id}`, { version, body: { rights: role.rights } })
    const person = (await ask('GET', 'staff')).items.find((one) => one.role_id === role.id)
    await boss.goto(`/features/staff/detail/index?id=${person.id}`)
    await boss.tap('[data-testid=edit-role]')
    await boss.tap('[data-testid=role-option][data-value=sales]')
    await boss.waitText('电话：隐藏 → 显示')
    await boss.waitText('邮箱：隐藏 → 显示')
    await arrived(boss)
    await boss.shot('94-preview-opens')
    await boss.tap('[data-testid=role-option][data-value=boss]')
    await boss.waitText('将多看到')
    await boss.waitText('电话：隐藏 → 显示')
    const lines = await texts(boss, '[data-testid=role-preview]')
    check(!lines.join('').includes('金额'), lines.join('\n'))
    await boss.tap('[data-testid=sheet-close]')
    await ask('DELETE', `staff/${person.id}`, { version: (await ask('GET', 'staff')).items.find((one) => one.id === person.id).version })
    await ask('DELETE', `roles/${role.id}`, { version: (await ask('GET', 'roles')).items.find((one) => one.id === role.id).version })
  })
  await boss.close()
}
