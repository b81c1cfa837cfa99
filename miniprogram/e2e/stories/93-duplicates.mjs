// Two records of one customer: told while one types, found by a scan, compared, merged, and taken apart again.
import { arrived, openStaff, texts } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Duplicates: told while typing, scanned, merged field by field, undone'

export async function tell({ step, open, world }) {
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const stamp = String(Date.now() % 100000)
  const [one, two] = [`沈云归${stamp}`, `沈云${stamp}`]
  const number = world.freshNumber()
  const stays = await world.customer(session, { name: one, company: `归云${stamp}茶庄`, title: '采购', phones: [{ number }] })
  const goes = await world.customer(session, { name: two, company: `归云${stamp}茶庄有限公司`, title: '老板', region: '330106', phones: [{ number: world.freshNumber() }, { number }] })
  await world.call(session, 'POST', `customers/${goes.id}/interactions`, { body: { channel: 'call', content: '问了明前龙井的价' } })
  const complaints = []
  const look = async (name) => {
    await arrived(boss)
    await boss.shot(name)
    complaints.push(...(await measure(boss)).map((line) => `${name}: ${line}`))
  }

  await step('while one types, who may be there already is shown with who looks after them', async () => {
    await boss.goto('/features/customers/form/index')
    await boss.fill('[data-testid=field-name]', one)
    await boss.visible('[data-testid=similar]').waitFor()
    await look('96-similar')
    await boss.tap('[data-testid=similar]')
    await boss.waitText('姓名相同')
    await look('96-similar-sheet')
    await boss.visible('[data-testid=similar-row]').first().tap()
    await boss.waitText(`归云${stamp}茶庄`)
  })

  await step('a scan finds the two', async () => {
    await boss.goto('/features/duplicates/list/index')
    await boss.tap('[data-testid=scan]')
    await until('the scan ended', async () => (await boss.text('[data-testid=scan-line]')).includes('新找到'), { timeout: 60_000 })
    await boss.waitText(two)
    await boss.waitText('100 分')
    await look('96-duplicates')
  })

  await step('they are compared, and what differs comes first', async () => {
    await boss.goto(`/features/duplicates/merge/index?this=${stays.id}&other=${goes.id}`)
    await boss.waitText('合并进来')
    equal(await boss.text('[data-testid=stays]'), one)
    const fields = await boss.visible('[data-testid=choice]').evaluateAll((nodes) => nodes.map((node) => node.dataset.field))
    equal(fields.slice(0, 3), ['name', 'company', 'title'])
    await boss.tap('[data-testid=other-title]')
    await look('96-merge')
    await boss.tap('[data-testid=merge-now]')
    await boss.tapText('合并')
    await until('merged', async () => (await world.call(session, 'GET', 'merges')).items.some((merge) => merge.other_id === goes.id))
    await boss.waitText('问了明前龙井的价')
    const now = await world.call(session, 'GET', `customers/${stays.id}`)
    equal([now.name, now.title, now.region, now.phone_count], [one, '老板', '330106', 2])
  })

  await step('an old link to the other one opens the one that stayed', async () => {
    await boss.goto(`/features/customers/detail/index?id=${goes.id}`)
    await boss.waitText(`归云${stamp}茶庄`)
  })

  await step('the merge is undone, and both are there again', async () => {
    await boss.goto('/features/duplicates/log/index')
    await boss.waitText(`${two} 合并到 ${one}`)
    await look('96-merges')
    await boss.visible('[data-testid=undo-merge]').first().tap()
    await boss.tapText('撤销')
    await until('undone', async () => (await world.call(session, 'GET', 'merges')).items.find((merge) => merge.other_id === goes.id)?.state === 'undone')
    await boss.waitText('已撤销')
    const [mine, theirs] = await Promise.all([stays, goes].map((row) => world.call(session, 'GET', `customers/${row.id}`)))
    equal([mine.title, theirs.title, mine.phone_count, theirs.phone_count], ['采购', '老板', 1, 2])
  })

  await step('in the dark it can be read as well', async () => {
    const dark = await openStaff(open, world, BOSS, { storageState: world.storage(await world.signIn(BOSS)), dark: true })
    await dark.goto(`/features/duplicates/merge/index?this=${stays.id}&other=${goes.id}`)
    await dark.waitText('合并进来')
    await arrived(dark)
    await dark.shot('96-merge-dark')
    check((await texts(dark, '[data-testid=choice]')).length > 2, 'nothing to choose')
  })

  await step('everything fits and can be touched', async () => equal(complaints, []))
}
