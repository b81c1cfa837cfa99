import type { Channel, CustomKind, CustomerSource, CustomerType, OrderEvent, OrderStatus, RelationKind } from '../api/types'

/** A code of the API and the word a person reads. */
export interface Choice<T extends string = string> {
  value: T
  label: string
}

function choices<T extends string>(words: Record<T, string>): Choice<T>[] {
  return (Object.keys(words) as T[]).map((value) => ({ value, label: words[value] }))
}

export const TYPES: Record<CustomerType, string> = { potential: '潜在', new: '新客', existing: '老客', lost: '流失' }
export const TYPE_CHOICES = choices(TYPES)

export const CUSTOMER_KINDS: Record<string, string> = { person: '个人', company: '企业' }
export const CUSTOMER_KIND_CHOICES = choices(CUSTOMER_KINDS)

/** What stands for a secret remark until somebody asks for it. */
export const MASKED_REMARK = '******'

export const SOURCES: Record<CustomerSource, string> = {
  walk_in: '到店', referral: '老客介绍', wechat: '微信', phone: '电话', online_shop: '网店', event: '活动', other: '其他',
}
export const SOURCE_CHOICES = choices(SOURCES)

export const CHANNELS: Record<Channel, string> = {
  call: '电话', wechat: '微信', visit: '到店', home_visit: '上门', meeting: '会议', message: '短信', email: '邮件', other: '其他',
}
export const CHANNEL_CHOICES = choices(CHANNELS)
export const CHANNEL_ICONS: Record<Channel, string> = {
  call: 'call', wechat: 'wechat', visit: 'shop', home_visit: 'home', meeting: 'users', message: 'chat', email: 'mail', other: 'note',
}

export const STATUSES: Record<OrderStatus, string> = {
  placed: '已下单', processing: '处理中', shipped: '已发货', delivered: '已签收', completed: '已完成', cancelled: '已取消',
}
export const STATUS_ICONS: Record<OrderStatus, string> = {
  placed: 'receipt', processing: 'box', shipped: 'truck', delivered: 'check', completed: 'completed', cancelled: 'close',
}

/** The verb on the button of a move. */
export const MOVES: Record<OrderEvent, string> = { accept: '开始处理', ship: '发货', deliver: '确认签收', complete: '完成订单', cancel: '取消订单' }

/** What is said when the move was made. */
export const MOVED: Record<OrderEvent, string> = { accept: '已开始处理', ship: '已发货', deliver: '已签收', complete: '已完成', cancel: '已取消' }

export const CARRIERS = ['顺丰速运', '中通快递', '圆通速递', '申通快递', '韵达快递', '京东快递', 'EMS', '极兔速递']

/** Trades by the sections of GB/T 4754-2017. */
export const INDUSTRIES: Record<string, string> = {
  A: '农林牧渔', B: '采矿', C: '制造', D: '电力热力燃气水', E: '建筑', F: '批发零售', G: '交通运输仓储邮政', H: '住宿餐饮', I: '信息技术', J: '金融', K: '房地产',
  L: '租赁和商务服务', M: '科研和技术服务', N: '水利环境公共设施', O: '居民服务', P: '教育', Q: '卫生和社会工作', R: '文化体育娱乐', S: '公共管理社会组织', T: '国际组织',
}
export const INDUSTRY_CHOICES = choices(INDUSTRIES)

export const SIZES: Record<string, string> = { under_10: '10 人以下', under_50: '10–49 人', under_200: '50–199 人', under_1000: '200–999 人', over_1000: '1000 人以上' }
export const SIZE_CHOICES = choices(SIZES)

export const RELATIONS: Record<RelationKind, string> = { introduced_by: '介绍人', same_company: '同公司', family: '家人', other: '其他' }
export const RELATION_CHOICES = choices(RELATIONS)

/** What a number or an address of a customer is usually for. */
export const CONTACT_LABELS: Record<string, string[]> = { phones: ['手机', '公司', '家里'], emails: ['工作', '家里'], wechat_ids: ['本人', '工作号'] }
/** The most letters of such a label. */
export const LABEL_LENGTH = 10

export const CUSTOM_KINDS: Record<CustomKind, string> = {
  text: '单行文字', long_text: '多行文字', number: '数字', money: '金额', date: '日期', choice: '单选', choices: '多选', yes_no: '是否', phone: '电话', file: '文件',
}
export const CUSTOM_KIND_CHOICES = choices(CUSTOM_KINDS)

export const ROLES: Record<string, string> = { boss: '老板', manager: '主管', sales: '销售', service: '客服', finance: '财务', custom: '自定角色' }
