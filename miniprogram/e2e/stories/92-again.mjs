// What was done to customers of the list comes back, and what one is about to do to many is said before.
import { arrived, openStaff, rowIds, texts } from '../actions.mjs'
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
}
