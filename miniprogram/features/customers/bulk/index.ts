import { cancelBulk, findBulk, listBulk, undoBulk } from '../../../api/bulk'
import { allOffers } from '../../../api/offers'
import { asProblem } from '../../../api/problem'
import { listCustomFields, ownTypeNames } from '../../../api/custom-fields'
import { may, me } from '../../../api/session'
import { knownNames, staffNames } from '../../../api/staff'
import { knownTags, listTagGroups } from '../../../api/tags'
import type { BulkAction, Page } from '../../../api/types'
import { paged } from '../../../behaviors/paged'
import { bulkRow } from '../../../words/bulk'
import type { BulkRow } from '../../../words/bulk'

const WAIT_MS = 1000

/** What was done to many customers at once, the newest first; one's own can be undone for half an hour. */
Component({
  behaviors: [paged],
  data: { open: '', busy: '', timer: 0, left: false, types: new Map<string, string>(), fields: new Map<string, string>(), offers: new Map<string, string>() },

  methods: {
    onLoad() {
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
      const own = listCustomFields().then((fields) => new Map(fields.map((one) => [one.key, one.label])))
      const offered = may('offers.read') ? allOffers().then((all) => new Map(all.map((one) => [one.id, one.name]))) : Promise.resolve(new Map<string, string>())
      const [, , types, fields, offers] = await Promise.all([
        staffNames().catch(() => undefined), may('tags.read') ? listTagGroups().catch(() => undefined) : undefined,
        ownTypeNames(), own.catch(() => new Map<string, string>()), offered.catch(() => new Map<string, string>()),
      ])
      Object.assign(this.data, { types, fields, offers })
      await this.reload(true)
      this.watch()
    },
    retry() {
      void this.first()
    },
    fetchPage(cursor: string | null): Promise<Page<BulkAction>> {
      return listBulk(cursor)
    },
    present(action: BulkAction): BulkRow {
      const { types, fields, offers } = this.data
      return bulkRow(action, { staff: knownNames(), tags: knownTags(), types, fields, offers }, me()?.staff?.id ?? '')
    },

    /** What goes on is looked at again until it has ended. */
    watch() {
      clearTimeout(this.data.timer)
      const going = (this.data.rows as unknown as BulkRow[]).filter((row) => row.running)
      if (!going.length || this.data.left) return
      this.data.timer = setTimeout(() => {
        void Promise.all(going.map((row) => findBulk(row.id).then((now) => this.replaceRow(now), () => undefined))).then(() => this.watch())
      }, WAIT_MS)
    },

    toggle(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      this.setData({ open: this.data.open === id ? '' : id })
    },
    cancel(event: WechatMiniprogram.TouchEvent) {
      void this.turn(String(event.currentTarget.dataset['id']), cancelBulk)
    },
    undo(event: WechatMiniprogram.TouchEvent) {
      const { id, what } = event.currentTarget.dataset as { id: string; what: string }
      wx.showModal({
        title: '撤销这次操作',
        content: `${what}。后来又有人改过的客户不会动。`,
        confirmText: '撤销',
        success: ({ confirm }) => {
          if (confirm) void this.turn(id, undoBulk)
        },
      })
    },
    async turn(id: string, step: (id: string) => Promise<BulkAction>) {
      if (this.data.busy) return
      this.setData({ busy: id })
      try {
        this.replaceRow(await step(id))
        this.watch()
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
        void findBulk(id).then((now) => this.replaceRow(now), () => undefined)
      } finally {
        this.setData({ busy: '' })
      }
    },
  },
})
