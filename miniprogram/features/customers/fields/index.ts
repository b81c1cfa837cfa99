import { countCustomField, createCustomField, deleteCustomField, listCustomFields, orderCustomFields, ownTypeNames, updateCustomField } from '../../../api/custom-fields'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { listRoles } from '../../../api/roles'
import { may } from '../../../api/session'
import type { CustomField, Violation } from '../../../api/types'
import { reveal } from '../../../behaviors/reveal'
import { knownRegions, learnRegions, rememberRegion } from '../../../components/filter-sheet/regions'
import { checkForm } from '../../../rules/index'
import { fieldUsesWord } from '../../../words/custom'
import { regionWord } from '../../../words/filter-words'
import { CUSTOM_KIND_CHOICES, ROLES, TYPE_CHOICES } from '../../../words/names'
import type { Choice } from '../../../words/names'
import { ABOUT, BOUNDS, conditionChoices, defaultControl, emptyChoice, emptyField, fieldLine, saysMore, sentField, sentTerms, typedField, unbound } from './edit'
import type { TypedField } from './edit'

interface Row {
  id: string
  label: string
  line: string
  first: boolean
  last: boolean
}

type Tap = WechatMiniprogram.TouchEvent

/** The fields that the business adds to its customers. */
Component({
  data: {
    phase: 'loading', message: '', fields: [] as CustomField[], rows: [] as Row[], roles: [] as Choice[],
    kinds: CUSTOM_KIND_CHOICES, decimals: ['0', '1', '2', '3', '4'].map((value) => ({ value, label: value === '0' ? '整数' : `${value} 位小数` })),
    open: false, was: null as CustomField | null, typed: emptyField(), others: [] as Choice[], answers: [] as Choice[],
    errors: {} as Record<string, string>, failure: '', saving: false, uniqueFits: true, more: false, types: TYPE_CHOICES as Choice[], placing: false, region: '', regionText: '', bounds: null as (typeof BOUNDS)['text'] | null, start: null as ReturnType<typeof defaultControl>,
  },

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
        const [fields, roles, types] = await Promise.all([listCustomFields(), may('staff.read') ? listRoles() : { items: [] }, ownTypeNames()])
        this.data.types = [...TYPE_CHOICES, ...[...types].map(([value, label]) => ({ value, label }))]
        const named = roles.items.filter((one) => one.role !== 'boss').map((one) => ({ value: one.id ?? one.role, label: one.name ?? ROLES[one.role] ?? one.role }))
        this.draw(fields)
        this.setData({ roles: named, phase: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    draw(fields: CustomField[]) {
      const rows = fields.map((one, at) => ({ id: one.id, label: one.label, line: fieldLine(one), first: at === 0, last: at === fields.length - 1 }))
      this.setData({ fields, rows })
    },

    add() {
      this.begin(null, emptyField())
    },
    edit(event: Tap) {
      const was = this.data.fields.find((one) => one.id === event.currentTarget.dataset['id'])
      if (was) this.begin(was, typedField(was))
    },
    begin(was: CustomField | null, typed: TypedField) {
      const own = this.data.fields.filter((one) => one.id !== was?.id).map((one) => ({ value: one.key, label: one.label }))
      const others = [...own, ...ABOUT]
      this.setData({ open: true, was, others, errors: {}, failure: '', more: saysMore(typed) })
      this.put(typed)
    },
    close() {
      this.setData({ open: false })
    },
    put(change: Partial<TypedField>) {
      const typed = { ...this.data.typed, ...change }
      const region = typed.condition === 'customer-region' && typed.conditionValue.startsWith('=') ? typed.conditionValue.slice(1) : ''
      this.setData({ typed, answers: conditionChoices(typed.condition, this.data.fields, this.data.types), region, regionText: region && regionWord(region, knownRegions()), uniqueFits: ['text', 'number', 'phone'].includes(typed.kind), bounds: BOUNDS[typed.kind] ?? null, start: defaultControl(typed), failure: '' })
      if (region) void this.learnRegion(region)
    },
    async learnRegion(region: string) {
      if ((await learnRegions([region])) && this.data.region === region) this.setData({ regionText: regionWord(region, knownRegions()) })
    },
    onField(event: WechatMiniprogram.CustomEvent<{ name: string; value: string }>) {
      const { name, value } = event.detail
      const { [`rules.${name}`]: _, [name]: __, ...errors } = this.data.errors
      this.setData({ errors })
      if (name === 'condition') return this.put({ condition: value, conditionValue: conditionChoices(value, this.data.fields, this.data.types)[0]?.value ?? '' })
      if (name === 'kind') return this.put({ kind: value as TypedField['kind'], unique: false, secret: false, ...unbound(value as TypedField['kind']) })
      this.put({ [name]: value })
    },
    unfold() {
      this.setData({ more: true })
    },
    onRegion(event: WechatMiniprogram.CustomEvent<{ value: string; text: string }>) {
      const { value, text } = event.detail
      rememberRegion(value, text.split(' ').join(''))
      this.put({ conditionValue: `=${value}` })
    },
    openRegion() {
      this.setData({ placing: true })
    },
    closeRegion() {
      this.setData({ placing: false })
    },
    clearRegion() {
      this.put({ conditionValue: 'filled' })
    },
    toggle(event: Tap) {
      const name = String(event.currentTarget.dataset['name']) as 'required' | 'unique' | 'secret'
      this.put({ [name]: !this.data.typed[name] })
    },
    onChoice(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const at = Number(event.currentTarget.dataset['index'])
      const { ['rules.choices']: _, [`rules.choices.${at}.label`]: __, ...errors } = this.data.errors
      this.setData({ [`typed.choices[${at}].label`]: event.detail.value, errors, failure: '' })
    },
    addChoice() {
      this.put({ choices: [...this.data.typed.choices, emptyChoice()] })
    },
    /** A choice that customers may have is offered no more; one that was never saved just goes. */
    dropChoice(event: Tap) {
      const at = Number(event.currentTarget.dataset['index'])
      const choices = this.data.typed.choices
      this.put({ choices: choices[at]?.key ? choices.map((one, index) => (index === at ? { ...one, retired: !one.retired } : one)) : choices.filter((_, index) => index !== at) })
    },

    async save() {
      const { typed, was, saving } = this.data
      if (saving) return
      const body = was ? { label: typed.label, rules: sentTerms(typed) } : sentField(typed)
      const found = checkForm(was ? 'custom_field_changes' : 'new_custom_field', body)
      if (found?.length) return this.complain(found)
      await this.attempt(`已保存字段 ${typed.label.trim()}`, async () => (was ? updateCustomField(was, body) : createCustomField(sentField(typed), await uuid())))
    },
    complain(found: Violation[]) {
      const { choices } = this.data.typed
      const filled = choices.flatMap((one, at) => (one.label.trim() ? [at] : []))
      // Lines in which nothing was written are not sent: what is refused stands beside the line that was.
      const placed = found.map((one) => ({ ...one, field: one.field.replace(/^rules\.choices\.(\d+)\./, (_, sent) => `rules.choices.${filled[Number(sent)] ?? sent}.`) }))
      const errors = Object.fromEntries(placed.map((one) => [one.field, one.detail]))
      const beside = ['label', 'rules.choices', 'rules.condition.field', 'rules.min', 'rules.max', 'rules.default', ...choices.map((_, at) => `rules.choices.${at}.label`)]
      // What stands beside a line that is folded away has to be seen.
      if (['rules.min', 'rules.max', 'rules.default'].some((name) => errors[name])) this.unfold()
      const failure = placed.filter((one) => !beside.includes(one.field)).map((one) => one.detail).join('；')
      this.setData({ errors, failure }, () => reveal(this, failure ? [''] : Object.keys(errors)))
    },
    async attempt(said: string, step: () => Promise<unknown>) {
      this.setData({ saving: true, failure: '' })
      try {
        await step()
        this.close()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        if (why.code === 'in_use') this.awaited()
        else if (why.errors.length) this.complain(why.errors)
        else this.setData({ failure: why.sentence })
        if (!this.data.open) wx.showToast({ icon: 'none', title: why.sentence })
        if (why.code === 'version_stale') void this.load()
      } finally {
        this.setData({ saving: false })
      }
    },

    /** Drawn at once; the server is asked behind it. */
    async shift(event: Tap) {
      const { id, by } = event.currentTarget.dataset as { id: string; by: number }
      const fields = [...this.data.fields]
      const at = fields.findIndex((one) => one.id === id)
      const [moved] = fields.splice(at, 1)
      if (!moved) return
      fields.splice(at + Number(by), 0, moved)
      this.draw(fields)
      await orderCustomFields(fields.map((one) => one.id)).catch((thrown: unknown) => {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
        return this.load()
      })
    },

    /** Says which fields wait for the one that is open, as far as this page knows them. */
    awaited() {
      const { was, fields } = this.data
      const waiting = fields.filter((one) => one.rules.condition?.field === was?.key).map((one) => `“${one.label}”`).join('、')
      const failure = `${waiting || '还有字段'}要看它决定填不填。先改${waiting || '那个字段'}的“什么时候要填”，再来删。`
      this.setData({ failure }, () => reveal(this, ['']))
    },

    async remove() {
      const { was, fields } = this.data
      if (!was) return
      if (fields.some((one) => one.rules.condition?.field === was.key)) return this.awaited()
      const content = await countCustomField(was.id).then((uses) => fieldUsesWord(was.label, uses), () => '填过的内容删除后都看不到了。')
      wx.showModal({
        title: `删除字段 ${was.label}`, content, confirmText: '删除', confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.attempt(`已删除字段 ${was.label}`, () => deleteCustomField(was))
        },
      })
    },
  },
})
