import { cancelBulk, changeCustomers, deleteCustomers, findBulk, undoBulk } from '../../../api/bulk'
import { listCustomFields, ownTypeNames } from '../../../api/custom-fields'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { may, me, onSession } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import { exportCustomers } from '../../../api/transfer'
import type { BulkAction, BulkChange, CustomField, Export, Filter, Selection, StaffMember } from '../../../api/types'
import { onTop } from '../../../behaviors/back'
import { listens } from '../../../behaviors/listens'
import { takeTurn } from '../../../behaviors/turns'
import { goesOn, progress, totalOf, undoWord, undoable, verbOf } from '../../../words/bulk'
import { customRow, isSealed, valueOf } from '../../../words/custom'
import type { CustomRow } from '../../../words/custom'
import { TYPE_CHOICES } from '../../../words/names'
import type { Choice } from '../../../words/names'
import { atWork, personRow } from '../../../words/people'
import type { PersonRow } from '../../../words/people'

type Tap = WechatMiniprogram.TouchEvent
type Sheet = '' | 'tag' | 'untag' | 'owner' | 'type' | 'field' | 'message' | 'offer' | 'export' | 'run'
/** What is asked for, whomever it is about. */
type Change = Omit<BulkChange, 'id' | 'selection'>

const WAIT_MS = 700
/** As many change at a tap; more are asked about first. */
const UNASKED = 100
const ACTS = [
  { id: 'tag', label: '打标签', icon: 'tag' },
  { id: 'untag', label: '去标签', icon: 'cancel' },
  { id: 'owner', label: '负责人', icon: 'swap' },
  { id: 'type', label: '改类型', icon: 'users' },
  { id: 'field', label: '填字段', icon: 'edit' },
  { id: 'message', label: '提醒负责人', icon: 'chat' },
  { id: 'offer', label: '发优惠', icon: 'gift' },
  { id: 'export', label: '导出', icon: 'copy' },
  { id: 'delete', label: '删除', icon: 'trash' },
]

/** What can be done to all who are chosen, and how far it is. */
Component({
  behaviors: [listens],
  properties: {
    active: { type: Boolean, value: false },
    ids: { type: Array, value: [] as string[] },
    /** Everybody whom the filter finds, instead of those who were chosen one by one. */
    everything: { type: Boolean, value: false },
    /** Whether nobody that the list finds is left out; and how many a search finds, when they are more than are taken at once. */
    full: { type: Boolean, value: false },
    cut: { type: String, value: '' },
    filter: { type: Object, value: {} },
    /** How many that is: `200`, `1000+`. */
    count: { type: String, value: '0' },
    /** The offer for which they are chosen, when they are. */
    offer: { type: String, value: '' },
  },
  data: {
    acts: ACTS, sheet: '' as Sheet, tags: [] as string[], types: TYPE_CHOICES as Choice[], people: [] as PersonRow[], failure: '', busy: false,
    own: [] as CustomField[], field: null as CustomRow | null, typed: '' as unknown, text: '',
    run: null as BulkAction | null, did: '', total: null as number | null, share: null as number | null, said: '', detail: '', until: '', timer: 0, attempt: { key: '', body: '' },
    /** The choice that the run is about; and whether the page is no more. */
    about: '', gone: false,
  },
  lifetimes: {
    attached() {
      this.during(onSession(() => this.drawRights()))
      this.drawRights()
    },
    detached() {
      this.data.gone = true
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    drawRights() {
      const write = may('customers.write')
      const open: Record<string, boolean> = {
        tag: write && may('tags.read'), untag: write && may('tags.read'), type: write, field: write, message: write, delete: may('customers.bulk_delete'),
        export: may('customers.export'), offer: write && may('offers.read') && may('offers.give'),
        owner: write && may('customers.assign') && may('staff.read'),
      }
      const acts = ACTS.filter((one) => open[one.id])
      this.setData({ acts })
      this.triggerEvent('acts', { any: acts.length > 0 })
    },

    act(event: Tap) {
      const id = String(event.currentTarget.dataset['act'])
      if (!this.data.everything && !this.data.ids.length) return wx.showToast({ icon: 'none', title: '先选客户' })
      if (id === 'delete') return this.remove()
      // A message that was begun stays: a tap beside the sheet closes it.
      this.setData({ sheet: id as Sheet, tags: [], failure: '', field: null })
      if (id === 'field') void this.loadFields()
      if (id === 'owner') void this.loadPeople()
      if (id === 'type') void ownTypeNames().then((names) => this.setData({ types: [...TYPE_CHOICES, ...[...names].map(([value, label]) => ({ value, label }))] }))
    },
    close() {
      // What was chosen is dealt with: whatever is chosen from now on is for something else.
      if (this.data.sheet === 'run') this.leave()
      this.setData({ sheet: '' })
    },
    leave() {
      this.triggerEvent('leave')
    },
    /** What is chosen now, to be compared with what was. */
    choice(): string {
      return JSON.stringify([this.data.ids, this.data.everything])
    },
    all() {
      this.triggerEvent('all')
    },

    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
      this.setData({ tags: event.detail.value, failure: '' })
    },
    applyTags() {
      const { tags, sheet } = this.data
      if (!tags.length) return this.setData({ failure: '先选标签' })
      void (sheet === 'tag' ? this.begin({ add_tags: tags }, '给 # 位客户打上了标签') : this.begin({ remove_tags: tags }, '去掉了 # 位客户的标签'))
    },
    chooseType(event: Tap) {
      const { value: type, label } = event.currentTarget.dataset as { value: string; label: string }
      const change = (): void => void this.begin({ type }, `# 位客户改成了${label}`)
      const { ids, everything, count } = this.data
      if (!everything && ids.length <= UNASKED) return change()
      wx.showModal({
        title: `把 ${count} 位客户改成${label}`,
        content: `${this.cutWord()}${everything ? '包括还没列出来的。' : ''}半小时内可以撤销。`,
        confirmText: '改类型',
        success: ({ confirm }) => {
          if (confirm) change()
        },
      })
    },
    /** Said of a search of which not all are taken. */
    cutWord(): string {
      const { cut, count } = this.data
      return cut ? `搜到 ${cut} 位，这次只处理前 ${count} 位。` : ''
    },
    /** Not those that are different for everybody. */
    async loadFields() {
      const own = await listCustomFields().catch(() => [] as CustomField[])
      this.setData({ own: own.filter((one) => one.writable && !isSealed(one) && !one.rules.unique && one.kind !== 'file') })
    },
    chooseField(event: Tap) {
      const field = this.data.own.find((one) => one.key === event.currentTarget.dataset['key'])
      if (field) this.setData({ typed: field.kind === 'choices' ? [] : '', field: customRow(field, undefined, '', undefined), failure: '' })
    },
    onField(event: WechatMiniprogram.CustomEvent<{ value: unknown }>) {
      const { field } = this.data
      if (field) this.setData({ typed: event.detail.value, field: { ...field, value: event.detail.value }, failure: '' })
    },
    applyField() {
      const { field, own, typed } = this.data
      const known = own.find((one) => one.key === field?.key)
      if (!known) return this.setData({ failure: '先选字段' })
      const value = valueOf(known, typed)
      void this.begin({ custom: { [known.key]: value } }, value === null ? `清空了 # 位客户的${known.label}` : `# 位客户填上了${known.label}`)
    },
    onText(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ text: event.detail.value, failure: '' })
    },
    applyText() {
      const message = this.data.text.trim()
      if (!message) return this.setData({ failure: '写一句要说的' })
      void this.begin({ message }, '提醒了 # 位客户的负责人')
    },
    forget() {
      this.setData({ failure: '' })
    },
    give(event: WechatMiniprogram.CustomEvent<{ id: string; name: string }>) {
      const { id: offer_id, name } = event.detail
      void this.begin({ offer_id }, `给 # 位客户发了“${name}”`)
    },
    async loadPeople() {
      const { items } = await listStaff().catch(() => ({ items: [] as StaffMember[] }))
      this.setData({ people: atWork(items).map((one) => personRow(one, me()?.staff?.id ?? '')) })
    },
    chooseOwner(event: Tap) {
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      void this.begin({ owner_id: id }, `# 位客户归 ${name} 负责了`)
    },
    remove() {
      const { count } = this.data
      wx.showModal({
        title: `删除 ${count} 位客户`,
        content: `${this.cutWord()}他们的资料和跟进记录都不再显示，电话可以给新客户用。半小时内可以撤销。`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.begin(null, '删除了 # 位客户')
        },
      })
    },

    /** Begins an export; it is fetched from the page that shows how far it is. */
    async takeOut(event: WechatMiniprogram.CustomEvent<{ format: Export['format']; columns: string[] }>) {
      if (this.data.busy) return
      const { format, columns } = event.detail
      const { ids, everything, filter } = this.data
      const selection: Selection = everything ? { filter: filter as Filter } : { ids: ids as string[] }
      this.setData({ busy: true, sheet: '' })
      try {
        await exportCustomers(selection, format, columns, await this.keyFor([selection, format, columns]))
        this.data.attempt = { key: '', body: '' }
        // Whoever went elsewhere meanwhile is told where it will be, and stays there.
        if (onTop(this)) wx.navigateTo({ url: '/features/customers/transfer/index?kind=out' })
        else wx.showToast({ icon: 'none', title: '正在导出，到“我的”里的“导入导出”取' })
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },

    /** The same key on every try of the same: what arrived without an answer is not begun twice. */
    async keyFor(asked: unknown): Promise<string> {
      const body = JSON.stringify(asked)
      if (this.data.attempt.body !== body) this.data.attempt = { key: await uuid(), body }
      return this.data.attempt.key
    },

    /** A change, or with `null` a deletion; `did` says it afterwards, with `#` for how many. */
    async begin(change: Change | null, did: string) {
      if (this.data.busy) return
      const { ids, everything, filter, count } = this.data
      const selection: Selection = everything ? { filter: filter as Filter } : { ids: ids as string[] }
      const about = this.choice()
      this.setData({ busy: true, failure: '' })
      try {
        const key = await this.keyFor([selection, change])
        const run = change ? await changeCustomers({ ...change, selection }, key) : await deleteCustomers(selection, key)
        this.data.attempt = { key: '', body: '' }
        Object.assign(this.data, { did, about, total: totalOf(count) })
        this.setData({ sheet: 'run', busy: false, ...(change?.message ? { text: '' } : {}) })
        this.follow(run)
      } catch (thrown) {
        const why = asProblem(thrown)
        const said = why.errors[0]?.detail ?? why.sentence
        this.setData({ busy: false, failure: said })
        if (!this.data.sheet) wx.showToast({ icon: 'none', title: said })
      }
    },

    /** Looks again until it has ended; a lost answer is no reason to stop, and an older one says nothing. */
    follow(run: BulkAction) {
      if (this.data.gone) return
      const newest = takeTurn(this, 'run')
      clearTimeout(this.data.timer)
      this.draw(run)
      // Another choice may have been made before the run began.
      if (!goesOn(run)) return this.triggerEvent('done', { open: this.data.sheet === 'run' && this.data.about === this.choice() })
      const again = (): void => {
        if (newest() && !this.data.gone) this.data.timer = setTimeout(() => void findBulk(run.id).then((now) => newest() && this.follow(now), again), WAIT_MS)
      }
      again()
    },
    draw(run: BulkAction) {
      const { total, did } = this.data
      const { done, failed, undone, state } = run
      const { verb, left } = verbOf(run)
      const far = progress(run, total)
      const words: Record<BulkAction['state'], [string, string]> = {
        running: [`正在${verb}`, far.text],
        done: [did.replace('#', String(done)), failed ? `${failed} 位${left}` : ''],
        cancelled: ['已取消', `取消以前${verb}了 ${done} 位`],
        undoing: ['正在撤销', far.text],
        undone: [`撤销了 ${undone} 位客户`, done > undone ? `${done - undone} 位没有撤销` : ''],
      }
      const [said, detail] = words[state]
      this.setData({ run, said, detail, share: goesOn(run) || state === 'cancelled' ? far.share : 100, until: undoable(run, me()?.staff?.id ?? '') ? undoWord(run) : '' })
    },
    async turn(step: (id: string) => Promise<BulkAction>) {
      const { run, busy } = this.data
      if (!run || busy) return
      this.setData({ busy: true })
      try {
        this.follow(await step(run.id))
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
        // It ended meanwhile: what it says now is what counts.
        void findBulk(run.id).then((now) => this.follow(now), () => undefined)
      } finally {
        this.setData({ busy: false })
      }
    },
    cancel() {
      void this.turn(cancelBulk)
    },
    undo() {
      void this.turn(undoBulk)
    },
    record() {
      this.close()
      wx.navigateTo({ url: '/features/customers/bulk/index' })
    },
  },
})
