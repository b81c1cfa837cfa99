// What was done to customers of the list comes back, and what one is about to do to many is said before.
import { arrived, inSight, openStaff, rowIds, settled, texts } from '../actions.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Again: one deleted comes back, a view that lost its field, all that are found'

export async function tell({ step, open, world }) {
  const session = await world.proved(BOSS)
  const boss = await openStaff(open, world, BOSS, { storageState: world.storage(session) })
  const ask = (path) => world.call(session, 'GET', path)
  const rows = '[data-testid=customer-row]'
  const many = String(Date.now()).slice(-5)

  await step('one who is deleted on their own page comes back from the list', async () => {
    const name = `独删${many}`
    const made = await world.customer(session, { name })
    await boss.goto('/pages/customers/index')
    await boss.fill('[data-testid=search]', name)
    await boss.visible(`${rows}[data-id="${made.id}"]`).waitFor()
    await boss.tap(rows)
    await boss.tap('[data-testid=delete-customer]')
    await boss.waitText('半小时内可以撤销')
    await boss.tapText('删除')
    await boss.waitRoute('pages/customers/index')
    await boss.visible('[data-testid=undo]').waitFor({ timeout: 20_000 })
    await until('the row to be gone', async () => !(await rowIds(boss, 'customer-row')).includes(made.id))
    equal((await ask(`customers/count?q=${encodeURIComponent(name)}`)).count, 0, 'customers of that name')
    await arrived(boss)
    await boss.shot('9i-deleted-one')
    await boss.tap('[data-testid=undo-action]')
    await boss.waitText(`已恢复 ${name}`, { timeout: 20_000 })
    await boss.visible(`${rows}[data-id="${made.id}"]`).waitFor()
    // Opened by itself it leads to the list as well.
    await boss.goto(`/features/customers/detail/index?id=${made.id}`)
    await boss.tap('[data-testid=delete-customer]')
    await boss.tapText('删除')
    await boss.waitRoute('pages/customers/index')
    await boss.visible('[data-testid=undo]').waitFor({ timeout: 20_000 })
  })

  await step('a view whose field was deleted meets nobody, says so, and the condition is taken off', async () => {
    const field = await world.call(session, 'POST', 'custom-fields', { body: { label: '茶桌', kind: 'text', rules: {} } })
    const clauses = [{ any: [{ field: `custom.${field.key}`, op: 'contains', values: ['窗'] }] }, { any: [{ field: 'type', op: 'any_of', values: ['existing'] }] }]
    const view = await world.call(session, 'POST', 'customer-views', { body: { name: `靠窗${many}`, shared: 'private', filter: { all: clauses } } })
    await world.call(session, 'DELETE', `custom-fields/${field.id}`, { version: field.version })
    await boss.goto('/pages/customers/index')
    await boss.tap(`[data-testid=view-${view.id}]`)
    await boss.waitText('没有符合条件的客户')
    await until('the words of the chips', async () => JSON.stringify((await texts(boss, '[data-testid=filter-chip]')).sort()) === JSON.stringify(['已删除的字段', '老客'].sort()))
    equal(await boss.text('[data-testid=count]'), '0 位', 'the count')
    await arrived(boss)
    await boss.shot('9k-gone-field')
    // Changed, it is no view any more, and meets nobody still.
    await boss.tap('[data-testid=filter-chip][data-id=types]')
    await boss.waitText('没有符合条件的客户')
    await boss.tap('[data-testid=filter-chip][data-id^=custom]')
    await boss.visible(rows).first().waitFor()
    await world.call(session, 'DELETE', `customer-views/${view.id}`, { version: view.version })
  })

  const chosen = (words) => until(`${words} chosen`, async () => (await boss.text('[data-testid=bulk-count]')) === `已选 ${words} 位`)
  const circle = async () => (await boss.visible('[data-testid=bulk-all][aria-checked]').count()) === 1
  await step('all means all: with one chosen already, in a search and out of it; and a type for all of them is asked about', async () => {
    const name = `齐选${many}`
    for (const at of ['甲', '乙', '丙']) await world.customer(session, { name: name + at })
    await boss.goto('/pages/customers/index')
    await boss.fill('[data-testid=search]', name)
    await until('three rows and their number', async () => (await rowIds(boss, 'customer-row')).length === 3 && (await boss.text('[data-testid=count]')) === '3 位')
    await boss.tap('[data-testid=pick-many]')
    await boss.tap(rows)
    await chosen(1)
    equal(await circle(), false, 'the circle with one')
    await boss.tap('[data-testid=bulk-all]')
    await chosen(3)
    equal(await circle(), true, 'the circle with all')
    await boss.tap('[data-testid=bulk-all]')
    await chosen(0)
    await boss.tap('[data-testid=bulk-leave]')
    await boss.tap('[data-testid=search-clear]')
    await until('everybody', async () => Number.parseInt(await boss.text('[data-testid=count]')) > 3)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap(rows)
    await boss.tap('[data-testid=bulk-all]')
    equal(await circle(), true, 'the circle with everybody')
    const sent = boss.sent('POST', '/customers/bulk')
    await boss.tap('[data-testid=bulk-type]')
    await boss.tap('[data-testid=bulk-type-lost]')
    await boss.waitText('半小时内可以撤销')
    await arrived(boss)
    await boss.shot('9l-type-of-all')
    await boss.tapText('取消')
    equal(boss.sent('POST', '/customers/bulk') - sent, 0, 'bulk actions')
    await boss.tap('[data-testid=sheet-close]')
    await boss.tap('[data-testid=bulk-leave]')
  })

  await step('of a search that finds more than are taken at once the question says so', async () => {
    await boss.page.route('**/api/v1/customers/count?*', (route) => route.fulfill({ json: { count: 1000, capped: true } }))
    const [row] = (await ask(`customers?q=${encodeURIComponent(`齐选${many}`)}`)).items
    await boss.page.route('**/api/v1/customers?*', (route) => {
      if (!route.request().url().includes('limit=100')) return route.continue()
      return route.fulfill({ json: { items: Array.from({ length: 100 }, () => ({ ...row, id: crypto.randomUUID() })), next_cursor: 'more' } })
    })
    await boss.fill('[data-testid=search]', `齐选${many}`)
    await boss.waitText('1000+ 位')
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=bulk-all]')
    await boss.waitText('搜到 1000+ 位，一次最多选 500 位')
    await chosen(500)
    equal(await circle(), false, 'the circle with a part')
    await boss.tap('[data-testid=bulk-delete]')
    await boss.waitText('搜到 1000+ 位，这次只处理前 500 位')
    await boss.tapText('取消')
    await boss.tap('[data-testid=bulk-all]')
    await chosen(0)
    await boss.tap('[data-testid=bulk-leave]')
    await boss.page.unrouteAll()
  })

  await step('what was narrowed is kept as a view in sight, however many conditions there are', async () => {
    await boss.goto('/pages/customers/index')
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    for (const chip of ['types-existing', 'types-potential', 'phone-set', 'contact-not-30', 'created-year']) await boss.tap(`[data-testid=${chip}]`)
    await boss.tap('[data-testid=filter-apply]')
    await boss.visible('[data-testid=keep-view]').waitFor()
    await settled(boss)
    await arrived(boss)
    await boss.shot('9m-keep-view')
    const places = await Promise.all(['keep-view', 'pick-many'].map((name) => boss.visible(`[data-testid=${name}]`).boundingBox()))
    for (const name of ['keep-view', 'pick-many']) equal(await inSight(boss, `[data-testid=${name}]`), true, name)
    equal(places.every(({ x, width }) => x >= 0 && x + width <= 375) && places[0].x + places[0].width <= places[1].x, true, `side by side: ${JSON.stringify(places)}`)
  })
}
