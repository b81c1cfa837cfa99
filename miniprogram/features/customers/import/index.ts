import { listCustomFields } from '../../../api/custom-fields'
import { asProblem } from '../../../api/problem'
import { may, me } from '../../../api/session'
import { cancelImport, findImport, revertImport, sendTable, startImport, wrongRows } from '../../../api/transfer'
import { listTagGroups } from '../../../api/tags'
import type { CustomField, Import, ImportDetail, TagGroup } from '../../../api/types'
import { KNOWN, MODES, columnRows, importRow, keys, meanings, outcome, percent, previewRows, startOf, tagPlaces } from '../../../words/transfer'
import type { ColumnRow } from '../../../words/transfer'

type Tap = WechatMiniprogram.TouchEvent
type Change = WechatMiniprogram.CustomEvent<{ name: string; value: string }>

const WAIT_MS = 1000
/** What a phone can hold at once; larger tables come in over the interface. */
const LARGEST = 20 * 1024 * 1024
/** Rows that are shown. */
const SHOWN = 5

/** One table on its way in: chosen, looked at, tried, imported, taken back. */
Component({
  data: {
    phase: 'choose' as 'choose' | 'loading' | 'ready' | 'failed' | 'offline',
    message: '', failure: '', id: '', name: '', busy: '', timer: 0, left: false, mine: false,
    preview: [] as ReturnType<typeof previewRows>, rows: [] as ColumnRow[], own: [] as CustomField[], fields: meanings([]), remembered: false,
    modes: MODES, known: KNOWN, keys: [] as ReturnType<typeof keys>, typed: { mode: 'create', known: 'skip', key: 'phone', tags: '' },
    /** Where new tags are made; empty while no column is about tags, or who imports may not make any. */
    places: [] as ReturnType<typeof tagPlaces>, groups: [] as TagGroup[],
    count: 0, state: '', word: '', tone: 'quiet', lines: [] as ReturnType<typeof outcome>, percent: 0,
    asks: false, runs: false, stoppable: false, undoable: false, wrong: 0, kept: 0, hinted: 0, format: 'csv', file: '', fileOf: '',
  },

  methods: {
    onLoad(options: Record<string, string | undefined>) {
      if (options['id']) {
        this.setData({ id: options['id'], phase: 'loading' })
        void this.load()
      }
    },
    onUnload() {
      clearTimeout(this.data.timer)
      this.data.left = true
    },
    async onPullDownRefresh() {
      if (this.data.id) await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        const [detail] = await Promise.all([findImport(this.data.id), this.ownFields()])
        this.take(detail)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    /** What the business made itself: its fields, and the groups in which new tags may be made. */
    async ownFields() {
      const [own, groups] = await Promise.all([
        listCustomFields().catch(() => [] as CustomField[]), may('tags.write') ? listTagGroups().then(({ items }) => items, () => [] as TagGroup[]) : [],
      ])
      this.data.groups = groups
      this.setData({ own, fields: meanings(own.filter((field) => field.writable && field.kind !== 'file')) })
    },

    choose() {
      wx.chooseMessageFile({
        count: 1, type: 'file', extension: ['csv', 'xlsx', 'txt'],
        success: ({ tempFiles }) => {
          const [file] = tempFiles
          if (!file) return
          if (file.size > LARGEST) this.setData({ failure: '文件超过 20 MB。请拆成几份，或者请管理员在电脑上导入。' })
          else this.read(file.path, file.name)
        },
      })
    },
    read(path: string, name: string) {
      this.setData({ busy: 'send', failure: '', name })
      wx.getFileSystemManager().readFile({
        filePath: path,
        success: ({ data }) => void this.send(name, data as ArrayBuffer),
        fail: () => this.setData({ busy: '', failure: '打不开这个文件，请重新选择' }),
      })
    },
    async send(name: string, bytes: ArrayBuffer) {
      try {
        const [detail] = await Promise.all([sendTable(name, bytes), this.ownFields()])
        this.setData({ id: detail.id })
        this.take(detail)
      } catch (thrown) {
        this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: '' })
      }
    },

    /** Shows what its file says and how far it is. */
    take(detail: ImportDetail) {
      const rows = columnRows(detail)
      const { typed } = this.data
      const choices = keys(rows.map((row) => row.field), this.data.own)
      this.setData({
        phase: 'ready', preview: previewRows(detail, SHOWN), rows, places: this.placesFor(rows), remembered: detail.remembered, keys: choices, 'typed.key': choices.some((one) => one.value === typed.key) ? typed.key : (choices[0]?.value ?? ''),
      })
      this.tell(detail)
    },
    tell(one: Import) {
      const row = importRow(one, new Map(), me()?.staff?.id ?? '')
      const mine = one.staff_id === me()?.staff?.id
      this.setData({
        name: row.what, count: one.rows, state: one.state, word: row.state, tone: row.tone, mine, lines: outcome(one), percent: percent(one), format: one.format,
        asks: mine && ['ready', 'checked'].includes(one.state), runs: row.running, stoppable: row.stoppable, undoable: row.undoable,
        wrong: mine && !row.running ? one.failed + one.skipped + one.kept : 0, kept: one.kept, hinted: mine && !row.running ? one.hinted : 0,
      })
      this.watch()
    },
    watch() {
      clearTimeout(this.data.timer)
      if (!this.data.runs || this.data.left) return
      this.data.timer = setTimeout(() => {
        void findImport(this.data.id).then((now) => this.tell(now), () => this.watch())
      }, WAIT_MS)
    },

    onMeaning(event: Change) {
      const at = Number(event.currentTarget.dataset['index'])
      const value = event.detail.value
      const rows = this.data.rows.map((row, index) => (index === at ? { ...row, field: value } : row))
      const choices = keys(rows.map((row) => row.field), this.data.own)
      const key = choices.some((one) => one.value === this.data.typed.key) ? this.data.typed.key : (choices[0]?.value ?? '')
      this.setData({ [`rows[${at}].field`]: value, places: this.placesFor(rows), keys: choices, 'typed.key': key, failure: '' })
    },
    placesFor(rows: ColumnRow[]): ReturnType<typeof tagPlaces> {
      return this.data.groups.length && rows.some((row) => row.field === 'tags') ? tagPlaces(this.data.groups) : []
    },
    onTyped(event: Change) {
      this.setData({ [`typed.${event.detail.name}`]: event.detail.value, failure: '' })
    },
    onTry() {
      void this.turn('try', () => startImport(this.data.id, startOf(this.data.rows, this.data.typed, true)))
    },
    onStart() {
      wx.showModal({
        title: '开始导入',
        content: `${this.data.name}，${this.data.count} 行。七天内可以整批撤回。`,
        confirmText: '开始导入',
        success: ({ confirm }) => {
          if (confirm) void this.turn('start', () => startImport(this.data.id, startOf(this.data.rows, this.data.typed, false)))
        },
      })
    },
    cancel() {
      void this.turn('cancel', () => cancelImport(this.data.id))
    },
    revert() {
      wx.showModal({
        title: '撤回这次导入',
        content: '新建的客户会删除，改过的恢复原样，带进来的跟进记录也会去掉。后来又有人动过的客户不变。',
        confirmText: '撤回',
        success: ({ confirm }) => {
          if (confirm) void this.turn('revert', () => revertImport(this.data.id))
        },
      })
    },
    async turn(busy: string, step: () => Promise<Import>) {
      if (this.data.busy) return
      this.setData({ busy, failure: '', file: '', fileOf: '' })
      try {
        this.tell(await step())
      } catch (thrown) {
        this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: '' })
      }
    },

    /** The rows that are wrong, fetched first; a chat takes a file only right after a tap. */
    async fetch(event: Tap) {
      if (this.data.busy) return
      const which = String(event.currentTarget.dataset['which'])
      this.setData({ busy: which, failure: '' })
      try {
        this.setData({ file: await wrongRows(this.data.id, which === 'hints'), fileOf: which })
      } catch (thrown) {
        this.setData({ failure: asProblem(thrown).sentence })
      } finally {
        this.setData({ busy: '' })
      }
    },
    share() {
      const { file, fileOf, format, name } = this.data
      const bare = name.replace(/\.(csv|xlsx|txt)$/i, '')
      wx.shareFileMessage({ filePath: file, fileName: `${bare}-${fileOf === 'hints' ? '有提示的行' : '有误的行'}.${format}`, fail: () => undefined })
    },
    again() {
      this.setData({ phase: 'choose', id: '', name: '', failure: '', file: '', fileOf: '' })
    },
    customers() {
      if (may('customers.read')) wx.switchTab({ url: '/pages/customers/index' })
    },
  },
})
