// Views that were made elsewhere: what they ask for is called by its name on this phone too.
import { arrived, texts } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Regions of a view that was made elsewhere'

export async function tell({ step, open, world }) {
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const chips = () => texts(boss, '[data-testid=filter-chip]')
  const complaints = []
  const look = async (name) => {
    await arrived(boss)
    await boss.shot(name)
    complaints.push(...(await measure(boss)).map((one) => `${name}: ${one}`))
  }
  const place = (name, ...values) =>
    world.call(session, 'POST', 'customer-views', { body: { name, filter: { all: [{ any: [{ field: 'region', op: 'any_of', values }] }] } } })
  const views = [await place('西湖', '330106'), await place('两城', '330200', '310000')]

  await step('a district is named above the list and in the sheet', async () => {
    await boss.goto('/pages/customers/index')
    await boss.tap('[data-name=西湖]')
    await until('the district by its name', async () => JSON.stringify(await chips()) === JSON.stringify(['浙江省杭州市西湖区']))
    await boss.tap('[data-testid=filter]')
    await until('the same in the sheet', async () => (await boss.text('[data-testid=field-region]')).includes('浙江省杭州市西湖区'))
    await look('95d-region')
    await boss.tap('[data-testid=filter-apply]')
  })

  await step('so are a city and a province', async () => {
    await boss.tap('[data-name=两城]')
    await until('a city and a province', async () => (await chips()).join().includes('浙江省宁波市、上海市'))
    await look('95e-regions')
    for (const view of views) await world.call(session, 'DELETE', `customer-views/${view.id}`, { version: view.version })
  })

  await step('nothing is too wide, too small or too pale', () => {
    if (complaints.length) throw new Error(complaints.join('\n'))
  })
}
