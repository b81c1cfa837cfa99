// What a shop keeps about somebody: seen by whoever proved the number, asked to be deleted, and deleted.
import { arrived } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

/** A salesperson of the demo whom no other story needs. */
const STAFF = 'wanglei'

export const title = "One's own data: agree, see it, ask, be answered; and by letter"

/** Agrees or not, on whatever page is open. */
async function gate(phone, answer) {
  await phone.waitText('先看看隐私保护指引')
  await arrived(phone)
  await phone.tap(`[data-testid=${answer}]`)
  await phone.waitGone('先看看隐私保护指引')
}

export async function tell({ step, open, world }) {
  await step('a phone that never agreed is asked on its first page, whichever that is', async () => {
    const guest = await open('newcomer', { search: '&privacy=ask', route: '/features/my-orders/claim/index' })
    await guest.waitText('先看看隐私保护指引')
    await arrived(guest)
    // The page has a head of its own, which is no business of the sheet.
    const [title, shut] = await Promise.all(['.title', '[data-testid=sheet-close]'].map((what) => guest.visible(`[data-testid=sheet] ${what}`).first().boundingBox()))
    check(title.x < 40 && shut.x > 250 && Math.abs(title.y + title.height / 2 - shut.y - shut.height / 2) < 12, `title ${JSON.stringify(title)}, cross ${JSON.stringify(shut)}`)
    await guest.shot('92-privacy-gate-guest')
    await gate(guest, 'refuse-privacy')
    // Who says no goes on looking, and is not asked on every page.
    await guest.goto('/pages/home/index')
    await guest.waitText('查我的订单')
    equal(await guest.page.getByText('先看看隐私保护指引').locator('visible=true').count(), 0, 'gates on the next page')
    await guest.close()
  })

  await step('staff are asked as well, and what they say is kept with its version', async () => {
    const consents = (session) => world.call(session, 'GET', 'auth/consents')
    const before = await world.signIn(STAFF)
    const { version } = await consents(before)
    await world.call(before, 'POST', 'auth/consents', { body: { purpose: 'privacy_policy', version, given: false } })
    const session = await world.signIn(STAFF)
    const staff = await open(STAFF, { storageState: world.storage(session), search: '&privacy=ask', route: '/features/accounts/devices/index' })
    await staff.waitText('先看看隐私保护指引')
    await staff.shot('92-privacy-gate')
    await gate(staff, 'agree-privacy')
    await until('the consent to be kept', async () => (await consents(session)).privacy_policy)
    equal((await consents(session)).items[0].version, version, 'version agreed to')
    await staff.close()
    // WeChat knows by now; whoever takes it back is asked by us alone.
    await world.call(session, 'POST', 'auth/consents', { body: { purpose: 'privacy_policy', version, given: false } })
    const again = await world.signIn(STAFF)
    const back = await open(STAFF, { storageState: world.storage(again), route: '/pages/me/index' })
    await gate(back, 'agree-privacy')
    await until('the consent to be kept again', async () => (await consents(again)).privacy_policy)
    await back.close()
  })

  const [number, who] = [world.freshNumber(), `guxiaolan-${Date.now()}`]
  await world.simulator('PUT', `/phone/${who}`, { phone_number: number })
  const boss = await world.known(BOSS)
  const known = await world.customer(boss, { name: '顾晓岚', phones: [{ number }] })
  const session = await world.signIn(who, 'customer')
  const phone = await open(who, { storageState: world.storage(session) })

  await step('whoever proved the number sees what the shop keeps', async () => {
    await phone.goto('/features/privacy/mine/index')
    await phone.waitText('这些店保存着您的资料')
    await phone.waitText('顾晓岚')
    await arrived(phone)
    await phone.shot('90-my-data')
  })

  await step('whoever asks to be deleted reads first which orders have not arrived', async () => {
    const lines = [{ name: '龙井', quantity: 1, unit_price_fen: 12_800 }]
    await world.call(boss, 'POST', 'orders', { body: { customer_id: known.id, receiver: '顾晓岚', phone: number, address: '杭州龙井路九号', lines } })
    await phone.goto('/features/privacy/mine/index')
    await phone.waitText('1 笔')
    await phone.tap('[data-testid=my-record]')
    await phone.tapText('申请删除')
    await phone.waitText('您还有 1 笔订单没有送达', { exact: false })
    await phone.shot('93-delete-with-orders')
    await phone.tapText('取消')
  })

  await step('a request reaches the shop, and its answer erases for good', async () => {
    const path = `me/businesses/${world.demo.tenant_id}/records/${known.id}/requests`
    await world.call(session, 'POST', path, { body: { kind: 'delete' } })
    // A session of her own: the one the stories share may have given the second look minutes ago.
    const staff = await open(BOSS, { storageState: world.storage(await world.signIn(BOSS)) })
    await staff.goto('/pages/me/index')
    await staff.tap('[data-testid=privacy-requests]')
    // Who may erase people proves first that it is they.
    await staff.tap('[data-testid=by-finger]')
    await staff.tapText('按下手指')
    await staff.waitText('顾晓岚')
    await arrived(staff)
    await staff.shot('91-data-requests')
    await staff.tap('[data-testid=data-request]')
    await staff.tapText('同意，永久删除')
    await staff.tapText('永久删除')
    await staff.waitText('还有 1 笔订单没有送达')
    await staff.shot('94-orders-open')
    equal((await world.call(boss, 'GET', `customers/${known.id}`)).name, '顾晓岚', 'nobody is erased before the answer')
    await staff.tapText('仍要删除')
    await until('the customer to be erased', async () => {
      const answer = await world.ask(world.api, 'GET', `/api/v1/customers/${known.id}`, { token: boss.access })
      return answer.status === 404
    })
    await phone.goto('/features/privacy/mine/index')
    await phone.waitText('没有店家保存与您已验证手机号有关的客户资料')
    await staff.close()
  })
  await phone.close()

  const writer = await world.customer(boss, { name: '沈若兰', remark: '只喝明前' })
  const shop = await open(BOSS, { storageState: world.storage(await world.signIn(BOSS)) })

  await step('a letter is answered with a file, after a second look', async () => {
    await shop.goto(`/features/customers/detail/index?id=${writer.id}`)
    await shop.tap('[data-testid=export-customer]')
    await shop.waitText('先核实是本人')
    await arrived(shop)
    await shop.shot('95-letter')
    await shop.tap('[data-testid=letter-make]')
    await shop.tap('[data-testid=by-finger]')
    await shop.tapText('按下手指')
    await shop.waitText('个人信息副本-沈若兰.html 准备好了')
    await arrived(shop)
    await shop.shot('96-letter-ready')
    await shop.tap('[data-testid=letter-send]')
    const [sent] = await until('the file was shared', async () => (await shop.calls('shareFileMessage')).length && shop.calls('shareFileMessage'))
    equal(sent.fileName, '个人信息副本-沈若兰.html', 'name of the file')
    const page = await shop.page.evaluate((path) => wx.getFileSystemManager().readFileSync(path, 'utf8'), sent.filePath)
    check(page.includes('沈若兰') && page.includes('只喝明前'), page.slice(0, 400))
  })

  await step('the same for programs, and nothing of it stays on the phone', async () => {
    await shop.tap('[data-testid=letter-format-json]')
    await shop.tap('[data-testid=letter-make]')
    await shop.waitText('个人信息副本-沈若兰.json 准备好了')
    const kept = () => shop.page.evaluate(() => wx.getFileSystemManager().readdirSync(wx.env.USER_DATA_PATH))
    equal(await kept(), ['个人信息副本-沈若兰.json'], 'files on the phone')
    await shop.tap('[data-testid=sheet-close]')
    await until('the file to be gone', async () => !(await kept()).length)
  })

  await step('that somebody refuses advertising is written down, and stands there from then on', async () => {
    await shop.tap('[data-testid=refuse-ads]')
    await shop.waitText('店里不能撤回')
    await arrived(shop)
    await shop.shot('96-refusal')
    await shop.tap('[data-testid=refuse-now]')
    await shop.waitText('已登记：沈若兰 拒收营销信息')
    await shop.waitText('已登记拒收营销信息')
    const kept = await world.call(boss, 'GET', `customers/${writer.id}`)
    check(kept.ads_refused_at !== null, 'what the server keeps')
  })

  await step('whoever is erased is named once more, and the page closes', async () => {
    await shop.goto('/pages/customers/index')
    await shop.visible('[data-testid=customer-row]').first().waitFor()
    await shop.page.evaluate((url) => window.__mp.router.navigateTo({ url }), `/features/customers/detail/index?id=${writer.id}`)
    await shop.tap('[data-testid=erase-customer]')
    await shop.waitText('从备份里也找不回来')
    await shop.tap('[data-testid=erase-now]')
    await shop.waitText('写上名字才能删除')
    await shop.fill('[data-testid=field-erase-name]', '沈若')
    await shop.tap('[data-testid=erase-now]')
    await shop.waitText('和“沈若兰”不一样')
    await arrived(shop)
    await shop.shot('97-erase')
    await shop.fill('[data-testid=field-erase-name]', '沈若兰')
    await shop.tap('[data-testid=erase-now]')
    await shop.waitText('已彻底删除 沈若兰')
    await shop.waitRoute('/pages/customers/index')
    equal((await world.ask(world.api, 'GET', `/api/v1/customers/${writer.id}`, { token: boss.access })).status, 404, 'what is left of the customer')
    await shop.close()
  })
}
