// A table comes in from a chat: looked at, tried, imported, taken back. A list goes out by a link.
import { arrived, delayed, rowIds, settled, texts } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Import and export: a file from a chat, a trial, what is wrong, taking it back, and a link'

export async function tell({ step, open, world }) {
  const session = await world.proved(BOSS)
  const options = { storageState: world.storage(session) }
  const boss = await open(BOSS, options)
  const stamp = String(Date.now()).slice(-5)
  const [first, second] = [world.freshNumber(), world.freshNumber()]
  const complaints = []
  const look = async (phone, name) => {
    await arrived(phone)
    await phone.shot(name)
    complaints.push(...(await measure(phone)).map((one) => `${name}: ${one}`))
  }
  const hand = (phone, name, data) => phone.page.evaluate(([name, data]) => window.__mp.state.fileQueue.push({ name, data }), [name, data])
  const named = async () => (await world.call(session, 'GET', `customers?q=${encodeURIComponent(stamp)}`)).items.map((one) => one.name).sort()
  const file = [
    '姓名,手机号码,公司,跟进内容,跟进时间,跟进人,口味',
    `王芳${stamp},${first},山月茶行${stamp},第一次到店，试了龙井,2024-05-01 10:30,李不在,清香`,
    `李娜${stamp},${second},西湖食品有限公司,,,,浓香`,
    `赵敏${stamp},1.38E+10,,,,,`,
  ].join('\n')

  await step('a file that is no table is refused with the reason', async () => {
    await boss.goto('/features/customers/transfer/index')
    await settled(boss)
    await look(boss, 'i0-list')
    await boss.tap('[data-testid=new-import]')
    await boss.waitRoute('/features/customers/import/index')
    await look(boss, 'i1-choose')
    await hand(boss, '照片.csv', '<html><body>不是表格</body></html>')
    await boss.tap('[data-testid=choose-file]')
    await boss.waitText('请上传 CSV 或 XLSX 文件')
  })

  await step('a table is shown with what its columns are', async () => {
    await hand(boss, `老客户${stamp}.csv`, file)
    await boss.tap('[data-testid=choose-file]')
    await boss.waitText('怎么导入')
    equal((await texts(boss, '[data-testid=import-state]'))[0], '待开始', 'state')
    await look(boss, 'i2-table')
    const shown = await texts(boss, '[data-testid^=field-column-]')
    equal(shown.map((one) => one.trim()), ['姓名', '手机', '公司', '跟进记录', '跟进时间', '跟进人', '不导入'], 'meanings')
  })

  await step('a trial says what would happen and leaves nothing', async () => {
    await boss.tap('[data-testid=import-try]')
    await boss.waitText('已试运行', { timeout: 20_000 })
    await look(boss, 'i3-tried')
    equal((await texts(boss, '[data-testid=import-counts]'))[0].replace(/\s+/g, ' ').trim(), '2 会新建 1 有误 1 有提示', 'counts')
    equal(await named(), [], 'customers')
  })

  await step('the rows that are wrong go to a chat as a file', async () => {
    await boss.tap('[data-testid=fetch-wrong]')
    await boss.tap('[data-testid=share-file]')
    await until('it was shared', async () => (await boss.calls('shareFileMessage')).length === 1)
    equal((await boss.calls('shareFileMessage'))[0].fileName, `老客户${stamp}-有误的行.csv`, 'name of the file')
  })

  await step('it is imported, with its old follow-up, and taken back', async () => {
    await boss.tap('[data-testid=import-start]')
    await boss.tapText('开始导入', { exact: true })
    await boss.waitText('已完成', { timeout: 20_000 })
    await look(boss, 'i4-done')
    equal(await named(), [`李娜${stamp}`, `王芳${stamp}`].sort(), 'customers')
    const [one] = (await world.call(session, 'GET', `customers?q=${first}`)).items
    const talks = (await world.call(session, 'GET', `customers/${one.id}/interactions`)).items
    equal(talks.map((talk) => [talk.content, talk.happened_at]), [['第一次到店，试了龙井', '2024-05-01T02:30:00Z']], 'follow-ups')
    // Somebody goes on with one of them: that one stays, and the page says so.
    const other = (await world.call(session, 'GET', `customers?q=${second}`)).items[0]
    const changed = await world.call(session, 'PATCH', `customers/${other.id}`, { version: other.version, body: { title: '采购' } })
    await boss.tap('[data-testid=import-revert]')
    await boss.tapText('撤回', { exact: true })
    await boss.waitText('没撤回', { timeout: 20_000 })
    equal(await named(), [`李娜${stamp}`], 'customers afterwards')
    await boss.waitText('下载没撤回的行和原因')
    await look(boss, 'i5-reverted')
    await world.call(session, 'DELETE', `customers/${other.id}`, { version: changed.version })
  })

  await step('on a wide screen and in the dark', async () => {
    for (const [name, size] of [['i6-wide', { width: 1024, height: 768 }], ['i7-dark', { dark: true }]]) {
      const other = await open(BOSS, { ...options, ...size })
      await other.goto('/features/customers/import/index')
      await hand(other, `再来${stamp}.csv`, file)
      await other.tap('[data-testid=choose-file]')
      await other.waitText('和上次一样')
      await look(other, name)
      await other.close()
    }
  })

  await step('a list goes out, and its link opens the file', async () => {
    const customer = await world.customer(session, { name: `=导出${stamp}` })
    const made = await world.call(session, 'POST', 'exports', { body: { selection: { ids: [customer.id] }, format: 'csv', columns: ['name', 'phone'] } })
    await boss.goto('/features/customers/transfer/index?kind=out')
    await boss.visible(`[data-testid=transfer-row][data-id="${made.id}"] [data-testid=transfer-link]`).waitFor({ timeout: 20_000 })
    await look(boss, 'i8-out')
    await boss.tap(`[data-testid=transfer-row][data-id="${made.id}"] [data-testid=transfer-link]`)
    await boss.waitText('粘贴到手机或电脑的浏览器里打开')
    await boss.waitText('链接已复制')
    const [{ data: link }] = (await boss.calls('setClipboardData')).slice(-1)
    const { body } = await world.ask('', 'GET', link.startsWith('http') ? link : world.api + link)
    check(body.includes(`'=导出${stamp},`), `the file says ${body}`)
  })

  await step('whoever went elsewhere while it began stays there, and is told where it will be', async () => {
    const { name } = await world.customer(session, { name: `走开导出${stamp}` })
    await world.prove(session)
    await boss.goto('/pages/customers/index')
    await boss.fill('[data-testid=search]', name)
    await until('the one alone', async () => (await texts(boss, '[data-testid=customer-row] .title')).join() === name)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=customer-row]')
    await until('it is chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 1 位')
    const begun = await delayed(boss, '**/api/v1/exports', (request) => request.method() === 'POST')
    await boss.tap('[data-testid=bulk-export]')
    await boss.tap('[data-testid=export-start]')
    await until('it is asked for', begun.waiting)
    await boss.tap('[data-testid=bulk-record]')
    await boss.waitRoute('features/customers/bulk/index')
    await begun.letGo()
    await boss.waitText('正在导出')
    equal((await boss.state()).route, 'features/customers/bulk/index', 'the page that is shown')
  })

  await step('a list goes out from the bar: tapped, proved by a finger, and its file fetched', async () => {
    // A login of its own: nobody has given it the second look yet.
    const phone = await open(BOSS, { storageState: world.storage(await world.signIn(BOSS)) })
    const name = `栏里导出${stamp}`
    for (const at of ['甲', '乙']) await world.customer(session, { name: name + at })
    await phone.goto('/pages/customers/index')
    await phone.fill('[data-testid=search]', name)
    await until('both', async () => (await rowIds(phone, 'customer-row')).length === 2)
    await phone.tap('[data-testid=pick-many]')
    await phone.tap('[data-testid=bulk-all]')
    await until('both are chosen', async () => (await phone.text('[data-testid=bulk-count]')) === '已选 2 位')
    await phone.tap('[data-testid=bulk-export]')
    await phone.tap('[data-testid=export-start]')
    await phone.waitText('再确认一次是你本人')
    await phone.tap('[data-testid=by-finger]')
    await phone.tapText('按下手指')
    await phone.waitRoute('/features/customers/transfer/index')
    const [made] = (await world.call(session, 'GET', 'exports')).items
    const fetch = `[data-testid=transfer-row][data-id="${made.id}"] [data-testid=transfer-link]`
    await phone.visible(fetch).waitFor({ timeout: 20_000 })
    await look(phone, 'i9-from-the-bar')
    await phone.tap(fetch)
    await phone.waitText('链接已复制')
    const [{ data: link }] = (await phone.calls('setClipboardData')).slice(-1)
    const { status, body } = await world.ask('', 'GET', link.startsWith('http') ? link : world.api + link)
    check(status === 200 && body.startsWith('PK'), `the workbook is ${status} ${String(body).slice(0, 40)}`)
    await phone.close()
  })

  await step('a list goes out as a text table with the columns that were chosen', async () => {
    const name = `选列导出${stamp}`
    await world.customer(session, { name })
    await world.prove(session)
    await boss.goto('/pages/customers/index')
    await boss.fill('[data-testid=search]', name)
    // The newest of all stands first before the search has been answered, too.
    await until('the one alone', async () => (await texts(boss, '[data-testid=customer-row] .title')).join() === name)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=customer-row]')
    await until('it is chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 1 位')
    await boss.tap('[data-testid=bulk-export]')
    await boss.tap('[data-testid=format-csv]')
    await boss.tap('[data-testid=which-some]')
    await boss.tap('[data-testid=export-start]')
    await boss.waitText('至少选一列')
    await boss.tap('[data-testid=columns-type]')
    await boss.tap('[data-testid=columns-name]')
    await look(boss, 'ia-columns')
    await boss.tap('[data-testid=export-start]')
    await boss.waitRoute('/features/customers/transfer/index')
    const [made] = (await world.call(session, 'GET', 'exports')).items
    const fetch = `[data-testid=transfer-row][data-id="${made.id}"] [data-testid=transfer-link]`
    await boss.visible(fetch).waitFor({ timeout: 20_000 })
    await boss.tap(fetch)
    await boss.waitText('链接已复制')
    const [{ data: link }] = (await boss.calls('setClipboardData')).slice(-1)
    const { body } = await world.ask('', 'GET', link.startsWith('http') ? link : world.api + link)
    check(body.includes('姓名,客户类型') && body.includes(name), `the file says ${body}`)
  })

  await step('tags that there are none of yet are made in the group that is chosen', async () => {
    const group = await world.call(session, 'POST', 'tag-groups', { body: { name: `表里${stamp}` } })
    const number = world.freshNumber()
    await boss.goto('/features/customers/import/index')
    await hand(boss, `带标签${stamp}.csv`, `姓名,手机号码,标签\n标签王${stamp},${number},新到${stamp}`)
    await boss.tap('[data-testid=choose-file]')
    await boss.waitText('还没有的标签')
    await boss.tap('[data-testid=field-tags]')
    await boss.native('.mp-picker-column').first().getByText(`建在“${group.name}”里`, { exact: true }).tap()
    await boss.tapText('确定')
    await look(boss, 'ib-tags')
    await boss.tap('[data-testid=import-start]')
    await boss.tapText('开始导入', { exact: true })
    await boss.waitText('已完成', { timeout: 20_000 })
    const [one] = (await world.call(session, 'GET', `customers?q=${number}`)).items
    equal(one.tags.map((tag) => tag.name), [`新到${stamp}`], 'tags of whoever came in')
    await world.call(session, 'DELETE', `customers/${one.id}`, { version: one.version })
    const now = (await world.call(session, 'GET', 'tag-groups')).items.find((row) => row.id === group.id)
    for (const tag of now.tags) await world.call(session, 'DELETE', `tags/${tag.id}`, { version: tag.version })
    await world.call(session, 'DELETE', `tag-groups/${group.id}`, { version: now.version })
  })

  equal(complaints, [], 'what is wrong with the pages')
  await boss.close()
}
