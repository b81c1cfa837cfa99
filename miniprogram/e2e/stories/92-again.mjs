// What was done to customers of the list comes back, and what one is about to do to many is said before.
import { arrived, openStaff, rowIds } from '../actions.mjs'
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
}
