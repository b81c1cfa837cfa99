// Rights, on several phones: a colleague is invited, gets another role, a role of the shop's own, hands over and leaves; customers are shared and go to the pool.
import { openStaff, settled, tab, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

export const title = 'Rights: invite, role, share, pool, hand over, remove'

const NAME = '周远'
const TEAM = '西湖店'
const ROLE = '店长'

/** The tabs of the page that is shown. */
const tabsOf = (phone) => phone.page.locator('[data-testid^=tab-]:visible .word, [data-testid^=tab-]:visible [class$="--word"]').allInnerTexts()

/** Chooses an option of a native picker. */
async function pick(phone, field, label) {
  await phone.tap(`[data-testid=field-${field}]`)
  await phone.tapText(label, { exact: false })
  await phone.tapText('确定')
}

export async function tell({ step, open, world }) {
  // A login of its own: nobody has given it the second look yet.
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const ask = (method, path, options) => world.call(session, method, path, options)
  const colleague = async (name) => (await ask('GET', 'staff')).items.find((one) => one.name === name)
  const openPerson = async (name) => {
    await boss.goto(`/features/staff/detail/index?id=${(await colleague(name)).id}`)
    await boss.waitText('姓名和团队')
  }

  await step('a team is made, and everybody is listed by team', async () => {
    await boss.goto('/pages/me/index')
    await boss.tap('[data-testid=staff-list]')
    await boss.waitText('陈晓')
    equal(await texts(boss, '[data-testid=person] .strong'), ['林静', '陈晓', '王磊'], 'people')
    await boss.tap('[data-testid=teams]')
    await boss.tap('[data-testid=new-team]')
    await boss.tap('[data-testid=save-team]')
    await boss.waitText('给团队起个名字')
    await boss.fill('[data-testid=field-name]', TEAM)
    await boss.tap('[data-testid=save-team]')
    await boss.waitText(`已保存团队 ${TEAM}`)
    await boss.visible(`[data-testid=team][data-name=${TEAM}]`).waitFor()
    await boss.back()
    await boss.visible(`[data-testid=team][data-name=${TEAM}]`).waitFor()
  })

  let path = ''
  await step('a colleague is invited by a card that carries a ticket', async () => {
    await boss.tap('[data-testid=invite]')
    await boss.waitText('先不分团队')
    await pick(boss, 'team_id', TEAM)
    await boss.tap('[data-testid=save]')
    await boss.waitText('只能用一次')
    await boss.shot('90-invitation')
    await boss.tap('[data-testid=share-invitation]')
    path = (await until('the share card', () => boss.calls('share')))[0].path
    check(path.startsWith('/features/staff/join/index?ticket='), path)
    await boss.tap('[data-testid=sheet-close]')
    await boss.waitText('还没接受的邀请')
  })

  const mate = await open('newcomer')
  await step('whoever opens it sees the shop and the role, gives a name, and is in', async () => {
    await mate.waitText('员工入口')
    await mate.goto(path)
    await mate.waitText('邀请你加入')
    equal(await mate.text('[data-testid=join-business]'), '山月茶行', 'business')
    equal(await mate.text('[data-testid=join-role]'), '销售', 'role')
    await mate.tap('[data-testid=accept]')
    await mate.waitText('写上姓名')
    await mate.fill('[data-testid=field-name]', NAME)
    await mate.shot('91-join')
    await mate.tap('[data-testid=accept]')
    await mate.waitText(`，${NAME}`)
    equal(await tabsOf(mate), ['今日', '客户', '订单', '消息', '我的'], 'tabs of sales')
    await mate.goto('/pages/me/index')
    check((await mate.visible('[data-testid=staff-list]').count()) === 1 && (await mate.visible('[data-testid=roles]').count()) === 0, 'what sales find under 我的')
  })

  await step('a used ticket opens nothing, by the card or by the code', async () => {
    const third = await open('third-newcomer')
    await third.waitText('员工入口')
    const ticket = path.split('=')[1]
    for (const link of [path, `/features/staff/join/index?scene=${encodeURIComponent(`i=${ticket}`)}`, '/features/staff/join/index']) {
      await third.goto(link)
      await third.waitText('这个邀请不能用了')
    }
    await third.shot('92-used-ticket')
    await third.close()
  })

  await step('another role is shown before it is given, and the phone follows', async () => {
    await openPerson(NAME)
    await boss.tap('[data-testid=edit-role]')
    await boss.tap('[data-testid=role-option][data-value=service]')
    await boss.waitText('再确认一次是你本人')
    await boss.tap('[data-testid=by-finger]')
    await boss.tapText('按下手指')
    await boss.waitText('将多看到')
    const { count } = await ask('GET', 'customers/count')
    const preview = await boss.text('[data-testid=role-preview]')
    check(preview.includes(`客户 ${count} 位`), preview)
    await boss.shot('93-role-preview')
    await boss.tap('[data-testid=save-role]')
    await boss.waitText(`${NAME} 现在是客服`)
    await tab(mate, 'customers')
    await mate.visible('[data-testid=customer-row]').first().waitFor()
    await until('the tabs of service', async () => JSON.stringify(await tabsOf(mate)) === JSON.stringify(['客户', '今日', '消息', '我的']))
    equal(await mate.visible('[data-testid=new-customer]').count(), 0, 'buttons for a new customer')
    await mate.shot('94-service')
    await tab(mate, 'today')
    await mate.waitRoute('pages/home/index')
    // Started anew, the app opens where this role begins.
    await mate.reload()
    await mate.waitRoute('pages/customers/index')
  })

  await step('a role of the shop\'s own says what is seen, and masks hold', async () => {
    await boss.goto('/features/staff/roles/index')
    await boss.tap('[data-testid=new-role]')
    await boss.fill('[data-testid=field-name]', ROLE)
    await boss.tap('[data-testid=start-manager]')
    await boss.tap('[data-testid="rights.reach.customers-all"]')
    await boss.tap('[data-testid="rights.fields.phones-mask"]')
    await boss.tap('[data-testid=permission][data-value="orders.read"]')
    await boss.shot('95-role')
    await boss.tap('[data-testid=save]')
    await boss.waitText(`已新建角色 ${ROLE}`)
    const made = (await ask('GET', 'roles')).items.find((one) => one.name === ROLE)
    equal([made.rights.reach.customers, made.rights.fields.phones, made.rights.permissions.some((one) => one.startsWith('orders.'))], ['all', 'mask', false], 'rights')
    await openPerson(NAME)
    await boss.tap('[data-testid=edit-role]')
    await boss.tap(`[data-testid=role-option][data-value="${made.id}"]`)
    await boss.waitText('将少看到 跟进记录')
    await boss.tap('[data-testid=save-role]')
    await boss.waitText(`${NAME} 现在是${ROLE}`)
    const [customer] = (await ask('GET', `customers?q=${encodeURIComponent('苏文清')}`)).items
    await mate.goto(`/features/customers/detail/index?id=${customer.id}`)
    await mate.waitText('记一次跟进')
    check((await mate.text('[data-testid=phone]')).includes('****'), 'the phone is not masked')
    for (const gone of ['call', 'copy-phone', 'order']) equal(await mate.visible(`[data-testid=${gone}]`).count(), 0, gone)
  })

  await step('a right that goes while one works goes from the phone too', async () => {
    await mate.goto('/pages/customers/index')
    await mate.visible('[data-testid=customer-row]').first().waitFor()
    await boss.goto('/features/staff/roles/index')
    await boss.tap(`[data-testid=own-role][data-name=${ROLE}]`)
    await boss.tap('[data-testid=permission][data-value="customers.read"]')
    await boss.tap('[data-testid=save]')
    await boss.waitText('将少看到')
    await boss.waitText(`有 1 位同事是“${ROLE}”`)
    await boss.shot('96-rights-preview')
    await boss.tap('[data-testid=save-rights]')
    await boss.waitText(`已保存角色 ${ROLE}`)
    await until('the customers to be gone', async () => {
      if ((await mate.state()).route !== 'pages/customers/index') return true
      await mate.fill('[data-testid=search]', String(Math.random()).slice(2, 6))
      return false
    }, { every: 1000 })
    equal(await tabsOf(mate), ['今日', '消息', '我的'], 'tabs that are left')
  })

  await step('a role somebody has is not deleted', async () => {
    await boss.tap(`[data-testid=own-role][data-name=${ROLE}]`)
    await boss.tap('[data-testid=delete-role]')
    await boss.tapText('删除')
    await boss.waitText('还有同事是这个角色')
  })

  await step('finance opens on the orders, to look only; without amounts there is no sum', async () => {
    const join = async (body) => {
      const phone = await open(`joins-as-${body.role}`)
      await phone.waitText('员工入口')
      await phone.goto((await ask('POST', 'invitations', { body })).path)
      await phone.tap('[data-testid=accept]')
      return phone
    }
    const finance = await join({ role: 'finance', name: '孙会计' })
    await finance.waitRoute('pages/orders/index')
    await finance.visible('[data-testid=order-row]').first().waitFor()
    equal(await tabsOf(finance), ['订单', '客户', '今日', '消息', '我的'], 'tabs of finance')
    equal(await finance.visible('[data-testid=new-order]').count(), 0, 'buttons for a new order')
    await finance.tap('[data-testid=order-row]')
    check((await finance.text('[data-testid=order-total]')).startsWith('¥'), 'finance sees no sum')
    equal(await finance.visible('[data-testid^=move-],[data-testid=ship-now],[data-testid=call-receiver],[data-testid=edit-receiver]').count(), 0, 'moves for finance')
    await finance.shot('9d-finance-order')
    const [person] = (await ask('GET', `customers?q=${encodeURIComponent('苏文清')}`)).items
    await finance.goto(`/features/customers/detail/index?id=${person.id}`)
    await finance.waitText('资料')
    await settled(finance)
    equal(await finance.visible('[data-testid=phone],[data-testid=call],[data-testid=edit-customer],[data-testid=add-interaction]').count(), 0, 'what finance may not')
    check(!/\d\*{4}\d/.test(await finance.page.locator('wx-page:visible').innerText()), 'a phone is shown')
    await finance.shot('9e-finance-customer')

    const { rights } = (await ask('GET', 'roles')).items.find((one) => one.role === 'finance')
    const packing = { ...rights, permissions: ['orders.read', 'orders.write'], fields: { phones: 'show', amounts: 'hide' } }
    await world.stepUp(session)
    const role = await ask('POST', 'roles', { body: { name: '仓管', rights: packing } })
    const packer = await join({ role: 'custom', role_id: role.id, name: '李打包' })
    await packer.waitRoute('pages/orders/index')
    await packer.visible('[data-testid=order-row]').first().waitFor()
    equal(await tabsOf(packer), ['订单', '我的'], 'tabs of who packs')
    check(!(await packer.page.locator('wx-page:visible').innerText()).includes('¥'), 'a sum in the list')
    await packer.tap('[data-testid=order-row]')
    await packer.waitText('给客户查询码')
    check(!(await packer.page.locator('wx-page:visible').innerText()).includes('¥'), 'a sum in the order')
    await packer.shot('9f-no-amounts')
    await packer.goto('/pages/me/index')
    await packer.waitText('仓管')
    // A link to a tab that is not theirs leads to theirs.
    await packer.page.evaluate(() => window.__mp.router.reLaunch({ url: '/pages/customers/index' }))
    await packer.waitRoute('pages/orders/index')
    await finance.close()
    await packer.close()
  })

  const sales = await openStaff(open, world, SALES)
  const seller = await world.known(SALES)
  const customer = await world.customer(seller, { name: '苗一凡' })
  await step('a customer goes to the pool with a reason, and whoever is first has it', async () => {
    await sales.goto(`/features/customers/detail/index?id=${customer.id}`)
    await sales.tap('[data-testid=release]')
    await sales.tap('[data-testid=release-now]')
    await sales.waitText('写一句原因')
    await sales.tapText('忙不过来')
    await sales.shot('97-release')
    await sales.tap('[data-testid=release-now]')
    await sales.waitText('苗一凡 已退回公海')
    await sales.visible('[data-testid=in-pool]').waitFor()
    await boss.goto('/pages/customers/index')
    await settled(boss)
    await boss.tap('[data-testid=view-pool]')
    await boss.waitText('苗一凡')
    await boss.shot('98-pool')
    await boss.tap('[data-testid=customer-row]')
    await boss.tap('[data-testid=claim]')
    await boss.waitText('苗一凡 归你负责了')
    await sales.tap('[data-testid=claim]')
    await until('the other to be told', async () => (await sales.state()).toasts.some((one) => /领走|不归你|找不到|不属于/.test(one.title)))
  })

  await step('a colleague helps with a customer, to read and then to edit', async () => {
    const share = async (level) => {
      await boss.tap('[data-testid=share]')
      await boss.tap(`[data-testid=level-${level}]`)
      await boss.tapText('陈晓')
      await boss.tap('[data-testid=save-share]')
      await boss.waitText('已请 陈晓 协作')
    }
    await share('read')
    await sales.goto(`/features/customers/detail/index?id=${customer.id}`)
    await sales.visible('[data-testid=read-only]').waitFor()
    for (const gone of ['edit-customer', 'add-interaction', 'edit-tags']) equal(await sales.visible(`[data-testid=${gone}]`).count(), 0, gone)
    await sales.shot('99-read-only')
    await boss.tap('[data-testid=sight]')
    await boss.tap('[data-testid=person][data-name=陈晓]')
    await boss.waitText('是客户的协作人，可查看')
    await boss.tap('[data-testid=person][data-name=王磊]')
    await boss.waitText('看不到')
    await boss.shot('9g-sight')
    await boss.back()
    await share('edit')
    equal(await boss.visible('[data-testid=sharer]').count(), 1, 'helpers')
    await sales.goto(`/features/customers/detail/index?id=${customer.id}`)
    await sales.visible('[data-testid=add-interaction]').waitFor()
    await boss.tap('[data-testid=unshare]')
    await boss.tapText('移除')
    await boss.waitText('陈晓 不再协作')
    await sales.goto(`/features/customers/detail/index?id=${customer.id}`)
    await sales.waitText('没有这位客户，或者不归你负责')
  })

  await step('a leaver is handed over, then removed; their phone is out', async () => {
    await ask('PATCH', `customers/${customer.id}`, { body: { owner_id: (await colleague(NAME)).id }, version: (await ask('GET', `customers/${customer.id}`)).version })
    await openPerson(NAME)
    await boss.tap('[data-testid=remove-person]')
    await boss.tapText('移除')
    await boss.waitText('名下还有客户或待办')
    await boss.tapText('去交接')
    await boss.waitText('交给哪位同事')
    check((await boss.text('[data-testid=counts]')).replace(/\s/g, '').startsWith('1位客户'), await boss.text('[data-testid=counts]'))
    await boss.tap('[data-testid=successor][data-name=陈晓]')
    await boss.shot('9a-handover')
    await boss.tap('[data-testid=begin]')
    await boss.tapText('开始交接')
    await boss.waitText('交接完成', { timeout: 20_000 })
    await boss.shot('9b-handed-over')
    equal((await ask('GET', `customers/${customer.id}`)).owner_id, (await colleague('陈晓')).id, 'the new owner')
    await boss.tap('[data-testid=handover-done]')
    await boss.tap('[data-testid=remove-person]')
    await boss.tapText('移除')
    await boss.waitText(`已移除 ${NAME}`)
    await boss.waitText('团队设置')
    equal(await boss.visible(`[data-testid=person][data-name=${NAME}]`).count(), 0, 'the leaver in the list')
    await tab(mate, 'inbox')
    await mate.waitText('员工入口')
  })

  await step('somebody is added by phone, and kept from working', async () => {
    await boss.tap('[data-testid=invite]')
    await boss.tap('[data-testid=how-phone]')
    await boss.fill('[data-testid=field-name]', '钱晓月')
    await boss.fill('[data-testid=field-phone]', '138')
    await boss.tap('[data-testid=save]')
    await boss.waitText('电话号码不正确')
    await boss.fill('[data-testid=field-phone]', world.freshNumber())
    await boss.tap('[data-testid=save]')
    await boss.waitText('已添加 钱晓月')
    await boss.tap('[data-testid=person][data-name=钱晓月]')
    await boss.tap('[data-testid=suspend]')
    await boss.tapText('停用')
    await boss.waitText('已停用 钱晓月')
    equal(await boss.text('[data-testid=person-mark]'), '已停用', 'mark')
    await boss.tap('[data-testid=resume]')
    await boss.waitText('钱晓月 可以登录了')
    await boss.tap('[data-testid=remove-person]')
    await boss.tapText('移除')
    await boss.waitText('已移除 钱晓月')
  })

  await step('the record tells it in words, and is searched', async () => {
    await boss.goto('/features/audit/list/index')
    await boss.waitText('林静')
    await boss.shot('9c-audit')
    const all = await texts(boss, '[data-testid=entry]')
    check(all.some((text) => text.includes('删除了员工')), all.join('\n'))
    await boss.tap('[data-testid=filter]')
    await boss.tap('[data-testid=action-share]')
    await boss.tap('[data-testid=filter-apply]')
    equal(await boss.text('[data-testid=filtered]'), '请人协作', 'what is looked for')
    await settled(boss)
    const found = await texts(boss, '[data-testid=entry]')
    check(found.length === 2 && found.every((text) => text.includes('请人协作：客户')), found.join('\n'))
  })

  await step('the shop\'s own name and phone are changed', async () => {
    await boss.goto('/pages/me/index')
    await boss.tap('[data-testid=business-settings]')
    await boss.waitText('顾客在订单里看到的名字')
    await boss.fill('[data-testid=field-phone]', '12')
    await boss.tap('[data-testid=save]')
    await boss.waitText('电话号码不正确')
    await boss.fill('[data-testid=field-phone]', '0571-87651235')
    await boss.tap('[data-testid=save]')
    await boss.waitText('已保存 山月茶行')
    equal((await ask('GET', 'business')).phone, '0571-87651235', 'the phone')
  })
}
