// Lists: search, tags, two hundred rows without a repeat, the place that is kept, orders by status.
import { openStaff, rowIds, scroll, settled, tab, texts } from '../actions.mjs'
import { check, equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Lists: find, filter, scroll, come back'

export async function tell({ step, open, world }) {
  const boss = await world.known(BOSS)
  const ask = (path) => world.call(boss, 'GET', path)
  const phone = await openStaff(open, world, BOSS)
  const rows = () => rowIds(phone, 'customer-row')
  const counted = (wanted) => until(`${wanted} customers counted`, async () => (await phone.text('[data-testid=count]')) === `${wanted} 位`)

  await step('customers are found by a part of the name and by the last four digits', async () => {
    await tab(phone, 'customers')
    await phone.waitText('苏文清')
    const { count } = await ask(`customers/count?q=${encodeURIComponent('文清')}`)
    await phone.fill('[data-testid=search]', '文清')
    await counted(count)
    // The count and the list are two answers.
    await until('only those whom the search means', async () => {
      const names = await texts(phone, '[data-testid=customer-row] .title')
      return names.length > 0 && names.every((name) => name.includes('文清'))
    })
    await phone.fill('[data-testid=search]', world.demo.customer_phone.slice(-4))
    // Her name stood there before as well; the number is marked only where it was found by it.
    await until('the number marked', async () => (await texts(phone, '.phone .hit')).length > 0)
    check((await texts(phone, '[data-testid=customer-row] .title')).includes('苏文清'), 'not found by the last four digits')
    await phone.fill('[data-testid=search]', '没有这个人')
    await phone.waitText('没有符合条件的客户')
    await phone.tap('[data-testid=empty-action]')
    await counted((await ask('customers/count')).count)
  })

  await step('what was typed just before a customer was opened is asked for when one is back', async () => {
    const asked = () => phone.requests.filter((one) => /\/customers\?.*q=/.test(one.path)).length
    // The count may be there before the list.
    const id = await until('a customer', async () => (await rows())[0])
    const before = asked()
    // In one turn of the page: quicker than any finger, however busy the machine.
    await phone.page.evaluate((url) => {
      const input = [...document.querySelectorAll('[data-testid=search] input')].find((one) => one.checkVisibility())
      input.value = '文清'
      input.dispatchEvent(new Event('input', { bubbles: true }))
      return window.__mp.router.navigateTo({ url })
    }, `/features/customers/detail/index?id=${id}`)
    const opened = Date.now()
    await phone.waitText('跟进记录')
    await until('the moment after the last key to be over', () => Date.now() - opened > 500)
    equal(asked(), before, 'searches while the customer is shown')
    await phone.back()
    await until('the search', () => asked() === before + 1)
    await phone.tap('[data-testid=search-clear]')
    await counted((await ask('customers/count')).count)
  })

  await step('tags filter by any and by none', async () => {
    const groups = (await ask('tag-groups')).items
    const [tag, other] = ['VIP', '岩茶'].map((name) => groups.flatMap((group) => group.tags).find((one) => one.name === name))
    for (const how of ['any', 'none', 'all']) {
      await phone.tap('[data-testid=filter]')
      await phone.waitText('口味')
      if (how === 'any') {
        await phone.tap(`[data-testid=tag-option][data-id="${tag.id}"]`)
        await phone.tap(`[data-testid=tag-option][data-id="${other.id}"]`)
      }
      await phone.tap(`[data-testid=how-${how}]`)
      await phone.tap('[data-testid=filter-apply]')
      await counted((await ask(`customers/count?tags_${how}=${tag.id},${other.id}`)).count)
      await settled(phone)
      const fits = { any: /VIP|岩茶|\+\d/, none: /^(?![^]*(VIP|岩茶))/, all: /VIP[^]*岩茶|岩茶[^]*VIP/ }[how]
      const cards = await texts(phone, '[data-testid=customer-row]')
      check(cards.length && cards.every((text) => fits.test(text)), `${how}: ${cards.find((text) => !fits.test(text))}`)
    }
    await phone.tap('[data-testid=filter-chip]')
  })

  await step('scrolling reaches every customer once', async () => {
    const { count } = await ask('customers/count')
    await counted(count)
    await settled(phone)
    await until('the end of the list', async () => {
      await scroll(phone, -1)
      return (await phone.visible('[data-testid=tail]').allInnerTexts()).includes('就这些了')
    }, { every: 20 })
    const ids = await rows()
    equal([ids.length, new Set(ids).size], [count, count], 'rows and different rows')
    // The last of them stands above the button that floats over the page.
    await scroll(phone, -1)
    const last = await phone.visible(`[data-testid=customer-row][data-id="${ids.at(-1)}"]`).first().boundingBox()
    const float = await phone.visible('[data-testid=new-customer]').first().boundingBox()
    check(last.y + last.height <= float.y, `the last row ends at ${last.y + last.height}, the button begins at ${float.y}`)
  })

  await step('coming back from a customer keeps the place', async () => {
    const ids = await rows()
    const place = await scroll(phone, 4200)
    const inSight = ids[Math.floor(ids.length / 2)]
    const row = `[data-testid=customer-row][data-id="${inSight}"]`
    await phone.visible(row).scrollIntoViewIfNeeded()
    const before = await scroll(phone)
    await phone.tap(row)
    await phone.waitText('跟进记录')
    await phone.back()
    await phone.waitRoute('pages/customers/index')
    check(place > 0 && Math.abs((await scroll(phone)) - before) < 2, `scrolled to ${await scroll(phone)}, was ${before}`)
    equal((await rows()).length, ids.length, 'rows')
  })

  await step('Today counts what waits to be shipped, and opens exactly that', async () => {
    await tab(phone, 'today')
    await phone.waitText('待发货')
    const { counts } = await ask('today')
    equal((await phone.text('[data-testid=number-ship]')).replace(/\s/g, ''), `${counts.to_ship}待发货`, 'the number')
    await phone.tap('[data-testid=number-ship]')
    await settled(phone)
    await phone.visible('[data-testid=order-row]').first().waitFor()
    await scroll(phone, -1)
    await until(`${counts.to_ship} orders`, async () => (await rowIds(phone, 'order-row')).length === counts.to_ship, { timeout: 5000 })
  })

  await step('the tabs of the orders show what they say', async () => {
    for (const [status, word] of [['shipped', '已发货'], ['delivered', '已签收'], ['completed', '已完成'], ['cancelled', '已取消']]) {
      await phone.tap(`[data-testid=status-${status}]`)
      await settled(phone)
      const wanted = (await ask(`orders?status=${status}`)).items.map((one) => one.id)
      await until(`the orders ${word}`, async () => JSON.stringify(await rowIds(phone, 'order-row')) === JSON.stringify(wanted), { timeout: 5000 })
      check((await texts(phone, '[data-testid=order-row]')).every((text) => text.includes(word)), `another status among ${word}`)
    }
  })

  await step('only legal moves are offered', async () => {
    const offered = { placed: ['move-accept', 'ship-now', 'move-cancel'], shipped: ['move-deliver'], delivered: ['move-complete'], completed: [], cancelled: [] }
    for (const [status, wanted] of Object.entries(offered)) {
      const [order] = (await ask(`orders?status=${status}`)).items
      await phone.goto(`/features/orders/detail/index?id=${order.id}`)
      await phone.waitText(order.number)
      await settled(phone)
      const found = await phone.visible('[data-testid^=move-],[data-testid=ship-now]').evaluateAll((nodes) => nodes.map((node) => node.dataset.testid))
      equal(found.sort(), [...wanted].sort(), `moves of a ${status} order`)
      const events = { 'move-accept': 'accept', 'ship-now': 'ship', 'move-cancel': 'cancel', 'move-deliver': 'deliver', 'move-complete': 'complete' }
      equal(wanted.map((one) => events[one]).sort(), [...(await ask(`orders/${order.id}`)).moves].sort(), `moves the server allows a ${status} order`)
    }
  })

  await step('a customer with many orders shows three of them, and the list shows all of theirs alone', async () => {
    const buyer = await world.customer(boss, { name: '柳三变' })
    const lines = [{ name: '茉莉银针', quantity: 1, unit_price_fen: 6800 }]
    const made = []
    for (let count = 0; count < 4; count++) {
      made.unshift(await world.call(boss, 'POST', 'orders', { body: { customer_id: buyer.id, receiver: buyer.name, phone: world.freshNumber(), address: '汴河大街8号', lines } }))
    }
    const same = (wanted) => async () => JSON.stringify((await rowIds(phone, 'order-row')).sort()) === JSON.stringify(wanted.map((one) => one.id).sort())
    await phone.goto(`/features/customers/detail/index?id=${buyer.id}`)
    await phone.visible('[data-testid=order-row]').first().waitFor()
    equal((await rowIds(phone, 'order-row')).length, 3, 'orders on the page')
    await phone.tap('[data-testid=all-orders]')
    await phone.waitRoute('pages/orders/index')
    await phone.waitText('柳三变 的订单')
    await until('their four orders', same(made))
    await phone.shot('42-orders-of-one')
    await phone.tap('[data-testid=status-to_ship]')
    await until('their four orders that wait', same(made))
    await phone.tap('[data-testid=status-cancelled]')
    await phone.waitText('柳三变 没有这样的订单')
    await phone.tap('[data-testid=status-all]')
    await until('their four orders once more', same(made))
    await phone.tap('[data-testid=all-customers]')
    await until('orders of others', async () => (await rowIds(phone, 'order-row')).length > 4)
  })
}
