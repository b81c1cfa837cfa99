import { signedIn, switchTo } from '../../../api/accounts'
import { signUp } from '../../../api/business'
import { Problem, asProblem } from '../../../api/problem'
import { business, me, renew } from '../../../api/session'
import type { SignUp, Violation } from '../../../api/types'
import { getWelcome } from '../../../api/welcome'
import { giveWay, onTop } from '../../../behaviors/back'
import { dropDraft, flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { form } from '../../../behaviors/form'
import { checkField } from '../../../rules/index'
import { signUpViolations } from '../../../words/signup'

const EMPTY = { business: '', name: '', phone: '' }

/** Opens a business, for somebody who works nowhere yet; afterwards one stands in it as its boss. */
Component({
  behaviors: [form],
  data: {
    state: 'loading', why: '',
    /** The business, once it is made: entering it may fail, and is tried again then. */
    made: 0,
    /** Whether a try went out without an answer: it may have arrived. */
    unsure: false,
  },

  methods: {
    ruleForm() {
      return null
    },
    also(body: Record<string, unknown>): Violation[] {
      return signUpViolations(body, checkField)
    },
    toBody(typed: FormState): Record<string, unknown> {
      const phone = String(typed['phone']).trim()
      return { business: typed['business'], name: typed['name'], ...(phone ? { phone } : {}) }
    },

    onLoad() {
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    async load() {
      this.setData({ state: 'loading' })
      try {
        const { signup } = await getWelcome()
        if (!signup) return this.setData({ state: 'closed' })
        // Whoever works somewhere has come to the wrong door.
        if ((await signedIn()).businesses.length) return giveWay(this, '/features/accounts/login/index')
        this.startForm('signup', { ...EMPTY })
        this.setData({ state: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },
    restart() {
      this.restartForm({ ...EMPTY })
    },

    async submit() {
      const entered = await this.save((body) => this.open(body as unknown as SignUp))
      if (!entered) return
      wx.showToast({ icon: 'none', title: `${entered} 开好了` })
      // No page of the customer side may stay.
      wx.reLaunch({ url: '/pages/home/index' })
    },
    /** Answers the name of the business that one is in now; empty for whoever has left the page meanwhile. */
    async open(body: SignUp): Promise<string> {
      if (!this.data.made) this.data.made = await this.make(body)
      if (!onTop(this)) {
        // It is theirs all the same: the pages of the customer side lead there from now on.
        await renew()
        return ''
      }
      // Drafts are kept by who one is, which changes now.
      dropDraft(this.data.draft)
      await switchTo('staff', this.data.made)
      return business()
    },
    /** Opens one business only, however often it is tried. */
    async make(body: SignUp): Promise<number> {
      if (this.data.unsure) {
        await renew()
        const [arrived] = me()?.businesses ?? []
        if (arrived) return arrived.tenant_id
      }
      this.data.unsure = false
      try {
        return (await signUp(body)).tenant_id
      } catch (thrown) {
        const { status } = asProblem(thrown)
        this.data.unsure = status === 0 || status >= 500
        throw thrown
      }
    },
    refused(why: Problem) {
      if (why.code === 'signup_closed') return this.setData({ state: 'closed' })
      if (why.status === 429) return this.fail('试的次数太多了，请过几分钟再来，填写的内容已保留。')
      this.showProblem(why)
    },
    home() {
      wx.reLaunch({ url: '/pages/home/index' })
    },
  },
})
