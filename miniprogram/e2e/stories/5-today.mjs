// Today is worked through: called, done, taken back, put off.
import { arrived, openStaff } from '../actions.mjs'
import { until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Today, worked through'

export async function tell({ step, open, skip, world }) {
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
