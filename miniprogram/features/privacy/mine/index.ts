import { asProblem } from '../../../api/problem'
import { ask, consent, getMyData, getMyPage } from '../../../api/privacy'
import type { DataRequest, KeptRecord, MyData } from '../../../api/privacy'
import { forget } from '../../../api/session'
import { KINDS, STATES, dateOf, ground } from '../../../words/privacy'

type Row = DataRequest & { what: string; more: string }

/** What every business keeps about me, and what I can ask for. */
Component({
  data: { phase: 'loading', message: '', records: [] as KeptRecord[], requests: [] as Row[], notes: [] as string[], version: '', marketing: false, busy: false },

  methods: {
    onLoad() {
      void this.load()
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        this.draw(await getMyData())
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    draw({ records, requests, notes, consents }: MyData) {
      const rows = requests.map((one) => ({
        ...one,
        what: `${KINDS[one.kind]} · ${STATES[one.state]}`,
        more: one.state === 'waiting' ? `店家须在 ${dateOf(one.due_at)} 前答复` : [ground(one.ground), one.answer].filter(Boolean).join('：'),
      }))
      this.setData({ records, requests: rows, notes, version: consents.version, marketing: consents.marketing, phase: 'ready' })
    },

    choose(event: WechatMiniprogram.TouchEvent) {
      const record = this.data.records.find((one) => one.id === event.currentTarget.dataset['id'])
      if (!record) return
      wx.showActionSheet({
        itemList: ['申请更正', '申请删除'],
        success: ({ tapIndex }) => (tapIndex === 0 ? this.correct(record) : this.remove(record)),
      })
    },
    correct(record: KeptRecord) {
      wx.showModal({
        title: '哪里不对？',
        editable: true,
        placeholderText: '例如：姓名应为沈怡',
        confirmText: '提交',
        success: ({ confirm, content }) => {
          const text = content?.trim()
          if (confirm && text) void this.act(() => ask(record, { kind: 'correct', text }), '已交给店家')
        },
      })
    },
    remove(record: KeptRecord) {
      const open = record.orders.filter((order) => order.open).length
      const first = open ? `您还有 ${open} 笔订单没有送达，删除后店家没法发货，您也查不到进度。` : ''
      wx.showModal({
        title: '申请删除',
        content: `${first}“${record.business_name}”保存的您的资料会被永久删除；依法须保存的订单会去掉姓名、电话和地址。店家 15 个工作日内不答复，系统自动删除。`,
        confirmText: '申请删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.act(() => ask(record, { kind: 'delete' }), '已交给店家')
        },
      })
    },
    advertise() {
      const { marketing, version } = this.data
      void this.act(() => consent('marketing', version, !marketing), marketing ? '已撤回' : '已同意')
    },
    save() {
      void this.act(async () => {
        const path = `${wx.env.USER_DATA_PATH}/我的个人信息.html`
        wx.getFileSystemManager().writeFileSync(path, await getMyPage(), 'utf8')
        wx.shareFileMessage({ filePath: path, fail: () => undefined })
      }, '已生成')
    },
    copy() {
      void this.act(async () => {
        wx.setClipboardData({ data: JSON.stringify(await getMyData(), null, 2) })
      }, '已复制 JSON')
    },
    withdraw() {
      wx.showModal({
        title: '撤回隐私同意',
        content: '撤回后所有设备都会退出，查不到订单。资料不会自动删除；想一并删除，请先申请删除。',
        confirmText: '撤回并退出',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.leave()
        },
      })
    },
    async leave() {
      try {
        await consent('privacy_policy', this.data.version, false)
        forget()
        wx.reLaunch({ url: '/pages/home/index' })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
    async act(step: () => Promise<unknown>, said: string) {
      if (this.data.busy) return
      this.setData({ busy: true })
      try {
        await step()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
