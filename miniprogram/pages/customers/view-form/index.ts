import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { may, me } from '../../../api/session'
import type { Filter, NewView, SavedView, Shared } from '../../../api/types'
import { changeView, createView } from '../../../api/views'
import type { Choice } from '../../../words/names'

const SHARED: Choice<Shared>[] = [
  { value: 'private', label: '只有我' },
  { value: 'team', label: '我的团队' },
  { value: 'everyone', label: '全部同事' },
]

/** What a view is called and who sees it: of a new one, or of one's own. */
Component({
  properties: {
    visible: { type: Boolean, value: false },
    /** One's own; none for a new one. */
    view: { type: null, value: null as SavedView | null },
    /** What a new one shows. */
    filter: { type: Object, value: {} },
  },
  data: { name: '', shared: 'private' as Shared, choices: SHARED, error: '', saving: false, kept: null as Pick<NewView, 'name' | 'shared'> | null, attempt: { key: '', body: '' } },
  observers: {
    visible(visible: boolean) {
      if (!visible) return
      const view = this.data.view as SavedView | null
      const team = (me()?.staff?.team_id ?? null) !== null
      const open: Record<Shared, boolean> = { private: true, team, everyone: may('customers.assign') }
      // Of a new one what was begun stays: a tap beside the sheet closes it.
      const begun = view ?? this.data.kept
      this.setData({ name: begun?.name ?? '', shared: begun?.shared ?? 'private', error: '', choices: SHARED.filter((one) => open[one.value] || one.value === view?.shared) })
    },
  },
  methods: {
    onField(event: WechatMiniprogram.CustomEvent<{ name: 'name' | 'shared'; value: string }>) {
      this.setData({ [event.detail.name]: event.detail.value, error: '' })
      const { view, name, shared } = this.data
      if (!view) this.data.kept = { name, shared }
    },
    close() {
      this.triggerEvent('close')
    },
    async store() {
      if (this.data.saving) return
      const name = this.data.name.trim()
      if (!name) return this.setData({ error: '给视图起个名字' })
      const view = this.data.view as SavedView | null
      const { shared } = this.data
      this.setData({ saving: true, error: '' })
      try {
        const saved = view ? await changeView(view, { name, shared }) : await this.make(name)
        wx.showToast({ icon: 'none', title: `已保存视图 ${saved.name}` })
        this.triggerEvent('saved', { view: saved })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.code === 'version_stale' ? '别处已经改过，关上再打开看看' : (why.errors[0]?.detail ?? why.sentence) })
      } finally {
        this.setData({ saving: false })
      }
    },
    /** The same key on every try of the same view: what arrived without an answer is not saved twice. */
    async make(name: string): Promise<SavedView> {
      const body = { name, shared: this.data.shared, filter: this.data.filter as Filter }
      const text = JSON.stringify(body)
      if (this.data.attempt.body !== text) this.data.attempt = { key: await uuid(), body: text }
      const made = await createView(body, this.data.attempt.key)
      Object.assign(this.data, { attempt: { key: '', body: '' }, kept: null })
      return made
    },
  },
})
