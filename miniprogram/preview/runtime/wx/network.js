// request, uploadFile, downloadFile, and the network state that tests switch.
import { api, refuse, source, wx } from './api.js'
import { state } from '../state.js'
import { chosenFile } from './device.js'

const announce = source('NetworkStatusChange')

export function setOnline(online) {
  if (state.online === online) return
  state.online = online
  announce({ isConnected: online, networkType: online ? 'wifi' : 'none' })
}

const offline = () => new TypeError('offline')

function send(url, init, timeout, task) {
  const control = new AbortController()
  const timer = setTimeout(() => control.abort('timeout'), timeout)
  task.abort = () => control.abort('abort')
  const refused = state.online ? null : offline()
  return (refused ? Promise.reject(refused) : fetch(url, { ...init, signal: control.signal, credentials: 'omit', redirect: 'follow' }))
    .catch((error) => {
      if (control.signal.aborted) throw new Error(control.signal.reason)
      throw Object.assign(new Error('net::ERR_INTERNET_DISCONNECTED'), { extra: { errno: 600001 }, cause: error })
    })
    .finally(() => clearTimeout(timer))
}

const headersOf = (response) => {
  const headers = {}
  response.headers.forEach((value, name) => (headers[name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())] = value))
  return headers
}

/** wx.request returns a task, never a promise, on a phone too: a page that awaits it must fail here as well. */
function withTask(name, run) {
  api(name, (options) => run(options, options.__task))
  const plain = wx[name]
  wx[name] = (options = {}) => {
    const task = { abort() {}, onHeadersReceived() {}, offHeadersReceived() {}, onChunkReceived() {}, offChunkReceived() {}, onProgressUpdate: (tell) => void (task.tell = tell), offProgressUpdate() {} }
    plain({ ...options, __task: task })?.catch(() => {})
    return task
  }
}

withTask('request', async ({ url, data, header = {}, method = 'GET', dataType = 'json', responseType = 'text', timeout = 60000 }, task) => {
  method = method.toUpperCase()
  const headers = Object.fromEntries(Object.entries(header).filter(([n]) => !/^referer$/i.test(n)).map(([n, v]) => [n, String(v)]))
  let body
  if (data !== undefined && data !== null) {
    if (method === 'GET' || method === 'HEAD') {
      const query = typeof data === 'string' ? data : Object.entries(data).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(typeof v === 'object' ? JSON.stringify(v) : v)}`).join('&')
      if (query) url += (url.includes('?') ? '&' : '?') + query
    } else {
      const type = Object.entries(headers).find(([n]) => /^content-type$/i.test(n))?.[1] ?? (headers['content-type'] = 'application/json')
      if (typeof data === 'string' || data instanceof ArrayBuffer) body = data
      else body = /urlencoded/.test(type) ? new URLSearchParams(data).toString() : JSON.stringify(data)
    }
  }
  const response = await send(url, { method, headers, body }, timeout, task)
  let result = responseType === 'arraybuffer' ? await response.arrayBuffer() : await response.text()
  if (dataType === 'json' && typeof result === 'string') {
    try {
      result = JSON.parse(result)
    } catch {
      // Not JSON: the page gets the text, as on a phone.
    }
  }
  return { data: result, statusCode: response.status, header: headersOf(response), cookies: [], profile: {} }
})

withTask('downloadFile', async ({ url, header = {}, filePath, timeout = 60000 }, task) => {
  const response = await send(url, { headers: header }, timeout, task)
  const path = filePath ?? URL.createObjectURL(await response.blob())
  return { tempFilePath: path, filePath, statusCode: response.status, header: headersOf(response) }
})

withTask('uploadFile', async ({ url, filePath, name, header = {}, formData = {}, timeout = 60000 }, task) => {
  const form = new FormData()
  for (const [k, v] of Object.entries(formData)) form.append(k, v)
  const chosen = chosenFile(filePath)
  const blob = chosen !== undefined ? new Blob([chosen]) : /^(blob:|data:|https?:)/.test(filePath) ? await (await fetch(filePath)).blob() : new Blob([filePath])
  form.append(name, blob, 'upload')
  const response = await send(url, { method: 'POST', headers: header, body: form }, timeout, task)
  task.tell?.({ progress: 100, totalBytesSent: blob.size, totalBytesExpectedToSend: blob.size })
  return { data: await response.text(), statusCode: response.status, header: headersOf(response) }
})

api('getNetworkType', () => ({ networkType: state.online ? 'wifi' : 'none', isConnected: state.online }))
api('connectSocket', () => refuse('the preview has no sockets'))
