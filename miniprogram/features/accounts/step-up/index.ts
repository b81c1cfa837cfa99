import { askForChallenge, prove } from '../../../api/accounts'
import { asProblem } from '../../../api/problem'
import { settle } from '../../../api/second-look'
import type { StepUpMethod } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { recognised, recognises } from './finger'

/** Before something dangerous: a finger, a face, or a code proves that it is still the same person. */
Component({
  data: {
    ready: false, finger: '', sms: false, totp: false, busy: false, failure: '',
    challenge: '', sentTo: '', code: '', error: '', proved: false,
  },

  methods: {
    async onLoad(query: { methods?: string }) {
      const methods = (query.methods ?? '').split(',') as StepUpMethod[]
      const finger = methods.includes('soter') ? await recognises() : ''
      this.setData({ ready: true, finger, sms: methods.includes('sms'), totp: methods.includes('totp') })
    },
    onUnload() {
      settle(this.data.proved)
    },

    async byFinger() {
      await this.attempt(async () => {
        const { challenge } = await askForChallenge('soter')
        const signed = await recognised(this.data.finger, challenge)
        if (!signed) return this.setData({ failure: '没有认出来，再试一次或换一种方式' })
        await prove(challenge, signed)
        this.done()
      })
    },

    sendCode() {
      void this.ask('sms')
    },
    useApp() {
      void this.ask('totp')
    },
    async ask(method: StepUpMethod) {
      await this.attempt(async () => {
        const asked = await askForChallenge(method)
        this.setData({ challenge: asked.challenge, sentTo: asked.sent_to ?? '', code: '', error: '' })
      })
    },
    onCode(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ code: event.detail.value.trim(), error: '' })
    },
    async confirm() {
      if (!/^\d{6}$/.test(this.data.code)) return this.setData({ error: '验证码是 6 位数字' })
      await this.attempt(async () => {
        await prove(this.data.challenge, { code: this.data.code })
        this.done()
      })
    },

    done() {
      this.setData({ proved: true })
      leave(this, '/pages/home/index')
    },
    async attempt(step: () => Promise<unknown>) {
      if (this.data.busy) return
      this.setData({ busy: true, failure: '' })
      try {
        await step()
      } catch (thrown) {
        const why = asProblem(thrown)
        // A challenge that is over is asked for anew.
        if (why.errors.some((one) => one.field === 'challenge')) this.setData({ challenge: '' })
        this.setData({ failure: why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
