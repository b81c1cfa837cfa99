import type { SpecialDate } from '../api/types'
import type { Choice } from './names'
import { age, today } from './when'

/** Special dates as people say them: 农历八月十五, 公历 3 月 8 日. */

const LUNAR_MONTHS = ['正月', '二月', '三月', '四月', '五月', '六月', '七月', '八月', '九月', '十月', '冬月', '腊月']
const DIGITS = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']

function lunarDay(day: number): string {
  if (day <= 10) return `初${DIGITS[day - 1] ?? ''}`
  if (day < 20) return `十${DIGITS[day - 11] ?? ''}`
  if (day === 20) return '二十'
  return day < 30 ? `廿${DIGITS[day - 21] ?? ''}` : '三十'
}

/** With its year where that is known: 1958 年农历八月十五. */
export function dateText(date: SpecialDate): string {
  const year = date.year ? `${date.year} 年` : ''
  if (date.calendar === 'solar') return `${year && `${year} `}${date.month} 月 ${date.day} 日`
  return `${year}农历${date.leap ? '闰' : ''}${LUNAR_MONTHS[date.month - 1] ?? ''}${lunarDay(date.day)}`
}

/**
 * Whole years since a birthday among the special dates; null for other dates, and where the year is not known. A lunar
 * birthday counts by its own days: it has been, but for the one that comes next, in which lunar year that may be.
 */
export function dateAge(date: SpecialDate & { next_on?: string | null }, now = Date.now()): number | null {
  if (!date.year || !date.label.endsWith('生日')) return null
  if (date.calendar === 'solar') return age(`${date.year}-${two(date.month)}-${two(date.day)}`, now)
  if (!date.next_on) return null
  // The last months of a lunar year reach into the next solar one.
  const behind = date.month > 10 && Number(date.next_on.slice(5, 7)) < 3 ? 1 : 0
  const years = Number(date.next_on.slice(0, 4)) - behind - date.year - (date.next_on > today(now) ? 1 : 0)
  return years < 0 ? null : years
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

export const CALENDARS: Choice[] = [{ value: 'solar', label: '公历' }, { value: 'lunar', label: '农历' }]

export function monthChoices(calendar: string): Choice[] {
  return LUNAR_MONTHS.map((word, at) => ({ value: String(at + 1), label: calendar === 'lunar' ? word : `${at + 1} 月` }))
}

export function dayChoices(calendar: string, month: number): Choice[] {
  const last = calendar === 'lunar' ? 30 : month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31
  return Array.from({ length: last }, (_, at) => ({ value: String(at + 1), label: calendar === 'lunar' ? lunarDay(at + 1) : `${at + 1} 日` }))
}
