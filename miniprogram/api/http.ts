import { API_BASE } from '../config'
import { announce } from './changes'
import { Problem, isProblemBody, problem } from './problem'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'

export interface Options {
  body?: object
  /** A file as it is, instead of a body. */
  bytes?: ArrayBuffer
  /** The `version` of the row that is changed. */
  ifMatch?: number
  /** The same key on every retry of the same form. */
  idempotencyKey?: string
}

const TIMEOUT_MS = 15_000
/** A file takes as long as the network makes it. */
const FILE_MS = 120_000

/** One request, one answer; knows nothing of who asks. */
export function send<T>(method: Method, path: string, options: Options, token: string | null): Promise<T> {
  const header: Record<string, string> = { 'Accept-Language': 'zh-CN' }
  if (token) header['Authorization'] = `Bearer ${token}`
  if (options.body) header['Content-Type'] = 'application/json'
  if (options.bytes) header['Content-Type'] = 'application/octet-stream'
  if (options.ifMatch !== undefined) header['If-Match'] = `"${options.ifMatch}"`
  // wx.request knows no PATCH: it travels as a POST that says so, and the server unpacks it.
  if (method === 'PATCH') header['X-HTTP-Method-Override'] = 'PATCH'
  if (options.idempotencyKey) header['Idempotency-Key'] = options.idempotencyKey
  return new Promise<T>((resolve, reject) => {
    wx.request({
      url: `${API_BASE}/api/v1/${path}`,
      method: method === 'PATCH' ? 'POST' : method,
      header,
      timeout: options.bytes ? FILE_MS : TIMEOUT_MS,
      ...(options.body || options.bytes ? { data: options.bytes ?? (options.body as object) } : {}),
      success: ({ statusCode, data }) => {
        if (statusCode >= 200 && statusCode < 300) resolve(data as T)
        else if (isProblemBody(data)) {
          if (data.code === 'forbidden' && token) announce('forbidden', { token })
          reject(new Problem({ ...data, status: statusCode }))
        }
        else reject(problem('unreadable', statusCode))
      },
      fail: ({ errMsg }) => reject(problem(/timeout/i.test(errMsg) ? 'timeout' : 'network')),
    })
  })
}

/** A file of the server's, as the path of a copy on the phone. */
export function fetchFile(path: string, token: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: `${API_BASE}/api/v1/${path}`,
      header: { 'Accept-Language': 'zh-CN', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      timeout: FILE_MS,
      success: ({ statusCode, tempFilePath }) => {
        if (statusCode === 200) resolve(tempFilePath)
        else reject(problem(statusCode === 401 ? 'token_expired' : statusCode === 409 ? 'file_gone' : 'unreadable', statusCode))
      },
      fail: ({ errMsg }) => reject(problem(/timeout/i.test(errMsg) ? 'timeout' : 'network')),
    })
  })
}

/** A file of the phone's goes to the server. */
export function sendFile<T>(path: string, file: string, token: string | null, progress: (percent: number) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const task = wx.uploadFile({
      url: `${API_BASE}/api/v1/${path}`,
      filePath: file,
      name: 'file',
      header: { 'Accept-Language': 'zh-CN', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      timeout: FILE_MS,
      success: ({ statusCode, data }) => {
        const body = parsed(data)
        if (statusCode >= 200 && statusCode < 300 && body !== null) resolve(body as T)
        else if (isProblemBody(body)) reject(new Problem({ ...body, status: statusCode }))
        else reject(problem('unreadable', statusCode))
      },
      fail: ({ errMsg }) => reject(problem(/timeout/i.test(errMsg) ? 'timeout' : 'network')),
    })
    task.onProgressUpdate((at) => progress(at.progress))
  })
}

/** What wx.uploadFile answers is a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** `?a=1&b=2` of what is not empty. */
export function query(fields: Record<string, string | number | null | undefined>): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return parts.length ? `?${parts.join('&')}` : ''
}
