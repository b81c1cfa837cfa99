// Things a phone does outside the page. They are written to __mp.state.calls; queues answer for the user.
import { api, refuse, sync } from './api.js'
import { record, state } from '../state.js'
import { privacy } from '../privacy.js'
import { showToast } from '../ui/dialogs.js'

const note = (name, pick = (o) => o) => api(name, (options) => {
  const { success, fail, complete, ...rest } = options
  record(name, pick(rest))
})

let clipboard = ''
api('setClipboardData', ({ data }) => {
  clipboard = String(data)
  record('setClipboardData', { data: clipboard })
  showToast({ title: '内容已复制', icon: 'none' })
})
api('getClipboardData', () => ({ data: state.clipboard ?? clipboard }))

note('makePhoneCall')
note('openLocation')
note('previewImage')
note('previewMedia')
note('openDocument')
note('shareFileMessage')
note('openCustomerServiceChat')
note('navigateToMiniProgram')
note('exitMiniProgram')
note('addPhoneContact')
note('saveImageToPhotosAlbum')
note('openSetting')
note('openPrivacyContract')
note('showShareMenu')
note('hideShareMenu')
note('updateShareMenu')
note('openBusinessView')
note('openBusinessCardList')
note('vibrateShort')
note('vibrateLong')
note('setKeepScreenOn')
note('hideKeyboard')
note('setBackgroundColor')
note('setBackgroundTextStyle')
note('loadFontFace')
note('hideHomeButton')
note('enableAlertBeforeUnload')
note('disableAlertBeforeUnload')

/** The test queues what the camera sees; an empty queue is a user who goes back. */
const queued = (name, queue, cancel) => api(name, (options) => {
  record(name, {})
  if (!state[queue].length) refuse(cancel)
  const next = state[queue].shift()
  return typeof next === 'object' && next !== null ? next : { result: String(next), scanType: options.scanType?.[0] ?? 'QR_CODE', charSet: 'UTF-8', rawData: '', path: '' }
})
queued('scanCode', 'scanQueue', 'cancel')
queued('chooseLocation', 'locationQueue', 'cancel')
queued('chooseImage', 'imageQueue', 'cancel')
queued('chooseAddress', 'locationQueue', 'cancel')
queued('getLocation', 'locationQueue', 'auth deny')
queued('chooseContact', 'locationQueue', 'cancel')

api('authorize', () => ({}))
api('getSetting', () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: true, itemSettings: {} } }))
api('getImageInfo', ({ src }) => new Promise((resolve, reject) => {
  const image = new Image()
  image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight, path: src, orientation: 'up', type: 'png' })
  image.onerror = () => reject(new Error('file not found'))
  image.src = src
}))
api('canvasToTempFilePath', ({ canvas, fileType = 'png', quality = 1 }) => ({ tempFilePath: canvas.toDataURL('image/' + fileType, quality) }))
api('compressImage', ({ src }) => ({ tempFilePath: src }))

const files = new Map()
const path = '/preview-user-data'
const missing = (name) => refuse(`no such file or directory, open ${name}`)
const fs = {
  readFileSync: (name, encoding) => {
    const data = files.get(name) ?? missing(name)
    if (encoding) return typeof data === 'string' ? data : new TextDecoder(encoding).decode(data)
    return typeof data === 'string' ? new TextEncoder().encode(data).buffer : data
  },
  writeFileSync: (name, data) => void files.set(name, typeof data === 'string' ? data : new TextDecoder().decode(data)),
  unlinkSync: (name) => (files.delete(name) ? undefined : missing(name)),
  accessSync: (name) => (files.has(name) ? undefined : missing(name)),
  readdirSync: (dir) => [...files.keys()].filter((f) => f.startsWith(dir)).map((f) => f.slice(dir.length + 1)),
  mkdirSync() {},
}
const later = (f, pick) => ({ success, fail, complete, ...o }) => setTimeout(() => {
  try {
    const found = pick(f(o))
    success?.(found)
  } catch (error) {
    fail?.({ errMsg: 'fail ' + error.message })
  }
  complete?.({})
})
Object.assign(fs, {
  readFile: later((o) => fs.readFileSync(o.filePath, o.encoding), (data) => ({ data })),
  writeFile: later((o) => fs.writeFileSync(o.filePath, o.data), () => ({})),
  unlink: later((o) => fs.unlinkSync(o.filePath), () => ({})),
  access: later((o) => fs.accessSync(o.path), () => ({})),
  mkdir: later(() => {}, () => ({})),
})
/** What a test or a person chose, for wx.uploadFile. */
export const chosenFile = (name) => files.get(name)
sync({ getFileSystemManager: () => fs, env: { USER_DATA_PATH: path } })

/** Files that a test queued as `{ name, data }`, or that whoever sits before the preview picks on this machine. */
async function chosen(name, queue, accept) {
  if (!(await privacy.ask(name))) refuse('privacy permission is not authorized', { errno: 104 })
  record(name, {})
  const found = state[queue]?.length ? [state[queue].shift()] : navigator.webdriver ? [] : await picked(accept)
  if (!found.length) refuse('cancel')
  return found.map(({ name, data }, at) => {
    const path = `http://tmp/${Date.now()}-${at}-${name}`
    files.set(path, data)
    return { name, path, size: typeof data === 'string' ? new TextEncoder().encode(data).length : data.byteLength }
  })
}

api('chooseMessageFile', async ({ extension }) => {
  const found = await chosen('chooseMessageFile', 'fileQueue', extension?.map((one) => `.${one}`).join(','))
  return { tempFiles: found.map((one) => ({ ...one, time: Math.floor(Date.now() / 1000), type: 'file' })) }
})

api('chooseMedia', async () => {
  const found = await chosen('chooseMedia', 'imageQueue', 'image/*')
  return { type: 'image', tempFiles: found.map(({ path, size }) => ({ tempFilePath: path, size, fileType: 'image' })) }
})

function picked(accept = '') {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement('input'), { type: 'file', accept })
    input.addEventListener('cancel', () => resolve([]))
    input.addEventListener('change', () => resolve(Promise.all([...input.files].map(async (file) => ({ name: file.name, data: await file.arrayBuffer() })))))
    input.click()
  })
}
