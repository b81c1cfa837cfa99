// The list of customers as a tool: found by sound, narrowed, kept as views, changed many at a time, taken back.
import { arrived, inSight, openStaff, rowIds, scroll, settled, tab, texts } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Find customers: pinyin, filter, views, many at once'

/** A salesperson of the demo. */
const SALES = 'wanglei'
const VIEW = '杭州老客'

export async function tell({ step, open, world }) {
  // A session of its own: nobody has given it the second look yet.
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const ask = (path) => world.call(session, 'GET', path)
  const count = async (filter, more = '') => (await ask(`customers/count?filter=${encodeURIComponent(JSON.stringify({ all: filter }))}${more}`)).count
  const one = (field, op, ...values) => ({ any: [{ field, op, values }] })
  /** Nobody looks after those in the pool: the list leaves them out until it is asked for them. */
  const cared = one('pool', 'empty')
  const counted = (wanted) => until(`${wanted} customers counted`, async () => (await boss.text('[data-testid=count]')) === `${wanted} 位`)
  const chips = () => texts(boss, '[data-testid=filter-chip]')
  const complaints = []
  const look = async (name) => {
    await arrived(boss)
    await boss.shot(name)
    complaints.push(...(await measure(boss)).map((one) => `${name}: ${one}`))
  }

  await step('a name is found by its sound, and what was meant is marked', async () => {
    await tab(boss, 'customers')
    await boss.waitText('苏文清')
    await boss.visible('[data-testid=search] input').pressSequentially('swq', { delay: 30 })
    await until('her whole name marked', async () => (await texts(boss, '.hit')).includes('苏文清'))
    await boss.fill('[data-testid=search]', 'wenqing')
    await until('two characters marked', async () => (await texts(boss, '.hit'))[0] === '文清')
    await boss.fill('[data-testid=search]', world.demo.customer_phone.slice(-4))
    await until('the phone marked', async () => (await texts(boss, '.phone .hit, .hit')).some((text) => text.includes('****')))
    await boss.fill('[data-testid=search]', 'wenqing')
    await until('two characters marked', async () => (await texts(boss, '.hit'))[0] === '文清')
    await look('93-search')
  })

  await step('while one types the list stays until the answer is there', async () => {
    await boss.page.route('**/api/v1/customers?*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      await route.continue()
    })
    await boss.visible('[data-testid=search] input').fill('文')
    let least = 99
    await until('the new answer', async () => {
      least = Math.min(least, (await rowIds(boss, 'customer-row')).length)
      return (await texts(boss, '.hit')).some((text) => text === '文')
    }, { every: 20 })
    check(least > 0, 'the list was empty in between')
    await boss.page.unroute('**/api/v1/customers?*')
  })

  await step('searches that led somewhere are kept on the phone, until they are dropped', async () => {
    await boss.visible('[data-testid=search] input').press('Enter')
    await boss.fill('[data-testid=search]', '苏文清')
    await until('her row', async () => (await texts(boss, '.hit'))[0] === '苏文清')
    await boss.tap('[data-testid=customer-row]')
    await boss.waitText('跟进记录')
    await boss.back()
    await boss.waitRoute('pages/customers/index')
    await boss.tap('[data-testid=search-clear]')
    await boss.visible('[data-testid=search] input').focus()
    await boss.visible('[data-testid=recent]').waitFor()
    equal(await texts(boss, '[data-testid=recent-search]'), ['苏文清', '文'], 'recent searches')
    await look('94-recent')
    await boss.tap('[data-testid=recent-drop][data-q=文]')
    await until('one left', async () => (await texts(boss, '[data-testid=recent-search]')).length === 1)
    await boss.tap('[data-testid=recent-search]')
    await until('her row', async () => (await texts(boss, '[data-testid=customer-row] .title'))[0] === '苏文清')
    await boss.tap('[data-testid=search-clear]')
    await boss.visible('[data-testid=search] input').blur()
    await boss.visible('[data-testid=search] input').focus()
    await boss.tap('[data-testid=recent-clear]')
    await until('none left', async () => (await boss.visible('[data-testid=recent]').count()) === 0)
  })

  await step('the filter counts before it closes, and each condition is taken off by itself', async () => {
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=types-existing]')
    await boss.tap('[data-testid=field-region]')
    await boss.fill('[data-testid=sheet][aria-label=地区] [data-testid=search]', 'hzs')
    await boss.visible('[data-testid=region][data-code="330100"]').waitFor()
    await look('95-place')
    await boss.tap('[data-testid=region][data-code="330100"]')
    const here = [one('type', 'any_of', 'existing'), one('region', 'any_of', '330100')]
    const found = await count([...here, cared])
    await boss.waitText(`查看 ${found} 位客户`)
    await look('95-filter')
    await boss.tap('[data-testid=filter-apply]')
    await counted(found)
    equal(await chips(), ['老客', '浙江省杭州市'], 'chips')
    await settled(boss)
    await look('96-filtered')
    await boss.tap('[data-testid=filter-chip][data-id=types]')
    await counted(await count([here[1], cared]))
  })

  await step('every condition of the sheet asks the server what it says', async () => {
    const wanted = {
      'owners-me': one('owner', 'any_of', 'me'), 'contact-within-30': one('last_contact', 'at_least', 'today-30'), 'created-month': one('created', 'at_least', 'month'),
      'birthday-30': { any: [...one('birthday', 'between', 'today', 'today+30').any, ...one('dates', 'between', 'today', 'today+30').any] }, 'sources-referral': one('source', 'any_of', 'referral'), 'phone-set': one('phone', 'set'),
      'contact-not-30': { any: [...one('last_contact', 'less', 'today-30').any, ...one('last_contact', 'empty').any] },
    }
    for (const [chip, clause] of Object.entries(wanted)) {
      await boss.tap('[data-testid=filter]')
      await boss.waitText('口味')
      await boss.tap('[data-testid=filter-clear]')
      await boss.tap(`[data-testid=${chip}]`)
      await boss.tap('[data-testid=filter-apply]')
      await counted(await count([clause, cared]))
      equal((await chips()).length, 1, `chips of ${chip}`)
    }
    await boss.tap('[data-testid=filter-chip]')
    await counted(await count([cared]))
  })

  await step('types and fields that the business made itself narrow the list as well', async () => {
    const type = await world.call(session, 'POST', 'customer-types', { body: { name: '茶友会' } })
    const field = await world.call(session, 'POST', 'custom-fields', { body: { label: '喝茶时段', kind: 'choice', rules: { choices: [{ label: '清晨' }, { label: '午后' }] } } })
    const noon = field.rules.choices.find((one) => one.label === '午后')
    const guest = await world.customer(session, { name: '会友甲', type: type.code, custom: { [field.key]: noon.key } })
    await boss.goto('/pages/customers/index')
    await boss.tap('[data-testid=filter]')
    await boss.waitText('喝茶时段')
    await boss.tapText('茶友会')
    await boss.tap(`[data-testid="custom.${field.key}-${noon.key}"]`)
    await boss.waitText('查看 1 位客户')
    await boss.tap('[data-testid=filter-apply]')
    await counted(1)
    await until('the words of the chips', async () => JSON.stringify(await chips()) === JSON.stringify(['茶友会', '喝茶时段：午后']))
    await boss.tap('[data-testid=filter-chip][data-id^=custom]')
    await until('one chip', async () => (await chips()).length === 1)
    await world.call(session, 'DELETE', `customers/${guest.id}`, { version: guest.version })
    await world.call(session, 'DELETE', `custom-fields/${field.id}`, { version: field.version })
    await world.call(session, 'DELETE', `customer-types/${type.id}`, { version: type.version })
    await boss.goto('/pages/customers/index')
    await boss.waitText('苏文清')
  })

  const more = async () => {
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=filter-clear]')
    await boss.tap('[data-testid=filter-more]')
  }
  await step('own fields of every kind narrow the list: what a text holds, from and to, and whether there is something', async () => {
    const make = (label, kind, rules = {}) => world.call(session, 'POST', 'custom-fields', { body: { label, kind, rules } })
    const [note, size, budget, day, line, paper] = [
      await make('茶席名', 'text'), await make('壶数', 'number'), await make('茶预算', 'money'), await make('开席日', 'date'), await make('茶室电话', 'phone'), await make('合同件', 'file'),
    ]
    const number = world.freshNumber()
    const guest = await world.customer(session, { name: '会友乙', custom: { [note.key]: '山间小席', [size.key]: '12', [budget.key]: 150_000, [day.key]: '2026-05-04', [line.key]: number } })
    await boss.goto('/pages/customers/index')
    const wanted = [
      [note, '茶席名：含“小席”', () => boss.fill(`[data-testid="field-custom.${note.key}-one"]`, '小席')],
      [size, '壶数：最少 10', () => boss.fill(`[data-testid="field-custom.${size.key}-from"]`, '10')],
      [line, `茶室电话：${number}`, () => boss.fill(`[data-testid="field-custom.${line.key}-one"]`, number)],
      [day, '开席日：填了', () => boss.tap(`[data-testid="custom.${day.key}-set"]`)],
    ]
    for (const [field, words, say] of wanted) {
      await more()
      await boss.visible(`[data-testid="custom.${field.key}-empty"]`).waitFor()
      await say()
      await boss.waitText('查看 1 位客户')
      await boss.tap('[data-testid=filter-apply]')
      await counted(1)
      await until(`the words of ${field.label}`, async () => (await chips()).join() === words)
    }
    await more()
    await boss.fill(`[data-testid="field-custom.${budget.key}-from"]`, '很多')
    await boss.waitText('写一个金额')
    // It stays until it is an answer: closed, it would be lost unseen.
    await boss.tap('[data-testid=filter-apply]')
    await until('why not, in sight', () => inSight(boss, '[data-testid=filter-problem]'))
    await boss.fill(`[data-testid="field-custom.${budget.key}-from"]`, '1500')
    await boss.fill(`[data-testid="field-custom.${budget.key}-to"]`, '2000')
    await boss.tap(`[data-testid="custom.${paper.key}-empty"]`)
    await boss.waitText('查看 1 位客户')
    await look('95b-own-fields')
    await boss.tap('[data-testid=filter-apply]')
    await counted(1)
    await until('both in words', async () => JSON.stringify(await chips()) === JSON.stringify(['茶预算：¥1,500.00 到 ¥2,000.00', '合同件：没有文件']))
    await world.call(session, 'DELETE', `customers/${guest.id}`, { version: guest.version })
    for (const field of [note, size, budget, day, line, paper]) await world.call(session, 'DELETE', `custom-fields/${field.id}`, { version: field.version })
    await boss.goto('/pages/customers/index')
    await boss.waitText('苏文清')
  })

  await step('what is seldom asked for stands under one line more, and days can be one\'s own', async () => {
    const mine = (await ask('auth/me')).staff.id
    const wanted = [
      ['kind-company', one('kind', 'any_of', 'company'), '个人/企业：企业'], ['industry-F', one('industry', 'any_of', 'F'), '行业：批发零售'], ['size-under_10', one('size', 'any_of', 'under_10'), '公司规模：10 人以下'],
      ['email-empty', one('email', 'empty'), '邮箱：没有邮箱'], ['next-none', one('next_contact', 'empty'), '下次联系：没有安排'], ['company-set', one('company', 'set'), '公司：填了'],
      [`created_by-${mine}`, one('created_by', 'any_of', mine)],
    ]
    for (const [chip, clause, words] of wanted) {
      await more()
      await boss.tap(`[data-testid="${chip}"]`)
      await boss.tap('[data-testid=filter-apply]')
      await counted(await count([clause, cared]))
      if (words) equal(await chips(), [words], 'chips')
    }
    await more()
    await boss.fill('[data-testid=field-company-one]', '茶')
    await boss.tap('[data-testid=created-own-days]')
    await boss.visible('[data-testid=field-created-from]').waitFor()
    await look('95c-more')
    await boss.tap('[data-testid=filter-apply]')
    await counted(await count([one('company', 'contains', '茶'), cared]))
    equal(await chips(), ['公司：含“茶”'], 'chips')
    await boss.tap('[data-testid=filter-chip]')
    await counted(await count([cared]))
  })

  await step('a list shows the first of the own fields that somebody filled in, a wide one in columns', async () => {
    const field = await world.call(session, 'POST', 'custom-fields', { body: { label: '最爱的壶', kind: 'text', rules: {} } })
    const first = (await ask('custom-fields')).items.map((one) => one.id).filter((id) => id !== field.id)
    await world.call(session, 'POST', 'custom-fields/order', { body: { ids: [field.id, ...first] } })
    const guest = await world.customer(session, { name: '会友丙', custom: { [field.key]: '紫砂' } })
    for (const [as, options] of [['phone', {}], ['tablet', { width: 1024, height: 768, scale: 1 }]]) {
      const phone = await open(BOSS, { storageState: world.storage(session), route: '/pages/customers/index', ...options })
      await phone.fill('[data-testid=search]', '会友丙')
      await until('her row', async () => (await texts(phone, '[data-testid=customer-row] .title'))[0] === '会友丙')
      const shown = as === 'phone' ? '[data-testid=own-values]' : '[data-testid=own-value]'
      await until('what the field holds', async () => (await texts(phone, shown))[0]?.includes('紫砂'))
      if (as === 'tablet') equal((await texts(phone, '[data-testid=own-column]'))[0], '最爱的壶', 'the column')
      await arrived(phone)
      await phone.shot(`96b-own-${as}`)
      complaints.push(...(await measure(phone)).map((one) => `96b-own-${as}: ${one}`))
      await phone.close()
    }
    await world.call(session, 'DELETE', `customers/${guest.id}`, { version: guest.version })
    const now = (await ask('custom-fields')).items.find((one) => one.id === field.id)
    await world.call(session, 'DELETE', `custom-fields/${field.id}`, { version: now.version })
  })

  await step('what the list shows is kept as a view, that colleagues see and the owner renames and deletes', async () => {
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=types-existing]')
    await boss.tap('[data-testid=filter-apply]')
    await boss.tap('[data-testid=keep-view]')
    await boss.tap('[data-testid=save-view]')
    await boss.waitText('给视图起个名字')
    await boss.fill('[data-testid=field-name]', VIEW)
    await boss.tap('[data-testid=shared-everyone]')
    await look('97-save-view')
    await boss.tap('[data-testid=save-view]')
    await boss.waitText(`已保存视图 ${VIEW}`)
    await boss.visible(`[data-testid^=view-][data-name=${VIEW}][aria-selected]`).waitFor()
    await boss.tap('[data-testid=view-mine]')
    await counted(await count([one('owner', 'any_of', 'me'), cared]))
    equal(await chips(), [], 'chips of one of everybody\'s views')
    await boss.tap('[data-testid=view-pool]')
    await counted(await count([one('pool', 'set')]))
    await boss.tap(`[data-name=${VIEW}]`)
    await counted(await count([one('type', 'any_of', 'existing'), cared]))
    const sales = await openStaff(open, world, SALES)
    await tab(sales, 'customers')
    await sales.tap(`[data-name=${VIEW}]`)
    await until('the colleague sees the condition', async () => (await texts(sales, '[data-testid=filter-chip]'))[0] === '老客')
    await sales.close()
    await boss.tap(`[data-name=${VIEW}]`)
    await boss.tapText('改名和谁能看到')
    await boss.fill('[data-testid=field-name]', '老客')
    await boss.tap('[data-testid=save-view]')
    await boss.waitText('已保存视图 老客')
    // Narrowed further, it can be told to be so from now on.
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=phone-set]')
    await boss.tap('[data-testid=filter-apply]')
    await until('two conditions', async () => (await chips()).length === 2)
    await boss.tap('[data-name=老客]')
    await boss.tapText('按现在的条件更新')
    await boss.waitText('已保存视图 老客')
    equal((await ask('customer-views')).items[0].filter.all.length, 2, 'clauses of the view')
    await boss.tap('[data-name=老客]')
    await boss.tapText('删除视图')
    await boss.tapText('删除')
    await boss.waitText('已删除视图 老客')
    await counted(await count([cared]))
  })

  const tags = (await ask('tag-groups')).items.flatMap((group) => group.tags)
  const weekly = tags.find((tag) => tag.name === '每周')
  const rows = '[data-testid=customer-row]'
  await step('a finger that stays on a row begins choosing; tags go on all that are chosen, and come off again', async () => {
    await settled(boss)
    await boss.visible(rows).nth(1).tap({ trial: true })
    await hold(boss, rows, 1)
    await until('one is chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 1 位')
    equal(await boss.page.locator('[data-testid=tab-customers]:visible').count(), 0, 'tabs while choosing')
    for (const at of [0, 2]) await boss.visible(rows).nth(at).tap()
    await until('three are chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 3 位')
    await look('98-picking')
    const ids = (await rowIds(boss, 'customer-row')).slice(0, 3)
    const tagged = async () => (await Promise.all(ids.map((id) => ask(`customers/${id}`)))).filter((row) => row.tags.some((tag) => tag.id === weekly.id)).length
    const before = await tagged()
    await boss.tap('[data-testid=bulk-tag]')
    await boss.tap(`[data-testid=tag-option][data-id="${weekly.id}"]`)
    await boss.tap('[data-testid=bulk-apply]')
    await boss.waitText('给 3 位客户打上了标签', { timeout: 20_000 })
    equal(await tagged(), 3, 'customers with the tag')
    await look('99-bulk-done')
    await boss.tap('[data-testid=bulk-undo]')
    await boss.waitText('撤销了 3 位客户', { timeout: 20_000 })
    equal(await tagged(), before, 'customers with the tag afterwards')
    await boss.tap('[data-testid=bulk-close]')
    await boss.page.locator('[data-testid=tab-customers]:visible').waitFor()
  })

  await step('how far it is stays in sight; it is cancelled, unless it has ended meanwhile', async () => {
    // The server may be too quick to be watched: for a while it seems not to be done. One such answer comes late.
    let [late, letGo] = [null, () => {}]
    const gate = new Promise((resolve) => (letGo = resolve))
    await boss.page.route('**/api/v1/customers/bulk/*', async (route) => {
      const answer = await route.fetch()
      if (late === 'wanted') {
        late = route.request()
        await gate
      } else if (late) return route.fulfill({ response: answer })
      await route.fulfill({ response: answer, json: { ...(await answer.json()), state: 'running', done: 1, finished_at: null, undo_until: null } })
    })
    await boss.tap('[data-testid=pick-many]')
    for (const at of [0, 1]) await boss.visible(rows).nth(at).tap()
    await boss.tap('[data-testid=bulk-tag]')
    await boss.tap(`[data-testid=tag-option][data-id="${weekly.id}"]`)
    await boss.tap('[data-testid=bulk-apply]')
    await boss.waitText('1 / 2 位')
    await look('9l-bulk-running')
    late = 'wanted'
    await until('an answer to be late', () => late !== 'wanted')
    await boss.tap('[data-testid=bulk-cancel]')
    const ended = async () => /^(已取消|给 2 位客户打上了标签)$/.test(await boss.text('[data-testid=bulk-said]'))
    await until('the end', ended)
    letGo()
    await (await late.response()).finished()
    await boss.drawn()
    check(await ended(), 'an older answer says that it still goes on')
    await boss.page.unroute('**/api/v1/customers/bulk/*')
    const [now] = (await ask('customers/bulk')).items
    check(now.state === 'cancelled' || now.done === 2, `it is ${now.state}`)
    if (now.done) {
      await boss.tap('[data-testid=bulk-undo]')
      await boss.waitText(`撤销了 ${now.done} 位客户`, { timeout: 20_000 })
    }
    await boss.tap('[data-testid=bulk-close]')
  })

  await step('of how many nobody counted, it says how many are done, and no total', async () => {
    await boss.page.route('**/api/v1/customers/count*', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { count: 1000, capped: true } })
    })
    await boss.page.route('**/api/v1/customers/bulk/*', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), state: 'running', done: 1000, failed: 0, finished_at: null, undo_until: null } })
    })
    await boss.goto('/pages/customers/index')
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=types-lost]')
    await boss.tap('[data-testid=filter-apply]')
    await until('more than are counted', async () => (await boss.text('[data-testid=count]')) === '1000+ 位')
    await settled(boss)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=bulk-all]')
    await until('all are chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 1000+ 位')
    await boss.tap('[data-testid=bulk-tag]')
    await boss.tap(`[data-testid=tag-option][data-id="${weekly.id}"]`)
    await boss.tap('[data-testid=bulk-apply]')
    await until('how many are done', async () => (await boss.text('[data-testid=bulk-detail]')) === '已处理 1000 位')
    equal(await boss.visible('[data-testid=bulk-share]').count(), 0, 'shares of what nobody counted')
    await look('9m-bulk-uncounted')
    await boss.page.unroute('**/api/v1/customers/bulk/*')
    await boss.page.unroute('**/api/v1/customers/count*')
    await boss.waitText('位客户打上了标签', { timeout: 20_000 })
    await boss.tap('[data-testid=bulk-undo]')
    await boss.waitText('撤销了', { timeout: 20_000 })
    await boss.tap('[data-testid=bulk-close]')
    await boss.goto('/pages/customers/index')
    await boss.waitText('苏文清')
  })

  await step('a sheet that was closed while it goes on leaves what is chosen next alone', async () => {
    let goesOn = true
    await boss.page.route('**/api/v1/customers/bulk/*', async (route) => {
      const answer = await route.fetch()
      await route.fulfill(goesOn ? { response: answer, json: { ...(await answer.json()), state: 'running', finished_at: null, undo_until: null } } : { response: answer })
    })
    await boss.tap('[data-testid=pick-many]')
    await boss.visible(rows).first().tap()
    await boss.tap('[data-testid=bulk-tag]')
    await boss.tap(`[data-testid=tag-option][data-id="${weekly.id}"]`)
    await boss.tap('[data-testid=bulk-apply]')
    await boss.visible('[data-testid=bulk-run][data-state=running]').waitFor()
    await boss.tap('[data-testid=sheet-close]:visible')
    await boss.tap('[data-testid=pick-many]')
    await boss.visible(rows).nth(1).tap()
    await until('another one is chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 1 位')
    const before = boss.sent('GET', 'customers?')
    goesOn = false
    await until('the list to be asked for anew', () => boss.sent('GET', 'customers?') > before)
    await settled(boss)
    equal(await boss.text('[data-testid=bulk-count]'), '已选 1 位', 'what is chosen')
    await boss.page.unroute('**/api/v1/customers/bulk/*')
    await boss.tap('[data-testid=bulk-leave]')
    const [{ id }] = (await ask('customers/bulk')).items
    await world.call(session, 'POST', `customers/bulk/${id}/undo`, { body: {} })
    await until('it is undone', async () => (await ask(`customers/bulk/${id}`)).state === 'undone')
  })

  let changed = ''
  await step('all that the filter finds get another type and another owner', async () => {
    await boss.tap('[data-testid=filter]')
    await boss.waitText('口味')
    await boss.tap('[data-testid=types-lost]')
    await boss.tap('[data-testid=filter-apply]')
    const lost = await count([one('type', 'any_of', 'lost'), cared])
    await counted(lost)
    await settled(boss)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=bulk-all]')
    await until('all are chosen', async () => (await boss.text('[data-testid=bulk-count]')) === `已选 ${lost} 位`)
    await boss.tap('[data-testid=bulk-owner]')
    const [first] = (await ask(`customers?type=lost&pool=false`)).items
    changed = first.id
    const seller = (await ask('staff')).items.find((one) => ['陈晓', '王磊'].includes(one.name) && one.id !== first.owner_id)
    await boss.tap(`[data-testid=bulk-person][data-id="${seller.id}"]`)
    // It may be all that somebody looks after.
    await boss.waitText('再确认一次是你本人')
    await boss.tap('[data-testid=by-finger]')
    await boss.tapText('按下手指')
    await boss.waitText(`${lost} 位客户归 ${seller.name} 负责了`, { timeout: 20_000 })
    equal(await count([one('type', 'any_of', 'lost'), one('owner', 'any_of', seller.id)]), lost, 'lost ones of the new owner')
    await boss.tap('[data-testid=bulk-close]')
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=bulk-all]')
    await boss.tap('[data-testid=bulk-type]')
    await boss.tap('[data-testid=bulk-type-potential]')
    await boss.tapText('改类型')
    await boss.waitText(`${lost} 位客户改成了潜在`, { timeout: 20_000 })
    equal(await count([one('type', 'any_of', 'lost')]), 0, 'lost ones')
    await boss.tap('[data-testid=bulk-close]')
    await boss.waitText('没有符合条件的客户')
  })

  await step('the record has all of it, takes back what is not half an hour old, and says whom it left alone', async () => {
    // Somebody changed one of them since: that one stays as it is.
    const row = await ask(`customers/${changed}`)
    await world.call(session, 'PATCH', `customers/${changed}`, { body: { type: 'new' }, version: row.version })
    await boss.goto('/features/customers/bulk/index')
    await boss.waitText('已完成')
    await boss.visible('[data-testid=bulk-action]').first().locator('[data-testid=bulk-undo]').tap()
    await boss.tapText('撤销')
    await until('it is undone, but for one', async () => ['没有撤销', '撤销了一部分'].includes((await texts(boss, '[data-testid=bulk-state]'))[0]))
    equal(await boss.visible('[data-testid=bulk-why]').first().innerText(), '没有撤销的是谁', 'who that is asked')
    await look('9h-bulk-record')
    await boss.visible('[data-testid=bulk-why]').first().tap()
    await boss.waitText('后来有人改过')
    await boss.waitText(row.name)
    await look('9i-bulk-failures')
    equal((await ask(`customers/${changed}`)).type, 'new', 'what somebody chose since')
    // More of them than the server lists: that is said, and how many.
    await boss.page.route('**/api/v1/customers/bulk?*', async (route) => {
      const answer = await route.fetch()
      const body = await answer.json()
      const [first, ...others] = body.items
      await route.fulfill({ response: answer, json: { ...body, items: [{ ...first, failed: 250, done: 0, undone: 0 }, ...others] } })
    })
    await boss.goto('/features/customers/bulk/index')
    await boss.visible('[data-testid=bulk-why]').first().tap()
    await boss.waitText('一共 250 位，已列出 1 位')
    await boss.page.unroute('**/api/v1/customers/bulk?*')
  })

  await step('deleting many needs no other second look a moment later, and can be taken back', async () => {
    const name = `批量${String(Date.now()).slice(-5)}`
    for (const at of ['甲', '乙']) await world.customer(session, { name: name + at })
    await boss.goto('/pages/customers/index')
    await boss.fill('[data-testid=search]', name)
    await until('both', async () => (await rowIds(boss, 'customer-row')).length === 2)
    await boss.tap('[data-testid=pick-many]')
    await boss.tap('[data-testid=bulk-all]')
    await until('both are chosen', async () => (await boss.text('[data-testid=bulk-count]')) === '已选 2 位')
    await boss.tap('[data-testid=bulk-delete]')
    await boss.tapText('删除')
    await boss.waitText('删除了 2 位客户', { timeout: 20_000 })
    await until('both are gone', async () => (await ask(`customers/count?q=${encodeURIComponent(name)}`)).count === 0)
    await boss.tap('[data-testid=bulk-undo]')
    await boss.waitText('撤销了 2 位客户', { timeout: 20_000 })
    const back = (await ask(`customers?q=${encodeURIComponent(name)}`)).items
    equal(back.length, 2, 'customers that are back')
    for (const row of back) await world.call(session, 'DELETE', `customers/${row.id}`, { version: row.version })
    await boss.tap('[data-testid=bulk-close]')
  })

  await step('a swipe offers to call, to write down and to remind', async () => {
    await boss.fill('[data-testid=search]', '苏文清')
    await until('her row', async () => (await texts(boss, `${rows} .title`))[0] === '苏文清')
    await boss.swipe(rows, -220)
    await arrived(boss)
    await look('9j-swiped')
    const before = (await boss.calls('makePhoneCall')).length
    await boss.tap('[data-testid=swipe-call]')
    await until('the dialler', async () => (await boss.calls('makePhoneCall')).length === before + 1)
    await boss.swipe(rows, -220)
    await arrived(boss)
    await boss.tap('[data-testid=swipe-remind]')
    await boss.waitText('设好提醒')
    await boss.back()
    await boss.swipe(rows, -220)
    await arrived(boss)
    await boss.tap('[data-testid=swipe-note]')
    await boss.waitText('保存跟进')
    await boss.back()
    await boss.waitRoute('pages/customers/index')
  })

  await step('the next page comes before the end is reached, and nothing jumps', async () => {
    await boss.tap('[data-testid=search-clear]')
    await until('the list', async () => (await rowIds(boss, 'customer-row')).length >= 20)
    await settled(boss)
    const place = await boss.page.evaluate(() => {
      const page = [...document.querySelectorAll('wx-page')].find((one) => one.checkVisibility())
      page.scrollTop = page.scrollHeight - page.clientHeight - 400
      return page.scrollTop
    })
    await until('more rows', async () => (await rowIds(boss, 'customer-row')).length > 20)
    check(Math.abs((await scroll(boss)) - place) < 2, 'the list moved')
  })

  await step('the same on a narrow phone, in the dark and on a tablet', async () => {
    for (const [as, options] of [['narrow', { width: 320, height: 640 }], ['dark', { dark: true }], ['tablet', { width: 1024, height: 768, scale: 1 }]]) {
      const phone = await open(BOSS, { storageState: world.storage(session), route: '/pages/customers/index', ...options })
      const shoot = async (name) => {
        await settled(phone)
        await arrived(phone)
        await phone.shot(`${name}-${as}`)
        complaints.push(...(await measure(phone)).map((one) => `${name}-${as}: ${one}`))
      }
      await phone.visible(rows).first().waitFor()
      await phone.tap('[data-testid=filter]')
      await phone.waitText('口味')
      await phone.tap('[data-testid=types-existing]')
      await phone.tap('[data-testid=contact-within-30]')
      await shoot('95-filter')
      await phone.tap('[data-testid=filter-apply]')
      await shoot('96-filtered')
      await phone.tap('[data-testid=pick-many]')
      await phone.visible(rows).nth(1).tap()
      await shoot('98-picking')
      await phone.tap('[data-testid=bulk-owner]')
      await phone.waitText('陈晓')
      await shoot('9k-owner')
      await phone.tap('[data-testid=sheet-close]')
      await phone.goto('/features/customers/bulk/index')
      await phone.visible('[data-testid=bulk-action]').first().waitFor()
      await shoot('9h-bulk-record')
      await phone.close()
    }
  })

  await step('the list opens with the view that one chose', async () => {
    const choose = (view) => world.call(session, 'PUT', 'customer-views/default', { body: { view } })
    await choose('mine')
    await boss.goto('/pages/customers/index')
    await boss.visible('[data-testid=view-mine][aria-selected=true]').waitFor()
    await counted(await count([one('owner', 'any_of', 'me'), cared]))
    await choose('all')
  })

  await step('nothing is too wide, too small or too pale', () => {
    if (complaints.length) throw new Error(complaints.join('\n'))
  })
}

/** A finger that stays where it is, until the row has noticed. */
async function hold(phone, selector, at) {
  const box = await phone.visible(selector).nth(at).boundingBox()
  const client = await phone.context.newCDPSession(phone.page)
  const touch = (type, touchPoints) => client.send('Input.dispatchTouchEvent', { type, touchPoints })
  await touch('touchStart', [{ x: box.x + 60, y: box.y + box.height / 2 }])
  await phone.visible('[data-testid=bulk-bar]').waitFor()
  await touch('touchEnd', [])
  await client.detach()
}
