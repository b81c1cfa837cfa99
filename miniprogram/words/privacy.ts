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

export function ground(code: string | null): string {
  return GROUNDS.find((one) => one.code === code)?.text ?? ''
}

/** `2026-12-11`: a date that somebody has to keep. */
export function dateOf(text: string): string {
  return local(Date.parse(text)).slice(0, 10)
}
