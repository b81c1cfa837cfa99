// Storage of one phone: localStorage under the phone's name, with WeChat's limits, values kept by type.
import { api, refuse, sync } from './api.js'
import { phone } from '../state.js'

const prefix = `mp:${phone}:`
const MAX_KEY = 1024 * 1024
const keys = () => Object.keys(localStorage).filter((k) => k.startsWith(prefix)).map((k) => k.slice(prefix.length))

function set(key, data) {
  if (!key) refuse('parameter error: parameter.key should be String')
  const text = JSON.stringify({ v: data })
  if (text.length > MAX_KEY) refuse('entry size limit reached')
  localStorage.setItem(prefix + key, text)
}
const has = (key) => localStorage.getItem(prefix + key) !== null
const get = (key) => (has(key) ? JSON.parse(localStorage.getItem(prefix + key)).v : '')
const remove = (key) => localStorage.removeItem(prefix + key)
const clear = () => keys().forEach(remove)
const info = () => {
  const size = keys().reduce((sum, k) => sum + k.length + localStorage.getItem(prefix + k).length, 0)
  return { keys: keys(), currentSize: Math.ceil(size / 1024), limitSize: 10240 }
}

sync({
  setStorageSync: set,
  getStorageSync: (key) => get(key),
  removeStorageSync: remove,
  clearStorageSync: clear,
  getStorageInfoSync: info,
  batchSetStorageSync: (list) => list.forEach(({ key, value }) => set(key, value)),
  batchGetStorageSync: (list) => list.map(get),
})
api('setStorage', ({ key, data }) => set(key, data))
api('getStorage', ({ key }) => (has(key) ? { data: get(key) } : refuse('data not found')))
api('removeStorage', ({ key }) => remove(key))
api('clearStorage', clear)
api('getStorageInfo', info)
