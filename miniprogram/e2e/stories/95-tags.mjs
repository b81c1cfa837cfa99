// Tags and categories in the settings: counted before they go, taken back, merged, and given by a rule.
import { arrived, settled, texts } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Tags: categories, merging, deleting with a way back, rules'

export async function tell({ step, open, world }) {
  const session = await world.signIn(BOSS)
  const boss = await open(BOSS, { storageState: world.storage(session) })
  const call = (method, path, body, version) => world.call(session, method, path, { ...(body ? { body } : {}), ...(version ? { version } : {}) })
  const stamp = String(Date.now()).slice(-5)
  const [levels, group] = [`等级${stamp}`, `杂项${stamp}`]
  const complaints = []
  const look = async (name) => {
    await arrived(boss)
    await boss.shot(name)
    complaints.push(...(await measure(boss)).map((one) => `${name}: ${one}`))
  }
  const tagIn = (of, name) => boss.tap(`[data-testid=group][data-name="${of}"] [data-testid=tag]:has-text("${name}")`)

  const made = await call('POST', 'tag-groups', { name: group })
  const tag = async (name) => call('POST', 'tags', { group_id: made.id, name })
  const [old, good] = [await tag(`旧标${stamp}`), await tag(`好标${stamp}`)]
  const customer = await world.customer(session, { name: `标签客${stamp}`, region: '330106', tag_ids: [old.id] })
  const mine = async () => (await call('GET', `customers/${customer.id}`)).tags.map((one) => `${one.name}${one.by_rule ? '*' : ''}`).sort()

  await step('a group is made a category', async () => {
    await boss.goto('/features/tags/settings/index')
    await boss.waitText(group)
    await settled(boss)
    await boss.tap('[data-testid=new-group]')
    await boss.fill('[data-testid=field-name]', levels)
    await boss.tap('[data-testid=single-toggle]')
    await look('a1-category')
    await boss.tap('[data-testid=save-tag]')
    await boss.visible(`[data-testid=group][data-name="${levels}"] [data-testid=single]`).waitFor()
    await look('a2-tags')
  })

  await step('a tag says who uses it, goes, and comes back to everybody', async () => {
    await tagIn(group, old.name)
    await boss.waitText('1 位客户在用')
    await look('a3-tag')
    await boss.tap('[data-testid=delete]')
    await boss.tapText('删除')
    await boss.waitText(`已删除 ${old.name}`)
    equal(await mine(), [], 'tags of the customer')
    await boss.tap('[data-testid=undo-action]')
    await boss.waitText(`${old.name} 回来了`)
    equal(await mine(), [old.name], 'tags of the customer afterwards')
  })

  await step('after the few seconds it still stands among what went lately, and comes back from there', async () => {
    await tagIn(group, old.name)
    await boss.waitText('1 位客户在用')
    await boss.tap('[data-testid=delete]')
    await boss.tapText('删除')
    const row = `[data-testid=gone-tag][data-name="${old.name}"]`
    await boss.visible(row).waitFor()
    // The page is left and opened again: the offer of a few seconds is gone, the row is not.
    await boss.goto('/features/business/settings/index')
    await boss.goto('/features/tags/settings/index')
    await boss.visible(row).waitFor()
    await settled(boss)
    await look('a3b-gone')
    await boss.tap(`${row} [data-testid=gone-back]`)
    await boss.waitText(`${old.name} 回来了`)
    await until('it is gone from there', async () => (await boss.visible(row).count()) === 0)
    equal(await mine(), [old.name], 'tags of the customer afterwards')
  })

  await step('a tag becomes another one, and back', async () => {
    await tagIn(group, old.name)
    await boss.tap('[data-testid=open-merge]')
    await look('a4-merge')
    await boss.tap(`[data-testid=merge-into][data-id="${good.id}"]`)
    await boss.tapText('合并')
    await boss.waitText(`已合并到 ${good.name}`)
    equal(await mine(), [good.name], 'tags of the customer')
    // It is offered for six seconds: no time for a look.
    await boss.tap('[data-testid=undo-action]')
    await boss.waitText(`${old.name} 回来了`)
    equal(await mine(), [old.name], 'tags of the customer afterwards')
    await look('a5-taken-back')
  })

  await step('a group becomes part of another one, and back', async () => {
    const names = async (of) => (await call('GET', 'tag-groups')).items.find((one) => one.name === of)?.tags.map((one) => one.name).sort()
    const before = await names(group)
    await boss.tap(`[data-testid=group][data-name="${group}"] [data-testid=edit-group]`)
    await boss.waitText('2 个标签')
    await boss.tap('[data-testid=open-merge]')
    await look('a5b-merge-group')
    await boss.tap(`[data-testid=merge-group][data-name="${levels}"]`)
    await boss.tapText('合并')
    await boss.waitText(`已合并到 ${levels}`)
    equal(await names(levels), before, 'tags of the other group')
    await boss.tap('[data-testid=undo-action]')
    await boss.waitText(`${group} 回来了`)
    equal(await names(group), before, 'tags of the group afterwards')
  })

  await step('before a tag goes, it is said which rules of pools stop with it; so it is of its group', async () => {
    const pool = await call('POST', 'pools', { name: `公海${stamp}`, everyone: true })
    const alone = await call('POST', 'tag-groups', { name: `独组${stamp}` })
    const only = await call('POST', 'tags', { group_id: alone.id, name: `独标${stamp}` })
    const rules = `pools/${pool.id}/rules`
    const rule = await call('POST', rules, { terms: { by: 'order', days: 900, tag_ids: [only.id], warn_days: 0 } })
    const row = `[data-testid=group][data-name="${alone.name}"]`
    const ask = async (open, waited, name) => {
      await boss.tap(open)
      await boss.waitText(waited)
      await boss.tap('[data-testid=delete]')
      const asked = boss.native('.mp-modal')
      await asked.waitFor()
      if (name) await look(name)
      const said = await asked.innerText()
      await boss.tapText('取消')
      await asked.waitFor({ state: 'detached' })
      await boss.tap('[data-testid=sheet-close]')
      await until('the sheet to be closed', async () => (await boss.visible('[data-testid=sheet]').count()) === 0)
      return said
    }
    await boss.goto('/features/tags/settings/index')
    // A rule that is off stops for nobody.
    equal((await ask(`${row} [data-testid=tag]`, '1 条规则在用')).includes('公海规则'), false, 'a word about a rule that is off')
    await call('PATCH', `${rules}/${rule.id}`, { enabled: true }, rule.version)
    for (const [open, waited, words, name] of [
      [`${row} [data-testid=tag]`, '1 条规则在用', '条件里靠这个标签的 1 条规则会停用，撤销后要自己重新启用。', 'a5c-tag-stops'],
      [`${row} [data-testid=edit-group]`, '1 个标签', '条件里靠这些标签的 1 条规则会停用，撤销后要自己重新启用。', 'a5d-group-stops'],
    ]) {
      const said = await ask(open, waited, name)
      equal(said.includes(words), true, said)
    }
    await call('DELETE', `tags/${only.id}`, null, only.version)
    const [stopped] = (await call('GET', rules)).items
    equal(stopped.enabled, false, 'the rule is on')
    await call('DELETE', `${rules}/${rule.id}`, null, stopped.version)
    const [now] = (await call('GET', 'tag-groups')).items.filter((one) => one.id === alone.id)
    await call('DELETE', `tag-groups/${alone.id}`, null, now.version)
    const kept = (await call('GET', 'pools')).items.find((one) => one.id === pool.id)
    await call('DELETE', `pools/${pool.id}`, null, kept.version)
    await boss.goto('/features/tags/settings/index')
  })

  await step('a rule is counted, switched on, and gives the tag by itself', async () => {
    const clause = { any: [{ field: 'search', op: 'contains', values: [`标签客${stamp}`] }] }
    const view = await call('POST', 'customer-views', { name: `规则${stamp}`, filter: { all: [clause] } })
    await tagIn(group, good.name)
    await boss.tap('[data-testid=open-rule]')
    await boss.tap(`[data-testid=rule-view][data-id="${view.id}"]`)
    await boss.waitText('现在有 1 位客户符合；会给 1 位打上，从 0 位去掉。')
    await look('a6-rule')
    await boss.tap('[data-testid=rule-on]')
    await boss.waitText('已开启，正在给客户打标签')
    await until('the rule gave it', async () => (await mine()).includes(`${good.name}*`), { timeout: 20_000 })
    await tagIn(group, good.name)
    await boss.tap('[data-testid=open-rule]')
    await until('it is on', async () => (await texts(boss, '[data-testid=rule-state]'))[0] === '已开启')
    await look('a7-rule-on')
    // Its conditions are the list's own, and what they do not know stays.
    await boss.tap('[data-testid=rule-conditions]')
    await boss.tap('[data-testid=types-potential]')
    await boss.waitText('用这些条件（1 位）')
    await look('a8-rule-conditions')
    await boss.tap('[data-testid=filter-apply]')
    await until('what it says now', async () => (await texts(boss, '[data-testid=rule-words]'))[0]?.includes('潜在'))
    await boss.waitText('现在有 1 位客户符合')
    await boss.tap('[data-testid=rule-on]')
    await boss.waitText('已开启，正在给客户打标签')
    const kept = (await call('GET', 'tag-rules')).items.find((one) => one.tag_id === good.id)
    equal(kept.filter.all.map((one) => one.any[0].field).sort(), ['search', 'type'], 'what the rule asks for')
    await tagIn(group, good.name)
    await boss.tap('[data-testid=open-rule]')
    await until('it is on', async () => (await texts(boss, '[data-testid=rule-state]'))[0] === '已开启')
    await boss.tap('[data-testid=rule-delete]')
    await boss.tapText('删除')
    await boss.waitText('已删除规则')
    equal(await mine(), [`${good.name}*`, old.name].sort(), 'what was given stays')
    await call('DELETE', `customer-views/${view.id}`, null, view.version)
  })

  await step('nothing on these pages is too small or cut off', async () => {
    equal(complaints, [], 'measured')
    const now = await call('GET', `customers/${customer.id}`)
    await call('DELETE', `customers/${customer.id}`, null, now.version)
    for (const one of (await call('GET', 'tag-groups')).items.filter((one) => [group, levels].includes(one.name))) {
      for (const tag of one.tags) await call('DELETE', `tags/${tag.id}`, null, tag.version)
      await call('DELETE', `tag-groups/${one.id}`, null, one.version)
    }
  })
  await boss.close()
}
