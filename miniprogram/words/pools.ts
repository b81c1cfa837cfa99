import type { Pool, PoolMove, RecycleForecast, RecycleTerms } from '../api/types'
import type { Choice } from './names'
import { ago } from './when'

/** Pools as people in a shop say them. */

/** Reasons before the business has its own. */
export const REASONS = ['联系不上', '暂时没有需求', '不在我的片区', '忙不过来']

export interface MoveRow {
  id: string
  text: string
  reason: string
  when: string
}

/** 陈晓 退回到 华北公海. */
export function moveRow(step: PoolMove, staff: Map<string, string>, pools: Map<string, string>): MoveRow {
  const who = step.staff_id ? step.staff_name : '系统'
  const [from, to] = [pools.get(step.from_pool_id ?? '') ?? '公海', pools.get(step.to_pool_id ?? '') ?? '公海']
  const owner = staff.get(step.to_owner_id ?? '') ?? '同事'
  const texts: Record<PoolMove['kind'], string> = {
    released: `${who} 退回到${to}`, recycled: `按规则从 ${staff.get(step.from_owner_id ?? '') ?? '负责人'} 回收到${to}`, claimed: `${who} 从${from}领取`,
    assigned: `${who} 从${from}分配给 ${owner}`, moved: `从${from}转到${to}`, undone: `${who} 撤销，回到${to}`,
  }
  return { id: step.id, text: texts[step.kind], reason: step.reason ?? '', when: ago(step.created_at) }
}

/** 今天还能领 3 位. */
export function leftWord(pool: Pool | undefined): string {
  if (!pool) return ''
  if (!pool.member) return '你不是这个公海的成员，只能看'
  if (pool.claims_left === null) return ''
  return pool.claims_left > 0 ? `今天还能领 ${pool.claims_left} 位` : '今天已领满，明天再来'
}

/** 3 人、2 个团队 · 每天领 5 位. */
export function poolLine(pool: Pool): string {
  const members = [pool.staff_ids.length ? `${pool.staff_ids.length} 人` : '', pool.team_ids.length ? `${pool.team_ids.length} 个团队` : ''].filter(Boolean).join('、')
  return [
    pool.moving_to ? '正在合并到另一个公海' : '', pool.everyone ? '全部员工' : members || '还没有成员',
    pool.claims_a_day ? `每人每天领 ${pool.claims_a_day} 位` : '', pool.reclaim_days ? `退回 ${pool.reclaim_days} 天内不能再领` : '',
  ].filter(Boolean).join(' · ')
}

const MISSING: Record<RecycleTerms['by'], string> = { contact: '没有跟进', order: '没有下单', opportunity: '没有新商机' }
export const MISSING_CHOICES = (Object.keys(MISSING) as RecycleTerms['by'][]).map((value) => ({ value, label: MISSING[value] })) satisfies Choice[]

/** 30 个工作日没有跟进. */
export function termsWord(terms: RecycleTerms): string {
  return `${terms.days} ${terms.working_days ? '个工作日' : '天'}${MISSING[terms.by]}`
}

/** What types and tags are called. */
export interface TermNames {
  types: Map<string, string>
  tags: Map<string, string>
}

/** Of whom a rule is: by name where names are known. */
function whose({ types = [], tag_ids = [] }: RecycleTerms, names?: TermNames): string[] {
  const said = (keys: string[], known: Map<string, string>, gone: string): string => [...new Set(keys.map((key) => known.get(key) ?? gone))].join('、')
  if (!names) return [types.length ? `${types.length} 种类型` : '', tag_ids.length ? `${tag_ids.length} 个标签` : ''].filter(Boolean)
  return [types.length ? said(types, names.types, '已删除的类型') : '', tag_ids.length ? `标签 ${said(tag_ids, names.tags, '已删除的标签')}` : ''].filter(Boolean)
}

export function termsLine(terms: RecycleTerms, names?: TermNames): string {
  return [
    ...whose(terms, names),
    terms.spare_deals ? '成交过的不收' : '', terms.warn_days ? `提前 ${terms.warn_days} 天提醒` : '不提醒',
  ].filter(Boolean).join(' · ')
}

/** 未来 30 天预计回收 12 位. */
export function forecastWord(found: RecycleForecast): string {
  if (found.count === 0) return '未来 30 天没有客户会被回收'
  const late = found.overdue ? `，其中 ${found.overdue}${found.overdue_capped ? '+' : ''} 位已到期` : ''
  return `未来 30 天预计回收 ${found.count}${found.capped ? '+' : ''} 位${late}`
}

/** What is agreed to by switching a rule on: whom it takes, and how many soon. */
export function enableWord(terms: RecycleTerms, names: TermNames | undefined, found: RecycleForecast | null): string {
  const only = whose(terms, names).join('、')
  const spared = terms.spare_deals ? '（成交过的除外）' : ''
  const warned = terms.warn_days ? `，提前 ${terms.warn_days} 天提醒负责人` : ''
  return `${only ? `${only}，` : '不分类型和标签，'}${termsWord(terms)}的客户${spared}会自动回到公海${warned}。${found ? `${forecastWord(found)}。` : ''}`
}
