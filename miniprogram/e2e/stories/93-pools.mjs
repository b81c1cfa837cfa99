// Pools: the boss makes one with members and a rule, sees what the rule would do, and sales gives up and takes.
import { arrived, openStaff } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS, SALES } from '../world.mjs'

export const title = 'Pools: members, claims a day, a rule and its forecast, giving up and taking'

export async function tell({ step, open, world }) {
  const boss = await world.signIn(BOSS)
  const seller = await world.signIn(SALES)
  const name = `公海${Date.now() % 100000}`
  // With one pool alone there is nothing to choose.
  await world.call(boss, 'POST', 'pools', { body: { name: `大${name}`, everyone: true } })
  const phone = await openStaff(open, world, BOSS)

  await step('a pool with members and so many claims a day', async () => {
    await phone.goto('/pages/me/index')
    await phone.tap('[data-testid=pool-settings]')
    await phone.waitText('负责上限')
    await arrived(phone)
    await phone.shot('a0-pools')
    await phone.tap('[data-testid=new-pool]')
    await phone.tap('[data-testid=save]')
    await phone.waitText('给公海起个名字')
    await phone.fill('[data-testid=field-name]', name)
    await phone.tap('[data-testid=pool-everyone]')
    await phone.visible('text=陈晓').first().tap()
    await phone.fill('[data-testid=field-claims_a_day]', '1')
    await arrived(phone)
    await phone.shot('a1-pool')
    await phone.tap('[data-testid=save]')
    await phone.waitText(`已保存公海 ${name}`)
  })

  const pool = (await world.call(boss, 'GET', 'pools')).items.find((one) => one.name === name)

  await step('a rule says whom it would take before it is switched on', async () => {
    equal(pool.staff_ids, [seller.me.staff.id], 'members')
    await phone.tap(`[data-testid=pool][data-name="${name}"]`)
    await phone.waitText('自动回收')
    await phone.tap('[data-testid=add-rule]')
    await phone.fill('[data-testid=field-days]', '2')
    await phone.tap('[data-testid=simulate]')
    await phone.visible('[data-testid=error-warn]').waitFor()
    equal(await phone.visible('[data-testid=failure]').count(), 0, 'refusals away from their field')
    await until('the sheet at the field', () => phone.visible('[data-testid=error-warn]').first().evaluate((node) => {
      const { top, bottom } = node.getBoundingClientRect()
      return top > 0 && bottom < window.innerHeight
    }))
    await arrived(phone)
    await phone.shot('a1b-refused')
    await phone.fill('[data-testid=field-days]', '5')
    await phone.tap('[data-testid=simulate]')
    await phone.visible('[data-testid=forecast]').waitFor()
    const expected = await world.call(boss, 'POST', `pools/${pool.id}/rules/simulate`, { body: { by: 'contact', days: 5, spare_deals: true, warn_days: 3 } })
    check(expected.count > 0, 'the demo has somebody who would fall')
    await phone.waitText(`预计回收 ${expected.count}`)
    await arrived(phone)
    await phone.shot('a2-forecast')
    await phone.tap('[data-testid=save-rule]')
    await phone.waitText('5 天没有跟进')
    await phone.tap('[data-testid=switch-rule]')
    await phone.waitText(`预计回收 ${expected.count}`)
    await phone.tapText('启用')
    await until('the rule to be on', async () => (await world.call(boss, 'GET', `pools/${pool.id}/rules`)).items[0]?.enabled === true)
    await arrived(phone)
    await phone.shot('a3-rules')
    const [rule] = (await world.call(boss, 'GET', `pools/${pool.id}/rules`)).items
    await world.call(boss, 'DELETE', `pools/${pool.id}/rules/${rule.id}`, { version: rule.version })
  })

  await step('a rule whose only tag was deleted is put right with another one', async () => {
    const [group] = (await world.call(boss, 'GET', 'tag-groups')).items
    const tag = await world.call(boss, 'POST', 'tags', { body: { group_id: group.id, name: `短命${Date.now() % 100000}`, colour: '#0B7A5B' } })
    await world.call(boss, 'POST', `pools/${pool.id}/rules`, { body: { terms: { by: 'order', days: 9, tag_ids: [tag.id], warn_days: 0 } } })
    await world.call(boss, 'DELETE', `tags/${tag.id}`, { version: tag.version })
    await phone.goto(`/features/business/pool/index?id=${pool.id}`)
    await phone.waitText('标签 已删除的标签')
    await phone.tap('[data-testid=edit-rule]')
    await phone.tap('[data-testid=save-rule]')
    await phone.visible('[data-testid=error-tag_ids]').waitFor()
    await arrived(phone)
    await phone.shot('a3c-tag-gone')
    await phone.tapText('已删除的标签')
    await phone.tapText(group.tags[0].name)
    await phone.tap('[data-testid=save-rule]')
    await phone.waitText('已保存规则')
    const [rule] = (await world.call(boss, 'GET', `pools/${pool.id}/rules`)).items
    equal(rule.terms.tag_ids, [group.tags[0].id], 'tags of the rule')
    await world.call(boss, 'DELETE', `pools/${pool.id}/rules/${rule.id}`, { version: rule.version })
  })

  const [first, second] = [await world.customer(seller, { name: '佟湘玉' }), await world.customer(seller, { name: '白展堂' })]

  await step('sales gives two up, with a reason and into the pool', async () => {
    const sales = await openStaff(open, world, SALES)
    for (const customer of [first, second]) {
      await sales.goto(`/features/customers/detail/index?id=${customer.id}`)
      await sales.tap('[data-testid=release]')
      await sales.waitText('退回到')
      await sales.tap(`[data-testid=pool-${pool.id}]`)
      await sales.tapText('联系不上')
      if (customer === first) {
        await arrived(sales)
        await sales.shot('a4-give-up')
      }
      await sales.tap('[data-testid=release-now]')
      await sales.waitText(`${customer.name} 已退回公海`)
    }
    await sales.visible('[data-testid=pool-move]').first().waitFor()
    await sales.tap('[data-testid=call-shut]')
    await sales.waitText('领取后才能看号码')
    await sales.waitText('陈晓 退回到')
    await arrived(sales)
    await sales.shot('a5-history')
    await sales.close()
  })

  await step('one is taken, the second is one too many today', async () => {
    const sales = await openStaff(open, world, SALES)
    await sales.goto(`/features/customers/pool/index?id=${pool.id}`)
    await sales.waitText('今天还能领 1 位')
    await arrived(sales)
    await sales.shot('a6-pool')
    await sales.tap('[data-testid=claim-row]')
    await sales.waitText('归你负责了')
    await sales.waitText('今天已领满')
    equal(await sales.visible('[data-testid=claim-row]').count(), 0, 'nothing more to take')
    await sales.shot('a7-taken')
    await sales.close()
  })

  await step('the boss gives one to a colleague', async () => {
    const third = await world.customer(seller, { name: '郭芙蓉' })
    await world.call(seller, 'POST', `customers/${third.id}/release`, { body: { reason: '忙不过来', pool_id: pool.id }, version: third.version })
    const giver = await openStaff(open, world, BOSS)
    await giver.goto(`/features/customers/detail/index?id=${third.id}`)
    await giver.tap('[data-testid=assign]')
    await giver.waitText('哪位同事')
    await giver.tap('[data-testid=assign-now]')
    await giver.waitText('选一位同事')
    await giver.tap(`[data-testid=assignee][data-id="${seller.me.staff.id}"]`)
    await giver.fill('[data-testid=field-assign-reason]', '她常去你那边的店')
    await arrived(giver)
    await giver.shot('a7-assign')
    await giver.tap('[data-testid=assign-now]')
    await giver.waitText('郭芙蓉 已分配给 陈晓')
    await giver.waitText(`从${name}分配给 陈晓`)
    await giver.waitText('她常去你那边的店')
    equal(await giver.visible('[data-testid=in-pool]').count(), 0, 'notes that they are in a pool')
    equal(await giver.visible('[data-testid=assign]').count(), 0, 'buttons to give them away once more')
    await giver.close()
  })

  await step('the same at night', async () => {
    const sales = await openStaff(open, world, SALES, { dark: true })
    await sales.goto(`/features/customers/pool/index?id=${pool.id}`)
    await sales.visible('[data-testid=customer-row]').first().waitFor()
    await arrived(sales)
    await sales.shot('a8-pool-dark')
    await sales.close()
    const night = await openStaff(open, world, BOSS, { dark: true })
    await night.goto(`/features/business/pool/index?id=${pool.id}`)
    await night.waitText('自动回收')
    await arrived(night)
    await night.shot('a9-settings-dark')
    await night.close()
  })
}
