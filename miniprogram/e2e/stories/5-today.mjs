// Today is worked through: called, done, taken back, put off.
import { arrived, delayed, openStaff, tab, texts } from '../actions.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Today, worked through'

export async function tell({ step, open, skip, world }) {
  const boss = await world.known(BOSS)
  const phone = await openStaff(open, world, BOSS)
  await step('a task is done and taken back, called, put off by a swipe', async () => {
    await phone.goto('/pages/home/index')
    await phone.waitText('该跟进的客户')
    const list = () => phone.visible('[data-testid=task-row]')
    const before = await list().count()
    if (before < 2) return skip('swiping', 'too few tasks today')
    const names = await list().evaluateAll((nodes) => nodes.map((node) => node.dataset.name))
    await phone.tap('[data-testid=task-call]')
    await until('the dialler', async () => (await phone.calls('makePhoneCall')).length === 1)
    await phone.tap('[data-testid=task-done]')
    await phone.waitText(`已完成 ${names[0]}`)
    await phone.shot('53-undo')
    await phone.tap('[data-testid=undo-action]')
    await until('the task is back', async () => (await list().count()) === before)
    await phone.swipe('.task', -180)
    await arrived(phone)
    await phone.shot('52-swiped')
    await phone.visible('[data-testid=snooze-3]').first().tap()
    await phone.waitText(`${names[0]} 推迟到`)
    await until('the task is gone', async () => (await list().count()) === before - 1)
  })

  const customer = await world.customer(boss, { name: '陆先成' })
  const remind = (title) => world.call(boss, 'POST', 'tasks', { body: { customer_id: customer.id, title, due_at: new Date(Date.now() + 60_000).toISOString() } })

  await step('of two that are done one after the other, the first one\'s answer shows neither again', async () => {
    const [one, other] = [await remind('问问新茶'), await remind('催一下尾款')]
    await phone.goto('/pages/home/index')
    const button = ({ id }) => phone.visible(`[data-testid=task-done][data-id="${id}"]`)
    const [first, second] = [await delayed(phone, `**/tasks/${one.id}/done`), await delayed(phone, `**/tasks/${other.id}/done`)]
    for (const task of [one, other]) await button(task).tap()
    await until('both to be on their way', () => first.waiting() && second.waiting())
    const list = phone.page.waitForResponse('**/api/v1/today')
    await first.letGo()
    await (await list).finished()
    await phone.drawn()
    equal([await button(one).count(), await button(other).count()], [0, 0], 'rows of the two')
    await second.letGo()
    await phone.waitText('已完成 陆先成')
    equal((await world.call(boss, 'GET', `tasks?status=open&customer_id=${customer.id}`)).items.length, 0, 'tasks that are left')
  })

  await step('what cannot be taken back says why', async () => {
    await remind('寄样品')
    await phone.goto(`/features/customers/detail/index?id=${customer.id}`)
    await phone.tap('[data-testid=todo-done]')
    await phone.waitText('已完成 寄样品')
    await phone.page.route('**/reopen', (route) => route.abort())
    await phone.tap('[data-testid=undo-action]')
    await phone.waitText('网络不通')
    await phone.page.unroute('**/reopen')
  })

  await step('Today knows the reminders before a form is opened, so that a quick save is asked for one', async () => {
    const fresh = await openStaff(open, world, BOSS)
    await until('they are kept', () => fresh.page.evaluate((start) => Object.keys(localStorage).some((key) => key.startsWith(start)), `mp:${fresh.name}:reminders:`))
    await fresh.page.route('**/api/v1/subscriptions', (route) => route.abort())
    await fresh.goto(`/features/tasks/form/index?customer=${customer.id}&name=${encodeURIComponent(customer.name)}`)
    await fresh.tapText('打电话')
    await fresh.tap('[data-testid=save]')
    await fresh.tapText('取消')
    await fresh.waitText('提醒你')
    await fresh.close()
    await world.call(boss, 'DELETE', `customers/${customer.id}`, { version: (await world.call(boss, 'GET', `customers/${customer.id}`)).version })
  })

  await step('the search box leads to the customers, ready to type', async () => {
    await phone.goto('/pages/home/index')
    await phone.tap('[data-testid=find-customer]')
    await phone.waitRoute('pages/customers/index')
    const focused = () => phone.visible('[data-testid=search] input').evaluate((input) => document.activeElement === input)
    await until('the cursor in the box', focused)
    await phone.page.keyboard.type('苏文清')
    await until('only those whom the search means', async () => {
      const names = await texts(phone, '[data-testid=customer-row] .title')
      return names.length > 0 && names.every((name) => name.includes('苏文清'))
    })
    // Another time as well.
    await tab(phone, 'today')
    await phone.tap('[data-testid=find-customer]')
    await until('the cursor in the box once more', focused)
    await phone.tap('[data-testid=search-clear]')
  })

  await step('on a tablet it is put off by a tap', async () => {
    const tablet = await openStaff(open, world, BOSS, { width: 1024, height: 768, scale: 1 })
    await tablet.waitText('该跟进的客户')
    const before = await tablet.visible('[data-testid=task-row]').count()
    if (before < 1) return skip('a tap', 'no task is left today')
    await tablet.tap('[data-testid=task-later]')
    await tablet.tapText('推迟到一周后')
    await tablet.waitText('推迟到')
    await until('the task is gone', async () => (await tablet.visible('[data-testid=task-row]').count()) === before - 1)
    await tablet.close()
  })
}
