// Offers: the boss makes one and sends it to two customers, of whom one refuses advertising; the customer finds it, staff
// mark it as used, and undoing the action leaves what was used.
import { arrived, openStaff, settled } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

export const title = 'Offers: making one, giving it to many, seeing it, using it, taking it back'

const complaints = []

/** A picture of a page at rest, and what can be measured of it. */
async function look(phone, name) {
  await settled(phone)
  await arrived(phone)
  await phone.shot(name)
  complaints.push(...(await measure(phone)).map((one) => `${name}: ${one}`))
}

export async function tell({ step, open, world }) {
  const boss = await world.signIn(BOSS)
  const ask = (path) => world.call(boss, 'GET', path)
  const [number, who] = [world.freshNumber(), `offered-${Date.now()}`]
  await world.simulator('PUT', `/phone/${who}`, { phone_number: number })
  const willing = await world.customer(boss, { name: '白展堂', phones: [{ number }] })
  const refusing = await world.customer(boss, { name: '吕轻侯' })
  await world.call(boss, 'POST', `customers/${refusing.id}/ads-refusal`, { body: {} })
  const name = `老客立减${Date.now() % 100000}`
  const offer = async () => (await ask('offers')).items.find((one) => one.name === name)
  const phone = await openStaff(open, world, BOSS)

  await step('one is made; what is missing is said beside the field', async () => {
    await phone.goto('/pages/me/index')
    await phone.tap('[data-testid=offers]')
    await phone.waitRoute('/features/offers/list/index')
    await settled(phone)
    await look(phone, 'p0-none')
    await phone.visible('[data-testid=new-offer],[data-testid=empty-action]').first().tap()
    await phone.waitRoute('/features/offers/form/index')
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid=error-name]').waitFor()
    await phone.visible('[data-testid=error-last_day]').waitFor()
    // At once, and not when all else is filled in.
    await phone.visible('[data-testid=error-amount_fen]').waitFor()
    await phone.visible('[data-testid=field-amount_fen]').scrollIntoViewIfNeeded()
    await look(phone, 'p0-missing')
    await phone.fill('[data-testid=field-name]', name)
    await phone.tap('[data-testid=field-last_day]')
    await phone.native('.mp-picker-column').nth(0).getByText('2037年', { exact: true }).tap()
    await phone.tapText('确定')
    await phone.tap('[data-testid=kind-percent_off]')
    await phone.fill('[data-testid=field-percent]', '85')
    await phone.waitText('8.5 折，顾客付原价的 85%')
    await phone.fill('[data-testid=field-percent]', '10')
    await phone.tap('[data-testid=save]')
    await phone.waitText('写 0.1 到 9.9 折，如 8.5')
    await look(phone, 'p1-percent')
    await phone.tap('[data-testid=kind-amount_off]')
    await phone.fill('[data-testid=field-amount_fen]', '120')
    await phone.fill('[data-testid=field-min_spend_fen]', '100')
    await phone.tap('[data-testid=save]')
    await phone.waitText('减的钱不能多于最低消费')
    await phone.fill('[data-testid=field-amount_fen]', '20')
    await phone.fill('[data-testid=field-terms]', '到店出示，不与其他优惠同用')
    await look(phone, 'p2-form')
    await phone.tap('[data-testid=save]')
    await phone.waitRoute('/features/offers/detail/index')
    await phone.waitText('满 100 减 20')
    await look(phone, 'p3-detail')
    const made = await offer()
    equal([made.kind, made.amount_fen, made.min_spend_fen, made.percent, made.last_day.slice(0, 4)], ['amount_off', 2_000, 10_000, null, '2037'], 'what was made')
  })

  await step('its name changes, what was typed survives, and it is given from its page to whom one chooses', async () => {
    await phone.tap('[data-testid=edit-offer]')
    await phone.waitText('优惠内容说好了就不能改')
    await phone.fill('[data-testid=field-terms]', '到店出示')
    await look(phone, 'p4-edit')
    await phone.tap('[data-testid=save]')
    await until('the terms to change', async () => (await offer()).terms === '到店出示')
    await phone.waitRoute('/features/offers/detail/index')
    await phone.tap('[data-testid=give-offer]')
    await phone.waitRoute('/pages/customers/index')
    await phone.visible('[data-testid=bulk-offer]').waitFor()
    for (const one of [willing, refusing]) await phone.visible(`[data-testid=customer-row][data-id="${one.id}"]`).tap()
    await until('two are chosen', async () => (await phone.text('[data-testid=bulk-count]')) === '已选 2 位')
    await look(phone, 'p5-picking')
    await phone.tap('[data-testid=bulk-offer]')
    await phone.visible(`[data-testid=offer-option][data-name="${name}"][aria-checked=true]`).waitFor()
    await look(phone, 'p6-choose')
    await phone.tap('[data-testid=give-now]')
    await phone.waitText(`给 1 位客户发了“${name}”`, { timeout: 20_000 })
    await phone.waitText('拒收营销信息')
    await phone.waitText('吕轻侯')
    await look(phone, 'p7-given')
    equal([(await offer()).given, (await ask(`customers/${refusing.id}/offers`)).items], [1, []], 'who has it')
    await phone.tap('[data-testid=bulk-close]')
  })

  await step('the customer finds it on their side', async () => {
    const guest = await open('nobody-yet')
    await guest.goto('/features/my-offers/list/index')
    await guest.waitText('还没有优惠')
    await look(guest, 'p8-mine-none')
    await guest.close()
    // Whoever was never here proves the number, and has it.
    const newcomer = await open(who, { route: '/features/my-offers/list/index' })
    await newcomer.tap('[data-testid=prove-phone]')
    await newcomer.tapText('允许')
    await newcomer.waitText('满 100 减 20')
    await newcomer.close()
    const mine = await open(who, { storageState: world.storage(await world.signIn(who, 'customer')) })
    await mine.goto('/pages/me/index')
    await mine.tap('[data-testid=my-offers]')
    await mine.waitText('满 100 减 20')
    await mine.waitText('到店出示')
    await look(mine, 'p9-mine')
    // What the shop keeps says so as well.
    await mine.goto('/features/privacy/mine/index')
    await mine.waitText('1 个')
    await mine.close()
  })

  await step('staff mark it as used, take that back, and mark it again', async () => {
    await phone.goto(`/features/customers/detail/index?id=${willing.id}`)
    await phone.tap('[data-testid=use-offer]')
    await phone.waitText(`核销 ${name}`)
    await phone.shot('pa-use')
    await phone.tapText('核销')
    await phone.waitText(`已核销 ${name}`)
    equal((await offer()).used, 1, 'how many used it')
    await phone.tap('[data-testid=unuse-offer]')
    await phone.tapText('撤销核销')
    await phone.waitText(`已撤销核销 ${name}`)
    await phone.tap('[data-testid=use-offer]')
    await phone.tapText('核销')
    await until('it to be used', async () => (await offer()).used === 1)
    await phone.visible('[data-testid=customer-offers]').scrollIntoViewIfNeeded()
    await look(phone, 'pb-customer')
  })

  await step('undoing the action leaves what was used, and says so', async () => {
    await phone.goto('/features/customers/bulk/index')
    await phone.waitText(`发优惠 ${name}`)
    await phone.visible('[data-testid=bulk-action]').first().locator('[data-testid=bulk-undo]').tap()
    await phone.tapText('撤销')
    await until('it is undone', async () => (await ask('customers/bulk')).items[0].state === 'undone')
    await phone.visible('[data-testid=bulk-why]').first().tap()
    await phone.waitText('已经用掉了，没有收回')
    await look(phone, 'pc-undone')
    equal([(await offer()).given, (await offer()).used], [1, 1], 'what is left')
  })

  await step('one by one it may be given to whoever asks; nobody gets it twice, and it is taken back', async () => {
    await phone.goto(`/features/customers/detail/index?id=${refusing.id}`)
    const give = async () => {
      await phone.tap('[data-testid=give-offer]')
      await phone.tap(`[data-testid=offer-option][data-name="${name}"]`)
      await phone.tap('[data-testid=give-now]')
    }
    await give()
    await phone.visible('[data-testid=use-offer]').waitFor()
    await give()
    await phone.visible('[data-testid=offer-problem]').waitFor()
    await look(phone, 'pd-twice')
    await phone.tap('[data-testid=sheet-close]')
    await phone.tap('[data-testid=take-offer]')
    await phone.tapText('收回')
    await until('it to be taken back', async () => (await offer()).given === 1)
    await phone.visible('[data-testid=take-offer]').waitFor({ state: 'detached' })
  })

  await step('it is stopped; nobody is given it any more, and whoever only sells sees it without changing it', async () => {
    const seller = await openStaff(open, world, SALES)
    await phone.goto(`/features/offers/detail/index?id=${(await offer()).id}`)
    await phone.tap('[data-testid=stop-offer]')
    await phone.tapText('停发')
    await phone.waitText(`已停发 ${name}`)
    await look(phone, 'pe-stopped')
    equal(await phone.visible('[data-testid=give-offer],[data-testid=stop-offer],[data-testid=delete-offer]').count(), 0, 'what may still be done')
    await seller.goto('/features/offers/list/index')
    await look(seller, 'pe-list')
    await seller.tap(`[data-testid=offer][data-name="${name}"]`)
    await seller.waitText('已停发')
    equal(await seller.visible('[data-testid=edit-offer],[data-testid=new-offer]').count(), 0, 'what sales may change')
    await seller.close()
  })

  await step('one that nobody has is deleted', async () => {
    const wrong = await world.call(boss, 'POST', 'offers', { body: { name: '写错了', kind: 'percent_off', percent: 80, first_day: '2037-01-01', last_day: '2037-01-31' } })
    await phone.goto(`/features/offers/detail/index?id=${wrong.id}`)
    await phone.waitText('8 折')
    await phone.waitText('未开始')
    await phone.tap('[data-testid=delete-offer]')
    await phone.tapText('删除')
    await phone.waitText('已删除 写错了')
    await phone.waitRoute('/features/offers/list/index')
    equal((await ask('offers')).items.some((one) => one.id === wrong.id), false, 'whether it is still there')
  })

  await step('the record says it in words', async () => {
    await phone.goto('/features/audit/list/index')
    for (const said of [`停发了优惠 ${name}`, `收回了优惠 ${name}`, '核销了优惠', '撤销核销了优惠', `发放了优惠 ${name}`]) await phone.waitText(said)
    await look(phone, 'pf-record')
  })

  await step('offers of a customer that did not come are asked for once more', async () => {
    const path = `**/api/v1/customers/${willing.id}/offers?*`
    await phone.page.route(path, (route) => route.fulfill({ status: 502, contentType: 'text/plain', body: 'Bad Gateway' }))
    await phone.goto(`/features/customers/detail/index?id=${willing.id}`)
    await phone.visible('[data-testid=offers-failed]').waitFor()
    await phone.visible('[data-testid=offers-failed]').scrollIntoViewIfNeeded()
    await look(phone, 'pg-failed')
    await phone.page.unroute(path)
    await phone.tap('[data-testid=offers-again]')
    await phone.visible('[data-testid=customer-offer]').waitFor()
    await phone.visible('[data-testid=offers-failed]').waitFor({ state: 'detached' })
  })

  await step('no other part of the page stays away without saying so', async () => {
    const of = `**/api/v1/customers/${willing.id}`
    const parts = { opportunities: '**/api/v1/opportunities?*', plans: `${of}/plans*`, relations: `${of}/relations*`, sharers: `${of}/helpers*`, 'pool-moves': `${of}/pool-moves*`, interactions: `${of}/interactions?*` }
    for (const path of Object.values(parts)) await phone.page.route(path, (route) => route.fulfill({ status: 502, contentType: 'text/plain', body: 'Bad Gateway' }))
    await phone.goto(`/features/customers/detail/index?id=${willing.id}`)
    for (const part of Object.keys(parts)) await phone.visible(`[data-testid=${part}-failed]`).waitFor()
    await phone.visible('[data-testid=no-interactions]').waitFor({ state: 'detached' })
    await phone.visible('[data-testid=opportunities-failed]').scrollIntoViewIfNeeded()
    await look(phone, 'ph-parts-failed')
    for (const [part, path] of Object.entries(parts)) {
      await phone.page.unroute(path)
      await phone.tap(`[data-testid=${part}-again]`)
      await phone.visible(`[data-testid=${part}-failed]`).waitFor({ state: 'detached' })
    }
  })

  await step('whoever has a tag is given an offer from the tag, and nobody else', async () => {
    const call = (path, body) => world.call(boss, 'POST', path, { body })
    const group = await call('tag-groups', { name: `客群${Date.now() % 100000}` })
    const [tag, nobodys] = [await call('tags', { group_id: group.id, name: '老主顾' }), await call('tags', { group_id: group.id, name: '没人有' })]
    const present = `茶礼${Date.now() % 100000}`
    const fresh = async () => (await ask('offers?limit=100')).items.find((one) => one.name === present)
    const made = (called) => call('offers', { name: called, kind: 'gift', gift: '茶杯一只', last_day: '2037-12-31' })
    await made(present)
    // More than a page of them: the one that is wanted is further down.
    for (let at = 0; at < 20; at += 1) await made(`别的${at}`)
    const ids = [(await world.customer(boss, { name: '祝无双', tag_ids: [tag.id] })).id, (await world.customer(boss, { name: '莫小贝', tag_ids: [tag.id] })).id]
    await phone.goto('/features/tags/settings/index')
    await phone.tap(`[data-testid=tag][data-tag="${nobodys.id}"]`)
    await phone.tap('[data-testid=open-give]')
    await phone.waitText('还没有客户有“没人有”')
    await phone.tap(`[data-testid=tag][data-tag="${tag.id}"]`)
    await phone.visible('[data-testid=open-give]').waitFor()
    await look(phone, 'ph-tag')
    await phone.tap('[data-testid=open-give]')
    await phone.waitText('发给 2 位客户')
    const options = phone.visible('[data-testid=offer-option]')
    await until('one page of offers', async () => (await options.count()) === 20)
    await options.last().scrollIntoViewIfNeeded()
    await phone.tap(`[data-testid=offer-option][data-name="${present}"]`)
    equal(await phone.visible(`[data-testid=offer-option][data-name="${name}"]`).count(), 0, 'whether one that was stopped is offered')
    await look(phone, 'pi-tag-choose')
    await phone.tap('[data-testid=give-now]')
    await phone.waitRoute('/features/customers/bulk/index')
    await phone.waitText(`发优惠 ${present}`)
    await until('both to have it', async () => (await ask('customers/bulk')).items[0].done === 2)
    await until('the page to say so', async () => (await phone.visible('[data-testid=bulk-state]').first().textContent()) === '已完成')
    await look(phone, 'pj-tag-done')
    for (const id of ids) equal((await ask(`customers/${id}/offers`)).items.map((one) => one.name), [present], 'what they have')
    equal((await fresh()).given, 2, 'to how many it was given')
    await phone.visible('[data-testid=bulk-action]').first().locator('[data-testid=bulk-undo]').tap()
    await phone.tapText('撤销')
    await until('it is undone', async () => (await fresh()).given === 0)
    await phone.close()
  })

  await step('nothing is too wide, too small or too pale', () => check(!complaints.length, complaints.join('\n')))
}
