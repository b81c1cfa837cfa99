/** Instants and dates as people in the shop say them. The business's clock is China's, wherever the phone is. */

const ZONE_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const WEEK = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']

function shifted(instant: number): Date {
  return new Date(instant + ZONE_MS)
}

function dayOf(instant: number): number {
  return Math.floor((instant + ZONE_MS) / DAY_MS)
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function clock(instant: number): string {
  const at = shifted(instant)
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

function date(instant: number, now: number): string {
  const at = shifted(instant)
  const short = `${at.getUTCMonth() + 1}月${at.getUTCDate()}日`
  return at.getUTCFullYear() === shifted(now).getUTCFullYear() ? short : `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
}

/** 今天 15:30, 昨天 09:00, 3 天前, 11月21日, 2025-11-21. */
export function ago(text: string | null, now = Date.now()): string {
  if (!text) return ''
  const instant = Date.parse(text)
  const days = dayOf(now) - dayOf(instant)
  if (days === 0) return `今天 ${clock(instant)}`
  if (days === 1) return `昨天 ${clock(instant)}`
  if (days > 1 && days < 8) return `${days} 天前`
  return date(instant, now)
}

/** 今天 15:30, 明天 10:00, 周五 10:00, 12月3日 10:00. */
export function due(text: string | null, now = Date.now()): string {
  if (!text) return ''
  const instant = Date.parse(text)
  const days = dayOf(instant) - dayOf(now)
  if (days < 0) return ago(text, now)
  if (days === 0) return `今天 ${clock(instant)}`
  if (days === 1) return `明天 ${clock(instant)}`
  if (days === 2) return `后天 ${clock(instant)}`
  if (days < 7) return `${WEEK[shifted(instant).getUTCDay()] ?? ''} ${clock(instant)}`
  return `${date(instant, now)} ${clock(instant)}`
}

/** 今天, 昨天, 3 天前, 11月21日: the day alone. */
export function day(text: string | null, now = Date.now()): string {
  return ago(text, now).replace(/ \d\d:\d\d$/, '')
}

/** 明天 10:00, 周五, 12月3日: the hour only while it matters. */
export function soon(text: string | null, now = Date.now()): string {
  const said = due(text, now)
  return /^[今明]天/.test(said) ? said : said.replace(/ \d\d:\d\d$/, '')
}

/** 今天, 后天, 12月3日 of a date without an hour. */
export function dayName(date: string, now = Date.now()): string {
  return due(`${date}T00:00:00+08:00`, now).replace(/ \d\d:\d\d$/, '')
}

/** 11月21日 15:30, for steps that need both. */
export function stamp(text: string, now = Date.now()): string {
  const instant = Date.parse(text)
  return `${date(instant, now)} ${clock(instant)}`
}

export function isPast(text: string, now = Date.now()): boolean {
  return Date.parse(text) < now
}

/** 2026-11-21 15:30, the form in which the wheel picker reads and writes. */
export function local(instant: number): string {
  const at = shifted(instant)
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${clock(instant)}`
}

/** 2026-11-21, today in the business. */
export function today(now = Date.now()): string {
  return local(now).slice(0, 10)
}

/**
 * Whole years since a birthday, `1988-09-12`, on the business's clock; null before it, and for what is no date. Who was
 * born on 29 February is a year older on 1 March of the other years.
 */
export function age(birthday: string, now = Date.now()): number | null {
  const [, year, monthAndDay] = /^(\d{4})-(\d\d-\d\d)$/.exec(birthday) ?? []
  if (!year || !monthAndDay) return null
  const on = today(now)
  const years = Number(on.slice(0, 4)) - Number(year) - (on.slice(5) < monthAndDay ? 1 : 0)
  return years < 0 ? null : years
}

/** The instant of `2026-11-21 15:30` on the business's clock. */
export function instantOf(text: string): string {
  const [y = 1970, m = 1, d = 1, h = 0, min = 0] = text.split(/[-: T]/).map(Number)
  return new Date(Date.UTC(y, m - 1, d, h, min) - ZONE_MS).toISOString().replace('.000Z', 'Z')
}

/** The instant `days` from today at an hour of the business's clock. */
export function inDays(days: number, hour: number, now = Date.now()): string {
  return instantOf(`${local(now + days * DAY_MS).slice(0, 10)} ${two(hour)}:00`)
}

/** 早上好, by the hour. */
export function greeting(now = Date.now()): string {
  const hour = shifted(now).getUTCHours()
  if (hour < 5) return '夜深了'
  if (hour < 11) return '早上好'
  if (hour < 13) return '中午好'
  return hour < 18 ? '下午好' : '晚上好'
}

/** 11月21日 周六. */
export function dayLine(now = Date.now()): string {
  const at = shifted(now)
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${WEEK[at.getUTCDay()] ?? ''}`
}
