// Drives the preview in Chromium: open a phone, tap, type, wait, take pictures; no sleeps, every wait has a reason.
import fs from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']

/** @param options.shots folder for pictures; @param options.headed to watch */
export async function startBrowser({ shots, headed = false } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: !headed, args: FLAGS })
  const phones = []
  return {
    browser,
    async openPhone(name, options = {}) {
      const phone = await openPhone(browser, name, { shots, ...options })
      phones.push(phone)
      return phone
    },
    /** Closes everything; throws when a phone saw an error in its page. */
    async close() {
      const bad = []
      for (const phone of phones) {
        if (phone.closed) continue
        const errors = await phone.errors().catch(() => [])
        if (errors.length) bad.push(`${phone.name}:\n  ${errors.join('\n  ')}`)
      }
      await browser.close()
      if (bad.length) throw new Error(`errors in the pages\n${bad.join('\n')}`)
    },
  }
}

/** A component's classes carry its scope as a prefix (…_--name); tests name them as the source does. */
const anyScope = (selector) =>
  selector.replace(/"[^"]*"|'[^']*'|\[[^\]]*\]|\.([A-Za-z][\w-]*)/g, (all, name) => (name ? `:is(.${name},[class$="_--${name}"],[class*="_--${name} "])` : all))

/** Runs in the page: is this element, or something in it, what a finger at its middle would touch? */
const onTop = (node) => {
  const { left, top, width, height } = node.getBoundingClientRect()
  const hit = document.elementFromPoint(left + width / 2, top + height / 2)
  return !!hit && (node.contains(hit) || hit.contains(node))
}

/**
 * @param name  the phone (its storage and its person); two phones never share anything
 * @param options.base  address of preview/serve.mjs, e.g. http://127.0.0.1:8090
 */
export async function openPhone(browser, name, { base, route = '', width = 375, height = 812, scale = 2, dark = false, search = '', shots, timeout = 5000, storageState } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor: scale, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light', storageState,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(timeout)
  // The first page compiles everything; on a busy machine that is not the page's fault.
  page.setDefaultNavigationTimeout(Math.max(timeout, 20_000))
  const crashes = []
  page.on('pageerror', (error) => crashes.push(error.stack ?? String(error)))
  const address = (r) => `${base}/preview/phone.html?phone=${encodeURIComponent(name)}${search}${r ? '#' + r : ''}`
  await page.goto(address(route))
  await page.waitForSelector('html[data-mp-ready]')

  const screen = () => page.locator('wx-page:visible')
  const inScreen = (selector) => screen().locator(anyScope(selector))
  const phone = {
    name, page, context, closed: false,
    /** Locator inside the visible page. */
    visible: (selector) => inScreen(selector),
    native: (selector) => page.locator('#mp-native').locator(selector),
    async tap(selector) {
      await inScreen(selector).first().tap()
    },
    /**
     * Taps what shows exactly this text and is not covered: a dialog's button before the same word on the page below it.
     * Waits until there is such a thing.
     */
    async tapText(text, { exact = true } = {}) {
      const found = page.locator('#mp-native, wx-page:visible').getByText(text, { exact })
      const deadline = Date.now() + timeout
      for (;;) {
        const all = await found.all()
        for (const one of all.reverse()) {
          if (!(await one.isVisible().catch(() => false))) continue
          await one.scrollIntoViewIfNeeded({ timeout: 500 }).catch(() => {})
          if (await one.evaluate(onTop).catch(() => false)) return one.tap()
        }
        if (Date.now() > deadline) throw new Error(`nothing to tap says "${text}" (${all.length} found, all hidden or covered)`)
        await page.waitForTimeout(50)
      }
    },
    async fill(selector, value) {
      const host = inScreen(selector).first()
      await host.waitFor()
      const control = (await host.evaluate((n) => /^(INPUT|TEXTAREA)$/.test(n.tagName))) ? host : host.locator('input,textarea').first()
      await control.fill(value)
      await control.blur()
    },
    async text(selector) {
      return (await inScreen(selector).first().innerText()).trim()
    },
    /** Waits until the text is to be seen anywhere on the phone, dialogs included. A toast is heard once: one that says the same again is waited for. */
    async waitText(text, options = {}) {
      const unheard = page.locator(':not([data-heard], [data-heard] *)')
      const where = page.locator('body').getByText(text, { exact: false, ...options }).and(unheard).locator('visible=true').first()
      // The very node that was seen: by the time it is asked for again it may be another one, or gone.
      const seen = await where.elementHandle(options)
      await seen.evaluate((node) => node.closest('.mp-toast')?.setAttribute('data-heard', ''))
      await seen.dispose()
      return where
    },
    async waitGone(text) {
      await page.waitForFunction((t) => !document.body.innerText.includes(t), text)
    },
    async waitRoute(route) {
      const wanted = route.replace(/^\//, '').split('?')[0]
      await page.waitForFunction((w) => window.__mp.state.route === w, wanted)
    },
    /** reLaunches to a page, as opening a link does. */
    async goto(route) {
      await page.evaluate((url) => window.__mp.router.reLaunch({ url }), route)
      await phone.waitRoute(route)
    },
    async reload() {
      // What the page complained of so far would be forgotten.
      const { errors, warnings } = await phone.state()
      phone.seen = [...(phone.seen ?? []), ...errors, ...warnings]
      await page.reload()
      await page.waitForSelector('html[data-mp-ready]')
    },
    async back() {
      await page.locator('.mp-frame:visible .mp-back').tap()
    },
    state: () => page.evaluate(() => JSON.parse(JSON.stringify(window.__mp.state))),
    calls: async (kind) => (await phone.state()).calls.filter((c) => !kind || c.name === kind),
    set: (key, value) => page.evaluate(([k, v]) => void (window.__mp.state[k] = v), [key, value]),
    online: (yes) => page.evaluate((y) => window.__mp.setOnline(y), yes),
    title: () => page.locator('.mp-frame:visible').getAttribute('data-title'),
    async errors() {
      return [...(await phone.state()).errors, ...crashes]
    },
    async warnings() {
      return (await phone.state()).warnings
    },
    /** Waits until what the page was told has been drawn: this frame and the next. */
    drawn: () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))),
    /** A finger that moves: for swipe-cell, pull-down refresh, sliders. */
    async swipe(selector, dx, dy = 0, steps = 8) {
      // What has just been told moves what stands below it.
      await phone.drawn()
      const box = await inScreen(selector).first().boundingBox()
      const client = await context.newCDPSession(page)
      const from = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 200) }
      const send = (type, x, y) => client.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] })
      await send('touchStart', from.x, from.y)
      for (let i = 1; i <= steps; i++) await send('touchMove', from.x + (dx * i) / steps, from.y + (dy * i) / steps)
      await send('touchEnd')
      await client.detach()
    },
    /** Saves a picture as <shots>/<name>.png, when a folder was given. */
    async shot(file) {
      if (!shots) return undefined
      fs.mkdirSync(shots, { recursive: true })
      const target = path.join(shots, `${file}.png`)
      await page.screenshot({ path: target })
      return target
    },
    async close() {
      const errors = await phone.errors()
      phone.closed = true
      await context.close()
      if (errors.length) throw new Error(`phone ${name} had errors:\n${errors.join('\n')}`)
    },
  }
  return phone
}
