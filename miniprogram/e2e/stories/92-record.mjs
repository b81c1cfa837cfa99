// A business makes a field of its own, and its customers carry it at once; the rest of the record beside it.
import { arrived, openStaff } from '../actions.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'The record: fields of one\'s own, regions, special dates, relations, star'

export async function tell({ step, open, world }) {
  const boss = await world.known(BOSS)
  const phone = await openStaff(open, world, BOSS)
  const name = `于归尘${Date.now() % 10000}`

  await step('a field is defined with its choices', async () => {
    await phone.goto('/pages/me/index')
    await phone.tap('[data-testid=field-settings]')
    await phone.tap('[data-testid=new-field]')
    await phone.tap('[data-testid=save-field]')
    await phone.visible('[data-testid=error-label]').waitFor()
    await phone.fill('[data-testid=field-label]', '口味偏好')
    await phone.tap('[data-testid=kind-choice]')
    await phone.tap('[data-testid=save-field]')
    await phone.visible('[data-testid=error-choices]').waitFor()
    await phone.fill('[data-testid=field-option-0]', '清香')
    await phone.fill('[data-testid=field-option-1]', '浓香')
    await phone.tap('[data-testid=field-required]')
    await arrived(phone)
    await phone.shot('92-field-sheet')
    await phone.tap('[data-testid=save-field]')
    await phone.waitText('单选 · 必填')
  })

  await step('its bounds, what it begins with and who only reads it are said in the same sheet', async () => {
    await phone.tap('[data-testid=new-field]')
    await phone.fill('[data-testid=field-label]', '会员编号')
    await phone.tap('[data-testid=field-more]')
    await phone.fill('[data-testid=field-min]', '8')
    await phone.fill('[data-testid=field-max]', '4')
    await phone.tap('[data-testid=readOnly-service]')
    await phone.tap('[data-testid=save-field]')
    await phone.visible('[data-testid=error-max]').waitFor()
    await arrived(phone)
    await phone.shot('92-field-more')
    await phone.fill('[data-testid=field-max]', '12')
    await phone.fill('[data-testid=field-default]', 'TEA-0000')
    await phone.tap('[data-testid=save-field]')
    await phone.waitText('部分角色只读')
    const number = (await world.call(boss, 'GET', 'custom-fields')).items.find((one) => one.label === '会员编号')
    equal([number.rules.min, number.rules.max, number.rules.default, number.rules.read_only_for], [8, 12, 'TEA-0000', ['service']], 'its terms')
    await world.call(boss, 'DELETE', `custom-fields/${number.id}`, { version: number.version })
  })

  await step('another one depends on it, and a third is secret', async () => {
    const fields = (await world.call(boss, 'GET', 'custom-fields')).items
    const [taste] = fields
    const strong = taste.rules.choices.find((one) => one.label === '浓香')
    const condition = { field: taste.key, op: 'is', value: strong.key }
    await world.call(boss, 'POST', 'custom-fields', { body: { label: '焙火程度', kind: 'number', rules: { decimals: 1, min: 0, max: 10, condition } } })
    await world.call(boss, 'POST', 'custom-fields', { body: { label: '会员证件号', kind: 'text', rules: { secret: true } } })
    await phone.goto('/features/customers/fields/index')
    await phone.waitText('敏感')
    await arrived(phone)
    await phone.shot('93-fields')
  })

  await step('the form asks for it at once, by the rules of the definition', async () => {
    await phone.goto('/features/customers/form/index')
    await phone.fill('[data-testid=field-name]', name)
    await phone.tap('[data-testid=save]')
    await phone.waitText('必填')
    await phone.visible('text=浓香').first().tap()
    await phone.tap('[data-testid=more]')
    await phone.waitText('焙火程度')
    const [, roast, card] = (await world.call(boss, 'GET', 'custom-fields')).items
    await phone.fill(`[data-testid="field-custom.${roast.key}"]`, '10.55')
    await phone.fill(`[data-testid="field-custom.${card.key}"]`, '330106199001011234')
    await phone.waitText('最多 1 位小数')
    await phone.fill(`[data-testid="field-custom.${roast.key}"]`, '6.5')
    await arrived(phone)
    await phone.shot('94-own-fields')
  })

  await step('the region is found by the initials of its name, a birthday by the moon', async () => {
    await phone.tap('[data-testid=section-company]')
    await phone.tap('[data-testid=pick-region]')
    await phone.fill('[data-testid=search]', 'xhq')
    await phone.waitText('浙江省 杭州市 西湖区')
    await arrived(phone)
    await phone.shot('95-region')
    await phone.visible('text=浙江省 杭州市 西湖区').first().tap()
    await phone.waitText('浙江省 杭州市 西湖区')
    await phone.fill('[data-testid=field-address]', '龙井路1号')
    await phone.tap('[data-testid=section-contacts]')
    await phone.tap('[data-testid=add-email]')
    await phone.fill('[data-testid=field-email-0]', 'yu@example.com')
    await phone.tap('[data-testid=section-dates]')
    await phone.tap('[data-testid=add-date]')
    await phone.fill('[data-testid=field-year]', '1899')
    await phone.tap('[data-testid=save]')
    await phone.visible('[data-testid=error-year]').waitFor()
    await phone.fill('[data-testid=field-year]', '1958')
    await arrived(phone)
    await phone.shot('95a-year')
    await phone.tap('[data-testid=save]')
    await phone.waitText('1958 年农历正月初一')
    await phone.waitText('岁')
  })

  await step('the record shows all of it, what is secret masked', async () => {
    await phone.waitText('浓香')
    await phone.waitText('6.5')
    await phone.waitText('************1234')
    await phone.waitText('y***@example.com')
    await phone.waitText('浙江省杭州市西湖区')
    await phone.tap('[data-testid=star]')
    const found = (await world.call(boss, 'GET', `customers?q=${encodeURIComponent(name)}`)).items[0]
    await until('the star', async () => (await world.call(boss, 'GET', `customers/${found.id}`)).starred)
    const taste = (await world.call(boss, 'GET', 'custom-fields')).items.find((one) => one.rules.required).key
    const friend = await world.customer(boss, { name: '苏引路', custom: { [taste]: found.custom[taste] } })
    await world.call(boss, 'POST', `customers/${found.id}/relations`, { body: { other_id: friend.id, kind: 'introduced_by' } })
    await phone.goto(`/features/customers/detail/index?id=${found.id}`)
    await phone.waitText('苏引路')
    await arrived(phone)
    await phone.shot('96-record')
  })

  await step('a remark is made secret, and shown whole to whoever asks for it', async () => {
    const find = async () => (await world.call(boss, 'GET', `customers?q=${encodeURIComponent(name)}`)).items[0]
    const { id } = await find()
    await phone.goto(`/features/customers/detail/index?id=${id}`)
    await phone.tap('[data-testid=edit-customer]')
    await phone.fill('[data-testid=field-remark]', '她在打官司，别在店里问')
    await phone.tap('[data-testid=remark-secret]')
    await arrived(phone)
    await phone.shot('96-secret-remark-form')
    await phone.tap('[data-testid=save]')
    await until('the remark to be secret', async () => (await world.call(boss, 'GET', `customers/${id}`)).remark === '******')
    await phone.waitText('******')
    await arrived(phone)
    await phone.tap('[data-testid=show-remark]')
    await phone.waitText('她在打官司，别在店里问')
    await phone.visible('[data-testid=secret-remark]').evaluate((row) => row.scrollIntoView({ block: 'center' }))
    await phone.shot('96-secret-remark')
    // What is not touched stays; what is asked for can be changed.
    await phone.tap('[data-testid=edit-customer]')
    await phone.waitText('已保密，不改就留空')
    await phone.tap('[data-testid=reveal-remark]')
    await until('the text in the field', async () => (await phone.visible('[data-testid=field-remark]').locator('input,textarea').first().inputValue()) === '她在打官司，别在店里问')
    await phone.fill('[data-testid=field-remark]', '官司赢了')
    await phone.tap('[data-testid=save]')
    await until('the other text', async () => (await world.call(boss, 'POST', `customers/${id}/remark/reveal`, { body: {} })).text === '官司赢了')
  })

  await step('the address goes to the clipboard, whole, for a map to find it; a birthday says how old', async () => {
    const { id, version } = (await world.call(boss, 'GET', `customers?q=${encodeURIComponent(name)}`)).items[0]
    await world.call(boss, 'PATCH', `customers/${id}`, { body: { birthday: '1990-01-01' }, version })
    await phone.goto(`/features/customers/detail/index?id=${id}`)
    await phone.waitText(`1990-01-01 · ${new Date(Date.now() + 8 * 3_600_000).getUTCFullYear() - 1990} 岁`)
    await phone.tap('[data-testid=navigate]')
    await phone.waitText('地址已复制，打开地图粘贴就能导航')
    await phone.tap('[data-testid=copy-address]')
    await phone.waitText('地址已复制', { exact: true })
    const copied = (await phone.calls('setClipboardData')).map((one) => one.data)
    equal(copied.slice(-2), ['浙江省杭州市西湖区龙井路1号', '浙江省杭州市西湖区龙井路1号'], 'what was copied')
  })

  await step('what a secret field holds is shown by a tap, a number in one is dialled, and either is emptied only when one says so', async () => {
    const { id } = (await world.call(boss, 'GET', `customers?q=${encodeURIComponent(name)}`)).items[0]
    const card = (await world.call(boss, 'GET', 'custom-fields')).items.find((one) => one.label === '会员证件号')
    const spare = await world.call(boss, 'POST', 'custom-fields', { body: { label: '家里电话', kind: 'phone', rules: {} } })
    const { version } = await world.call(boss, 'GET', `customers/${id}`)
    const number = world.freshNumber()
    await world.call(boss, 'PATCH', `customers/${id}`, { body: { custom: { [spare.key]: number } }, version })
    await phone.goto(`/features/customers/detail/index?id=${id}`)
    await phone.tap(`[data-testid=show-field][data-field="${card.key}"]`)
    await phone.waitText('330106199001011234')
    const before = (await phone.calls('makePhoneCall')).length
    await phone.tap(`[data-testid=call-field][data-field="${spare.key}"]`)
    await until('the dialler', async () => (await phone.calls('makePhoneCall')).length === before + 1)
    await phone.visible(`[data-testid="fact-custom.${card.key}"]`).evaluate((row) => row.scrollIntoView({ block: 'center' }))
    await arrived(phone)
    await phone.shot('96-own-secret')
    await phone.tap('[data-testid=edit-customer]')
    await phone.tap(`[data-testid=empty-field][data-key="${card.key}"]`)
    await phone.waitText('原来是 ************1234，保存后清空')
    await arrived(phone)
    await phone.shot('96-own-emptied')
    await phone.tap('[data-testid=save]')
    await phone.waitText(`已保存客户 ${name}`)
    await phone.visible(`[data-testid="fact-custom.${spare.key}"]`).waitFor()
    await until('the field to be empty', async () => (await phone.visible(`[data-testid="fact-custom.${card.key}"]`).count()) === 0)
    await world.call(boss, 'DELETE', `custom-fields/${spare.id}`, { version: spare.version })
  })

  await step('a field is deleted with what it takes out of sight', async () => {
    await phone.goto('/features/customers/fields/index')
    await phone.visible('[data-testid=edit-field]').first().tap()
    await phone.tap('[data-testid=delete-field]')
    await phone.waitText('2 位客户填了“口味偏好”')
    await phone.tapText('删除')
    await until('the field to be gone', async () => (await world.call(boss, 'GET', 'custom-fields')).items.length === 2)
    for (const one of (await world.call(boss, 'GET', 'custom-fields')).items) {
      await world.call(boss, 'DELETE', `custom-fields/${one.id}`, { version: one.version })
    }
    equal((await world.call(boss, 'GET', 'custom-fields')).items.length, 0, 'fields that are left')
  })
  await phone.close()

  await step('the same pages in the dark', async () => {
    await world.call(boss, 'POST', 'custom-fields', { body: { label: '喜欢的山头', kind: 'choices', rules: { choices: [{ label: '狮峰' }, { label: '梅家坞' }] } } })
    const dark = await openStaff(open, world, BOSS, { dark: true })
    await dark.goto('/features/customers/fields/index')
    await dark.waitText('喜欢的山头')
    await arrived(dark)
    await dark.shot('97-fields-dark')
    await dark.goto('/features/customers/form/index')
    await dark.tap('[data-testid=more]')
    await dark.waitText('梅家坞')
    await arrived(dark)
    await dark.shot('98-form-dark')
    await dark.tap('[data-testid=remark-secret]')
    await dark.visible('[data-testid=remark-secret]').evaluate((row) => row.scrollIntoView({ block: 'center' }))
    await arrived(dark)
    await dark.shot('98-secret-remark-dark')
    await dark.close()
    const [one] = (await world.call(boss, 'GET', 'custom-fields')).items
    await world.call(boss, 'DELETE', `custom-fields/${one.id}`, { version: one.version })
  })
}
