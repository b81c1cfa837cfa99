import { Problem, asProblem } from '../../../api/problem'
import { createRole, deleteRole, listRoles, previewRole, updateRole } from '../../../api/roles'
import { renew } from '../../../api/session'
import type { NewRole, Permission, Resource, Rights, RoleChanges, RoleRow } from '../../../api/types'
import { leave } from '../../../behaviors/back'
import { flushDraft } from '../../../behaviors/draft'
import type { FormState } from '../../../behaviors/draft'
import { changedWord, form } from '../../../behaviors/form'
import type { Newest } from '../../../behaviors/form'
import { ROLES } from '../../../words/names'
import { ABILITIES, FIELD_CHOICES, REACH_CHOICES, RESOURCES, abilityWord, previewLines, switched } from '../../../words/rights'

type Tap = WechatMiniprogram.TouchEvent

const RESOURCE_ROWS = (Object.keys(RESOURCES) as Resource[]).map((value) => ({ value, label: RESOURCES[value] }))

/** A role of the business's own: what it may do, how far it sees, and what of some fields. */
Component({
  behaviors: [form],
  data: {
    id: '', state: 'loading', why: '', was: null as RoleRow | null, starts: [] as { value: string; label: string; rights: Rights }[], start: '',
    groups: ABILITIES, on: {} as Record<string, boolean>, reaches: REACH_CHOICES, resources: RESOURCE_ROWS, rules: FIELD_CHOICES,
    asking: false, preview: [] as string[], holders: '', busy: false,
  },

  observers: {
    'form.rights.permissions'(permissions: Permission[] | undefined) {
      this.setData({ on: Object.fromEntries((permissions ?? []).map((one) => [one, true])) })
    },
  },

  methods: {
    ruleForm() {
      return null
    },
    toBody(typed: FormState): Record<string, unknown> {
      const { was } = this.data
      const { name, rights } = typed
      if (!was) return { name, rights }
      return { ...(name !== was.name ? { name } : {}), ...(JSON.stringify(rights) !== JSON.stringify(was.rights) ? { rights } : {}) }
    },

    onLoad(query: Record<string, string | undefined>) {
      this.setData({ id: query['id'] ?? '' })
      if (query['id']) wx.setNavigationBarTitle({ title: '修改角色' })
      void this.load()
    },
    onHide: flushDraft,
    onUnload: flushDraft,

    async load() {
      this.setData({ state: 'loading' })
      try {
        const { items } = await listRoles()
        const { id } = this.data
        const was = items.find((one) => one.id === id) ?? null
        if (id && !was) return this.setData({ state: 'failed', why: '没有这个角色，可能已经删除' })
        const starts = items.filter((one) => one.id === null && one.role !== 'boss').map((one) => ({ value: one.role as string, label: ROLES[one.role] ?? one.role, rights: one.rights }))
        const sales = starts.find((one) => one.value === 'sales')
        const rights = was?.rights ?? sales?.rights
        if (!rights) return this.setData({ state: 'failed', why: '' })
        this.setData({ state: 'ready', was, starts, start: was ? '' : 'sales' })
        this.startForm(was ? `role.${id}` : 'role', { name: was?.name ?? '', rights: copied(rights) }, was?.version ?? 0)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ state: why.offline ? 'offline' : 'failed', why: why.sentence })
      }
    },

    startFrom(event: Tap) {
      const start = this.data.starts.find((one) => one.value === event.currentTarget.dataset['value'])
      if (!start) return
      this.setData({ start: start.value })
      this.put('rights', copied(start.rights))
    },
    toggle(event: Tap) {
      this.put('rights.permissions', switched(this.data.form['rights'].permissions as Permission[], event.currentTarget.dataset['value'] as Permission))
    },
    togglePool() {
      this.put('rights.pool', !this.data.form['rights'].pool)
    },

    /** A change is shown before it is made: what it opens and closes for those who have the role. */
    async submit() {
      const { was, saving, form: typed } = this.data
      if (saving) return
      if (!String(typed['name']).trim()) return this.complainOf('name', '给角色起个名字')
      if (!was) return this.create()
      const body = this.toBody(typed) as RoleChanges
      if (!Object.keys(body).length) return leave(this, '/features/staff/roles/index')
      if (!body.rights) return this.change()
      this.setData({ saving: true, failure: '' })
      try {
        const preview = await previewRole(was.id ?? '', body)
        const lines = previewLines(preview)
        const holders = `${preview.staff}${preview.capped ? '+' : ''}`
        this.setData({ asking: true, holders: preview.staff ? `有 ${holders} 位同事是“${was.name ?? ''}”` : '现在还没有人是这个角色', preview: lines.length || !preview.staff ? lines : ['看得到的内容不变'] })
      } catch (thrown) {
        this.refused(asProblem(thrown))
      } finally {
        this.setData({ saving: false })
      }
    },
    closeAsking() {
      this.setData({ asking: false })
    },
    async create() {
      const saved = await this.save((body, key) => createRole(body as unknown as NewRole, key))
      if (saved) this.finish(`已新建角色 ${saved.name ?? ''}`)
    },
    async change() {
      const { was } = this.data
      if (!was) return
      const saved = await this.save((body) => updateRole(was.id ?? '', this.data.was?.version ?? 0, body as RoleChanges))
      this.setData({ asking: false })
      if (!saved) return
      // It may be one's own.
      await renew().catch(() => undefined)
      this.finish(`已保存角色 ${saved.name ?? ''}${this.data.together}`)
    },
    finish(said: string) {
      wx.showToast({ icon: 'none', title: said })
      leave(this, '/features/staff/roles/index')
    },

    renewed(current: unknown): Newest {
      const was = current as RoleRow
      this.setData({ was })
      return { form: { name: was.name ?? '', rights: copied(was.rights) }, version: was.version ?? 0 }
    },
    saying(field: string, value: unknown): string {
      return field === 'name' ? changedWord('名称', value) : '权限'
    },

    /** What goes beyond one's own rights is named: its place in the list says nothing to a person. */
    refused(why: Problem) {
      const at = why.errors.find((one) => one.field.startsWith('rights.'))
      if (!at) return this.showProblem(why)
      const index = /^rights\.permissions\.(\d+)$/.exec(at.field)?.[1]
      const permission = index === undefined ? '' : (this.data.form['rights'].permissions as string[])[Number(index)] ?? ''
      this.fail(permission ? `“${abilityWord(permission)}”：${at.detail}` : at.detail)
    },

    remove() {
      const { was } = this.data
      if (!was) return
      wx.showModal({
        title: `删除角色 ${was.name ?? ''}`,
        content: '还有同事是这个角色时不能删除。',
        confirmText: '删除',
        confirmColor: '#C0352A',
        success: ({ confirm }) => {
          if (confirm) void this.removeNow(was)
        },
      })
    },
    async removeNow(was: RoleRow) {
      try {
        await deleteRole(was.id ?? '', was.version ?? 0)
        this.finish(`已删除角色 ${was.name ?? ''}`)
      } catch (thrown) {
        const why = asProblem(thrown)
        this.fail(why.code === 'in_use' ? '还有同事是这个角色。先给他们换一个角色，再来删除。' : why.sentence)
      }
    },
  },
})

/** What a form changes must not be what it began with. */
function copied(rights: Rights): Rights {
  return JSON.parse(JSON.stringify(rights)) as Rights
}
