// The simulator's phone side: it stands in for WeChat and knows this phone's number, consents and messages.
import { phone } from './state.js'

async function call(method, path, body) {
  const response = await fetch(`/sim-phone/${encodeURIComponent(phone)}${path}`, {
    method, headers: body ? { 'content-type': 'application/json' } : {}, body: body && JSON.stringify(body),
  }).catch(() => {
    throw new Error('WeChat simulator not reachable')
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`WeChat simulator answered ${response.status} ${text.slice(0, 200)}`)
  return text ? JSON.parse(text) : {}
}

const appid = () => window.__mpConfig.appid

export const sim = {
  login: () => call('POST', '/login', { appid: appid() }),
  profile: () => call('GET', ''),
  phoneCode: () => call('POST', '/phone-code', { appid: appid() }),
  subscribe: (tmplIds, answers) => call('POST', '/subscribe', { appid: appid(), tmplIds, answers }),
  soter: (challenge) => call('POST', '/soter', { appid: appid(), challenge }),
  post: (path, body) => call('POST', path, { appid: appid(), ...body }),
  messages: () => call('GET', `/messages?appid=${encodeURIComponent(appid())}`),
}
