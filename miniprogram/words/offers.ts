import type { CustomerOffer, CustomerOfferState, MyOffer, Offer, OfferKind, OfferState, Promised } from '../api/types'
import type { Choice } from './names'
import { ago, day, dayName } from './when'

/** Offers 优惠 as people in a shop say them. */

export const OFFER_KINDS: Record<OfferKind, string> = { amount_off: '减钱', percent_off: '打折', gift: '赠品' }
export const OFFER_KIND_CHOICES: Choice[] = (Object.keys(OFFER_KINDS) as OfferKind[]).map((value) => ({ value, label: OFFER_KINDS[value] }))

interface Standing {
  word: string
  icon: string
  tone: string
}

/** How an offer stands, and how one in somebody's hands does. */
const STANDINGS: Record<`offer-${OfferState}` | `given-${CustomerOfferState}`, Standing> = {
  'offer-coming': { word: '未开始', icon: 'clock', tone: 'calm' },
  'offer-open': { word: '有效', icon: 'check', tone: 'brand' },
  'offer-stopped': { word: '已停发', icon: 'close', tone: 'quiet' },
  'offer-over': { word: '已过期', icon: 'alarm', tone: 'quiet' },
  'given-coming': { word: '未开始', icon: 'clock', tone: 'calm' },
  'given-open': { word: '待使用', icon: 'gift', tone: 'brand' },
  'given-used': { word: '已使用', icon: 'completed', tone: 'quiet' },
  'given-over': { word: '已过期', icon: 'alarm', tone: 'quiet' },
}

export function standing(value: string): Standing | undefined {
  return (STANDINGS as Record<string, Standing>)[value]
}

/** `20`, `99.5`: yuan without the zeros that nobody says. */
function plainYuan(fen: number): string {
  return String(fen / 100)
}

/** 8.5 折 of 85 percent, 8 折 of 80. */
export function zhe(percent: number): string {
  return `${percent / 10} 折`
}

/** The percent of what a person typed as 折: `8.5`, `8.5折` and `85` are 85, `8` is 80. Null when it is none. */
export function percentOf(text: string): number | null {
  const said = /^(\d{1,2}(?:\.\d)?) ?折?$/.exec(text.trim())
  const number = said ? Number(said[1]) : NaN
  const percent = Math.round(number < 10 ? number * 10 : number)
  return Number.isInteger(number < 10 ? percent : number) && percent >= 1 && number !== 10 ? percent : null
}

/** 满 100 减 20, 立减 5 元, 满 200 打 8.5 折, 送茶杯一只. */
export function gives({ kind, amount_fen: amount, percent, gift, min_spend_fen: least }: Pick<Promised, 'kind' | 'amount_fen' | 'percent' | 'gift' | 'min_spend_fen'>): string {
  const from = least === null ? '' : `满 ${plainYuan(least)} `
  if (kind === 'gift') return `${from}送${gift ?? ''}`
  if (kind === 'percent_off') return `${from}${from ? '打 ' : ''}${zhe(percent ?? 0)}`
  return from ? `${from}减 ${plainYuan(amount ?? 0)}` : `立减 ${plainYuan(amount ?? 0)} 元`
}

/** 12月1日至12月31日, 今天截止, 2037-12-31 截止. */
export function daysWord({ first_day: first, last_day: last }: Pick<Promised, 'first_day' | 'last_day'>, begun: boolean, now = Date.now()): string {
  const [from, until] = [dayName(first, now), dayName(last, now)]
  // A day in digits stands apart from the word.
  const and = (day: string, word: string): string => (/\d$/.test(day) ? `${day} ${word}` : `${day}${word}`)
  return begun ? and(until, '截止') : first === last ? and(from, '当天') : `${and(from, '至')}${/^\d{4}/.test(until) ? ' ' : ''}${until}`
}

/** An offer as a card shows it, on both sides. */
export interface OfferCard {
  [field: string]: unknown
  id: string
  gives: string
  name: string
  days: string
  badge: string
  /** Whether it is of no use any more. */
  past: boolean
  /** 已发 12 · 已用 3; who gave it; the shop. */
  line: string
  terms: string
}

function card(row: Promised & { id: string }, badge: string, state: OfferState | CustomerOfferState, line: string): OfferCard {
  return { id: row.id, gives: gives(row), name: row.name, days: daysWord(row, state !== 'coming'), badge: `${badge}-${state}`, past: state !== 'open' && state !== 'coming', line, terms: '' }
}

export function offerCard(row: Offer): OfferCard {
  return card(row, 'offer', row.state, `已发 ${row.given} · 已用 ${row.used}`)
}

/** Whether it is still given. */
export function giveable({ state }: Offer): boolean {
  return state === 'open' || state === 'coming'
}

export interface GivenCard extends OfferCard {
  mayUse: boolean
  mayUnuse: boolean
  mayTake: boolean
}

/** Among one customer's: who gave it, and who marked it as used. */
export function givenCard(row: CustomerOffer): GivenCard {
  const line = row.used_at ? `${ago(row.used_at)} ${row.used_by_name ?? ''} 核销` : `${day(row.given_at)} ${row.given_by_name} 发放`
  return { ...card(row, 'given', row.state, line), mayUse: row.moves.includes('use'), mayUnuse: row.moves.includes('unuse'), mayTake: row.used_at === null }
}

const ORDER: CustomerOfferState[] = ['open', 'coming', 'used', 'over']

/** First what can be used, what ends first before the rest. */
export function usableFirst(rows: CustomerOffer[]): CustomerOffer[] {
  const place = ({ state }: CustomerOffer): number => ORDER.indexOf(state)
  const end = (row: CustomerOffer): string => (row.state === 'open' ? row.last_day : '')
  return [...rows].sort((a, b) => place(a) - place(b) || end(a).localeCompare(end(b)) || b.given_at.localeCompare(a.given_at))
}

export interface MyOfferCard extends OfferCard {
  shop: string
}

export function myOfferCard(row: MyOffer): MyOfferCard {
  const line = row.used_at ? `${day(row.used_at)}已使用` : ''
  return { ...card(row, 'given', row.state, line), terms: row.terms ?? '', shop: row.business_name }
}
