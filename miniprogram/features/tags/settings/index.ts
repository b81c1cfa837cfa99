import { listPlans, planUses } from '../../../api/plans'
import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { may, onSession } from '../../../api/session'
import { createTag, createTagGroup, deleteTag, deleteTagGroup, listTagGroups, mergeTag, mergeTagGroup, orderTagGroups, orderTags, restoreTag, restoreTagGroup, tagGroupUses, tagUses, updateTag, updateTagGroup } from '../../../api/tags'
import type { Plan, Tag, TagGroup, TagUses } from '../../../api/types'
import { listens } from '../../../behaviors/listens'
import type { Undo } from '../../../components/undo/index'
import { checkField } from '../../../rules/index'
import { runningWord } from '../../../words/plans'
import { moved, stopsWord, usesWord } from '../../../words/tags'
import { forgetGone, goneRows, nextGone, rememberGone } from './gone'
import type { GoneRow, Going } from './gone'

const COLOURS = ['#0B7A5B', '#2E9E6B', '#2560A3', '#5B5BD6', '#8E4EC6', '#C2298A', '#C0352A', '#D9730D', '#B08900', '#69726C']

/** What the sheet edits: a group or a tag, new or old. */
interface Editing {
  kind: 'group' | 'tag'
  group: TagGroup | null
  tag: Tag | null
}

type Tap = WechatMiniprogram.TouchEvent

function going({ id, name, tags }: TagGroup): Going {
  return { id, name, colour: tags[0]?.colour ?? COLOURS[0] as string, group: true }
}

/** Groups of tags and categories, and the tags in them. */
Component({
  behaviors: [listens],
  data: {
    phase: 'loading', message: '', groups: [] as TagGroup[], colours: COLOURS,
    sheet: '' as '' | 'edit' | 'merge', editing: null as Editing | null, title: '', name: '', colour: COLOURS[0] as string, single: false, place: '', uses: '',
    error: '', saving: false, counting: false, old: false, ruled: '', ruledName: '', plan: null as Plan | null,
    mayGive: false, given: '', givenName: '',
    /** Names of new ones that were begun, by the group they go into; `` for a group. */
    begun: {} as Record<string, string>,
    /** Tags that went and can come back. */
    gone: [] as GoneRow[], bringing: '', timer: 0, left: false,
  },

  methods: {
    onLoad() {
      this.during(onSession(() => this.drawRights()))
      this.drawRights()
      this.drawGone()
      void this.load()
    },
    /** Whether one may push an offer to whoever has a tag, as from the list of customers. */
    drawRights() {
      this.setData({ mayGive: ['customers.read', 'customers.write', 'offers.read', 'offers.give'].every((name) => may(name)) })
    },
    onUnload() {
      this.data.left = true
      clearTimeout(this.data.timer)
    },
    /** Drawn anew when the next of them can come back no more. */
    drawGone() {
      // An answer may come after the page was left: nothing is drawn there any more, whatever time goes by.
      if (this.data.left) return
      clearTimeout(this.data.timer)
      this.setData({ gone: goneRows() })
      const next = nextGone()
      if (next !== null) this.data.timer = setTimeout(() => this.drawGone(), next)
    },
    async onPullDownRefresh() {
      await this.load()
      wx.stopPullDownRefresh()
    },
    async load() {
      try {
        this.setData({ groups: (await listTagGroups()).items, phase: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    groupOf(event: Tap): TagGroup | null {
      return this.data.groups.find((one) => one.id === event.currentTarget.dataset['group']) ?? null
    },
    edit(editing: Editing, title: string, name: string, colour = COLOURS[0] as string) {
      // A colour that was given elsewhere is one to choose as well, and marked.
      const colours = COLOURS.includes(colour) ? COLOURS : [colour, ...COLOURS]
      this.setData({ sheet: 'edit', editing, title, name, colour, colours, single: editing.group?.single ?? false, place: editing.group?.id ?? '', uses: '', plan: null, error: '', old: this.was(editing) !== undefined })
    },
    newGroup() {
      this.edit({ kind: 'group', group: null, tag: null }, '新建标签组', this.data.begun[''] ?? '')
    },
    openGroup(event: Tap) {
      const group = this.groupOf(event)
      if (!group) return
      this.edit({ kind: 'group', group, tag: null }, group.single ? '修改分类' : '修改标签组', group.name)
      void tagGroupUses(group.id).then((uses) => this.data.editing?.group === group && !this.data.editing.tag && this.setData({ uses: uses.tags ? `${uses.tags} 个标签，${usesWord(uses)}` : '还没有标签' }), () => undefined)
    },
    newTag(event: Tap) {
      const group = this.groupOf(event)
      if (group) this.edit({ kind: 'tag', group, tag: null }, `在“${group.name}”里加标签`, this.data.begun[group.id] ?? '', COLOURS[group.tags.length % COLOURS.length])
    },
    openTag(event: Tap) {
      const group = this.groupOf(event)
      const tag = group?.tags.find((one) => one.id === event.currentTarget.dataset['tag'])
      if (!group || !tag) return
      this.edit({ kind: 'tag', group, tag }, '修改标签', tag.name, tag.colour)
      // What depends on it is of use before it goes, and no reason to wait.
      void this.count(tag).catch(() => undefined)
    },
    async count(tag: Tag) {
      const still = () => this.data.editing?.tag === tag
      // At once: the button beside it opens the plan, or makes one.
      const known = listPlans().then(({ items }) => {
        const plan = items.find((one) => one.tag_id === tag.id) ?? null
        if (still()) this.setData({ plan })
        return plan
      })
      const [uses, plan] = await Promise.all([tagUses(tag.id), known])
      if (still()) this.setData({ uses: usesWord(uses) })
      if (!plan) return
      const running = runningWord(await planUses(plan.id))
      if (still()) this.setData({ uses: `${usesWord(uses)}。跟进流程“${plan.name}”${running}` })
    },
    close() {
      this.setData({ sheet: '' })
    },
    onName(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ name: event.detail.value, error: '' })
      // A tap beside the sheet closes it: a new name that was begun is there again.
      const { editing } = this.data
      if (editing && this.was(editing) === undefined) this.data.begun[editing.group?.id ?? ''] = event.detail.value
    },
    chooseColour(event: Tap) {
      this.setData({ colour: String(event.currentTarget.dataset['colour']) })
    },
    toggleSingle() {
      this.setData({ single: !this.data.single, error: '' })
    },
    choosePlace(event: Tap) {
      this.setData({ place: String(event.currentTarget.dataset['group']), error: '' })
    },

    async save() {
      const { editing, name, saving } = this.data
      if (!editing || saving) return
      // A name of before that would be refused now may stay.
      const found = name === this.was(editing) ? [] : checkField(editing.kind === 'tag' ? 'new_tag' : 'new_tag_group', 'name', name)
      if (found?.length) return this.setData({ error: found[0]?.detail ?? '' })
      const saved = await this.attempt(`已保存 ${name.trim()}`, () => this.send(editing))
      if (saved && this.was(editing) === undefined) delete this.data.begun[editing.group?.id ?? '']
    },
    /** What is edited is called now; `undefined` while it is new. */
    was({ kind, group, tag }: Editing): string | undefined {
      return kind === 'group' ? group?.name : tag?.name
    },
    async send(editing: Editing): Promise<unknown> {
      const { kind, group, tag } = editing
      const { name, colour, single, place } = this.data
      const named = name === this.was(editing) ? {} : { name }
      if (kind === 'group') return group ? updateTagGroup(group, { ...named, single }) : createTagGroup({ name, single }, await uuid())
      if (tag) return updateTag(tag, { ...named, colour, ...(place === group?.id ? {} : { group_id: place }) })
      return createTag(group?.id ?? '', name, colour, await uuid())
    },
    /** Does one thing and says so; true when it was done. */
    async attempt(said: string, step: () => Promise<unknown>): Promise<boolean> {
      this.setData({ saving: true, error: '' })
      try {
        await step()
        this.close()
        if (said) wx.showToast({ icon: 'none', title: said })
        await this.load()
        return true
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'version_stale') void this.load()
        return false
      } finally {
        this.setData({ saving: false })
      }
    },
    /** A place up or down, in its list. */
    move(event: Tap) {
      const { editing, groups } = this.data
      const by = event.currentTarget.dataset['by'] === 'up' ? -1 : 1
      if (!editing?.group) return
      const { group, tag } = editing
      const ids = tag ? group.tags.map((one) => one.id) : groups.map((one) => one.id)
      const next = moved(ids, tag?.id ?? group.id, by)
      if (next !== ids) void this.attempt('', () => (tag ? orderTags(group.id, next) : orderTagGroups(next)))
    },

    /** What stops with it is asked when it is about to go: a rule may have been switched on since. */
    async remove() {
      const { editing, counting } = this.data
      if (!editing || counting) return
      const { kind, group, tag } = editing
      this.setData({ counting: true })
      const known: TagUses | null = await (tag ? tagUses(tag.id) : tagGroupUses(group?.id ?? '')).catch(() => null)
      this.setData({ counting: false })
      if (this.data.editing !== editing || this.data.sheet !== 'edit') return
      const { uses, plan } = this.data
      const name = kind === 'tag' ? (tag?.name ?? '') : (group?.name ?? '')
      const stops = known ? stopsWord(known, kind === 'group') : ''
      wx.showModal({
        title: `删除${kind === 'tag' ? '标签' : '标签组'} ${name}`,
        content: kind === 'tag' ? `${uses ? `${uses}。` : ''}客户会去掉这个标签，客户本身不受影响。半小时内可以撤销${plan ? '，之后它的跟进流程结束、待办取消' : ''}。${stops}` : `${uses ? `${uses}。` : ''}${group?.tags.length ? '里面的标签一起删除，客户会去掉它们，客户本身不受影响；标签的跟进流程半小时后结束、待办取消。' : ''}半小时内可以撤销。${stops}`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (!confirm) return
          if (tag) void this.gone({ ...tag, group: false }, '已删除', `已删除 ${name}`, () => deleteTag(tag))
          else if (group) void this.gone(going(group), '已删除', `已删除 ${name}`, () => deleteTagGroup(group))
        },
      })
    },
    /** What takes a tag away can be taken back: at once, or for half an hour from the list of those that went. */
    async gone(tag: Going, how: string, said: string, step: () => Promise<unknown>) {
      if (!(await this.attempt('', step))) return
      rememberGone(tag, how)
      this.drawGone()
      const undo = this.selectComponent('#undo') as unknown as Undo
      undo?.offer(said, () => this.back(tag))
    },
    bringBack(event: Tap) {
      const { id } = event.currentTarget.dataset as { id: string }
      const row = this.data.gone.find((one) => one.id === id)
      if (row) void this.back(row)
    },
    async back({ id, name, group }: Pick<Going, 'id' | 'name' | 'group'>) {
      if (this.data.bringing) return
      this.setData({ bringing: id })
      try {
        await (group ? restoreTagGroup(id) : restoreTag(id))
        forgetGone(id)
        wx.showToast({ icon: 'none', title: `${name} 回来了` })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        // Somebody else brought it back, or the half hour is over.
        if (why.code === 'not_found') forgetGone(id)
        wx.showToast({ icon: 'none', title: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ bringing: '' })
        this.drawGone()
      }
    },

    openMerge() {
      this.setData({ sheet: 'merge', error: '' })
    },
    merge(event: Tap) {
      const { editing, plan } = this.data
      const tag = editing?.tag
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      if (!tag) return
      wx.showModal({
        title: `把 ${tag.name} 合并到 ${name}`,
        content: `有“${tag.name}”的客户都改为“${name}”，用到它的视图和规则也跟着改。半小时内可以撤销。${plan ? `之后跟进流程“${plan.name}”归“${name}”；“${name}”有自己的流程的话，“${plan.name}”结束、待办取消。` : ''}`,
        confirmText: '合并',
        success: ({ confirm }) => {
          if (confirm) void this.gone({ ...tag, group: false }, `已合并到 ${name}`, `已合并到 ${name}`, () => mergeTag(tag, id))
        },
      })
    },
    mergeGroup(event: Tap) {
      const { editing, uses } = this.data
      const group = editing?.group
      const { id, name } = event.currentTarget.dataset as { id: string; name: string }
      if (!group) return
      wx.showModal({
        title: `把 ${group.name} 合并到 ${name}`,
        content: `${uses ? `${uses}。` : ''}标签都移到“${name}”，名称相同的合成一个，跟进流程也并过去；两边都有流程的留“${name}”的，另一个半小时后结束、待办取消。半小时内可以撤销。`,
        confirmText: '合并',
        success: ({ confirm }) => {
          if (confirm) void this.gone(going(group), `已合并到 ${name}`, `已合并到 ${name}`, () => mergeTagGroup(group, id))
        },
      })
    },
    openRule() {
      const tag = this.data.editing?.tag
      if (tag) this.setData({ sheet: '', ruled: tag.id, ruledName: tag.name })
    },
    openGive() {
      const tag = this.data.editing?.tag
      if (tag) this.setData({ sheet: '', given: tag.id, givenName: tag.name })
    },
    giveClosed() {
      this.setData({ given: '' })
    },
    openPlan() {
      const { editing, plan } = this.data
      this.close()
      wx.navigateTo({ url: plan ? `/features/tags/plan/index?id=${plan.id}` : `/features/tags/plan/index?tag=${editing?.tag?.id ?? ''}` })
    },
    ruleClosed() {
      this.setData({ ruled: '' })
    },
  },
})
