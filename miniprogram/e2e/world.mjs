// What a test knows beside the phones: the API by HTTP, the simulator's books, and signing in without tapping.

/** The simulator's phones of the demo's people. */
export const BOSS = 'staff'
export const SALES = 'chenxiao'
export const CUSTOMER = 'customer'

/** How much of a token's quarter of an hour a request must find left, and a phone that begins with it. */
const ASK_MS = 60_000
const OPEN_MS = 300_000

export class World {
  constructor({ base, api, sim, appid, demo }) {
    Object.assign(this, { base, api, sim, appid, demo })
    this.signedIn = new Map()
    this.made = 0
  }

  /** One request; answers `{ status, body }` whatever the status. */
  async ask(origin, method, path, { body, token, version, key } = {}) {
    const headers = { 'accept-language': 'zh-CN' }
    if (body) headers['content-type'] = 'application/json'
    if (token) headers.authorization = `Bearer ${token}`
    if (version !== undefined) headers['if-match'] = `"${version}"`
    if (key) headers['idempotency-key'] = key
    const answer = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body) })
    const text = await answer.text()
    return { status: answer.status, body: /^[[{]/.test(text) ? JSON.parse(text) : text }
  }

  async must(origin, method, path, options) {
    const { status, body } = await this.ask(origin, method, path, options)
    if (status >= 300) throw new Error(`${method} ${path} answered ${status} ${JSON.stringify(body).slice(0, 400)}`)
    return body
  }

  /** The API as somebody who is signed in. */
  async call(session, method, path, options = {}) {
    await this.fresh(session, ASK_MS)
    const key = method === 'POST' ? crypto.randomUUID() : undefined
    return this.must(this.api, method, `/api/v1/${path}`, { key, ...options, token: session.access })
  }

  simulator(method, path, body) {
    return this.must(this.sim, method, path, { body })
  }

  /** The service notifications a phone received, newest first. */
  async messages(phone) {
    return (await this.simulator('GET', `/phone/${phone}/messages?appid=${this.appid}`)).messages
  }

  /** Signs a phone's person in as the mini-program does, and answers what it would keep. */
  async signIn(phone, side = 'staff') {
    const device = `e2e-${phone}-${(this.made += 1)}-${Date.now()}`
    const post = (path, body, token) => this.must(this.api, 'POST', `/api/v1/auth/${path}`, { body, token })
    const code = async (what) => (await this.simulator('POST', `/phone/${phone}/${what}`, { appid: this.appid })).code
    const first = await post('wechat', { code: await code('login'), device })
    let now = first
    if (!now.me.phone_masked) now = await post('phone', { code: await code('phone-code') }, now.access_token)
    const accept = ({ ticket }) => post('invitation/accept', { ticket }, now.access_token)
    // Whoever a shop keeps a place for takes it, as they would on the page.
    if (side === 'staff') for (const place of (await this.must(this.api, 'GET', '/api/v1/auth/invitations', { token: now.access_token })).items) await accept(place)
    const body = side === 'staff' ? { side, tenant_id: this.demo.tenant_id } : { side }
    now = await post('switch', body, now.access_token)
    return { phone, device, access: now.access_token, refresh: now.refresh_token ?? first.refresh_token, expires: Date.now() + now.expires_in * 1000, me: now.me }
  }

  /**
   * Signs in anew, in place, when the token is about to end: a renewal would end the one that a phone keeps. What a
   * phone signed in itself is the phone's.
   */
  async fresh(session, left) {
    if (!session.phone || session.expires - Date.now() > left) return
    session.renewing ??= this.signIn(session.phone, session.me.side).finally(() => (session.renewing = undefined))
    Object.assign(session, await session.renewing, { proved: 0 })
  }

  /** The second look, given by the phone's finger without the page that asks for it. */
  async stepUp(session) {
    const post = (path, body) => this.must(this.api, 'POST', `/api/v1/auth/${path}`, { body, token: session.access })
    const { challenge } = await post('step-up/challenge', { method: 'soter' })
    const signed = await this.simulator('POST', `/phone/${session.phone}/soter`, { appid: this.appid, challenge })
    const now = await post('step-up', { challenge, result_json: signed.resultJSON, signature: signed.resultJSONSignature })
    Object.assign(session, { access: now.access_token, expires: Date.now() + now.expires_in * 1000, proved: Date.now() })
  }

  /** The second look, unless it was given a moment ago: it counts for five minutes, and each costs an attempt. */
  async prove(session) {
    await this.fresh(session, OPEN_MS)
    if (!(session.proved > Date.now() - 180_000)) await this.stepUp(session)
  }

  /** Storage of a phone whose person is signed in already: what `openPhone` takes as `storageState`. */
  storage(session, name = session.phone) {
    const { device, phone: _, proved: __, renewing: ___, ...kept } = session
    const entry = (key, value) => ({ name: `mp:${name}:${key}`, value: JSON.stringify({ v: value }) })
    return { cookies: [], origins: [{ origin: new URL(this.base).origin, localStorage: [entry('session', kept), entry('device', device)] }] }
  }

  /** One session per person and side serves all stories: every login costs an attempt. */
  async known(phone, side = 'staff') {
    const key = `${phone} ${side}`
    if (!this.signedIn.has(key)) this.signedIn.set(key, await this.signIn(phone, side))
    const session = this.signedIn.get(key)
    await this.fresh(session, OPEN_MS)
    return session
  }

  /** A login that has given the second look, for the stories that only need one: each look costs an attempt too. */
  async proved(phone) {
    const key = `${phone} proved`
    if (!this.signedIn.has(key)) this.signedIn.set(key, await this.signIn(phone))
    const session = this.signedIn.get(key)
    await this.prove(session)
    return session
  }

  /** A mobile number that nobody has: of a segment no carrier was given. */
  freshNumber() {
    this.made += 1
    return `154${String(Date.now()).slice(-4)}${String(1000 + this.made).slice(-4)}`
  }

  /** A customer made behind the phone's back. */
  customer(session, fields = {}) {
    return this.call(session, 'POST', 'customers', { body: { name: '测试客户', phones: [{ number: this.freshNumber() }], ...fields } })
  }
}
