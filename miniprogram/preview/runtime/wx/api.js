// The shape every asynchronous wx function has: success/fail/complete, or a promise when none is given.
import { fail } from '../state.js'

export const wx = {}

export function api(name, run) {
  wx[name] = (options = {}) => {
    const { success, fail: failed, complete } = options
    const callbacks = success || failed || complete
    const guard = (f, value) => {
      try {
        f?.(value)
      } catch (error) {
        fail(error, `wx.${name} callback`)
      }
    }
    const promise = Promise.resolve().then(() => run(options)).then(
      (value) => {
        const result = { errMsg: `${name}:ok`, ...value }
        guard(success, result)
        guard(complete, result)
        return result
      },
      (error) => {
        const message = error?.message ?? String(error)
        const result = { errMsg: message.startsWith(name + ':') ? message : `${name}:fail ${message}`, ...(error?.extra ?? {}) }
        guard(failed, result)
        guard(complete, result)
        throw result
      },
    )
    if (callbacks) {
      promise.catch(() => {})
      return undefined
    }
    return promise
  }
}

export function refuse(message, extra) {
  throw Object.assign(new Error(message), { extra })
}

export function sync(functions) {
  Object.assign(wx, functions)
}

/** An event source: onX registers, offX removes. */
export function source(name) {
  const listeners = new Set()
  wx['on' + name] = (f) => void listeners.add(f)
  wx['off' + name] = (f) => void (f ? listeners.delete(f) : listeners.clear())
  return (value) => listeners.forEach((f) => f(value))
}
