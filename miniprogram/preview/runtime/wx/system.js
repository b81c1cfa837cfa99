// What the phone says about itself. One invented phone, with the browser's size and theme.
import { api, source, sync } from './api.js'
import { BAR, capsuleRect, safeBottom, statusHeight } from '../bar.js'
import { launchOptions } from '../launch.js'
import { state } from '../state.js'

const SDK = '3.8.12'
let app
let known

/** A compact comparison of what the base library offers with what this shim has. */
export function installSystem(options) {
  app = options.app
  known = options.known
}

const windowInfo = () => {
  const custom = window.__mp.page?.()?.__pageState?.config.navigationStyle === 'custom'
  const top = custom ? 0 : statusHeight() + BAR
  return {
    pixelRatio: devicePixelRatio, screenWidth: innerWidth, screenHeight: innerHeight, windowWidth: innerWidth, windowHeight: innerHeight - top,
    statusBarHeight: statusHeight(), screenTop: top,
    safeArea: { left: 0, right: innerWidth, top: statusHeight(), bottom: innerHeight - safeBottom(), width: innerWidth, height: innerHeight - safeBottom() - statusHeight() },
  }
}
const device = () => ({ abi: 'arm64', deviceAbi: 'arm64', benchmarkLevel: 30, brand: 'iPhone', model: 'iPhone 13 (preview)', system: 'iOS 17.5', platform: 'ios', cpuType: 'unknown', memorySize: 4096 })
const base = () => ({ SDKVersion: SDK, enableDebug: false, host: { env: 'WeChat' }, language: 'zh_CN', version: '8.0.50', theme: app.darkmode ? state.theme : 'light', fontSizeSetting: 16, fontSizeScaleFactor: 1 })
const all = () => ({ ...windowInfo(), ...device(), ...base(), fontSizeSetting: 16, deviceOrientation: 'portrait', bluetoothEnabled: false, locationEnabled: true, wifiEnabled: true })

const themeChanged = source('ThemeChange')
export function setTheme(theme) {
  state.theme = theme
  document.documentElement.dataset.theme = theme
  themeChanged({ theme })
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (e) => app?.darkmode && setTheme(e.matches ? 'dark' : 'light'))

for (const name of ['AppShow', 'AppHide', 'Error', 'UnhandledRejection', 'PageNotFound', 'WindowResize', 'KeyboardHeightChange', 'MemoryWarning', 'UserCaptureScreen', 'AudioInterruptionBegin', 'LazyLoadError', 'MenuButtonBoundingClientRectWeightChange', 'CopyUrl']) source(name)

sync({
  getWindowInfo: windowInfo,
  getDeviceInfo: device,
  getAppBaseInfo: base,
  getSystemInfoSync: all,
  getSystemSetting: () => ({ bluetoothEnabled: false, locationEnabled: true, wifiEnabled: true, deviceOrientation: 'portrait' }),
  getAppAuthorizeSetting: () => ({ notificationAuthorized: 'authorized', albumAuthorized: 'authorized', cameraAuthorized: 'authorized', locationAuthorized: 'authorized' }),
  getSkylineInfoSync: () => ({ isSupported: false, version: '', reason: 'preview' }),
  getRendererUserAgent: () => navigator.userAgent,
  getMenuButtonBoundingClientRect: capsuleRect,
  getAccountInfoSync: () => ({ miniProgram: { appId: window.__mpConfig.appid, envVersion: 'develop', version: '' } }),
  getLaunchOptionsSync: launchOptions,
  getEnterOptionsSync: launchOptions,
  getUpdateManager: () => ({ onCheckForUpdate: (f) => setTimeout(() => f({ hasUpdate: false })), onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {} }),
  getLogManager: () => ({ info() {}, log() {}, warn() {}, debug() {} }),
  getRealtimeLogManager: () => ({ info() {}, warn() {}, error() {}, setFilterMsg() {}, addFilterMsg() {}, in() { return this } }),
  getPerformance: () => ({ getEntries: () => [], getEntriesByType: () => [], getEntriesByName: () => [], createObserver: () => ({ observe() {}, disconnect() {} }) }),
  reportEvent() {}, reportMonitor() {}, reportAnalytics() {}, reportPerformance() {}, setBackgroundFetchToken() {}, offWindowResize() {},
  nextTick: (f) => setTimeout(f),
  preloadWebview() {}, preloadSkylineView() {}, preloadAssets() {},
  base64ToArrayBuffer: (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer,
  arrayBufferToBase64: (buffer) => btoa([...new Uint8Array(buffer)].map((b) => String.fromCharCode(b)).join('')),
  canIUse: (name) => {
    const [first, second] = name.split('.')
    if (['button', 'input', 'picker', 'scroll-view', 'image', 'navigator', 'canvas', 'page-meta'].includes(first)) return true
    return known(first === 'wx' ? second : first)
  },
})
api('getSystemInfo', all)
api('getSystemInfoAsync', all)
api('getScreenBrightness', () => ({ value: 0.5 }))
api('getRandomValues', ({ length }) => {
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return { randomValues: bytes.buffer }
})
