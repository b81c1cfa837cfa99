import { changePlan, createPlan, deletePlan, getPlan, planUses } from '../../../api/plans'
import { asProblem } from '../../../api/problem'
import { listTagGroups } from '../../../api/tags'
import type { NewPlan, Plan, PlanChanges, PlanUses } from '../../../api/types'
import { giveWay, leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import type { Choice } from '../../../words/names'
import { TEMPLATES, emptyStage, emptyTask, fromTemplate, gainsWord, roomForStage, roomForTask, runningWord, shifted, stageBodies, typedStages } from '../../../words/plans'
import type { Template, TypedStage } from '../../../words/plans'

type Tap = WechatMiniprogram.TouchEvent

/** One follow-up plan: its stages and their tasks; switching it on and off says first whom that concerns. */
Component({
  behaviors: [form],
  data: {
    id: '', tag: '', state: 'loading', why: '', was: null as Plan | null, tags: [] as Choice[], tagName: '', templates: TEMPLATES,
    running: '', gains: '', counting: true, switching: false, busy: false,
  },

  methods: {
    ruleForm() {
      return 'new_plan' as const
    },
    toBody(typed: FormState): Record<string, unknown> {
      return { name: typed['name'], ...(typed['tag_id'] ? { tag_id: typed['tag_id'] } : {}), stages: stageBodies(typed['stages'] as TypedStage[]) }
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '', tag: query['tag'] ?? '' })
      if (!this.data.id) wx.setNavigationBarTitle({ title: '新建跟进流程' })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,
    async load() {
      const { id, tag } = this.data
      this.setData({ state: 'loading' })
      try {
        const [groups, was] = await Promise.all([listTagGroups(), id ? getPlan(id) : null])
        const tags = groups.items.flatMap((group) => group.tags.map((one) => ({ value: one.id, label: `${group.name} · ${one.name}` })))
        this.startForm(`plan.${was?.id ?? tag}`, this.beginning(was), was?.version)
        this.setData({ state: 'ready', was, tags, tagName: was?.tag_gone ? '已删除或已合并' : (tags.find((one) => one.value === was?.tag_id)?.label ?? '') })
        if (was) void this.count(was)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.code === 'not_found' ? '这个流程已经没有了' : why.sentence })
      }
    },
    /** What there is, or for a new one the first template. */
    beginning(was: Plan | null): FormState {
      const first = TEMPLATES[0]
      return { name: was?.name ?? first?.name ?? '', tag_id: was?.tag_id ?? this.data.tag, stages: typedStages(was?.stages ?? first?.stages ?? []) }
    },
    restart() {
      this.restartForm(this.beginning(this.data.was))
    },
    /** Counts whom it concerns, and once more when that fails; null when it cannot be said. */
    async count(plan: Plan): Promise<PlanUses | null> {
      this.setData({ counting: true })
      const uses = await planUses(plan.id).catch(() => planUses(plan.id)).catch(() => null)
      this.setData({ counting: false, running: uses ? runningWord(uses) : '', gains: uses ? gainsWord(uses) : '' })
      return uses
    },
    /** Whether something was typed that is not saved. */
    unsaved(): boolean {
      const said = (typed: FormState) => JSON.stringify(this.toBody(typed))
      return said(this.data.form) !== said(this.data.base)
    },

    stages(): TypedStage[] {
      return this.data.form['stages'] as TypedStage[]
    },
    useTemplate(event: Tap) {
      const found = TEMPLATES[Number(event.currentTarget.dataset['index'])]
      if (!found) return
      if (fromTemplate(this.stages())) return this.takeTemplate(found)
      wx.showModal({
        title: `套用 ${found.name}`,
        content: '现在写的阶段和待办会换成模板里的。',
        confirmText: '套用',
        success: ({ confirm }) => {
          if (confirm) this.takeTemplate(found)
        },
      })
    },
    /** A name of one's own stays. */
    takeTemplate(found: Template) {
      const name = String(this.data.form['name'] ?? '').trim()
      if (!name || TEMPLATES.some((one) => one.name === name)) this.put('name', found.name)
      this.setStages(typedStages(found.stages))
    },
    /** Complaints name places in the list, which are other ones now. */
    setStages(stages: TypedStage[]) {
      this.setData({ errors: {} })
      this.put('stages', stages)
    },
    changeStage(event: Tap, change: (stage: TypedStage) => TypedStage) {
      const at = Number(event.currentTarget.dataset['stage'])
      this.setStages(this.stages().map((one, index) => (index === at ? change(one) : one)))
    },
    addStage() {
      if (roomForStage(this.stages())) this.setStages([...this.stages(), emptyStage()])
      else wx.showToast({ icon: 'none', title: '最多 10 个阶段' })
    },
    dropStage(event: Tap) {
      const at = Number(event.currentTarget.dataset['stage'])
      this.setStages(this.stages().filter((_, index) => index !== at))
    },
    moveStage(event: Tap) {
      const at = Number(event.currentTarget.dataset['stage'])
      this.setStages(shifted(this.stages(), at, event.currentTarget.dataset['by'] === 'up' ? -1 : 1))
    },
    addTask(event: Tap) {
      this.changeStage(event, (stage) => {
        if (roomForTask(stage)) return { ...stage, tasks: [...stage.tasks, emptyTask()] }
        wx.showToast({ icon: 'none', title: '一个阶段最多 10 项待办' })
        return stage
      })
    },
    dropTask(event: Tap) {
      const of = Number(event.currentTarget.dataset['task'])
      this.changeStage(event, (stage) => ({ ...stage, tasks: stage.tasks.filter((_, index) => index !== of) }))
    },
    raiseTask(event: Tap) {
      const of = Number(event.currentTarget.dataset['task'])
      this.changeStage(event, (stage) => ({ ...stage, tasks: shifted(stage.tasks, of, -1) }))
    },
    /** Typed as days and complained about as what is sent. */
    onDays(event: WechatMiniprogram.CustomEvent<{ name: string; value: string }>) {
      const { [event.detail.name.replace(/days$/, 'after_days')]: _, ...errors } = this.data.errors
      this.setData({ errors })
      this.put(event.detail.name, event.detail.value)
    },
    onTime(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      const { stage, task } = event.currentTarget.dataset as { stage: number; task: number }
      this.put(`stages.${stage}.tasks.${task}.at`, event.detail.value)
    },

    async submit() {
      const { was } = this.data
      if (!this.data.form['tag_id']) return this.complainOf('tag_id', '选一个标签')
      const saved = await this.save((body, key) => {
        const now = this.data.was
        return now ? changePlan(now, { name: body['name'], stages: body['stages'] } as PlanChanges) : createPlan(body as unknown as NewPlan, key)
      })
      if (!saved) return
      wx.showToast({ icon: 'none', title: was ? `已保存 ${saved.name}${this.data.together}` : `已保存 ${saved.name}，开启后生效` })
      // A new one does nothing yet: the page shows how to switch it on.
      if (was) leave(this, '/pages/me/index')
      else giveWay(this, `/features/tags/plan/index?id=${saved.id}`)
    },
    renewed(current: unknown): Newest {
      const was = current as Plan
      this.setData({ was })
      return { form: this.beginning(was), version: was.version }
    },
    saying(field: string, value: unknown): string {
      return field === 'name' ? changedWord('名称', value) : '阶段和待办'
    },

    askSwitch() {
      const { was, busy } = this.data
      if (!was || busy) return
      if (was.enabled) return void this.askOff(was)
      if (!this.unsaved()) return void this.askOn(was)
      wx.showModal({
        title: '有改动还没保存',
        content: '开启的是上次保存的内容，改动要保存后才算。',
        cancelText: '先不开启',
        confirmText: '照样开启',
        success: ({ confirm }) => {
          if (confirm) void this.askOn(was)
        },
      })
    },
    /** Who has the tag already is asked about, also when they cannot be counted. */
    async askOn(was: Plan) {
      this.setData({ busy: true })
      const uses = await this.count(was)
      this.setData({ busy: false })
      if (uses && !uses.gains) return this.turn(was, { enabled: true }, `${was.name} 已开启`)
      this.setData({ switching: true })
    },
    /** How many are in it, to begin a sentence with; nothing when that is not known. */
    async concerned(was: Plan): Promise<string> {
      this.setData({ busy: true })
      await this.count(was)
      this.setData({ busy: false })
      return this.data.running ? `${this.data.running}。` : ''
    },
    async askOff(was: Plan) {
      const running = await this.concerned(was)
      wx.showModal({
        title: `停用 ${was.name}`,
        content: `${running}停用后这些待办会取消，客户和标签不受影响。`,
        confirmText: '停用',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.turn(was, { enabled: false }, `${was.name} 已停用`)
        },
      })
    },
    closeSwitch() {
      this.setData({ switching: false })
    },
    async switchOn(event: Tap) {
      const { was, busy } = this.data
      const existing = event.currentTarget.dataset['existing'] === 'yes'
      if (was && !busy) await this.turn(was, { enabled: true, ...(existing ? { existing } : {}) }, existing ? `${was.name} 已开启，正在给客户安排待办` : `${was.name} 已开启`)
    },
    async turn(was: Plan, body: PlanChanges, said: string) {
      this.setData({ busy: true })
      try {
        const now = await changePlan(was, body)
        this.setData({ was: now, switching: false })
        wx.showToast({ icon: 'none', title: said })
        void this.count(now)
      } catch (thrown) {
        const why = asProblem(thrown)
        wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'version_stale' && why.current) {
          this.setData({ switching: false })
          this.meet(this.renewed(why.current))
        }
      } finally {
        this.setData({ busy: false })
      }
    },

    async remove() {
      const { was, busy } = this.data
      if (!was || busy) return
      const running = await this.concerned(was)
      wx.showModal({
        title: `删除 ${was.name}`,
        content: `${running}删除后没做完的待办会取消，客户和标签不受影响。`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(was)
        },
      })
    },
    async removeNow(was: Plan) {
      try {
        await deletePlan(was)
        wx.showToast({ icon: 'none', title: `已删除 ${was.name}` })
        leave(this, '/pages/me/index')
      } catch (thrown) {
        wx.showToast({ icon: 'none', title: asProblem(thrown).sentence })
      }
    },
  },
})
