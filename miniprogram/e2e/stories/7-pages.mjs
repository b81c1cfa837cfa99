// Every page at phone and tablet size, the main ones in the dark: a picture each, and what can be measured of a good layout.
import { arrived, openStaff, settled } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { BOSS, CUSTOMER } from '../world.mjs'

export const title = 'Every page, at phone and tablet size and in the dark'

const SIZES = [
  { as: 'phone', options: { width: 375, height: 812 } },
  { as: 'tablet', options: { width: 1024, height: 768, scale: 1 } },
  { as: 'dark', options: { width: 375, height: 812, dark: true }, only: /^1[01346]-|^5/ },
  { as: 'narrow', options: { width: 320, height: 640 }, only: /^1[0134]-|^18-|^31-|^5/ },
]

const guestPages = ({ ticket }) => [
  ['01-welcome', '/pages/home/index', '查我的订单'],
  ['02-help', '/pages/inbox/index', '常见问题'],
  ['03-me-guest', '/pages/me/index', '还没有登录'],
  ['04-login', '/features/accounts/login/index', '员工登录'],
  ['05-claim', '/features/my-orders/claim/index', '输入小票上的查询码'],
  ['59-join', `/features/staff/join/index?ticket=${ticket}`, '邀请你加入'],
]

const staffPages = ({ customer, order, placed, shipped, colleague, role }) => [
  ['10-today', '/pages/home/index', '该跟进的客户'],
  ['11-customers', '/pages/customers/index', '位'],
  ['12-tag-filter', '/pages/customers/index', '位', (phone) => phone.tap('[data-testid=filter]').then(() => phone.waitText('口味'))],
  ['13-customer', `/features/customers/detail/index?id=${customer}`, '跟进记录'],
  ['14-orders', '/pages/orders/index', '新建订单'],
  ['15-order-placed', `/features/orders/detail/index?id=${placed}`, '开始处理'],
  ['16-order-shipped', `/features/orders/detail/index?id=${shipped}`, '确认签收'],
  ['17-order-form', `/features/orders/form/index?customer=${customer}&name=${encodeURIComponent('苏文清')}`, '提交订单'],
  ['18-ship', `/features/orders/ship/index?id=${order}`, '确认发货'],
  ['19-receiver', `/features/orders/receiver/index?id=${order}`, '收货人'],
  ['20-customer-form', '/features/customers/form/index', '保存客户', wrongPhone],
  ['21-customer-edit', `/features/customers/form/index?id=${customer}`, '保存修改'],
  ['22-interaction-form', `/features/interactions/form/index?customer=${customer}&name=${encodeURIComponent('苏文清')}`, '保存跟进'],
  ['23-task-form', `/features/tasks/form/index?customer=${customer}&name=${encodeURIComponent('苏文清')}`, '设好提醒'],
  ['24-inbox', '/pages/inbox/index', '提醒'],
  ['25-me', '/pages/me/index', '微信提醒'],
  ['28-devices', '/features/accounts/devices/index', '这些设备登录着你的账号'],
  ['29-step-up', '/features/accounts/step-up/index?methods=soter,sms', '再确认一次是你本人'],
  ['2a-fields', '/features/customers/fields/index', '新建字段', (phone) => phone.tap('[data-testid=new-field]').then(() => phone.waitText('建好以后不能改'))],
  ['26-tags', '/features/tags/settings/index', '新建标签组'],
  ['27-receipt-code', `/features/orders/detail/index?id=${placed}`, '开始处理', (phone) => phone.tap('[data-testid=receipt-code]').then(() => phone.waitText('只能用一次'))],
  ['50-staff', '/features/staff/list/index', '王磊'],
  ['51-person', `/features/staff/detail/index?id=${colleague}`, '姓名和团队'],
  ['52-person-role', `/features/staff/detail/index?id=${colleague}`, '姓名和团队', choosesRole],
  ['53-handover', `/features/staff/handover/index?id=${colleague}&name=${encodeURIComponent('王磊')}`, '交给哪位同事'],
  ['54-invite', '/features/staff/invite/index', '生成邀请'],
  ['55-roles', '/features/staff/roles/index', '内置角色'],
  ['56-role', `/features/staff/role/index?id=${role}`, '敏感内容'],
  ['57-teams', '/features/staff/teams/index', '杭州', (phone) => phone.tap('[data-testid=team]').then(() => phone.waitText('修改团队'))],
  ['58-business', '/features/business/settings/index', '商家名称'],
  ['5a-audit', '/features/audit/list/index', '林静'],
  ['5b-audit-filter', '/features/audit/list/index', '林静', (phone) => phone.tap('[data-testid=filter]').then(() => phone.waitText('做了什么'))],
  ['5d-sight', `/features/staff/sight/index?resource=customers&id=${customer}&name=${encodeURIComponent('苏文清')}`, '王磊', (phone) => phone.tap('[data-testid=person][data-name=王磊]').then(() => phone.waitText('看不到'))],
  ['5e-offers', '/features/offers/list/index', '已发'],
  ['5f-offer-form', '/features/offers/form/index', '减多少', (phone) => phone.tap('[data-testid=kind-percent_off]').then(() => phone.waitText('打几折'))],
  ['5c-share', `/features/customers/detail/index?id=${customer}`, '请同事协作', (phone) => phone.tap('[data-testid=share]').then(() => phone.waitText('陈晓'))],
]

const customerPages = ({ tenant, mine }) => [
  ['30-my-orders', '/pages/home/index', '员工入口'],
  ['31-my-order', `/features/my-orders/detail/index?tenant=${tenant}&id=${mine}`, '联系店家'],
  ['32-my', '/pages/me/index', '已验证'],
  ['33-my-offers', '/features/my-offers/list/index', '春茶'],
]

async function wrongPhone(phone) {
  await phone.fill('[data-testid=field-name]', '何雨桐')
  await phone.fill('[data-testid="field-phones.0.number"]', '1381234')
  await phone.waitText('电话号码不正确')
}

async function choosesRole(phone) {
  await phone.tap('[data-testid=edit-role]')
  await phone.tap('[data-testid=role-option][data-value=finance]')
  await phone.waitText('将')
}

/** What only some of the pages need: a team with a team in it, a role of the shop's own, an invitation, an offer for the customer. */
async function prepared(world, boss, customer) {
  await world.prove(boss)
  const staff = (await world.call(boss, 'GET', 'staff')).items
  const [{ rights }] = (await world.call(boss, 'GET', 'roles')).items.filter((one) => one.role === 'sales')
  const team = await world.call(boss, 'POST', 'teams', { body: { name: '杭州', lead_id: staff.find((one) => one.name === '林静').id } })
  const below = await world.call(boss, 'POST', 'teams', { body: { name: '西湖', parent_id: team.id } })
  const role = await world.call(boss, 'POST', 'roles', { body: { name: '实习销售', rights: { ...rights, fields: { phones: 'mask', amounts: 'hide' } } } })
  const { ticket } = await world.call(boss, 'POST', 'invitations', { body: { role: 'sales', name: '周远' } })
  const offer = await world.call(boss, 'POST', 'offers', { body: { name: '春茶老客礼', kind: 'gift', gift: '手工紫砂茶杯一只，送完为止', min_spend_fen: 199_900, terms: '到店出示，不与其他优惠同用', last_day: '2037-12-31' } })
  await world.call(boss, 'POST', `customers/${customer}/offers`, { body: { offer_id: offer.id } })
  return { colleague: staff.find((one) => one.name === '王磊').id, role: role.id, ticket, teams: [below, team] }
}

export async function tell({ step, open, world }) {
  const boss = await world.known(BOSS)
  const buyer = await world.known(CUSTOMER, 'customer')
  const orders = async (query) => (await world.call(boss, 'GET', `orders?${query}`)).items
  const [person] = (await world.call(boss, 'GET', `customers?q=${encodeURIComponent('苏文清')}`)).items
  const [placed] = await orders('status=placed')
  const [processing] = await orders('status=processing')
  const [shipped] = await orders('status=shipped')
  const mine = (await world.call(buyer, 'GET', 'me/orders')).items
  const ids = {
    customer: person.id, placed: placed.id, order: processing.id, shipped: shipped.id, tenant: world.demo.tenant_id,
    ...(await prepared(world, boss, person.id)),
    mine: (mine.find((one) => one.status === 'shipped') ?? mine[0]).id,
  }

  const complaints = []
  for (const { as, options, only } of SIZES) {
    const sides = [
      [() => open('passer-by', options), guestPages(ids)],
      [() => openStaff(open, world, BOSS, options), staffPages(ids)],
      [() => open(CUSTOMER, { storageState: world.storage(buyer), ...options }), customerPages(ids)],
    ]
    const wanted = sides.map(([phoneOf, pages]) => [phoneOf, pages.filter(([name]) => !only || only.test(name))]).filter(([, pages]) => pages.length)
    const count = wanted.reduce((sum, [, pages]) => sum + pages.length, 0)
    await world.prove(boss)
    await step(`${as}, ${options.width} × ${options.height}: ${count} pages`, () => Promise.all(wanted.map(async ([phoneOf, pages]) => {
      const phone = await phoneOf()
      for (const page of pages) complaints.push(...(await look(phone, page, as)))
      await phone.close()
    })))
  }
  await step('what was made for the pictures goes again', async () => {
    await world.prove(boss)
    for (const team of ids.teams) await world.call(boss, 'DELETE', `teams/${team.id}`, { version: team.version })
    await world.call(boss, 'DELETE', `roles/${ids.role}`, { version: 1 })
  })
  await step('nothing is too wide, too small or too pale', () => {
    if (complaints.length) throw new Error(complaints.join('\n'))
  })
}

/** Goes there, takes the picture, and measures. */
async function look(phone, [name, route, text, prepare], as) {
  await phone.goto(route)
  await phone.waitText(text)
  await settled(phone)
  await prepare?.(phone)
  await arrived(phone)
  await phone.shot(`${name}-${as}`)
  return (await measure(phone)).map((one) => `${name}-${as}: ${one}`)
}
