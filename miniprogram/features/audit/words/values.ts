import type { CustomField, SpecialDate } from '../../../api/types'
import { customText } from '../../../words/custom'
import { dateText } from '../../../words/dates'
import { yuan } from '../../../words/money'
import { CHANNELS, CUSTOMER_KINDS, CUSTOM_KINDS, INDUSTRIES, ROLES, SIZES, SOURCES, STATUSES, TYPES } from '../../../words/names'
import { OFFER_KINDS } from '../../../words/offers'
import { STAGES, STATES as STANDS } from '../../../words/opportunities'
import { termsLine, termsWord } from '../../../words/pools'
import { GROUNDS, KINDS, STATES } from '../../../words/privacy'
import { stamp } from '../../../words/when'

/** What the ids and codes of the record stand for, as far as this phone may know. */
export interface Names {
  /** Whether it is known who works here: who is not among them, does so no more. */
  staff: boolean
  /** Colleagues, teams, roles, tags and their groups, offers, pools, own fields, by their ids; regions by their codes. */
  of: Map<string, string>
  /** The business's own customer types, by their codes. */
  types: Map<string, string>
  fields: CustomField[]
}

/** A value in words; empty: nobody here knows what it stands for. */
export type Say = (value: unknown, names: Names) => string

/** A field of the record in words. */
export interface Field {
  label: string
  say: Say
  /** What nothing means there. */
  none: string
}

function field(label: string, say: Say = plain, none = '空'): Field {
  return { label, say, none }
}

/** What somebody typed: words, a day, a number. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

const person: Say = (value, { of, staff }) => of.get(String(value)) ?? (staff ? '已移除的同事' : '')
const id: Say = (value, { of }) => of.get(String(value)) ?? ''
const instant: Say = (value) => stamp(String(value))
const sum: Say = (value) => yuan(Number(value))
const yes: Say = (value) => (value ? '是' : '否')
/** What cannot be told in a line: the fact must do. */
const fact: Say = () => ''

function code(words: Record<string, string>): Say {
  return (value) => words[String(value)] ?? ''
}

/** What a column keeps as JSON. */
function json<T>(say: (value: T, names: Names) => string): Say {
  return (value, names) => {
    try {
      return say(JSON.parse(String(value)) as T, names)
    } catch {
      return ''
    }
  }
}

const TASKS = { open: '待完成', done: '已完成', cancelled: '已取消' }
const SHARED = { private: '自己', team: '团队', everyone: '所有人' }
const grounds = Object.fromEntries(GROUNDS.map((one) => [one.code, one.text]))
const dates = json<SpecialDate[]>((all) => all.map((one) => `${one.label} ${dateText(one)}`).join('、'))
const reasons = json<string[]>((all) => all.join('、'))
const terms = json<Parameters<typeof termsWord>[0]>((one) => `${termsWord(one)} · ${termsLine(one)}`)

/** Fields that are worth a word. What only the machine needs has none, nor what the sentence itself says. */
const FIELDS: Record<string, Field> = {
  name: field('名称'), label: field('名称'), title: field('职位'), company: field('公司'), birthday: field('生日'), remark: field('备注'), needs: field('需求'), next_step: field('下一步'), content: field('内容'),
  phone: field('电话', fact), phones: field('电话', fact), emails: field('邮箱', fact), wechat_ids: field('微信号', fact), address: field('地址', fact), phone_sealed: field('手机号', fact),
  region: field('地区', id), dates: field('纪念日', dates), type: field('客户类型', (value, { types }) => ({ ...Object.fromEntries(types), ...TYPES })[String(value)] ?? ''),
  source: field('来源', code(SOURCES)), industry: field('行业', code(INDUSTRIES)), size: field('公司规模', code(SIZES)), channel: field('方式', code(CHANNELS)), colour: field('颜色'),
  owner_id: field('负责人', person, '无'), assignee_id: field('负责人', person, '无'), lead_id: field('负责人', person, '无'), pool_id: field('公海', id, '不在公海'), parent_id: field('上级团队', id, '无'), team_id: field('团队', id, '没有团队'),
  group_id: field('标签组', id), tag_id: field('标签', id), moving_to: field('合并到', id, '无'), single: field('只能选一个', yes, '否'), place: field('顺序'), enabled: field('启用', yes, '否'), filter: field('条件', fact),
  due_at: field('时间', instant), happened_at: field('时间', instant), last_contact_at: field('上次联系', instant, '没有联系过'), next_contact_at: field('下次联系', instant, '没有约'), ads_refused_at: field('拒收营销信息', instant, '没有登记'), enabled_at: field('启用', yes, '否'),
  percent: field('按原价的百分之'), gift: field('赠品'), min_spend_fen: field('最低消费', sum, '不限'), first_day: field('开始日期'), last_day: field('截止日期'), stopped_at: field('停发', instant, '没有停发'),
  number: field('编号'), total_fen: field('金额', sum), amount_fen: field('预计金额', sum), closes_on: field('预计成交日'), lost_reason: field('输单原因'), ended_at: field('结束时间', instant, '没有结束'), line_count: field('商品数'), first_line: field('商品'), terms: field('规则', terms), rules: field('填写规则', fact), reasons: field('退回原因', reasons),
  members_only: field('只给成员', yes, '否'), claims_a_day: field('每天领取', plain, '不限'), reclaim_days: field('再领要隔几天', plain, '不限'), person_limit: field('每人负责上限', plain, '不限'), limits: field('另定的上限', fact),
  answered_at: field('答复时间', instant), ground: field('理由', code(grounds)), customers_idle_days: field('客户资料保存天数', fact), requests_days: field('申请记录保存天数', fact), vault: field('电话、邮箱等', fact),
}

/** Where the same name means something else. */
const OTHERWISE: Record<string, Field> = {
  'customer.name': field('姓名'), 'customer.kind': field('个人/企业', code(CUSTOMER_KINDS)), 'staff.name': field('姓名'), 'business.name': field('店名'), 'task.title': field('内容'),
  'task.status': field('状态', code(TASKS)), 'opportunity.stage': field('阶段', code(STAGES)), 'opportunity.state': field('状态', code(STANDS)), 'order.status': field('状态', code(STATUSES)), 'order.vault': field('收货信息', fact), 'view.shared': field('给谁用', code(SHARED)),
  'custom_field.kind': field('类型', code(CUSTOM_KINDS)), 'data_request.kind': field('申请', code(KINDS)), 'data_request.state': field('状态', code(STATES)), 'data_request.vault': field('申请内容', fact), 'data_request.due_at': field('最晚答复', instant),
  'staff.role': field('角色', code(ROLES)), 'offer.kind': field('优惠方式', code(OFFER_KINDS)), 'offer.terms': field('使用说明'), 'offer.amount_fen': field('减', sum), 'customer_offer.used_at': field('核销时间', instant, '没有核销'),
}

/** A field of a kind of row; none when it is not worth a word. */
export function fieldOf(resource: string, name: string, { fields }: Names): Field | undefined {
  if (name.startsWith('custom.')) {
    const own = fields.find((one) => `custom.${one.key}` === name)
    // The record has choices and files by their names already.
    return field(own?.label ?? '自定义字段', (value) => (own?.kind === 'money' || own?.kind === 'yes_no' ? customText(own, value) : list(value)))
  }
  return OTHERWISE[`${resource}.${name}`] ?? FIELDS[name]
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(plain).join('、') : plain(value)
}
