// The record of who did what: field by field, in words; what is secret, erased or long; and the questions one asks of it.
import { arrived, openStaff, settled, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'The record: what changed, in words, and how it is searched'

const ENTRY = '[data-testid=entry]'
const CHANGE = `${ENTRY}:first-child [data-testid=change]`

export async function tell({ step, open, world }) {
  const session = await world.proved(BOSS)
  const boss = await openStaff(open, world, BOSS)
  const ask = (method, path, options) => world.call(session, method, path, options)
  const lines = (text) => text.split('\n').filter(Boolean)
  /** Opens the record of one row, and answers its entries line by line, the newest first. */
  const record = async (id) => {
    await boss.goto(`/features/audit/list/index?resource_id=${id}`)
    await boss.visible(ENTRY).first().waitFor()
    return (await texts(boss, ENTRY)).map(lines)
  }
  const unfold = async () => {
    await boss.tap('[data-testid=unfold]')
    await boss.waitText('收起')
    await arrived(boss)
    return texts(boss, CHANGE)
  }
  const all = (found, wanted) => wanted.forEach((line) => check(found.includes(line), `${line} is missing in\n${found.join('\n')}`))
  const colleague = (await ask('GET', 'staff')).items.find((one) => one.name === '陈晓')

  let customer = null
  await step('a customer that was changed: every field with what stood there and what stands there', async () => {
    const tags = (await ask('GET', 'tag-groups')).items.flatMap((group) => group.tags)
    const made = await world.customer(session, { name: '贺知章', source: 'walk_in', remark: '只喝白茶' })
    const body = { name: '贺季真', source: 'referral', remark: null, region: '330604', birthday: '1988-09-12', phones: [{ number: world.freshNumber() }], owner_id: colleague.id }
    customer = await ask('PATCH', `customers/${made.id}`, { body, version: made.version })
    const [changed, created] = await record(made.id)
    equal([changed[0], created[0]], ['林静 修改了客户 贺季真', '林静 新建了客户 贺知章'], 'sentences')
    equal((await texts(boss, CHANGE)).length, 3, 'lines before one asks for all')
    await boss.shot('94-audit-customer')
    const told = await unfold()
    // Nobody chose that region on this phone.
    all(told, ['姓名：贺知章 → 贺季真', '地区：空 → 浙江省绍兴市上虞区', '来源：到店 → 老客介绍', '备注：只喝白茶 → 空', '生日：空 → 1988-09-12', '电话：已修改（不显示内容）', '负责人：林静 → 陈晓'])
    check(!told.some((line) => /[0-9a-f]{8}-|_|T\d\d:/.test(line)), told.join('\n'))
    await boss.shot('94-audit-unfolded')
    equal((await boss.state()).route, 'features/audit/list/index', 'the page after the lines were opened')
    await ask('POST', `customers/${made.id}/tags`, { body: { add: [tags[0].id], remove: [] } })
    all((await record(made.id))[0], ['林静 改了标签：客户 贺季真', `加上 ${tags[0].name}`])
    // The entry leads to whom it is about.
    await boss.tap(ENTRY)
    await boss.waitRoute('features/customers/detail/index')
  })

  await step('an order and a role: amounts as money, rights as people say them', async () => {
    const order = await ask('POST', 'orders', { body: { customer_id: customer.id, receiver: '贺季真', phone: world.freshNumber(), address: '越州镜湖1号', lines: [{ name: '白毫银针', quantity: 2, unit_price_fen: 12_345 }] } })
    const [placed] = await record(order.id)
    equal(placed[0], `林静 新建了订单 ${order.number}`, 'the sentence')
    all(await unfold(), ['金额：¥246.90', '状态：已下单', '商品：白毫银针'])
    await ask('POST', `orders/${order.id}/moves`, { body: { event: 'accept' }, version: order.version })
    check((await record(order.id)).some(([said]) => said === `林静 把订单 ${order.number} 改为“处理中”`), 'the move is missing')

    const { rights } = (await ask('GET', 'roles')).items.find((one) => one.role === 'sales')
    const role = await ask('POST', 'roles', { body: { name: `销售${Date.now() % 10_000}`, rights } })
    const less = { ...rights, permissions: rights.permissions.filter((one) => one !== 'orders.write'), reach: { ...rights.reach, orders: 'all' }, fields: { ...rights.fields, phones: 'mask', emails: 'show' } }
    const [was, now] = [role.name, `见习${role.name}`]
    const { version } = await ask('PATCH', `roles/${role.id}`, { body: { name: now, rights: less }, version: role.version })
    const [changed] = await record(role.id)
    equal(changed[0], `林静 修改了角色 ${now}`, 'the role')
    all(await unfold(), [`名称：${was} → ${now}`, '少了：开单、发货和修改', '看哪些订单：自己的 → 全部', '电话：显示 → 打码'])
    await boss.shot('94-audit-role')
    await ask('DELETE', `roles/${role.id}`, { version })
  })

  await step('who was erased has left no words', async () => {
    await ask('POST', `customers/${customer.id}/erase`, { body: { reason: 'mistake', with_open_orders: true } })
    const entries = await record(customer.id)
    const erased = entries.find(([said]) => said === '林静 彻底删除了客户')
    all(erased, ['原因：误录'])
    check(entries.some((one) => one.includes('姓名：已抹去')), entries.join('\n'))
    check(!entries.flat().some((line) => /贺|白茶/.test(line)), entries.join('\n'))
    await boss.shot('94-audit-erased')
  })

  await step('the record is asked for exports, imports, logins that failed, and who was erased', async () => {
    const shown = await world.customer(session, { name: '甘引泉' })
    const made = await ask('POST', 'exports', { body: { selection: { ids: [shown.id] }, format: 'csv', columns: ['name'] } })
    await until('the file', async () => (await ask('GET', `exports/${made.id}`)).state === 'done', { timeout: 20_000 })
    const { path } = await ask('POST', `exports/${made.id}/link`, { body: {} })
    await world.must(world.api, 'GET', path)
    await boss.goto('/features/customers/import/index')
    await boss.page.evaluate(() => window.__mp.state.fileQueue.push({ name: '新客.csv', data: '姓名,手机\n甘泉子,' }))
    await boss.tap('[data-testid=choose-file]')
    await boss.waitText('怎么导入')
    await boss.goto('/features/audit/list/index')
    const filter = async (action, word) => {
      await boss.tap('[data-testid=filter]')
      const chosen = await boss.visible('[data-testid=filter-clear]')
      await chosen.tap()
      await boss.tap(`[data-testid=action-${action}]`)
      await arrived(boss)
      if (action === 'export') await boss.shot('94-audit-filter')
      await boss.tap('[data-testid=filter-apply]')
      equal(await boss.text('[data-testid=filtered]'), word, 'what is looked for')
      await settled(boss)
      await arrived(boss)
      return (await texts(boss, ENTRY)).map(lines)
    }
    const exports = await filter('export', '导出')
    const [fetched, linked] = exports
    equal([fetched[0], linked[0]], ['有人 用链接下载了导出的文件', '林静 打开了导出的文件'], 'exports')
    check(fetched[1].includes('林静 导出的文件') && fetched[1].includes('来自 127.0.0.1'), fetched[1])
    check(exports.some(([said, more]) => said === '林静 导出了客户' && more.startsWith('1 位')), exports.join('\n'))
    await boss.shot('94-audit-exports')
    const imports = await filter('import', '导入')
    equal(imports[0].slice(0, 2), ['林静 上传了客户名单', '1 行'], 'imports')
    const erased = await filter('erase', '彻底删除')
    check(erased.every(([said]) => said === '林静 彻底删除了客户'), erased.join('\n'))
    equal((await filter('login_failed', '登录失败')).length, 0, 'logins that failed')
    await boss.waitText('没有符合条件的记录')
    await boss.shot('94-audit-none')
    await boss.tap('[data-testid=filtered]')
    await boss.visible(ENTRY).first().waitFor()
  })

  await step('an order and a colleague lead to their own record', async () => {
    const buyer = await world.customer(session, { name: '陆鸿渐' })
    const order = await ask('POST', 'orders', { body: { customer_id: buyer.id, receiver: '陆鸿渐', phone: world.freshNumber(), address: '苕溪草堂', lines: [{ name: '顾渚紫笋', quantity: 1, unit_price_fen: 9900 }] } })
    await boss.goto(`/features/orders/detail/index?id=${order.id}`)
    await boss.tap('[data-testid=record]')
    await boss.waitRoute('features/audit/list/index')
    await boss.waitText(`林静 新建了订单 ${order.number}`)
    await boss.goto(`/features/staff/detail/index?id=${colleague.id}`)
    await boss.tap('[data-testid=record]')
    await boss.waitRoute('features/audit/list/index')
    await boss.waitText('谁、什么时候、做了什么')
  })

  await step('whoever works here no more is offered still, once something of theirs is shown', async () => {
    // To the phone it is as if the boss had left.
    await boss.page.route('**/api/v1/staff', async (route) => {
      const answer = await route.fetch()
      const { items, ...rest } = await answer.json()
      await route.fulfill({ response: answer, json: { ...rest, items: items.filter((one) => one.name !== '林静') } })
    })
    await boss.goto('/features/audit/list/index')
    await boss.visible(ENTRY).first().waitFor()
    await boss.tap('[data-testid=filter]')
    await boss.tap('[data-testid=field-actor_id]')
    await boss.native('.mp-picker-column').getByText('林静（不在员工名单）', { exact: true }).tap()
    await boss.native('.mp-picker-confirm').tap()
    await arrived(boss)
    await boss.shot('94-audit-who-left')
    await boss.tap('[data-testid=filter-apply]')
    equal(await boss.text('[data-testid=filtered]'), '林静（不在员工名单）', 'what is looked for')
    await boss.visible(ENTRY).first().waitFor()
    await boss.page.unroute('**/api/v1/staff')
  })

  await step('in the dark and on a wide screen', async () => {
    for (const [name, size] of [['94-audit-dark', { dark: true }], ['94-audit-wide', { width: 1024, height: 768 }]]) {
      const other = await openStaff(open, world, BOSS, size)
      await other.goto('/features/audit/list/index?resource_id=')
      await other.visible(ENTRY).first().waitFor()
      await arrived(other)
      await other.shot(name)
      await other.close()
    }
  })
  await boss.close()
}
