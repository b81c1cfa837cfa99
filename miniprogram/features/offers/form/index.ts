import { announce } from '../../../api/changes'
import { createOffer, findOffer, updateOffer } from '../../../api/offers'
import { asProblem } from '../../../api/problem'
import type { NewOffer, Offer, OfferChanges } from '../../../api/types'
import { giveWay, leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import { fen } from '../../../words/money'
import { OFFER_KIND_CHOICES, gives, percentOf, zhe } from '../../../words/offers'
import { today } from '../../../words/when'

/** An offer to make, or one of which the name, the terms or the last day change. */
Component({
  behaviors: [form],
  observers: {
    /** How much is paid, before it is saved: 8.5 and 85 are the same. */
    'form.percent'(typed: string | undefined) {
      const percent = percentOf(typed ?? '')
      this.setData({ paid: percent === null ? '' : `${zhe(percent)}，顾客付原价的 ${percent}%` })
    },
  },
  data: { paid: '', id: '', state: 'loading', why: '', was: null as Offer | null, promised: '', kinds: OFFER_KIND_CHOICES, today: '' },

  methods: {
    ruleForm() {
      return this.data.id ? 'offer_changes' : 'new_offer'
    },
    /** Of a new one what its kind asks for; of one that is there what differs. */
    toBody(typed: FormState): Record<string, unknown> {
      const { was } = this.data
      const text = (name: string): string => String(typed[name] ?? '').trim()
      // What is no number stays text, so that the rule says so beside the field.
      const number = (name: string, read: (text: string) => number | null): unknown => (text(name) === '' ? null : (read(text(name)) ?? text(name)))
      const said: Record<string, unknown> = { name: typed['name'], terms: text('terms') === '' ? null : typed['terms'], last_day: text('last_day') || null }
      if (was) return Object.fromEntries(Object.entries(said).filter(([name, value]) => value !== was[name as keyof Offer]))
      const { kind } = typed
      const all: Record<string, unknown> = {
        ...said, kind, first_day: text('first_day') || null, min_spend_fen: number('min_spend_fen', fen),
        ...(kind === 'amount_off' ? { amount_fen: number('amount_fen', fen) } : kind === 'percent_off' ? { percent: number('percent', percentOf) } : { gift: text('gift') || null }),
      }
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '', today: today() })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    async load() {
      const { id } = this.data
      if (!id) {
        this.setData({ state: 'ready' })
        return this.startForm('offer', this.empty())
      }
      this.setData({ state: 'loading' })
      try {
        const was = await findOffer(id)
        this.setData({ was, promised: gives(was), state: 'ready' })
        this.startForm(`offer.${id}`, this.filled(was), was.version)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },
    empty(): FormState {
      return { kind: 'amount_off', name: '', amount_fen: '', percent: '', gift: '', min_spend_fen: '', terms: '', first_day: this.data.today, last_day: '' }
    },
    filled(was: Offer): FormState {
      return { name: was.name, terms: was.terms ?? '', last_day: was.last_day }
    },
    restart() {
      this.restartForm(this.data.was ? this.filled(this.data.was) : this.empty())
    },

    async submit() {
      const { was } = this.data
      if (was && Object.keys(this.toBody(this.data.form)).length === 0) {
        wx.showToast({ icon: 'none', title: '没有改动' })
        return leave(this, '/features/offers/list/index')
      }
      const saved = await this.save((body, key) => {
        const now = this.data.was
        return now ? updateOffer(now, body as OfferChanges) : createOffer(body as unknown as NewOffer, key)
      })
      if (!saved) return
      announce('offer', saved)
      wx.showToast({ icon: 'none', title: `已保存 ${saved.name}${this.data.together}` })
      if (was) leave(this, '/features/offers/list/index')
      else giveWay(this, `/features/offers/detail/index?id=${saved.id}`)
    },

    renewed(current: unknown): Newest {
      const was = current as Offer
      this.setData({ was })
      return { form: this.filled(was), version: was.version }
    },
    saying(field: string, value: unknown): string {
      const labels: Record<string, string> = { name: '名称', terms: '使用说明', last_day: '最后一天' }
      return changedWord(labels[field], value)
    },
  },
})
