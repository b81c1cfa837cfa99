import type { Counted, FieldRule, Permission, Reach, Resource, Rights, RightsPreview, Role, RoleChoice, RoleRow, RowKind } from '../api/types'
import { ROLES } from './names'
import type { Choice } from './names'

/** Rights as people in a shop say them. */

interface Ability {
  value: Permission
  label: string
  /** What one must be allowed to do before this makes sense. */
  needs?: Permission
}

export const ABILITIES: { id: string; title: string; items: Ability[] }[] = [
  {
    id: 'customers', title: '客户', items: [
      { value: 'customers.read', label: '查看客户' },
      { value: 'customers.write', label: '新建和修改', needs: 'customers.read' },
      { value: 'customers.reveal', label: '查看完整号码、拨打', needs: 'customers.read' },
      { value: 'customers.assign', label: '换负责人', needs: 'customers.read' },
      { value: 'customers.share', label: '请同事协作', needs: 'customers.read' },
      { value: 'customers.claim', label: '领取和退回公海', needs: 'customers.read' },
      { value: 'pools.write', label: '管公海：成员、上限和回收规则', needs: 'customers.read' },
      { value: 'customers.delete', label: '删除客户', needs: 'customers.read' },
      { value: 'customers.bulk_delete', label: '批量删除客户', needs: 'customers.delete' },
      { value: 'customers.merge', label: '合并重复的客户', needs: 'customers.write' },
      { value: 'customers.import', label: '导入客户', needs: 'customers.write' },
      { value: 'customers.export', label: '导出客户资料', needs: 'customers.read' },
      { value: 'customers.erase', label: '应客户要求彻底删除', needs: 'customers.read' },
    ],
  },
  {
    id: 'interactions', title: '跟进和提醒', items: [
      { value: 'interactions.read', label: '查看跟进记录' },
      { value: 'interactions.write', label: '记跟进', needs: 'interactions.read' },
      { value: 'tasks.read', label: '查看待办、今日和消息' },
      { value: 'tasks.write', label: '设提醒、完成和推迟', needs: 'tasks.read' },
    ],
  },
  {
    id: 'opportunities', title: '商机', items: [
      { value: 'opportunities.read', label: '查看商机（范围同订单）' },
      { value: 'opportunities.write', label: '新建、修改和删除商机', needs: 'opportunities.read' },
    ],
  },
  {
    id: 'orders', title: '订单', items: [
      { value: 'orders.read', label: '查看订单' },
      { value: 'orders.write', label: '开单、发货和修改', needs: 'orders.read' },
    ],
  },
  {
    id: 'tags', title: '标签', items: [
      { value: 'tags.read', label: '查看标签' },
      { value: 'tags.write', label: '新建、修改和删除标签', needs: 'tags.read' },
    ],
  },
  {
    id: 'offers', title: '优惠', items: [
      { value: 'offers.read', label: '查看优惠' },
      { value: 'offers.write', label: '新建、修改和停发优惠', needs: 'offers.read' },
      { value: 'offers.give', label: '发给客户、核销和收回', needs: 'offers.read' },
    ],
  },
  {
    id: 'business', title: '店铺管理', items: [
      { value: 'staff.read', label: '查看同事' },
      { value: 'staff.write', label: '邀请、停用同事，管团队', needs: 'staff.read' },
      { value: 'staff.handover', label: '交接和移除同事', needs: 'staff.read' },
      { value: 'roles.write', label: '管角色，给同事换角色', needs: 'staff.read' },
      { value: 'business.write', label: '改商家设置' },
      { value: 'audit.read', label: '看审计记录' },
    ],
  },
]

const ALL = ABILITIES.flatMap((group) => group.items)

/** Switches one right: what it needs goes on with it, what needs it goes off with it. */
export function switched(had: Permission[], which: Permission): Permission[] {
  const on = new Set(had)
  const needs = (one: Permission): Permission[] => {
    const next = ALL.find(({ value }) => value === one)?.needs
    return next ? [next, ...needs(next)] : []
  }
  if (on.has(which)) ALL.filter(({ value }) => value === which || needs(value).includes(which)).forEach(({ value }) => on.delete(value))
  else [which, ...needs(which)].forEach((one) => on.add(one))
  return ALL.map((one) => one.value).filter((value) => on.has(value))
}

export function abilityWord(permission: string): string {
  return ALL.find((one) => one.value === permission)?.label ?? permission
}

export const RESOURCES: Record<Resource, string> = { customers: '客户', interactions: '跟进记录', tasks: '待办', orders: '订单' }
/** What a change of rights is counted of. */
const KINDS: Record<RowKind, string> = { ...RESOURCES, opportunities: '商机' }

const COUNTERS: Record<RowKind, string> = { customers: '位', interactions: '条', tasks: '项', orders: '张', opportunities: '个' }

const REACHES: Record<Reach, string> = { own: '自己的', team: '本团队及下级', all: '全部' }
export const REACH_CHOICES = (Object.keys(REACHES) as Reach[]).map((value) => ({ value, label: REACHES[value] })) satisfies Choice[]

const FIELD_RULES: Record<FieldRule, string> = { show: '显示', read_only: '只读', mask: '打码', hide: '隐藏' }
export const FIELD_CHOICES = (Object.keys(FIELD_RULES) as FieldRule[]).map((value) => ({ value, label: FIELD_RULES[value] })) satisfies Choice[]

/** A built-in role in one sentence. */
const TOLD: Record<Role, string> = {
  boss: '看得到、改得了店里的一切，也管员工、角色和设置',
  manager: '管本团队及下级团队的客户、跟进和订单，可以换负责人；不管员工和角色',
  sales: '管自己的客户和受邀协作的客户，可以开单、领取公海客户；不能删除客户',
  service: '看得到所有客户和跟进，可以记跟进；电话和邮箱打码，看不到订单和金额',
  finance: '看得到所有订单和金额，只看不改；看不到电话和邮箱',
  custom: '',
}

export function roleWord(row: { role: string; role_name?: string | null }): string {
  return row.role_name || ROLES[row.role] || row.role
}

/** What a place is that a shop keeps for one's phone, and who asks. */
export function offerLine(row: { role: string; role_name?: string | null; invited_by?: string | null }): string {
  return `${row.invited_by ? `${row.invited_by} ` : ''}请你当${roleWord(row)}`
}

/** One line that tells a role: a sentence for a built-in one, what counts most for an own one. */
export function roleTold(row: RoleRow): string {
  return row.role === 'custom' ? told(row.rights) : TOLD[row.role]
}

function told(rights: Rights): string {
  const { reach, fields, permissions, pool } = rights
  const emails = fields.emails ?? fields.phones
  const parts = [
    permissions.includes('customers.read') ? `客户：${REACHES[reach.customers]}${pool ? '和公海' : ''}` : '看不到客户',
    permissions.includes('orders.read') ? `订单：${REACHES[reach.orders]}` : '看不到订单',
    fields.phones === 'show' ? '' : `电话${FIELD_RULES[fields.phones]}`,
    emails === 'show' ? '' : `邮箱${FIELD_RULES[emails]}`,
    fields.amounts === 'show' ? '' : `金额${FIELD_RULES[fields.amounts]}`,
  ]
  return parts.filter(Boolean).join('，')
}

/** A role in a list to choose from. Built-in roles have no id: their name stands for it. */
export interface RoleOption extends Choice {
  told: string
  choice: RoleChoice
}

export function roleOption(row: RoleRow): RoleOption {
  const choice: RoleChoice = row.id ? { role: row.role, role_id: row.id } : { role: row.role }
  return { value: row.id ?? row.role, label: row.name ?? ROLES[row.role] ?? row.role, told: roleTold(row), choice }
}

/** The option that stands for what somebody has. */
export function chosenRole(row: { role: string; role_id?: string | null }): string {
  return row.role_id ?? row.role
}

export function counted({ count, capped }: Counted): string {
  return `${count}${capped ? '+' : ''}`
}

const FIELDS: Record<string, string> = { phones: '电话', emails: '邮箱', amounts: '金额' }

/** What became of rights, line by line; `before` is none for a new role, `after` for one that is gone. */
export function rightsLines(before: Rights | null, after: Rights | null): { label: string; text: string }[] {
  const [had, has] = [before?.permissions ?? [], after?.permissions ?? []]
  const words = (those: Permission[]): string => those.map(abilityWord).join('、')
  const [more, less] = [words(has.filter((one) => !had.includes(one))), words(had.filter((one) => !has.includes(one)))]
  const pair = (label: string, say: (rights: Rights) => string): { label: string; text: string }[] => {
    const [old, now] = [before && say(before), after && say(after)]
    return old === now ? [] : [{ label, text: [old, now].filter(Boolean).join(' → ') }]
  }
  const resources = Object.keys(RESOURCES) as Resource[]
  return [
    ...(more ? [{ label: before ? '多了' : '可以', text: more }] : []), ...(less ? [{ label: after ? '少了' : '可以', text: less }] : []),
    ...resources.flatMap((one) => pair(`看哪些${RESOURCES[one]}`, ({ reach }) => REACHES[reach[one]])),
    ...pair('看公海', ({ pool }) => (pool ? '看得到' : '看不到')),
    ...Object.keys(FIELDS).flatMap((one) => pair(FIELDS[one] ?? one, ({ fields }) => FIELD_RULES[ruleOf(fields, one)])),
  ]
}

/** E-mails without a rule of their own follow phones. */
function ruleOf(fields: Rights['fields'], which: string): FieldRule {
  if (which === 'amounts') return fields.amounts
  return which === 'emails' ? (fields.emails ?? fields.phones) : fields.phones
}

/** 将多看到 客户 12 位 / 将少看到 订单 3 张, or that nothing changes. */
export function previewLines(preview: RightsPreview): string[] {
  const say = (which: 'opens' | 'closes'): string =>
    preview.rows
      .filter((row) => row[which].count > 0)
      .map((row) => `${KINDS[row.resource]} ${counted(row[which])} ${COUNTERS[row.resource]}`)
      .join('、')
  const [opens, closes] = [say('opens'), say('closes')]
  const fields = preview.fields.map(({ field, before, after }) => `${FIELDS[field] ?? field}：${FIELD_RULES[before]} → ${FIELD_RULES[after]}`)
  return [opens && `将多看到 ${opens}`, closes && `将少看到 ${closes}`, ...fields].filter((line) => line !== '')
}
