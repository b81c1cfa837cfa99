import { announce } from '../../../api/changes'
import { knownCustomFields, listCustomFields, listCustomerTypes } from '../../../api/custom-fields'
import { createCustomer, findCustomer, revealText, updateCustomer } from '../../../api/customers'
import { Problem, asProblem } from '../../../api/problem'
import { opensEmails, opensPhones, seesEmails, seesPhones, writesEmails, writesPhones } from '../../../api/rights'
import { may } from '../../../api/session'
import { listStaff } from '../../../api/staff'
import type { CustomerChanges, CustomerView, ExistingCustomer, NewCustomer, TagMark, Violation } from '../../../api/types'
import { giveWay, leave } from '../../../behaviors/back'
import { flushDraft, readDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { copied, form } from '../../../behaviors/form'
import { askedFields, checkCustom } from '../../../rules/index'
import { customRow, nearBasics } from '../../../words/custom'
import type { CustomRow } from '../../../words/custom'
import { CUSTOMER_KIND_CHOICES, INDUSTRY_CHOICES, SIZE_CHOICES, SOURCE_CHOICES, TYPE_CHOICES } from '../../../words/names'
import type { Choice } from '../../../words/names'
import { readPaste } from '../../../words/paste'
import { twinPhones } from '../../../words/twins'
import { today } from '../../../words/when'
import { regionNames, regionOf } from '../region/tree'
import { revealed, writtenLines } from './conflict'
import type { List } from './conflict'
import { about, CONTACTS, CONTACT_TEXT, changesBody, customRecord, emptyContact, emptyForm, emptyPhone, formOf, isMasked, newBody } from './fields'
import type { TypedContact, TypedPhone } from './fields'
import { settling } from './settling'

type TypedRow = TypedPhone | TypedContact

/** What stands in a section that may be folded. */
const SECTIONS: Record<string, string[]> = { company: ['region', 'address', 'title', 'industry', 'size'], contacts: [...CONTACTS], dates: ['dates'] }
/** What stands there unless somebody asks for more. */
const BASICS = ['name', 'phones', 'type', 'tag_ids']
/** A customer is written down, or corrected. */
Component({
  behaviors: [form, settling],
  data: {
    id: '', state: 'ready', why: '', was: null as CustomerView | null,
    types: TYPE_CHOICES as Choice[], industries: INDUSTRY_CHOICES as Choice[], sizes: SIZE_CHOICES as Choice[], fields: [] as CustomRow[], mustFields: [] as CustomRow[],
    open: { contacts: false, company: false, dates: false } as Record<string, boolean>, picking: false, sources: SOURCE_CHOICES, kinds: CUSTOMER_KIND_CHOICES,
    owners: [] as Choice[], today: today(), more: false, pasted: '', paste: '', tagging: false, mayReveal: false, mayPhones: false, mayTags: false, seesPhones: false, mayRevealEmails: false, mayEmails: false, showEmails: false, showWechat: false, revealing: false, masked: false,
    existingOpen: false, sending: 0,
    twins: {} as Record<string, string>, existing: null as ExistingCustomer | null, gone: '', goneShown: false, written: [] as string[],
  },

  observers: {
    'form.custom, form.emptied, form.type, form.kind, form.industry, form.source, form.region, errors, more'() {
      this.drawFields()
    },
    /** What is written twice is said while it is: whichever of the two is changed. */
    'form.phones.**'(phones: TypedPhone[] | null) {
      const { twins: were, errors } = this.data
      const twins = twinPhones((phones ?? []).map((one) => one.number))
      if (!Object.keys({ ...were, ...twins }).length) return
      this.setData({ twins, errors: { ...Object.fromEntries(Object.entries(errors).filter(([field, said]) => said !== were[field])), ...twins } })
    },
  },

  methods: {
    /** The business's own fields that are asked for now; those that must be filled stand with the basics, if what they hang on does. */
    drawFields() {
      const { form: typed, was, errors, more } = this.data
      if (!typed['custom']) return
      const emptied = (typed['emptied'] ?? []) as string[]
      const fields = knownCustomFields()
      const asked = askedFields(fields, customRecord(typed, was))
      const rows = fields.filter((field) => field.writable && (!asked || asked.includes(field.key)))
        .map((field) => customRow(field, typed['custom'][field.key], errors[`custom.${field.key}`] ?? '', was?.custom[field.key], emptied.includes(field.key)))
      const near = rows.filter((row) => row.required && (!more || nearBasics(fields, row.key))).map((row) => row.key)
      this.setData({ mustFields: rows.filter((row) => near.includes(row.key)), fields: rows.filter((row) => !near.includes(row.key)) })
    },
    also(body: Record<string, unknown>): Violation[] {
      const { was } = this.data
      const given = { ...((body['custom'] ?? {}) as Record<string, unknown>), ...about(was ? body : { type: 'potential', kind: 'person', ...body }) }
      const own = checkCustom(knownCustomFields(), given, was ? { ...was.custom, ...about({ ...was }) } : null) ?? []
      return [...Object.entries(this.data.twins).map(([field, detail]) => ({ field, code: 'duplicate', params: {}, detail })), ...own]
    },
    uncover(fields: string[]): void {
      const roots = fields.map((field) => field.split('.')[0] ?? '')
      const folded = Object.keys(SECTIONS).filter((section) => SECTIONS[section]?.some((name) => roots.includes(name)))
      const basic = (field: string, at: number): boolean => BASICS.includes(roots[at] ?? '') || this.data.mustFields.some((row) => row.name === field)
      this.setData({ more: this.data.more || !fields.every(basic), open: { ...this.data.open, ...Object.fromEntries(folded.map((section) => [section, true])) } })
    },
    /** An empty box leaves what is masked as it is: to be rid of it one says so, and may take it back. */
    toggleEmptied(event: WechatMiniprogram.TouchEvent) {
      const key = String(event.currentTarget.dataset['key'])
      const emptied = (this.data.form['emptied'] ?? []) as string[]
      const cleared = this.data.fields.some((row) => row.key === key && row.cleared)
      if (!cleared) this.put(`custom.${key}`, '')
      this.put('emptied', cleared ? emptied.filter((one) => one !== key) : [...emptied.filter((one) => one !== key), key])
    },
    /** Nothing is saved while a file is under way: it would not be among what is saved. */
    onBusy(event: WechatMiniprogram.CustomEvent<{ busy: boolean }>) {
      this.setData({ sending: this.data.sending + (event.detail.busy ? 1 : -1) })
    },
    toggleSection(event: WechatMiniprogram.TouchEvent) {
      const section = String(event.currentTarget.dataset['section'])
      this.setData({ [`open.${section}`]: !this.data.open[section] })
    },
    openRegion() {
      this.setData({ picking: true })
    },
    closeRegion() {
      this.setData({ picking: false })
    },
    clearRegion() {
      this.put('region', '')
      this.put('region_text', '')
    },

    ruleForm() {
      return this.data.id ? 'customer_changes' : 'new_customer'
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { was, base } = this.data
      // Lists that were unmasked are measured by what they were then.
      return was ? changesBody(typed, { ...formOf(was), phones: base['phones'], emails: base['emails'], wechat_ids: base['wechat_ids'] }) : newBody(typed)
    },

    onLoad(query: Record<string, string | undefined>) {
      const id = query['id'] ?? ''
      this.setData({ id, mayReveal: opensPhones() && writesPhones(), mayPhones: writesPhones(), mayTags: may('tags.read'), seesPhones: seesPhones(), mayRevealEmails: opensEmails() && writesEmails(), mayEmails: writesEmails() })
      // Before anything is awaited: whoever leaves quickly would have another page called so.
      if (id) wx.setNavigationBarTitle({ title: '修改客户' })
      // Of a new customer there is nothing to see, only to fill in.
      this.setData({ showEmails: id ? seesEmails() : writesEmails(), showWechat: id ? seesPhones() : writesPhones() })
      if (may('customers.assign')) void this.loadOwners()
      void this.begin(id)
    },
    /** The business's own fields and types first: the form begins with them. */
    async begin(id: string) {
      this.setData({ state: 'loading' })
      const [, types] = await Promise.all([listCustomFields().catch(() => []), listCustomerTypes().catch(() => ({ items: [] }))])
      const own = types.items.filter((one) => one.name !== null).map((one) => ({ value: one.code, label: one.name ?? '' }))
      this.setData({ types: [...TYPE_CHOICES, ...own] })
      if (id) {
        this.setData({ more: true })
        void this.load()
      } else {
        // Where there is room for two columns nothing is folded away.
        this.setData({ more: wx.getWindowInfo().windowWidth >= 700 })
        this.startForm('customer', emptyForm())
        // Nobody types before the form has begun: what they typed would be gone.
        this.setData({ state: 'ready' })
      }
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    /** Those who may give a customer away choose among the people who work here. */
    async loadOwners() {
      const { items } = await listStaff().catch(() => ({ items: [] }))
      this.setData({ owners: items.filter((one) => one.active).map((one) => ({ value: one.id, label: one.name })) })
    },
    async load() {
      this.setData({ state: 'loading' })
      try {
        const was = await findCustomer(this.data.id)
        this.setData({ was, state: 'ready', masked: isMasked(was) })
        this.startForm(`customer.${was.id}`, formOf(was), was.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'merged' && why.existing?.id) {
          wx.showToast({ icon: 'none', title: '这位客户已合并，打开的是合并后的' })
          this.leadTo(why.existing.id)
        } else {
          this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '没有这位客户，或者不归你负责' : why.sentence })
          // What was typed last time is not lost with them.
          const kept = why.code === 'not_found' ? readDraft(`customer.${this.data.id}`) : null
          if (kept) this.setData({ written: writtenLines(kept.form, kept.base), gone: kept.form['name'] ? String(kept.form['name']) : '这位客户' })
        }
      }
    },
    restart() {
      this.restartForm(this.data.was ? formOf(this.data.was) : emptyForm())
      this.setData({ paste: '', pasted: '' })
    },

    onPaste(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const text = event.detail.value
      const read = readPaste(text)
      this.setData({ paste: text, pasted: '' })
      if (!read) return
      const region = regionOf(read)
      const found = [read.name && '姓名', this.data.mayPhones && '电话', region && '地区', read.address && '地址'].filter(Boolean)
      if (read.name) this.put('name', read.name)
      if (this.data.mayPhones) this.put('phones.0.number', read.phone)
      if (region) {
        this.put('region', region)
        this.put('region_text', regionNames(region))
      }
      if (read.address) this.put('address', read.address)
      this.setData({ pasted: `已填好 ${found.join('、')}，请核对`, more: this.data.more || read.address !== '', open: { ...this.data.open, company: this.data.open['company'] || read.address !== '' } })
    },
    toggleMore() {
      this.setData({ more: !this.data.more })
    },

    addPhone() {
      this.put('phones', [...this.data.form['phones'], emptyPhone()])
    },
    dropPhone(event: WechatMiniprogram.TouchEvent) {
      const at = Number(event.currentTarget.dataset['index'])
      this.reorder('phones', (rows) => rows.filter((_, index) => index !== at))
    },
    /** Other places in a list: what was complained about is no longer where it was. */
    reorder(kind: string, change: (rows: TypedRow[]) => TypedRow[]) {
      this.setData({ errors: Object.fromEntries(Object.entries(this.data.errors).filter(([field]) => !field.startsWith(`${kind}.`))), twins: {} })
      this.put(kind, change((this.data.form[kind] ?? []) as TypedRow[]))
    },
    makeFirst(event: WechatMiniprogram.CustomEvent) {
      const { kind, index } = event.currentTarget.dataset as { kind: string; index: number }
      const at = Number(index)
      this.reorder(kind, (rows) => [...rows.slice(at, at + 1), ...rows.slice(0, at), ...rows.slice(at + 1)])
    },
    onLabel(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const { kind, index } = event.currentTarget.dataset as { kind: string; index: number }
      this.put(`${kind}.${index}.label`, event.detail.value)
    },
    editPhones() {
      void this.edit('phones')
    },
    editContacts(event: WechatMiniprogram.TouchEvent) {
      void this.edit(String(event.currentTarget.dataset['kind']) as List)
    },
    /** Masked until somebody means to change them; the server writes down who looked. */
    async edit(kind: List) {
      const { was } = this.data
      if (!was || this.data.revealing) return
      this.setData({ revealing: true })
      try {
        const rows = await revealed(kind, was)
        this.setData({ [`base.${kind}`]: copied(rows) })
        this.put(kind, rows.length ? rows : [kind === 'phones' ? emptyPhone() : emptyContact()])
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ revealing: false })
      }
    },

    toggleSecret() {
      this.put('remark_secret', !this.data.form['remark_secret'])
    },
    /** Like phones: masked until somebody means to change it. */
    async showRemark() {
      const { was, id } = this.data
      if (!was || this.data.revealing) return
      this.setData({ revealing: true })
      try {
        const { text } = await revealText(id, 'remark')
        // Looked at, it is not typed.
        this.setData({ was: { ...was, remark: text }, masked: false, 'base.remark': text })
        this.data.newest['remark'] = text
        if (!this.data.form['remark']) this.put('remark', text)
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      } finally {
        this.setData({ revealing: false })
      }
    },

    addContact(event: WechatMiniprogram.TouchEvent) {
      const kind = String(event.currentTarget.dataset['kind'])
      this.put(kind, [...((this.data.form[kind] ?? []) as TypedContact[]), emptyContact()])
    },
    dropContact(event: WechatMiniprogram.TouchEvent) {
      const { kind, index } = event.currentTarget.dataset as { kind: string; index: number }
      this.reorder(kind, (rows) => rows.filter((_, at) => at !== Number(index)))
    },
    onContact(event: WechatMiniprogram.CustomEvent<{ name: string; value: string }>) {
      const { kind, index } = event.currentTarget.dataset as { kind: (typeof CONTACTS)[number]; index: number }
      this.put(`${kind}.${index}.text`, event.detail.value)
      const { [`${kind}.${index}.${CONTACT_TEXT[kind]}`]: _, ...errors } = this.data.errors
      this.setData({ errors })
    },
    openTags() {
      this.setData({ tagging: true })
    },
    closeTags() {
      this.setData({ tagging: false })
    },
    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[]; tags: TagMark[] }>) {
      this.put('tag_ids', event.detail.value)
      this.put('tags', event.detail.tags)
    },

    /** Rows in which nothing was written go, so that what is refused stands beside the row that was sent. */
    dropBlank() {
      for (const kind of ['phones', ...CONTACTS]) {
        const rows = (this.data.form[kind] ?? []) as TypedRow[]
        const filled = rows.filter((row) => ('number' in row ? row.number : row.text).trim() !== '')
        if (filled.length && filled.length < rows.length) this.reorder(kind, () => filled)
      }
    },
    async submit() {
      this.dropBlank()
      const { was } = this.data
      if (was && Object.keys(this.toBody(this.data.form)).length === 0) return this.close('没有改动')
      const saved = await this.save((body, key) => {
        const { was: now } = this.data
        return now ? updateCustomer(now.id, now.version, body as CustomerChanges) : createCustomer(body as unknown as NewCustomer, key)
      })
      if (!saved) return
      announce('customer', saved)
      if (was) return this.close(`已保存客户 ${saved.name}${this.data.together}`)
      wx.showToast({ icon: 'none', title: `已保存客户 ${saved.name}` })
      giveWay(this, `/features/customers/detail/index?id=${saved.id}`)
    },
    close(said: string) {
      wx.showToast({ icon: 'none', title: said })
      leave(this, '/pages/customers/index')
    },

    refused(why: Problem) {
      if (why.code === 'phone_taken' && why.existing) {
        this.setData({ existing: why.existing, existingOpen: true })
        this.showProblem(new Problem({ title: why.message, status: 409, code: why.code, errors: [{ field: 'phones.0.number', code: why.code, detail: '这个号码已经有客户了' }] }))
      } else if (why.code === 'merged' && why.existing?.id) {
        const stayed = why.existing.id
        wx.showModal({
          title: '这位客户已合并', content: '这次的改动没有保存，请到合并后的客户里改。', confirmText: '去那里',
          success: ({ confirm }) => {
            if (confirm) this.leadTo(stayed)
          },
        })
      } else if (this.data.was && ['not_found', 'row_read_only'].includes(why.code)) void this.lostSight(why, this.data.was)
      else this.showProblem(why)
    },
    /** Deleted, given away or only to be looked at by now: what was typed can be taken along. */
    async lostSight(why: Problem, was: CustomerView) {
      const there = why.code === 'not_found' && (await findCustomer(was.id).then(() => true, (thrown: unknown) => asProblem(thrown).code !== 'not_found'))
      if (there) return this.showProblem(why)
      this.setData({ written: writtenLines(this.data.form, this.data.base), gone: was.name, goneShown: why.code === 'row_read_only' })
      if (why.code === 'not_found') announce('customerGone', { id: was.id })
    },
    stay() {
      this.setData({ gone: '' })
    },
    /** Whoever was merged away has no page any more. */
    leadTo(stayed: string) {
      giveWay(this, `/features/customers/detail/index?id=${stayed}`)
    },
    openExisting() {
      const id = this.data.existing?.id
      this.closeExisting()
      if (id) wx.navigateTo({ url: `/features/customers/detail/index?id=${id}` })
    },
    closeExisting() {
      this.setData({ existingOpen: false })
    },
  },
})
