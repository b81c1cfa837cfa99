import type { AuditEntry } from '../../../api/types'
import type { Choice } from '../../../words/names'
import { MOVED, RELATIONS, ROLES, STATUSES } from '../../../words/names'
import { STATES } from '../../../words/opportunities'
import { ERASURES } from '../../../words/privacy'
import { ago, stamp } from '../../../words/when'
import { changeLines, isName } from './changes'
import type { ChangeLine } from './changes'
import type { Names } from './values'

/** The audit record as sentences: 林静 修改了客户. */

const RESOURCES: Record<string, string> = {
  custom_field: '自定义字段', customer_type: '客户类型', view: '视图', customer: '客户', opportunity: '商机', order: '订单', interaction: '跟进', task: '提醒', tag: '标签', tag_group: '标签组', tag_rule: '标签规则', plan: '跟进流程', offer: '优惠', customer_offer: '优惠', staff: '员工', team: '团队', role: '角色',
  business: '商家设置', session: '登录', reminder: '微信提醒', handover: '交接', pool: '公海', pool_settings: '公海设置', recycle_rule: '回收规则', keys: '密钥', data_request: '个人信息申请',
}

const VERBS: Record<string, string> = {
  create: '新建了', update: '修改了', delete: '删除了', tag: '改了标签：', share: '请人协作：', unshare: '取消协作：',
  release: '退回公海：', claim: '从公海领取了', assign: '从公海分配了', move_pool: '换了公海：', members: '改了成员：', hand_over: '开始交接：', handed_over: '交接完成：', handover_failed: '交接没能完成：', invite: '邀请了', accept_invitation: '接受邀请，成为', join: '验证了手机号，成为', decline: '没有加入，不当',
  take_invitation_back: '撤回了邀请：', receipt_code: '生成了查询码：', send: '发出了', forget_phone: '更换密钥时去掉了手机号：', restore: '恢复了', order: '排了顺序：', message: '提醒了', bulk: '批量操作了', role: '换了角色：',
  relate: '记下了关系：', unrelate: '去掉了关系：', erase: '彻底删除了', merge: '合并了', unmerge: '撤销合并了', ignore_duplicate: '确认不是同一位：', rotate: '更换了密钥：', cancel: '取消了', plan_begin: '开始跟进流程：', plan_end: '结束跟进流程：', plan_wait: '跟进流程等待领取：',
}

/** Where verb and object do not make a sentence. */
const WHOLE: Record<string, string> = {
  'customer scan': '查找了重复的客户', 'customer sample': '放进了示例客户', 'business create': '开通了商家', 'business retention_warned': '提醒了即将到期删除的客户', 'keys rotated': '换好了密钥', 'audit retention': '改了审计记录的保存期限',
  'audit cut': '清理了到期的审计记录', 'data_request retention_over': '清除了到期的个人信息申请', 'task remind': '到点发了提醒', 'pool recycle': '按规则回收了客户', 'pool recycle_warned': '提醒了客户即将被回收',
  'session login': '登录了', 'session login_failed': '登录失败', 'session logout': '退出了登录', 'session step_up': '验证了身份', 'session step_up_failed': '验证身份失败', 'session totp': '设置了动态验证码',
  'session revoke': '让一台设备下线', 'session wipe': '清除了一台设备的数据',
}

/** How far an import or an export went. */
const COMING: Record<string, string> = {
  reading: '上传了客户名单', ready: '上传了客户名单', checking: '开始试运行导入', checked: '试运行了导入', running: '开始导入客户', done: '导入了客户', cancelled: '取消了导入', reverting: '开始撤回导入', reverted: '撤回了导入',
}
const GOING: Record<string, string> = { running: '开始导出客户', done: '导出了客户', cancelled: '取消了导出', linked: '打开了导出的文件', fetched: '用链接下载了导出的文件' }
const DONE: Record<string, string> = { running: '开始批量操作', done: '批量操作了客户', cancelled: '停止了批量操作', undoing: '开始撤销批量操作', undone: '撤销了批量操作' }
const SENT: Record<string, string> = { sent: '微信提醒已发出', delivered: '微信提醒已送达', failed: '微信提醒没有送达', unknown: '微信提醒不知道有没有送达', pending: '微信提醒等着再发' }
const REVEALED: Record<string, string> = { phone: '完整号码', email: '完整邮箱', wechat_id: '完整微信号', remark: '保密备注', custom: '敏感内容', address: '完整地址' }
const LOGINS: Record<string, string> = { after_failures: '猜了很多次密码才登录成功', impossible_travel: '短时间内换了很远的地方', new_place: '在新设备、新网络登录' }
/** An offer in the hands of a customer. */
const GIVEN: Record<string, string> = { create: '发放了', delete: '收回了' }
const LEVELS: Record<string, string> = { read: '可查看', edit: '可修改' }

export const RESOURCE_CHOICES: Choice[] = ['customer', 'opportunity', 'order', 'interaction', 'task', 'offer', 'customer_offer', 'staff', 'team', 'role', 'business', 'tag', 'session'].map((value) => ({
  value, label: value === 'customer_offer' ? '发放和核销' : RESOURCES[value] ?? value,
}))

const ACTIONS: Record<string, string> = {
  create: '新建', update: '修改', delete: '删除', reveal: '查看号码', move: '推进订单', share: '请人协作', release: '退回公海', claim: '领取', assign: '分配', recycle: '回收', merge: '合并', hand_over: '交接', invite: '邀请', login: '登录', login_failed: '登录失败', export: '导出', import: '导入', erase: '彻底删除',
}
export const ACTION_CHOICES: Choice[] = Object.keys(ACTIONS).map((value) => ({ value, label: ACTIONS[value] ?? value }))

/** Lines, and letters of each, that are shown before somebody asks for all of them. */
const FEW = 3
const SHORT = 44

export interface AuditRow {
  [field: string]: unknown
  id: string
  who: string
  what: string
  detail: string
  /** What became of the fields. */
  all: ChangeLine[]
  /** The first few of them, shown until somebody opens the rest. */
  few: ChangeLine[]
  /** The word that opens the rest; empty when there is none. */
  unfold: string
  open: boolean
  when: string
  at: string
  /** The page that shows what it was about; empty when there is none. */
  url: string
}

export function auditRow(entry: AuditEntry, names: Names): AuditRow {
  const { resource_id: about } = entry
  const all = changeLines(entry, names)
  const more = all.length - FEW
  const long = all.some((one) => one.label.length + one.text.length > SHORT)
  return {
    id: entry.id, who: who(entry), what: what(entry, names), detail: detail(entry, names), all, few: all.slice(0, FEW), unfold: more > 0 ? `还有 ${more} 项` : long ? '展开' : '', open: false,
    when: ago(entry.at), at: stamp(entry.at), url: about ? page(entry, about) : '',
  }
}

function who({ action, actor_name: name, changes }: AuditEntry): string {
  // Whoever holds a link needs no login.
  return action === 'export' && changes['state'] === 'fetched' ? '有人' : name || '系统'
}

function what(entry: AuditEntry, names: Names): string {
  const { resource, action, changes, resource_id: about } = entry
  const state = String(changes['state'])
  const alone = WHOLE[`${resource} ${action}`] ?? (action === 'import' ? COMING[state] : action === 'export' ? GOING[state] : undefined)
  if (alone) return alone
  if (action === 'bulk') return DONE[state] ?? (changes['deletes'] ? '开始批量删除客户' : '开始批量操作')
  if (action === 'settle') return SENT[state] ?? '确认了微信提醒'
  const whom = named(entry) || offered(entry, names) || entry.resource_name || (about && names.of.get(about)) || ''
  const object = `${RESOURCES[resource] ?? resource}${whom ? ` ${whom}` : ''}`
  if (action === 'reveal') return `查看了${object}的${resource === 'order' ? '收货人号码' : revealed(changes)}`
  if (action === 'move' && resource === 'opportunity') return `把${object}${whom ? ' ' : ''}改为“${STATES[changes['state'] as keyof typeof STATES] ?? ''}”`
  if (action === 'move') return `把${object}${whom ? ' ' : ''}改为“${STATUSES[changes['status'] as keyof typeof STATUSES] ?? MOVED[changes['event'] as keyof typeof MOVED] ?? ''}”`
  if (action === 'login_noticed') return `提醒了${object}的异常登录`
  if (action === 'export') return `导出了${object}的资料`
  return `${verb(entry)}${object}`
}

function revealed(changes: Record<string, unknown>): string {
  const key = Object.keys(REVEALED).find((one) => one in changes)
  return key ? REVEALED[key] ?? '' : '完整号码'
}

function verb(entry: AuditEntry): string {
  const suspended = entry.resource === 'staff' && entry.action === 'update' ? entry.fields.find((one) => one.name === 'suspended_at') : undefined
  if (suspended) return !suspended.readable ? '停用或恢复了' : suspended.new === null ? '恢复了' : '停用了'
  const used = entry.resource === 'customer_offer' ? entry.fields.find((one) => one.name === 'used_at') : undefined
  if (used && entry.action === 'update') return used.new === null ? '撤销核销了' : '核销了'
  if (entry.resource === 'customer_offer') return GIVEN[entry.action] ?? VERBS[entry.action] ?? '处理了'
  if (entry.resource === 'offer' && entry.fields.some((one) => one.name === 'stopped_at' && one.new !== null) && entry.action === 'update') return '停发了'
  // One by one the customers arrive: what began it is an entry of its own.
  if (entry.action === 'hand_over' && entry.resource !== 'staff') return '交接了'
  return VERBS[entry.action] ?? '处理了'
}

/** What it was called, when the entry says so: a name that was given, or the one there was. */
function named(entry: AuditEntry): string {
  const given = entry.fields.filter(isName(entry))
  return given.flatMap((field) => [field?.new, field?.old]).find((value): value is string => typeof value === 'string' && value !== '') ?? ''
}

/** Of an offer in somebody's hands what it is called, as far as the entry says which one it is. */
function offered({ resource, fields }: AuditEntry, { of }: Names): string {
  return resource === 'customer_offer' ? of.get(value(fields, 'offer_id')) ?? '' : ''
}

function page({ resource, action, fields }: AuditEntry, id: string): string {
  if (resource === 'customer_offer') {
    const customer = value(fields, 'customer_id')
    return customer ? `/features/customers/detail/index?id=${customer}` : ''
  }
  if (action === 'delete' || action === 'erase') return ''
  if (resource === 'customer') return `/features/customers/detail/index?id=${id}`
  if (resource === 'order') return `/features/orders/detail/index?id=${id}`
  if (resource === 'offer') return `/features/offers/detail/index?id=${id}`
  return ''
}

/** What a field holds, or held before it was deleted. */
function value(fields: AuditEntry['fields'], name: string): string {
  const found = fields.find((one) => one.name === name)
  return String(found?.new ?? found?.old ?? '')
}

/** What else is worth a word: to whom, how many, why, from where. */
function detail(entry: AuditEntry, names: Names): string {
  const { resource, action, changes } = entry
  const name = (key: string): string => (typeof changes[key] === 'string' ? names.of.get(changes[key]) ?? '' : '')
  const all = (key: string): string => (Array.isArray(changes[key]) ? (changes[key] as string[]).map((id) => names.of.get(id) ?? '').filter(Boolean).join('、') : '')
  const count = (key: string, unit: string, before = ''): string => (typeof changes[key] === 'number' && changes[key] > 0 ? `${before}${changes[key]} ${unit}` : '')
  const to = name('helper') || (action === 'hand_over' || action === 'handed_over' || action === 'assign' ? name('to') : '')
  const role = action === 'invite' || (resource === 'staff' && action === 'create' && !entry.fields.length) ? name('role_id') || ROLES[String(changes['role'])] : ''
  const swapped = action === 'role' ? `${ROLES[String(changes['old'])] ?? ''} → ${changes['suspended'] ? '停用' : ROLES[String(changes['new'])] ?? ''}` : ''
  const reason = typeof changes['reason'] === 'string' ? changes['reason'] : ''
  const parts = [
    resource === 'session' ? name('staff') && `${name('staff')} 的设备` : '', to && (action === 'unshare' ? to : `给 ${to}`), LEVELS[String(changes['level'])], role, swapped, name('team_id'),
    all('added') && `加上 ${all('added')}`, all('removed') && `去掉 ${all('removed')}`, changes['by_rule'] ? '按标签规则' : '', action === 'members' ? [all('staff'), all('teams')].filter(Boolean).join('、') || '成员改了' : '',
    resource === 'tag' && action === 'merge' ? name('into') && `并入 ${name('into')}` : '', action === 'relate' || action === 'unrelate' ? RELATIONS[changes['kind'] as keyof typeof RELATIONS] : '',
    count('customers', '位客户'), count('tasks', '项待办'), count('rows', resource === 'customer' && action === 'export' ? '位' : '行'), count('created', '位', '新建 '), count('updated', '位', '更新 '), count('skipped', '行', '跳过 '),
    count('done', '位', '完成 '), count('failed', action === 'bulk' ? '位' : '行', '没成 '), name('made_by') && `${name('made_by')} 导出的文件`, action === 'login_noticed' ? LOGINS[reason] : reason && `原因：${action === 'erase' ? ERASURES[reason] ?? '其他' : reason}`,
    entry.address && (resource === 'session' || action === 'export') ? `来自 ${entry.address}` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}
