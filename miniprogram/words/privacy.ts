import type { Problem } from '../api/problem'
import { local } from './when'

/** Reasons for which the law lets a business refuse. */
export const GROUNDS = [
  { code: 'legal_retention', text: '法定保存期限未满' },
  { code: 'still_needed', text: '提供服务所必需（如订单未完成）' },
  { code: 'identity_unproved', text: '无法核实身份' },
  { code: 'legal_claim', text: '与纠纷或诉讼有关' },
]

export const KINDS = { correct: '更正', delete: '删除' }
export const STATES = { waiting: '处理中', done: '已完成', refused: '已拒绝' }

/** Why somebody was erased. */
export const ERASURES: Record<string, string> = { asked: '本人在小程序申请', asked_in_writing: '本人书面申请', consent_withdrawn: '撤回同意', retention_over: '超过保存期限', mistake: '误录' }

/** Asked once more when orders of whoever is to be erased are still on their way: nobody can send them after it. */
export function stillOpen(why: Pick<Problem, 'errors'>) {
  return {
    title: `还有 ${String(why.errors[0]?.params?.['count'])} 笔订单没有送达`,
    content: '删除后看不到收件人、电话和地址，没法发货，也没法联系对方。建议先发货、签收或取消这些订单。',
    cancelText: '先不删',
    confirmText: '仍要删除',
    confirmColor: '#C0352A',
  }
}

/** `个人信息副本-沈怡.html`: what no file system takes is left out. */
export function letterName(name: string, format: string): string {
  const bare = name.replace(/[\\/:*?"<>|]/g, '').trim()
  return `${['个人信息副本', bare].filter(Boolean).join('-')}.${format}`
}

export function ground(code: string | null): string {
  return GROUNDS.find((one) => one.code === code)?.text ?? ''
}

/** `2026-12-11`: a date that somebody has to keep. */
export function dateOf(text: string): string {
  return local(Date.parse(text)).slice(0, 10)
}
