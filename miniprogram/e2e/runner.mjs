// Tells stories step by step. A failed step takes a picture of every phone and ends its story; the next one goes on.

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

class Stop extends Error {}

/** Milliseconds that a step may take, and a look at a phone whose step failed. */
const [STEP_MS, LOOK_MS] = [180_000, 15_000]

export class Runner {
  passed = 0
  /** What was said of each failure, to be said again at the end. */
  failures = []

  constructor({ browser, world, shots }) {
    Object.assign(this, { browser, world, shots })
  }

  /** A story is a module with `title` and a function `tell({ step, open, skip, world, browser, shots })`. */
  async story({ title, tell }) {
    const began = Date.now()
    console.log(`\n${title}`)
    this.title = title
    const phones = []
    const open = async (name, options = {}) => {
      const phone = await this.browser.openPhone(name, { base: this.world.base, ...options })
      watch(phone)
      phones.push(phone)
      return phone
    }
    const step = (what, act) => this.step(what, act, phones)
    const skip = (what, why) => console.log(`  - ${what}: skipped, ${why}`)
    try {
      await tell({ step, open, skip, world: this.world, browser: this.browser.browser, shots: this.shots })
      await step('no page saw an error, a warning or a 5xx', () => clean(phones))
    } catch (thrown) {
      if (!(thrown instanceof Stop)) this.fail('between the steps', thrown, began)
    }
    for (const phone of phones) await within(LOOK_MS, phone.context.close()).catch(() => {})
    console.log(`  ${seconds(began)}`)
  }

  async step(what, act, phones) {
    const began = Date.now()
    try {
      const answer = await within(STEP_MS, act())
      this.passed += 1
      console.log(`  ✓ ${what} (${seconds(began)})`)
      return answer
    } catch (thrown) {
      this.fail(what, thrown, began)
      for (const phone of phones) {
        if (phone.closed) continue
        const { toasts = [], route = '' } = await within(LOOK_MS, phone.state()).catch(() => ({}))
        const picture = await within(LOOK_MS, phone.shot(`failed-${this.failures.length}-${phone.name}`)).catch(() => 'no picture')
        this.say(`    ${phone.name}: ${route} ${JSON.stringify(toasts.slice(-2).map((one) => one.title))} ${picture}`)
        for (const complaint of await within(LOOK_MS, complaints(phone)).catch(() => [])) this.say(`    ${complaint}`)
      }
      throw new Stop(what)
    }
  }

  fail(what, thrown, began) {
    const lines = String(thrown?.message ?? thrown).split('\n').filter((line) => line.trim()).slice(0, 40)
    const place = /stories\/[\w-]+\.mjs:\d+/.exec(thrown?.stack ?? '')?.[0] ?? ''
    this.failures.push(this.title)
    this.say(`  ✗ ${what} (${seconds(began)}) ${place}\n    ${lines.join('\n    ')}`)
  }

  /** Of a failure: now, and once more at the end, where a long record is read first. */
  say(line) {
    console.log(line)
    this.failures[this.failures.length - 1] += `\n${line}`
  }
}

/** A browser that answers no more fails a step; it would wait for ever otherwise. */
async function within(ms, answer) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Writes down what the page asks the API, and what was answered. */
function watch(phone) {
  phone.requests = []
  phone.page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (!pathname.startsWith('/api/')) return
    phone.requests.push({ method: request.headers()['x-http-method-override'] ?? request.method(), path: pathname + search, body: request.postData() })
  })
  phone.broken = []
  phone.page.on('response', (answer) => {
    if (answer.status() >= 500 && !phone.allowBroken) phone.broken.push(`${answer.request().method()} ${answer.url()} answered ${answer.status()}`)
  })
  /** How many changes were sent so far. */
  phone.sent = (method = 'POST', path = '/') => phone.requests.filter((one) => one.method === method && one.path.includes(path)).length
}

async function complaints(phone) {
  const { warnings } = await phone.state()
  const before = phone.seen ?? []
  return [...before, ...(await phone.errors()), ...warnings.map((one) => `warning: ${typeof one === 'string' ? one : JSON.stringify(one)}`), ...phone.broken]
}

async function clean(phones) {
  const bad = []
  for (const phone of phones) {
    if (phone.closed) continue
    for (const complaint of await complaints(phone)) bad.push(`${phone.name}: ${complaint}`)
  }
  if (bad.length) throw new Error(bad.join('\n'))
}

export function check(condition, said) {
  if (!condition) throw new Error(said)
}

export function equal(found, wanted, what) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (left !== right) throw new Error(`${what}: ${left}, not ${right}`)
}

/** Asks until the answer is truthy: for what happens elsewhere and shows on no page. */
export async function until(what, ask, { timeout = 15_000, every = 150 } = {}) {
  const deadline = Date.now() + timeout
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`waited ${timeout / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
