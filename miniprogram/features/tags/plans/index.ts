import { listPlans } from '../../../api/plans'
import { asProblem } from '../../../api/problem'
import { listTagGroups } from '../../../api/tags'
import { planLine } from '../../../words/plans'

/** The follow-up plans of the business: which tag brings which. */
Component({
  data: { phase: 'loading', message: '', rows: [] as { id: string; name: string; line: string }[] },

  methods: {
    /** Also when one comes back from a plan that was changed. */
    onShow() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const [{ items }, tags] = await Promise.all([listPlans(), listTagGroups()])
        const names = new Map(tags.items.flatMap((group) => group.tags).map((tag) => [tag.id, tag.name]))
        this.setData({ phase: 'ready', rows: items.map((one) => ({ id: one.id, name: one.name, line: `${one.tag_gone ? '标签已删除或已合并' : `标签 ${names.get(one.tag_id) ?? ''}`} · ${planLine(one)}` })) })
      } catch (thrown) {
        const why = asProblem(thrown)
        if (this.data.phase === 'ready') wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    open(event: WechatMiniprogram.TouchEvent) {
      wx.navigateTo({ url: `/features/tags/plan/index?id=${String(event.currentTarget.dataset['id'] ?? '')}` })
    },
  },
})
