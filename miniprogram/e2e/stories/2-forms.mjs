// Forms: what was typed is never lost, and every refusal says what to do, where it belongs.
import { arrived, delayed, inSight, openStaff, scroll } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

export const title = 'Forms: drafts, duplicates, conflicts, refusals'

const FORM = '/features/customers/form/index'

export async function tell({ step, open, world }) {
  const boss = await world.known(BOSS)
  const phone = await openStaff(open, world, BOSS, { route: FORM })
  const value = (name) => phone.visible(`[data-testid="field-${name}"]`).locator('input,textarea').first().inputValue()
  const number = world.freshNumber()

  await step('a save without a server keeps what was typed', async () => {
    await phone.fill('[data-testid=field-name]', '顾清源')
    await phone.fill('[data-testid="field-phones.0.number"]', number)
    await phone.online(false)
    await phone.tap('[data-testid=more]')
    await scroll(phone, -1)
    await phone.tap('[data-testid=save]')
    await phone.waitText('填写的内容已保留')
    await until('why not, in sight', () => inSight(phone, '[data-testid=failure]'))
    equal(await value('name'), '顾清源', 'name')
  })

  await step('leaving the page and a reload keep it too', async () => {
    await phone.goto('/pages/customers/index')
    await phone.goto(FORM)
    await phone.waitText('接着上次没保存的内容')
    await phone.reload()
    await phone.goto(FORM)
    await phone.waitText('接着上次没保存的内容')
    equal([await value('name'), await value('phones.0.number')], ['顾清源', number], 'fields')
  })

  await step('with the server back it is saved once, and the draft is gone', async () => {
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 顾清源')
    const found = (await world.call(boss, 'GET', `customers?q=${encodeURIComponent('顾清源')}`)).items
    equal(found.length, 1, 'customers of that name')
    await phone.goto(FORM)
    await phone.waitText('姓名')
    equal(await value('name'), '', 'name of the next form')
  })

  await step('a pasted line fills the fields', async () => {
    await phone.fill('[data-testid=field-paste]', '沈知夏 154 6400 8123 浙江省杭州市西湖区龙井路 1 号')
    await phone.waitText('已填好')
    equal([await value('name'), await value('phones.0.number')], ['沈知夏', '15464008123'], 'fields')
    await phone.goto('/pages/customers/index')
    await phone.goto(FORM)
    await phone.tap('[data-testid=restart]')
    equal(await value('name'), '', 'name after starting again')
  })

  await step('a number somebody has: the sheet names the masked customer and who looks after them', async () => {
    await phone.fill('[data-testid=field-name]', '顾先生')
    await phone.fill('[data-testid="field-phones.0.number"]', number)
    await phone.tap('[data-testid=save]')
    await phone.waitText('这个号码已经有客户了')
    const told = await phone.text('[data-testid=existing]')
    for (const part of ['顾', '林静', `${number.slice(0, 3)}****${number.slice(-4)}`]) check(told.includes(part), `${part} is missing in ${told}`)
    await arrived(phone)
    await phone.shot('50-duplicate')
    check(!told.includes('清源') && !told.includes(number), `too much is told: ${told}`)
    await phone.tap('[data-testid=existing-close]')
    await phone.waitText('这个号码已经有客户了')
    equal(await phone.visible('[data-testid="error-phones.0.number"]').innerText(), '这个号码已经有客户了', 'text beside the field')
  })

  await step('a colleague is told whom to ask, and cannot open the record', async () => {
    const sales = await openStaff(open, world, SALES, { route: FORM })
    await sales.fill('[data-testid=field-name]', '顾女士')
    await sales.fill('[data-testid="field-phones.0.number"]', number)
    await sales.tap('[data-testid=save]')
    await sales.waitText('需要时请找 林静')
    equal(await sales.visible('[data-testid=existing-open]').count(), 0, 'buttons that open it')
    await sales.close()
  })

  const made = await world.customer(boss, { name: '许若兰', remark: '爱喝白茶' })
  const edit = `/features/customers/form/index?id=${made.id}`
  const meanwhile = async (fields) => {
    const { version } = await world.call(boss, 'GET', `customers/${made.id}`)
    return world.call(boss, 'PATCH', `customers/${made.id}`, { version, body: fields })
  }
  /** Saves, and the server's answer never comes. */
  const lostOnce = async (path, said) => {
    await phone.page.route(path, async (route) => {
      if (route.request().method() === 'GET') return route.continue()
      await route.fetch()
      await route.abort()
    })
    await phone.tap('[data-testid=save]')
    await phone.waitText(said)
    await phone.page.unroute(path)
  }
  const current = () => world.call(boss, 'GET', `customers/${made.id}`)

  const shownDifferences = async () => (await phone.visible('[data-testid=difference]').allInnerTexts()).join(' ').replace(/\s+/g, ' ')

  await step('somebody else saved meanwhile: what only one of us changed is kept, and what both did is asked about', async () => {
    await phone.goto(`/features/customers/detail/index?id=${made.id}`)
    await phone.tap('[data-testid=edit-customer]')
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '改喝岩茶')
    await meanwhile({ remark: '只喝龙井', title: '店长' })
    await phone.tap('[data-testid=save]')
    await phone.waitText('刚刚有人改过这位客户')
    equal(await shownDifferences(), '备注 改喝岩茶 只喝龙井', 'what both changed')
    await arrived(phone)
    await phone.shot('51-conflict')
    await phone.tap('[data-testid=keep-mine]')
    await phone.waitText('已保存客户 许若兰，同事刚改的也保留了')
    const { remark, title } = await current()
    equal([remark, title], ['改喝岩茶', '店长'], 'remark and title')
  })

  await step('where nobody changed the same, nothing is asked', async () => {
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '爱喝老枞')
    await meanwhile({ company: '若兰茶舍' })
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 许若兰，同事刚改的也保留了')
    const { remark, company } = await current()
    equal([remark, company], ['爱喝老枞', '若兰茶舍'], 'remark and company')
  })

  await step('a number added here and one added there: both stay', async () => {
    const [one, mine, theirs] = [world.freshNumber(), world.freshNumber(), world.freshNumber()]
    await meanwhile({ phones: [{ number: one }] })
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.tap('[data-testid=edit-phones]')
    await until('the number in full', async () => (await value('phones.0.number')).replace('+86', '') === one)
    await phone.tap('[data-testid=add-phone]')
    await phone.fill('[data-testid="field-phones.1.number"]', mine)
    await meanwhile({ phones: [{ number: one }, { number: theirs }] })
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 许若兰，同事刚改的也保留了')
    const masked = (text) => `${text.slice(0, 3)}****${text.slice(-4)}`
    equal((await current()).phones.map((row) => row.masked).sort(), [one, mine, theirs].map(masked).sort(), 'numbers')
    // Both put another one in the place of the same: that cannot be one list.
    const [here, there] = [world.freshNumber(), world.freshNumber()]
    await meanwhile({ phones: [{ number: one }] })
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.tap('[data-testid=edit-phones]')
    await phone.fill('[data-testid="field-phones.0.number"]', here)
    await meanwhile({ phones: [{ number: there }] })
    await phone.tap('[data-testid=save]')
    await phone.waitText('电话不能自动合并')
    const shown = await shownDifferences()
    check(shown.includes(here) && shown.includes(there), `both lists: ${shown}`)
    await arrived(phone)
    await phone.shot('52-conflict-numbers')
    await phone.tap('[data-testid=sheet-close]')
    await until('nothing saved', async () => (await current()).phones[0].masked === masked(there))
    await phone.tap('[data-testid=save]')
    await phone.tap('[data-testid=keep-mine]')
    await phone.waitText('已保存客户 许若兰')
    equal((await current()).phones.map((row) => row.masked), [masked(here)], 'numbers')
  })

  await step('what was typed last time goes over nothing that was saved since, unasked', async () => {
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '昨天写的')
    await phone.goto('/pages/customers/index')
    await meanwhile({ remark: '今天写的', title: '掌柜' })
    await phone.goto(edit)
    await phone.waitText('接着上次没保存的内容')
    equal([await value('remark'), await value('company')], ['昨天写的', '若兰茶舍'], 'remark and company')
    await phone.tap('[data-testid=save]')
    await phone.waitText('刚刚有人改过这位客户')
    equal(await shownDifferences(), '备注 昨天写的 今天写的', 'what both changed')
    equal((await current()).remark, '今天写的', 'remark so far')
    await phone.tap('[data-testid=keep-mine]')
    await phone.waitText('已保存客户 许若兰')
    const { remark, title } = await current()
    equal([remark, title], ['昨天写的', '掌柜'], 'remark and title')
    // A list that was unmasked is no different.
    const [here, there] = [world.freshNumber(), world.freshNumber()]
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.tap('[data-testid=edit-phones]')
    await phone.fill('[data-testid="field-phones.0.number"]', here)
    await phone.goto('/pages/customers/index')
    await meanwhile({ phones: [{ number: there }] })
    await phone.goto(edit)
    await phone.waitText('接着上次没保存的内容')
    await phone.tap('[data-testid=save]')
    await phone.waitText('电话不能自动合并')
    equal(await shownDifferences(), `电话 ${here} ${there}`, 'what both changed')
    await phone.tap('[data-testid=take-theirs]')
    await phone.waitText('已换成最新的资料')
  })

  await step('an answer that was lost on the way is no colleague: saved again, it is saved', async () => {
    const { version } = await current()
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '信号不好')
    await lostOnce(`**/api/v1/customers/${made.id}`, '填写的内容已保留')
    equal([(await current()).remark, (await current()).version], ['信号不好', version + 1], 'what arrived')
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 许若兰', { exact: true })
    equal((await current()).version, version + 1, 'version')
    // A new one that arrived is not warned about as somebody else's.
    const name = `危素${Date.now() % 10000}`
    await phone.goto(FORM)
    await phone.fill('[data-testid=field-name]', name)
    await phone.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await lostOnce('**/api/v1/customers', '填写的内容已保留')
    const asked = phone.sent('GET', '/customers/similar')
    await phone.goto('/pages/customers/index')
    await phone.goto(FORM)
    await phone.waitText('接着上次没保存的内容')
    await new Promise((resolve) => setTimeout(resolve, 900))
    equal([await phone.visible('[data-testid=similar]').count(), phone.sent('GET', '/customers/similar') - asked], [0, 0], 'warnings of one\'s own')
    await phone.fill('[data-testid=field-name]', `${name}二`)
    await phone.visible('[data-testid=similar]').waitFor()
    await phone.fill('[data-testid=field-name]', name)
    await phone.tap('[data-testid=save]')
    await phone.waitText(`已保存客户 ${name}`)
    equal((await world.call(boss, 'GET', `customers?q=${encodeURIComponent(name)}`)).items.length, 1, 'customers of that name')
  })

  await step('or theirs taken', async () => {
    await phone.goto(edit)
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '我写的')
    await meanwhile({ remark: '他们写的' })
    await phone.tap('[data-testid=save]')
    await phone.tap('[data-testid=take-theirs]')
    await until('their text in the field', async () => (await value('remark')) === '他们写的')
    equal((await current()).remark, '他们写的', 'remark')
  })

  const detail = `/features/customers/detail/index?id=${made.id}`
  await step('an answer that comes after somebody left the form closes nothing else', async () => {
    await phone.goto('/pages/customers/index')
    await phone.page.evaluate((url) => window.__mp.router.navigateTo({ url }), detail)
    await phone.waitText('他们写的')
    await phone.tap('[data-testid=edit-customer]')
    await phone.fill('[data-testid=field-remark]', '走得快')
    const change = await delayed(phone, `**/api/v1/customers/${made.id}`, (request) => request.method() !== 'GET')
    await phone.tap('[data-testid=save]')
    await until('the change to be on its way', change.waiting)
    await phone.back()
    await phone.waitRoute(detail)
    await change.letGo()
    await phone.waitText('已保存客户 许若兰')
    equal((await phone.state()).route, detail.slice(1).split('?')[0], 'the page that is shown')
    await phone.waitText('走得快')
  })

  await step('a form that was left before it had begun gives no other page its name', async () => {
    const name = await phone.title()
    const fields = await delayed(phone, '**/api/v1/custom-fields')
    await phone.tap('[data-testid=edit-customer]')
    await until('the form to wait for what it asks', fields.waiting)
    await phone.back()
    await phone.waitRoute(detail)
    await fields.letGo()
    equal(await phone.title(), name, 'the name of the page')
  })

  await step('a customer who is deleted meanwhile: what was typed is given back', async () => {
    const gone = await world.customer(boss, { name: '宁采臣', remark: '赶考' })
    const route = `/features/customers/form/index?id=${gone.id}`
    await phone.goto(route)
    await phone.waitText('怎么认识的')
    await phone.fill('[data-testid=field-remark]', '住兰若寺')
    await phone.fill('[data-testid=field-company]', '兰若寺')
    await world.call(boss, 'DELETE', `customers/${gone.id}`, { version: gone.version })
    await phone.tap('[data-testid=save]')
    await phone.waitText('宁采臣可能刚被删除')
    await arrived(phone)
    await phone.shot('58-gone')
    await phone.tap('[data-testid=copy-written]')
    await phone.waitText('已复制你写的')
    equal((await phone.calls('setClipboardData')).at(-1).data, '宁采臣\n公司：兰若寺\n备注：住兰若寺', 'what was copied')
    // Opened again, it is there still.
    await phone.goto(route)
    await phone.visible('[data-testid=written]').first().waitFor()
    await phone.tap('[data-testid=leave-gone]')
    await phone.waitRoute('pages/customers/index')
  })

  await step('a refusal of the server stands beside its field', async () => {
    await phone.goto(FORM)
    // The phone lets it pass, and it is changed on its way.
    await phone.page.route('**/api/v1/customers', (route) => {
      const body = { ...JSON.parse(route.request().postData() ?? '{}'), company: '字'.repeat(101) }
      return route.request().method() === 'POST' ? route.continue({ postData: JSON.stringify(body) }) : route.continue()
    })
    await phone.tap('[data-testid=more]')
    await phone.fill('[data-testid=field-name]', '唐一味')
    await phone.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid=error-company]').waitFor()
    equal((await phone.text('[data-testid=error-company]')).trim(), '最多 100 个字', 'text beside the field')
    await phone.page.unroute('**/api/v1/customers')
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 唐一味')
  })

  await step('of two numbers the second is made the primary one, and each says what it is for', async () => {
    const [one, other] = [world.freshNumber(), world.freshNumber()]
    const masked = (text) => `${text.slice(0, 3)}****${text.slice(-4)}`
    await phone.goto(FORM)
    await phone.fill('[data-testid=field-name]', '严复白')
    await phone.fill('[data-testid="field-phones.0.number"]', one)
    await phone.tap('[data-testid=add-phone]')
    await phone.fill('[data-testid="field-phones.1.number"]', other)
    await phone.tap('[data-testid=label-phones-0][data-value=手机]')
    await phone.tap('[data-testid=label-phones-1][data-value=公司]')
    await phone.tap('[data-testid=first-phones-1]')
    await until('the other one on top', async () => (await value('phones.0.number')) === other)
    await arrived(phone)
    await phone.shot('55-two-numbers')
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 严复白')
    await phone.waitText(`${masked(other)} 等 2 个号码`)
    await phone.waitText(`${masked(other)} 公司`)
    await phone.waitText(`${masked(one)} 手机`)
  })

  await step('a number that is written twice says so before it is sent, however it is written', async () => {
    const one = world.freshNumber()
    const twin = '[data-testid="error-phones.1.number"]'
    await phone.goto(FORM)
    await phone.fill('[data-testid=field-name]', '莫重山')
    await phone.fill('[data-testid="field-phones.0.number"]', one)
    await phone.tap('[data-testid=add-phone]')
    await phone.fill('[data-testid="field-phones.1.number"]', `+86 ${one.slice(0, 3)}-${one.slice(3, 7)}-${one.slice(7)}`)
    equal(await phone.text(twin), '与第 1 个号码相同', 'text beside the second number')
    await phone.tap('[data-testid=save]')
    await until('the second number in sight', () => inSight(phone, twin))
    await arrived(phone)
    await phone.shot('56-number-twice')
    equal((await world.call(boss, 'GET', `customers?q=${encodeURIComponent('莫重山')}`)).items.length, 0, 'customers of that name')
    // The first one may be the wrong one as well.
    await phone.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await until('nothing to complain of', async () => (await phone.visible(twin).count()) === 0)
    await phone.fill('[data-testid="field-phones.0.number"]', one)
    await phone.visible(twin).waitFor()
    // An empty line is no number: it goes, and what is refused stands where it was sent from.
    await phone.fill('[data-testid="field-phones.0.number"]', '')
    await phone.fill('[data-testid="field-phones.1.number"]', '123')
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid="error-phones.0.number"]').waitFor()
    equal([await value('phones.0.number'), await phone.visible('[data-testid="field-phones.1.number"]').count()], ['123', 0], 'numbers')
  })

  await step('what is refused is unfolded and brought into sight, wherever one stands', async () => {
    const year = '[data-testid=error-year]'
    await phone.goto(FORM)
    await phone.fill('[data-testid=field-name]', '莫重山')
    await phone.fill('[data-testid="field-phones.0.number"]', world.freshNumber())
    await phone.tap('[data-testid=more]')
    await phone.tap('[data-testid=section-dates]')
    await phone.tap('[data-testid=add-date]')
    await phone.fill('[data-testid=field-year]', '19')
    await phone.tap('[data-testid=section-dates]')
    await until('the day to be folded away', async () => (await phone.visible('[data-testid=field-year]').count()) === 0)
    await scroll(phone, 0)
    await phone.tap('[data-testid=save]')
    await until('the year in sight', async () => (await phone.visible(year).count()) === 1 && inSight(phone, year))
    await arrived(phone)
    await phone.shot('57-year-refused')
    // What stands higher comes first.
    await phone.fill('[data-testid=field-name]', '')
    await scroll(phone, -1)
    await phone.tap('[data-testid=save]')
    await until('the name in sight', async () => (await phone.visible('[data-testid=error-name]').count()) === 1 && inSight(phone, '[data-testid=error-name]'))
    equal((await phone.visible(year).count()) === 1, true, 'the year is complained of still')
    await phone.fill('[data-testid=field-name]', '莫重山')
    await phone.fill('[data-testid=field-year]', '1958')
    await phone.tap('[data-testid=save]')
    await phone.waitText('已保存客户 莫重山')
  })

  await step('a new order: sums while typing, refusals beside the line they belong to', async () => {
    await phone.goto('/pages/orders/index')
    await phone.tap('[data-testid=new-order]')
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid=error-customer_id]').waitFor()
    await phone.fill('[data-testid="field-lines.0.quantity"]', '0')
    await phone.waitText('不能小于 1')
    await phone.fill('[data-testid="field-lines.0.quantity"]', '3')
    await phone.fill('[data-testid="field-lines.0.price"]', '19.9')
    equal(await phone.text('[data-testid=total]'), '¥59.70', 'total')
  })
}
