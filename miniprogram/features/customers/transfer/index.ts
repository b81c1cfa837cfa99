import { asProblem } from '../../../api/problem'
import { may, me } from '../../../api/session'
import { knownNames, staffNames } from '../../../api/staff'
import { cancelImport, findExport, findImport, linkExport, listExports, listImports, revertImport } from '../../../api/transfer'
import type { Export, Import, Page } from '../../../api/types'
import { paged } from '../../../behaviors/paged'
import { exportRow, importRow } from '../../../words/transfer'
import type { TransferRow } from '../../../words/transfer'

type Tap = WechatMiniprogram.TouchEvent
const WAIT_MS = 1000

/** Tables that came in and lists that go out, the newest first. */
Component({
  behaviors: [paged],
  data: { kind: 'in' as 'in' | 'out', kinds: [] as { id: string; label: string }[], busy: '', timer: 0, left: false },

  methods: {
    onLoad(options: Record<string, string | undefined>) {
      const kinds = [may('customers.import') ? { id: 'in', label: '导入' } : null, may('customers.export') ? { id: 'out', label: '导出' } : null]
      const open = kinds.filter((one) => one !== null)
      this.setData({ kinds: open, kind: options['kind'] === 'out' || open[0]?.id === 'out' ? 'out' : 'in' })
      void this.first()
    },
    onUnload() {
      clearTimeout(this.data.timer)
      this.data.left = true
    },
    async onPullDownRefresh() {
      await this.reload()
      wx.stopPullDownRefresh()
    },
    onReachBottom() {
      void this.more()
    },
    async first() {
      // Without the names the list is still of use.
      await staffNames().catch(() => undefined)
      await this.reload(true)
      this.watch()
    },
    retry() {
      void this.first()
    },
    choose(event: Tap) {
      this.setData({ kind: event.currentTarget.dataset['id'] as 'in' | 'out' })
      void this.first()
    },
    fetchPage(cursor: string | null): Promise<Page<Import | Export>> {
      return this.data.kind === 'in' ? listImports(cursor) : listExports(cursor)
    },
    present(one: Import | Export): TransferRow {
      const mine = me()?.staff?.id ?? ''
      return 'created' in one ? importRow(one, knownNames(), mine) : exportRow(one, knownNames(), mine)
    },

    /** What goes on is looked at again until it has ended. */
    watch() {
      clearTimeout(this.data.timer)
      const going = (this.data.rows as unknown as TransferRow[]).filter((row) => row.running)
      if (!going.length || this.data.left) return
      const find: (id: string) => Promise<Import | Export> = this.data.kind === 'in' ? findImport : findExport
      this.data.timer = setTimeout(() => {
        void Promise.all(going.map((row) => find(row.id).then((now) => this.replaceRow(now), () => undefined))).then(() => this.watch())
      }, WAIT_MS)
    },

    start() {
      wx.navigateTo({ url: '/features/customers/import/index' })
    },
    open(event: Tap) {
      if (this.data.kind === 'in') wx.navigateTo({ url: `/features/customers/import/index?id=${String(event.currentTarget.dataset['id'])}` })
    },
    onShow() {
      // An import may have begun or ended on its own page.
      if (this.data.phase === 'ready') void this.reload().then(() => this.watch())
    },
    cancel(event: Tap) {
      void this.turn(String(event.currentTarget.dataset['id']), cancelImport)
    },
    revert(event: Tap) {
      const id = String(event.currentTarget.dataset['id'])
      wx.showModal({
        title: '撤回这次导入',
        content: '新建的客户会删除，改过的恢复原样。后来又有人动过的客户不变。',
        confirmText: '撤回',
        success: ({ confirm }) => {
          if (confirm) void this.turn(id, revertImport)
        },
      })
    },
    async turn(id: string, step: (id: string) => Promise<Import>) {
      if (this.data.busy) return
      this.setData({ busy: id })
      try {
        this.replaceRow(await step(id))
        this.watch()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: '' })
      }
    },
    async link(event: Tap) {
      if (this.data.busy) return
      const id = String(event.currentTarget.dataset['id'])
      this.setData({ busy: id })
      try {
        wx.setClipboardData({ data: await linkExport(id), success: () => wx.showToast({ icon: 'none', title: '链接已复制，粘贴到浏览器里打开' }) })
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: '' })
      }
    },
  },
})
