// button, navigator and label: tags whose tap does something beyond the page's own handler.
import { define } from './define.js'
import { openType } from '../open-type.js'
import { go } from '../go.js'

define('button', {
  props: {
    size: { type: String, value: 'default' }, type: { type: String, value: 'default' }, plain: Boolean, disabled: Boolean, loading: Boolean,
    formType: String, openType: String, lang: String, sessionFrom: String, sendMessageTitle: String, sendMessagePath: String, sendMessageImg: String,
    showMessageCard: Boolean, appParameter: String, phoneNumberNoQuotaToast: null, activityType: null, entrancePath: null, needShowEntrance: null, name: String,
  },
  render(host, data) {
    host.setAttribute('type', data.type)
    host.setAttribute('size', data.size)
    host.toggleAttribute('plain', data.plain)
    host.toggleAttribute('disabled', data.disabled)
    host.toggleAttribute('loading', data.loading)
    if (!host.hasAttribute('role')) host.setAttribute('role', 'button')
  },
  attached(host, comp) {
    if (comp.__wired) return
    comp.__wired = true
    comp.addListener('tap', (event) => activate(host, comp, event))
  },
  methods: { activate() { activate(this.$$, this) } },
})

function activate(host, comp) {
  if (comp.data.disabled) return
  const form = comp.data.formType && host.closest('wx-form')?.__wxElement
  if (form && comp.data.formType === 'submit') form.submitForm(comp)
  if (form && comp.data.formType === 'reset') form.resetForm()
  if (comp.data.openType) openType(comp)
}

define('navigator', {
  props: { url: String, openType: { type: String, value: 'navigate' }, delta: { type: Number, value: 1 }, target: String, appId: String, path: String, shortLink: String },
  attached(host, comp) {
    if (comp.__wired) return
    comp.__wired = true
    comp.addListener('tap', () => {
      const { url, openType: kind, delta, target, appId, path } = comp.data
      if (target === 'miniProgram') return void globalThis.wx.navigateToMiniProgram({ appId, path })
      const call = { navigate: 'navigateTo', redirect: 'redirectTo', switchTab: 'switchTab', reLaunch: 'reLaunch', navigateBack: 'navigateBack' }[kind]
      go(call, { url, delta, from: host.closest('wx-page')?.dataset.path })
        .then(() => comp.triggerEvent('success', {}), (e) => comp.triggerEvent('fail', { errMsg: e.message }))
    })
  },
})

const CONTROLS = 'wx-button,wx-checkbox,wx-radio,wx-switch,wx-input,wx-textarea,wx-picker'
define('label', {
  props: { for: String },
  attached(host, comp) {
    if (comp.__wired) return
    comp.__wired = true
    comp.addListener('tap', (event) => {
      const tapped = event.getOriginalEvent()?.target
      if (tapped?.closest?.(CONTROLS) && host.contains(tapped.closest(CONTROLS))) return
      const page = host.closest('wx-page')
      const control = comp.data.for ? page.querySelector('#' + CSS.escape(comp.data.for)) : host.querySelector(CONTROLS)
      control?.__wxElement?.activate?.()
    })
  },
})
