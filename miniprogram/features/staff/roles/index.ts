import { asProblem } from '../../../api/problem'
import { listRoles } from '../../../api/roles'
import { roleOption } from '../../../words/rights'
import type { RoleOption } from '../../../words/rights'

/** The roles there are: the built-in ones explained, the business's own to open. */
Component({
  data: { phase: 'loading', message: '', builtIn: [] as RoleOption[], own: [] as RoleOption[] },

  methods: {
    onShow() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const { items } = await listRoles()
        this.setData({
          phase: 'ready', builtIn: items.filter((one) => one.id === null).map(roleOption), own: items.filter((one) => one.id !== null).map(roleOption),
        })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/staff/role/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
    add() {
      wx.navigateTo({ url: '/features/staff/role/index' })
    },
  },
})
