import type { AuditEntry } from '../api/types'
import type { Choice } from './names'
import { ago, stamp } from './when'

/** The audit record as sentences: 林静 修改了客户. */

const RESOURCES: Record<string, string> = {
  custom_field: '自定义字段', customer_type: '客户类型', view: '视图', customer: '客户', order: '订单', interaction: '跟进', task: '提醒', tag: '标签', tag_group: '标签组', tag_rule: '标签规则', staff: '员工', team: '团队', role: '角色',
  business: '商家设置', session: '登录', reminder: '微信提醒', handover: '交接', pool: '公海', pool_settings: '公海设置', recycle_rule: '回收规则', keys: '密钥', data_request: '个人信息申请',
}

const VERBS: Record<string, string> = {
  create: '新建了', update: '修改了', delete: '删除了', reveal: '查看了完整号码：', move: '推进了', tag: '改了标签：', share: '请人协作：', unshare: '取消协作：',
  release: '退回公海：', claim: '从公海领取了', assign: '从公海分配了', recycle: '回收到公海：', move_pool: '换了公海：', members: '改了成员：', recycle_warned: '提醒了即将回收：', hand_over: '开始交接：', handed_over: '交接完成：', handover_failed: '交接没能完成：', invite: '邀请了', accept_invitation: '接受邀请，成为',
  take_invitation_back: '撤回了邀请：', receipt_code: '生成了查询码：', remind: '到点提醒了', send: '发送了', settle: '确认了', login_noticed: '收到异常登录提醒：', forget_phone: '更换密钥时去掉了手机号：',
  restore: '恢复了', order: '排了顺序：', message: '提醒了', bulk: '批量操作了',
  relate: '记下了关系：', unrelate: '去掉了关系：', erase: '彻底删除了', export: '导出了', import: '导入了', merge: '合并了', unmerge: '撤销合并了', ignore_duplicate: '确认不是同一位：', rotate: '更换了密钥：',
}

/** What happens to a login needs no object. */
const SESSION_VERBS: Record<string, string> = {
  login: '登录了', login_failed: '登录失败', logout: '退出了登录', step_up: '验证了身份', step_up_failed: '验证身份失败', totp: '设置了动态验证码',
}

/** What an operator or the machine does to the business as a whole. */
const WHOLE: Record<string, string> = {
  'customer scan': '查找了重复的客户', 'business create': '开通了商家', 'business retention_warned': '提醒了即将到期删除的客户', 'keys rotated': '换好了密钥', 'audit retention': '改了审计记录的保存期限',
  'data_request retention_over': '清除了到期的个人信息申请',
}

export const RESOURCE_CHOICES: Choice[] = ['customer', 'order', 'interaction', 'task', 'staff', 'team', 'role', 'business', 'tag', 'session'].map((value) => ({
  value, label: RESOURCES[value] ?? value,
}))

const ACTIONS: Record<string, string> = {
  create: '新建', update: '修改', delete: '删除', reveal: '查看号码', move: '推进订单', share: '请人协作', release: '退回公海', claim: '领取', assign: '分配', recycle: '回收', merge: '合并', hand_over: '交接', invite: '邀请', login: '登录', login_failed: '登录失败', export: '导出', import: '导入', erase: '彻底删除',
}
export const ACTION_CHOICES: Choice[] = Object.keys(ACTIONS).map((value) => ({ value, label: ACTIONS[value] ?? value }))

const FIELDS: Record<string, string> = {
  name: '名称', kind: '类别', type: '类型', phones: '电话', phone: '电话', emails: '邮箱', wechat_ids: '微信号', company: '公司', title: '职位', region: '地区', source: '来源', birthday: '生日', owner_id: '负责人',
  remark: '备注', tag_ids: '标签', role: '角色', role_id: '角色', team_id: '团队', lead_id: '负责人', parent_id: '上级团队', rights: '权限',
  status: '状态', due_at: '时间', receiver: '收货人', address: '地址', pool_id: '公海', colour: '颜色', content: '内容', channel: '方式', next_contact_at: '下次联系', next_step: '下一步',
  industry: '行业', size: '规模', needs: '需求', dates: '纪念日', label: '名称', rules: '规则', place: '顺序',
  lines: '商品', total_fen: '金额', assignee_id: '负责人', customer_id: '客户', number: '编号', happened_at: '时间', group_id: '标签组', last_contact_at: '上次联系', kept: '内容',
}

export interface AuditRow {
  [field: string]: unknown
  id: string
  who: string
  what: string
  detail: string
  when: string
  at: string
  /** The page that shows what it was about; empty when there is none. */
  url: string
}

export function auditRow(entry: AuditEntry, names: Map<string, string>): AuditRow {
  const { resource, resource_id: about } = entry
  const whom = (resource === 'staff' && about && names.get(about)) || named(entry)
  const alone = resource === 'session' ? SESSION_VERBS[entry.action] : WHOLE[`${resource} ${entry.action}`]
  return {
    id: entry.id, who: entry.actor_name || '系统', what: alone ?? `${verb(entry)}${RESOURCES[resource] ?? resource}${whom ? ` ${whom}` : ''}`,
    detail: detail(entry, names), when: ago(entry.at), at: stamp(entry.at), url: about ? page(resource, about, entry.action) : '',
  }
}

function verb(entry: AuditEntry): string {
  const names = fieldNames(entry)
  if (entry.resource === 'staff' && entry.action === 'update' && names.includes('suspended_at')) {
    const now = entry.fields?.find((one) => one.name === 'suspended_at')?.new
    return now === undefined ? '停用或恢复了' : now === null ? '恢复了' : '停用了'
  }
  // One by one the customers arrive: what began it is an entry of its own.
  if (entry.action === 'hand_over' && entry.resource !== 'staff') return '交接了'
  return VERBS[entry.action] ?? `${entry.action} `
}

/** Newer entries say what became of each field, older ones only name them. */
function fieldNames(entry: AuditEntry): string[] {
  const { fields } = entry.changes as { fields?: unknown }
  return entry.fields?.map((one) => one.name) ?? (Array.isArray(fields) ? (fields as string[]) : [])
}

/** What it was called, when the entry says so: a name that was given, or the one there was. */
function named(entry: AuditEntry): string {
  const field = entry.fields?.find((one) => one.name === 'name')
  const known = [field?.new, field?.old].find((value) => typeof value === 'string')
  return typeof known === 'string' ? known : ''
}

function page(resource: string, id: string, action: string): string {
  if (action === 'delete' || action === 'erase') return ''
  if (resource === 'customer') return `/features/customers/detail/index?id=${id}`
  if (resource === 'order') return `/features/orders/detail/index?id=${id}`
  return ''
}

/** Which fields changed, and what else is worth a word. */
function detail(entry: AuditEntry, names: Map<string, string>): string {
  const changes = entry.changes as Record<string, unknown>
  const fields = entry.action === 'update' ? [...new Set(fieldNames(entry).map((name) => FIELDS[name] ?? (name.startsWith('custom.') ? '自定义字段' : '')).filter(Boolean))].join('、') : ''
  const colleague = [changes['helper'], changes['to']].map((id) => (typeof id === 'string' ? names.get(id) : '')).filter(Boolean).join('')
  const maker = typeof changes['made_by'] === 'string' ? names.get(changes['made_by']) : ''
  const whence = entry.address && (entry.resource === 'session' || entry.action === 'export') ? `来自 ${entry.address}` : ''
  const reason = typeof changes['reason'] === 'string' ? `原因：${changes['reason']}` : ''
  return [fields && `改了 ${fields}`, colleague && `给 ${colleague}`, maker && `${maker} 导出的文件`, reason, whence].filter(Boolean).join(' · ')
}
