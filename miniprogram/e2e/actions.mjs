// What people do on several pages.

/** Opens the staff side as somebody who is signed in. */
export async function openStaff(open, world, who, options = {}) {
  const session = await world.known(who)
  return open(who, { storageState: world.storage(session), ...options })
}

export async function tab(phone, name) {
  await phone.page.locator(`[data-testid=tab-${name}]:visible`).tap()
}

/** The text of every element that matches, on the page that is shown. */
export function texts(phone, selector) {
  return phone.visible(selector).allInnerTexts()
}

/** What the phone keeps of its session, read from its storage. */
export function keptSession(phone) {
  return phone.page.evaluate((name) => JSON.parse(localStorage.getItem(`mp:${name}:session`)).v, phone.name)
}

/** Fills the form of a new order up to the price; the customer is chosen already. */
export async function fillLine(phone, at, name, quantity, price) {
  await phone.fill(`[data-testid="field-lines.${at}.name"]`, name)
  await phone.fill(`[data-testid="field-lines.${at}.quantity"]`, String(quantity))
  await phone.fill(`[data-testid="field-lines.${at}.price"]`, price)
}

/** Waits until nothing on the page is loading any more. */
export async function settled(phone) {
  await phone.page.waitForFunction(() => ![...document.querySelectorAll('[data-testid=loading]')].some((one) => one.checkVisibility()))
}

/** Scrolls the page that is shown, and answers where it stands. Below zero is the end, reached from above as a finger does. */
export function scroll(phone, to) {
  return phone.page.evaluate(async (top) => {
    const page = [...document.querySelectorAll('wx-page')].find((one) => one.checkVisibility())
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    if (top < 0) {
      // From farther away than where a list asks for its next page.
      page.scrollTop = page.scrollHeight - page.clientHeight - 1000
      await frame()
      page.scrollTop = page.scrollHeight
      await frame()
    } else if (top !== undefined) page.scrollTop = top
    return page.scrollTop
  }, to)
}

/** Whether somebody sees it as the page stands: on the screen, with nothing over it. */
export function inSight(phone, selector) {
  return phone.visible(selector).first().evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect()
    const hit = document.elementFromPoint(left + width / 2, top + height / 2)
    return !!hit && node.contains(hit)
  })
}

/** Ids of the rows that are drawn. */
export function rowIds(phone, row) {
  return phone.visible(`[data-testid=${row}]`).evaluateAll((nodes) => nodes.map((node) => node.dataset.id))
}

/** Waits until nothing moves any more: a picture in between shows neither. */
export async function arrived(phone) {
  const moving = () => document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity)
  await phone.page.waitForFunction(() => !document.querySelector('.pressed'))
  await phone.page.evaluate(`Promise.all((${moving})().map((one) => one.finished.catch(() => {}))).then(() => {})`)
}

/**
 * Keeps requests on their way until they are let go: for what a page does before the answer is there. `waiting` counts
 * them; `letGo` waits until their answers are drawn.
 */
export async function delayed(phone, path, wanted = () => true) {
  let open = () => {}
  const gate = new Promise((resolve) => (open = resolve))
  const kept = []
  const keep = async (route) => {
    if (!wanted(route.request())) return route.fallback()
    kept.push(route.request())
    await gate
    await route.continue()
  }
  await phone.page.route(path, keep)
  return {
    waiting: () => kept.length,
    async letGo() {
      open()
      for (const request of kept) await (await request.response())?.finished()
      await phone.page.unroute(path, keep)
      await phone.drawn()
    },
  }
}
