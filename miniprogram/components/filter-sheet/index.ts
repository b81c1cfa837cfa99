import { isGone, knownCustomFields, listCustomFields, listCustomerTypes, ownTypeNames } from '../../api/custom-fields'
import { countCustomers } from '../../api/customers'
import { rights, seesEmails, seesPhones } from '../../api/rights'
import { asProblem } from '../../api/problem'
import { may, me } from '../../api/session'
import { knownNames, listStaff } from '../../api/staff'
import { knownTags } from '../../api/tags'
import type { Filter } from '../../api/types'
import { takeTurn } from '../../behaviors/turns'
import { QUESTIONS, RANGES, ends, ownQuestion, toggled, typedSaid } from '../../words/conditions'
import type { Ends, Question, Said } from '../../words/conditions'
import { OWN_DAYS, chipGroup, questionGroup, singleGroup } from '../../words/filter-groups'
import type { Group, Typing } from '../../words/filter-groups'
import { clauseWord, regionWord, testWord } from '../../words/filter-words'
import type { Known } from '../../words/filter-words'
import { HOWS, NOTHING, SINGLE, filterOf, regionsOf, saying, wantedOf } from '../../words/filters'
import type { How, Single, Wanted } from '../../words/filters'
import { SOURCE_CHOICES, TYPE_CHOICES } from '../../words/names'
import type { Choice } from '../../words/names'
import { counted } from '../../words/rights'
import { whole } from './whole'
import { knownRegions, learnRegions, rememberRegion } from './regions'

type Tap = WechatMiniprogram.TouchEvent
type Many = 'types' | 'owners' | 'sources'

const WAIT_MS = 250
const MANY: readonly string[] = ['types', 'owners', 'sources'] satisfies Many[]
const TITLES: [Single | Many, string][] = [
  ['types', '客户类型'], ['owners', '负责人'], ['contact', '联系'], ['created', '建档'], ['birthday', '生日、纪念日'], ['sources', '来源'], ['starred', '星标'], ['phone', '电话'], ['pool', '公海'],
]

/** All that the list can be narrowed by; says how many are left before it is closed. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    filter: { type: Object, value: {} },
    q: { type: String, value: '' },
    /** For a rule that means the same customers whoever asks: without oneself and one's stars, and nothing left out unsaid. */
    rule: { type: Boolean, value: false },
  },
  data: {
    wanted: NOTHING, groups: [] as Group[], hows: HOWS, mayTags: false, region: '', button: '', owners: [] as Choice[], types: TYPE_CHOICES as Choice[], timer: 0,
    /** Conditions that are seldom asked for, and whether they are shown. */
    rare: [] as Group[], more: false, placing: false,
    /** What the sheet has no control for, and why the conditions say nothing. */
    others: '', failure: '',
    typing: {} as Typing, open: {} as Record<string, boolean>,
  },
  observers: {
    visible(visible: boolean) {
      if (!visible) return
      Object.assign(this.data, { typing: {}, open: {} })
      this.setData({ mayTags: may('tags.read'), more: false, failure: '' })
      this.want(wantedOf(this.data.filter as Filter))
      void this.loadOwners()
      void this.loadOwn()
      void this.loadRegions()
    },
  },
  lifetimes: {
    detached() {
      clearTimeout(this.data.timer)
    },
  },
  methods: {
    async loadOwners() {
      if (may('staff.read')) await listStaff().catch(() => undefined)
      const mine = me()?.staff?.id
      const others = [...knownNames()].filter(([id]) => id !== mine).map(([value, label]) => ({ value, label }))
      this.data.owners = this.data.rule ? [...(mine ? [{ value: mine, label: me()?.staff?.name ?? '我' }] : []), ...others] : [{ value: 'me', label: '我' }, ...others]
      this.draw()
    },
    /** The types and fields that the business made itself. */
    async loadOwn() {
      await Promise.all([listCustomerTypes().catch(() => null), listCustomFields().catch(() => null)])
      const names = await ownTypeNames()
      this.data.types = [...TYPE_CHOICES, ...[...names].map(([value, label]) => ({ value, label }))]
      this.draw()
    },
    async loadRegions() {
      if (await learnRegions(regionsOf(this.data.filter as Filter))) this.draw()
    },
    want(wanted: Wanted) {
      this.data.wanted = wanted
      this.draw()
      this.recount()
    },
    draw() {
      const { wanted, owners, types, typing, open, rule } = this.data
      const choices: Record<Many, readonly Choice[]> = { types, sources: SOURCE_CHOICES, owners }
      const seen = (id: string): boolean => (id === 'phone' ? seesPhones() : id === 'pool' ? (rights()?.pool ?? false) : !(rule && id === 'starred'))
      const known = this.known()
      const words = (field: string, said: Said): string => testWord({ field, ...said }, known)
      const one = (question: Question): Group => questionGroup(question, wanted, typing, words)
      const own = this.own()
      const groups = [
        ...TITLES.filter(([id]) => seen(id)).map(([id, title]) => (id in choices ? chipGroup(id, title, choices[id as Many], wanted[id as Many]) : singleGroup(id as Single, title, wanted, typing, open[id] ?? false))),
        ...own.filter(({ by }) => by === 'choice').map(one),
      ]
      const seldom = [...this.seldom(), ...own.filter(({ by }) => by !== 'choice')]
      // What is asked for already is in sight.
      const more = this.data.more || wanted.next !== '' || [...seldom, RANGES['next']].some((question) => question && wanted.own[question.field])
      const rare = more ? [singleGroup('next', '下次联系', wanted, typing, open['next'] ?? false), ...seldom.map(one)] : []
      // Of a field that one does not see, or not any more, there is no control either.
      const shown = new Set([...seldom, ...own, ...Object.values(RANGES)].map(({ field }) => field))
      const hidden = Object.entries(wanted.own).filter(([field]) => !shown.has(field)).map(([field, said]) => words(field, said))
      const others = [...hidden, ...wanted.rest.map((clause) => clauseWord(clause, known))].join('；')
      this.setData({ wanted, groups, rare, more, others, region: wanted.region && regionWord(wanted.region, knownRegions()) })
    },
    known(): Known {
      const types = new Map(this.data.types.map(({ value, label }) => [value, label]))
      return { tags: knownTags(), staff: knownNames(), regions: knownRegions(), types, fields: knownCustomFields(), gone: isGone }
    },
    /** Fields that the business made. A rule is read by everybody: nothing sealed is looked for in one, only whether it is there. */
    own(): Question[] {
      const asked = knownCustomFields().map(ownQuestion).filter((one) => one.by !== 'choice' || one.options.length > 0)
      return asked.map((one): Question => (this.data.rule && one.by === 'whole' ? { ...one, by: 'there' } : one))
    },
    /** What every customer has and is seldom asked about. */
    seldom(): Question[] {
      const people = [...knownNames()].map(([value, label]) => ({ value, label: value === me()?.staff?.id ? '我' : label }))
      const open = QUESTIONS.filter(({ field }) => field !== 'email' || seesEmails())
      return open.map((one) => (one.field === 'created_by' ? { ...one, options: people } : one)).filter((one) => one.options.length > 0)
    },
    unfold() {
      this.data.more = true
      this.draw()
    },

    /** How many are left, a moment after the last tap. */
    recount() {
      clearTimeout(this.data.timer)
      const newest = takeTurn(this, 'count')
      this.setData({ button: this.data.rule ? '用这些条件' : '查看客户' })
      this.data.timer = setTimeout(() => void this.countNow(newest), WAIT_MS)
    },
    async countNow(newest: () => boolean) {
      const { q, rule, wanted } = this.data
      const filter = filterOf(wanted)
      try {
        const found = await countCustomers({ q, filter: rule ? filter : whole(filter, q) })
        if (newest()) this.setData({ failure: '', button: !found.count ? '没有符合的客户' : rule ? `用这些条件（${counted(found)} 位）` : `查看 ${counted(found)} 位客户` })
      } catch (thrown) {
        // Conditions that say nothing are told while they can still be changed; a lost answer is no reason to.
        const [wrong] = asProblem(thrown).errors
        if (newest()) this.setData({ failure: wrong?.detail ?? '' })
      }
    },

    choose(event: WechatMiniprogram.CustomEvent<{ group: string; value: string }>) {
      const { group, value } = event.detail
      const { wanted } = this.data
      const turned = (had: string[]): string[] => (had.includes(value) ? had.filter((one) => one !== value) : [...had, value])
      if (value === OWN_DAYS) return this.turnDays(group)
      if (MANY.includes(group)) return this.want({ ...wanted, [group]: turned(wanted[group as Many]) })
      this.forget(group)
      if (group in SINGLE) {
        const single = { ...wanted, [group]: wanted[group as Single] === value ? '' : value }
        const days = RANGES[group]
        if (days) this.data.open = { ...this.data.open, [group]: false }
        return this.want(days ? saying(single, days.field, null) : single)
      }
      const question = this.question(group)
      if (!question) return
      // Words of what others asked for are no answer of its own: a tap takes them off.
      const offered = question.options.some((one) => one.value === value)
      this.want(saying(wanted, question.field, offered ? toggled(question, wanted.own[question.field], value) : null))
    },
    /** Days of one's own instead of an answer that stands there; closed, they are not asked for. */
    turnDays(group: string) {
      const { wanted, open } = this.data
      const field = RANGES[group]?.field ?? ''
      const shown = open[group] || wanted.own[field] !== undefined
      this.data.open = { ...open, [group]: !shown }
      this.forget(group)
      this.want(shown ? saying(wanted, field, null) : { ...wanted, [group]: '' })
    },
    type(event: WechatMiniprogram.CustomEvent<{ group: string; end: number; value: string }>) {
      const { group, end, value } = event.detail
      const question = this.question(group)
      if (!question) return
      const { wanted, typing, open } = this.data
      const before = typing[group]?.typed ?? ends(question, wanted.own[question.field])
      const typed: Ends = end === 0 ? [value, before[1]] : [before[0], value]
      const { said, errors } = typedSaid(question, typed)
      Object.assign(this.data, { typing: { ...typing, [group]: { typed, errors } }, open: { ...open, [group]: true } })
      this.want(saying(wanted, question.field, said))
    },
    question(group: string): Question | undefined {
      return RANGES[group] ?? [...this.seldom(), ...this.own()].find((one) => one.field === group)
    },
    /** What was typed there says nothing any more. */
    forget(group: string) {
      const { [group]: _gone, ...typing } = this.data.typing
      this.data.typing = typing
    },
    chooseHow(event: Tap) {
      this.want({ ...this.data.wanted, how: event.currentTarget.dataset['value'] as How })
    },
    chooseTags(event: WechatMiniprogram.CustomEvent<{ value: string[] }>) {
      this.want({ ...this.data.wanted, tags: event.detail.value })
    },
    onRegion(event: WechatMiniprogram.CustomEvent<{ value: string; text: string }>) {
      const { value, text } = event.detail
      if (value) rememberRegion(value, text.split(' ').join(''))
      this.want({ ...this.data.wanted, region: value })
    },
    openRegion() {
      this.setData({ placing: true })
    },
    closeRegion() {
      this.setData({ placing: false })
    },
    clearRegion() {
      this.want({ ...this.data.wanted, region: '' })
    },
    clear() {
      Object.assign(this.data, { typing: {}, open: {}, more: false })
      this.want({ ...NOTHING })
    },
    apply() {
      // What was typed and is no answer yet would be lost unseen.
      const wrong = Object.values(this.data.typing).flatMap(({ errors }) => errors).find(Boolean)
      if (wrong) return this.setData({ failure: wrong })
      this.triggerEvent('apply', { filter: filterOf(this.data.wanted) })
    },
    close() {
      this.triggerEvent('close')
    },
  },
})
