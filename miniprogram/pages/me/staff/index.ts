import { provePhone, signOut, switchTo } from '../../../api/accounts'
import { askForReminders, loadSubscriptions } from '../../../api/inbox'
import { listOffers } from '../../../api/invitations'
import { asProblem } from '../../../api/problem'
import { may, me, onSession } from '../../../api/session'
import type { Business, OfferedPlace, Side } from '../../../api/types'
import { VERSION } from '../../../config'
import { initial } from '../../../words/customers'
import { listens } from '../../../behaviors/listens'
import { ROLES } from '../../../words/names'
import { offerLine, roleWord } from '../../../words/rights'

type PhoneEvent = WechatMiniprogram.CustomEvent<{ code?: string; errMsg: string }>

/** Who I am here, where else I work, and how WeChat may reach me. */
Component({
  behaviors: [listens],
  data: {
    name: '', initial: '', role: '', business: '', tenant: 0, phone: '', version: VERSION,
    businesses: [] as (Business & { word: string })[], offers: [] as (OfferedPlace & { line: string })[],
    choosing: false, credit: -1, asking: false,
    may: { opportunities: false, offers: false, merge: false, fields: false, pools: false, tags: false, tasks: false, staff: false, roles: false, business: false, audit: false, privacy: false, transfer: false },
  },

  lifetimes: {
    attached() {
      this.during(onSession(() => this.draw()))
      this.draw()
      void this.refresh()
    },
  },
  pageLifetimes: {
    show() {
      this.draw()
      void this.refresh()
    },
  },

  methods: {
    draw() {
      const who = me()
      if (!who) return
      const here = who.businesses.find((one) => one.tenant_id === who.tenant_id)
      const name = who.staff?.name ?? '员工'
      this.setData({
        name, initial: initial(name), role: who.staff ? roleWord(who.staff) : '',
        business: here?.name ?? '', tenant: who.tenant_id ?? 0, phone: who.phone_masked ?? '',
        businesses: who.businesses.map((one) => ({ ...one, word: ROLES[one.role] ?? one.role })),
        may: {
          opportunities: may('opportunities.read'), offers: may('offers.read'), merge: may('customers.merge'), fields: may('business.write'), pools: may('pools.write'), tags: may('tags.write'), tasks: may('tasks.read'), staff: may('staff.read'), roles: may('roles.write'),
          business: may('business.write') && may('staff.read'), audit: may('audit.read'), privacy: may('customers.erase'),
          transfer: may('customers.import') || may('customers.export'),
        },
      })
    },

    async refresh() {
      const offers = await listOffers().catch(() => null)
      if (offers) this.showOffers(offers)
      if (!may('tasks.read')) return
      try {
        const templates = await loadSubscriptions()
        this.setData({ credit: templates.reduce((sum, one) => sum + one.credit, 0) })
      } catch {
        this.setData({ credit: -1 })
      }
    },

    /** Credit counts only when WeChat says so: ask, then look again. */
    async moreReminders() {
      if (this.data.asking) return
      const before = this.data.credit
      const asked = askForReminders()
      this.setData({ asking: true })
      const accepted = await asked
      for (let wait = 0; accepted && wait < 5 && this.data.credit === before; wait += 1) {
        await new Promise((resolve) => setTimeout(resolve, 600))
        await this.refresh()
      }
      this.setData({ asking: false })
      const title = this.data.credit > before ? `好，还可收到 ${this.data.credit} 次微信提醒` : accepted ? '微信还在确认，稍后下拉刷新看看' : '没有增加，到点仍会在“消息”里提醒你'
      wx.showToast({ icon: 'none', title })
    },

    showOffers(offers: OfferedPlace[]) {
      this.setData({ offers: offers.map((one) => ({ ...one, line: offerLine(one) })) })
    },
    /** A shop that entered the number later is shown once it is proved again: it may have gone to somebody else meanwhile. */
    async onPhone(event: PhoneEvent) {
      const { code } = event.detail
      if (!code) return void wx.showToast({ icon: 'none', title: '没有授权手机号，查不到邀请' })
      wx.showLoading({ title: '正在查看', mask: true })
      try {
        await provePhone(code)
        const offers = await listOffers()
        this.showOffers(offers)
        wx.hideLoading()
        if (offers.length) this.openBusinesses()
        else wx.showToast({ icon: 'none', title: '这个号码没有新的邀请' })
      } catch (thrown) {
        wx.hideLoading()
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },

    openBusinesses() {
      this.setData({ choosing: true })
    },
    closeBusinesses() {
      this.setData({ choosing: false })
    },
    chooseBusiness(event: WechatMiniprogram.TouchEvent) {
      const tenant = Number(event.currentTarget.dataset['tenant'])
      this.setData({ choosing: false })
      if (tenant !== this.data.tenant) void this.go('staff', tenant)
    },
    look(event: WechatMiniprogram.TouchEvent) {
      this.setData({ choosing: false })
      wx.navigateTo({ url: `/features/staff/join/index?offered=1&ticket=${String(event.currentTarget.dataset['ticket'])}` })
    },
    toCustomer() {
      void this.go('customer')
    },
    async go(to: Side, tenant?: number) {
      wx.showLoading({ title: '正在切换', mask: true })
      try {
        await switchTo(to, tenant)
        wx.hideLoading()
        wx.reLaunch({ url: '/pages/home/index' })
      } catch (thrown) {
        wx.hideLoading()
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },

    goTo(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: String(event.currentTarget.dataset['url']) })
    },
    devices() {
      wx.navigateTo({ url: '/features/accounts/devices/index' })
    },
    leave() {
      wx.showModal({
        title: '退出登录',
        content: `退出 ${this.data.name} 在${this.data.business}的登录？没保存的草稿会留在这部手机上。`,
        confirmText: '退出',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void signOut().then(() => wx.reLaunch({ url: '/pages/home/index' }))
        },
      })
    },
  },
})
