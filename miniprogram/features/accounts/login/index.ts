import { provePhone, switchTo } from '../../../api/accounts'
import { listOffers } from '../../../api/invitations'
import { asProblem } from '../../../api/problem'
import { me, signIn } from '../../../api/session'
import { getWelcome } from '../../../api/welcome'
import type { Business, Me, OfferedPlace } from '../../../api/types'
import { onTop } from '../../../behaviors/back'
import { ROLES } from '../../../words/names'
import { offerLine } from '../../../words/rights'

type PhoneEvent = WechatMiniprogram.CustomEvent<{ code?: string; errMsg: string }>
type Step = 'start' | 'phone' | 'choose'

/** The way in for staff: WeChat knows who one is, the boss's list knows where one works. */
Component({
  data: { step: 'start' as Step, busy: false, failure: '', phone: '', signup: false, businesses: [] as (Business & { word: string })[], offers: [] as (OfferedPlace & { line: string })[] },

  methods: {
    onLoad() {
      const who = me()
      if (who?.businesses.length) return void this.attempt(() => this.onward(who))
      void getWelcome().then(({ signup }) => this.setData({ signup })).catch(() => undefined)
    },

    async begin() {
      await this.attempt(async () => this.onward(await signIn()))
    },

    async onPhone(event: PhoneEvent) {
      const { code } = event.detail
      if (!code) return this.setData({ failure: '没有授权手机号，认不出你是哪家店的员工' })
      await this.attempt(async () => {
        const who = await provePhone(code)
        if (await this.onward(who)) return
        this.setData({ failure: `${who.phone_masked ?? '这个号码'} 还不是员工。请老板在员工名单里登记这个号码，再来验证。` })
      })
    },

    /** Whoever works somewhere already proves the number once more, and sees what is kept for it since. */
    async onOffers(event: PhoneEvent) {
      const { code } = event.detail
      if (!code) return this.setData({ failure: '没有授权手机号，查不到邀请' })
      await this.attempt(async () => {
        const who = await provePhone(code)
        const offers = await listOffers()
        this.show(who, offers)
        if (!offers.length) this.setData({ failure: `${who.phone_masked ?? '这个号码'} 没有新的邀请。请对方在员工名单里登记这个号码，再来查看。` })
      })
    },

    async choose(event: WechatMiniprogram.TouchEvent) {
      const tenant = Number(event.currentTarget.dataset['tenant'])
      await this.attempt(() => this.enter(tenant))
    },

    /** Into the one shop there is, or to where one chooses; false when there is neither a shop nor an offer of one. */
    async onward(who: Me): Promise<boolean> {
      // Nobody is at work somewhere because a shop knows their number: they are asked.
      const offers = who.phone_masked ? await listOffers() : []
      const [only, second] = who.businesses
      if (second || offers.length) this.show(who, offers)
      else if (only) await this.enter(only.tenant_id)
      else this.setData({ step: 'phone', phone: who.phone_masked ?? '' })
      return who.businesses.length > 0 || offers.length > 0
    },

    show(who: Me, offers: OfferedPlace[]) {
      this.setData({
        step: 'choose', businesses: who.businesses.map((one) => ({ ...one, word: ROLES[one.role] ?? one.role })),
        offers: offers.map((one) => ({ ...one, line: offerLine(one) })),
      })
    },
    look(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/staff/join/index?offered=1&ticket=${String(event.currentTarget.dataset['ticket'])}` })
    },

    async enter(tenant: number) {
      // Whoever has left the page meanwhile has changed their mind.
      if (!onTop(this)) return
      const who = await switchTo('staff', tenant)
      wx.showToast({ icon: 'none', title: `已登录，${who.staff?.name ?? '欢迎回来'}` })
      // No page of the customer side may stay, whichever is on top by now.
      wx.reLaunch({ url: '/pages/home/index' })
    },

    async attempt(step: () => Promise<unknown>) {
      if (this.data.busy) return
      this.setData({ busy: true, failure: '' })
      try {
        await step()
      } catch (thrown) {
        this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },

    openShop() {
      wx.navigateTo({ url: '/features/business/signup/index' })
    },
    back() {
      wx.switchTab({ url: '/pages/home/index' })
    },
  },
})
