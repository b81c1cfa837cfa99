// Follow-up plans: one is made for a tag from a template, switched on, gone through with a customer, and stopped.
import { arrived, settled } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Follow-up plans: a tag brings tasks, stage by stage'

export async function tell({ step, open, world }) {
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const call = (method, path, body, version) => world.call(session, method, path, { ...(body ? { body } : {}), ...(version ? { version } : {}) })
  const stamp = String(Date.now()).slice(-5)
  const complaints = []
  const look = async (name) => {
    await arrived(boss)
    await boss.shot(name)
    complaints.push(...(await measure(boss)).map((one) => `${name}: ${one}`))
  }
  const group = await call('POST', 'tag-groups', { name: `流程组${stamp}` })
  const tag = await call('POST', 'tags', { group_id: group.id, name: `新客${stamp}` })
  const had = await world.customer(session, { name: `先有${stamp}`, tag_ids: [tag.id] })
  const later = await world.customer(session, { name: `后打${stamp}` })
  const plans = async (id) => (await call('GET', `customers/${id}/plans`)).items

  await step('a plan is made for a tag from the template', async () => {
    await boss.goto('/features/tags/settings/index')
    await boss.waitText(group.name)
    await settled(boss)
    await boss.tap(`[data-testid=group][data-name="${group.name}"] [data-testid=tag]:has-text("${tag.name}")`)
    await boss.tap('[data-testid=open-plan]')
    await boss.visible('[data-testid=page-plan]').waitFor()
    await boss.fill('[data-testid=field-name]', `跟进${stamp}`)
    await boss.tap('[data-testid=add-stage]')
    await boss.tap('[data-testid=save]')
    // The stage that was added says nothing yet.
    await boss.visible('[data-testid="error-stages.2.name"]').waitFor()
    await look('p1-plan')
    await boss.visible('[data-testid=drop-stage]').last().click()
    await boss.tap('[data-testid=save]')
    await boss.visible('[data-testid=switch-plan]').waitFor()
    equal((await call('GET', 'plans')).items.find((one) => one.tag_id === tag.id)?.stages.length, 2, 'stages')
  })

  await step('switching it on says who has the tag already', async () => {
    await boss.waitText('现在没有客户在流程里')
    await boss.tap('[data-testid=switch-plan]')
    await boss.waitText('1 位客户已经有这个标签')
    await look('p2-switch')
    await boss.tap('[data-testid=switch-all]')
    await boss.waitText('已开启')
    await until('the plan has begun', async () => (await plans(had.id)).length === 1)
  })

  await step('a customer who gets the tag is in it, and the page says how far', async () => {
    await call('POST', `customers/${later.id}/tags`, { add: [tag.id] })
    await until('the plan has begun', async () => (await plans(later.id)).length === 1)
    await boss.goto(`/features/customers/detail/index?id=${later.id}`)
    await boss.visible('[data-testid=customer-plan]').waitFor()
    await boss.waitText('阶段 1/2')
    await look('p3-customer')
  })

  await step('somebody stops it', async () => {
    await boss.tap('[data-testid=stop-plan]')
    await boss.tapText('停止')
    await until('it has ended', async () => (await plans(later.id)).length === 0)
    await until('it is off the page', async () => (await boss.visible('[data-testid=customer-plan]').count()) === 0)
  })

  await step('the list of plans says what each is', async () => {
    await boss.goto('/features/tags/plans/index')
    await boss.waitText(`跟进${stamp}`)
    await look('p4-plans')
  })

  equal(complaints, [], 'complaints about what was measured')
}
