// WeChat's privacy gate. The preview starts as a phone that already agreed; ?privacy=ask starts as a new one.
const key = 'mp-privacy:' + (new URLSearchParams(location.search).get('phone') || 'phone')
let agreed = new URLSearchParams(location.search).get('privacy') !== 'ask' || localStorage.getItem(key) === '1'
const listeners = []
let waiting = []

export const privacy = {
  needed: () => !agreed,
  listen: (f) => listeners.push(f),
  agree() {
    agreed = true
    localStorage.setItem(key, '1')
    waiting.splice(0).forEach((w) => w(true))
  },
  /** Resolves to whether the API may go on. */
  ask(referrer) {
    if (agreed) return Promise.resolve(true)
    if (!listeners.length) return Promise.resolve(false)
    return new Promise((resolve) => {
      waiting.push(resolve)
      const answer = ({ event }) => {
        if (event === 'agree') privacy.agree()
        else if (event === 'disagree') waiting.splice(0).forEach((w) => w(false))
      }
      listeners.forEach((f) => f(answer, { referrer }))
    })
  },
}
