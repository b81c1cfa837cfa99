import { asProblem } from '../../../api/problem'
import { uuid } from '../../../api/random'
import { createTag, createTagGroup, deleteTag, deleteTagGroup, listTagGroups, renameTagGroup, updateTag } from '../../../api/tags'
import type { Tag, TagGroup } from '../../../api/types'
import { checkField } from '../../../rules/index'

const COLOURS = ['#0B7A5B', '#2E9E6B', '#2560A3', '#5B5BD6', '#8E4EC6', '#C2298A', '#C0352A', '#D9730D', '#B08900', '#69726C']

/** What the sheet edits: a group or a tag, new or old. */
interface Editing {
  kind: 'group' | 'tag'
  group: TagGroup | null
  tag: Tag | null
}

type Tap = WechatMiniprogram.TouchEvent

/** Groups of tags, and the tags in them. */
Component({
  data: {
    phase: 'loading', message: '', groups: [] as TagGroup[], colours: COLOURS,
    open: false, editing: null as Editing | null, title: '', name: '', colour: COLOURS[0] as string, error: '', saving: false, old: false,
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
      this.setData({ open: true, editing, title, name, colour, error: '', old: name !== '' })
    },
    newGroup() {
      this.edit({ kind: 'group', group: null, tag: null }, '新建标签组', '')
    },
    openGroup(event: Tap) {
      const group = this.groupOf(event)
      if (group) this.edit({ kind: 'group', group, tag: null }, '修改标签组', group.name)
    },
    newTag(event: Tap) {
      const group = this.groupOf(event)
      if (group) this.edit({ kind: 'tag', group, tag: null }, `在“${group.name}”里加标签`, '', COLOURS[group.tags.length % COLOURS.length])
    },
    openTag(event: Tap) {
      const group = this.groupOf(event)
      const tag = group?.tags.find((one) => one.id === event.currentTarget.dataset['tag'])
      if (group && tag) this.edit({ kind: 'tag', group, tag }, '修改标签', tag.name, tag.colour)
    },
    close() {
      this.setData({ open: false })
    },
    onName(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ name: event.detail.value, error: '' })
    },
    chooseColour(event: Tap) {
      this.setData({ colour: String(event.currentTarget.dataset['colour']) })
    },

    async save() {
      const { editing, name, saving } = this.data
      if (!editing || saving) return
      const found = checkField(editing.kind === 'tag' ? 'new_tag' : 'new_tag_group', 'name', name)
      if (found?.length) return this.setData({ error: found[0]?.detail ?? '' })
      await this.attempt(`已保存 ${name.trim()}`, () => this.send(editing))
    },
    async send({ kind, group, tag }: Editing): Promise<unknown> {
      const { name, colour } = this.data
      if (kind === 'group') return group ? renameTagGroup(group, name) : createTagGroup(name, await uuid())
      if (tag) return updateTag(tag, name, colour)
      return createTag(group?.id ?? '', name, colour, await uuid())
    },
    async attempt(said: string, step: () => Promise<unknown>) {
      this.setData({ saving: true, error: '' })
      try {
        await step()
        this.close()
        wx.showToast({ icon: 'none', title: said })
        await this.load()
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ error: why.errors[0]?.detail ?? why.sentence })
        if (why.code === 'version_stale') void this.load()
      } finally {
        this.setData({ saving: false })
      }
    },

    remove() {
      const { editing } = this.data
      if (!editing) return
      const { kind, group, tag } = editing
      const name = kind === 'tag' ? (tag?.name ?? '') : (group?.name ?? '')
      wx.showModal({
        title: `删除${kind === 'tag' ? '标签' : '标签组'} ${name}`,
        content: kind === 'tag' ? `有“${name}”的客户会去掉这个标签，客户本身不受影响。` : `“${name}”里的标签会一起删除，客户本身不受影响。`,
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (!confirm) return
          void this.attempt(`已删除 ${name}`, () => (tag ? deleteTag(tag) : group ? deleteTagGroup(group) : Promise.resolve()))
        },
      })
    },
  },
})
