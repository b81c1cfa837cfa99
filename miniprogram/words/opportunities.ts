import type { Opportunity, OpportunityStage, OpportunityState } from '../api/types'
import { yuan } from './money'
import type { Choice } from './names'

/** Opportunities as people in a shop say them. */

export const STAGES: Record<OpportunityStage, string> = { contact: '初步接触', needs: '确认需求', quote: '方案报价', negotiation: '商务谈判' }
export const STAGE_CHOICES = (Object.keys(STAGES) as OpportunityStage[]).map((value) => ({ value, label: STAGES[value] })) satisfies Choice[]

export const STATES: Record<OpportunityState, string> = { open: '进行中', won: '赢单', lost: '输单' }

/** What is offered when one is lost; one's own words do as well. */
export const LOST_REASONS = ['价格太高', '选了别家', '预算取消', '暂时不需要', '联系不上']

/** The stage that comes next; none after the last. */
export function stageAfter(stage: OpportunityStage): OpportunityStage | null {
  return STAGE_CHOICES[STAGE_CHOICES.findIndex((one) => one.value === stage) + 1]?.value ?? null
}

export interface OpportunityCard {
  [field: string]: unknown
  id: string
  name: string
  who: string
  sum: string
  where: string
  line: string
}

/** Among one customer's the name of the customer says nothing. */
export function opportunityCard(row: Opportunity, amounts: boolean, ofCustomer = false): OpportunityCard {
  const open = row.state === 'open'
  const day = row.closes_on ? `预计 ${row.closes_on} 成交` : ''
  return {
    id: row.id,
    name: row.name,
    who: ofCustomer ? '' : row.customer_name,
    sum: amounts ? sumOf(row) : '',
    where: open ? STAGES[row.stage] : STATES[row.state],
    line: open ? [day, row.next_step ?? ''].filter(Boolean).join(' · ') : (row.lost_reason ?? ''),
  }
}

/** Nothing, for one of whose amount nobody has an idea yet. */
export function sumOf(row: Opportunity): string {
  return row.amount_fen === null ? '' : yuan(row.amount_fen)
}
