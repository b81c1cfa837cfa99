import type { SpecialDate } from '../api/types'
import type { Choice } from './names'

/** Special dates as people say them: 农历八月十五, 公历 3 月 8 日. */

const LUNAR_MONTHS = ['正月', '二月', '三月', '四月', '五月', '六月', '七月', '八月', '九月', '十月', '冬月', '腊月']
const DIGITS = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']

function lunarDay(day: number): string {
  if (day <= 10) return `初${DIGITS[day - 1] ?? ''}`
  if (day < 20) return `十${DIGITS[day - 11] ?? ''}`
  if (day === 20) return '二十'
  return day < 30 ? `廿${DIGITS[day - 21] ?? ''}` : '三十'
}

export function dateText(date: SpecialDate): string {
  if (date.calendar === 'solar') return `${date.month} 月 ${date.day} 日`
  return `农历${date.leap ? '闰' : ''}${LUNAR_MONTHS[date.month - 1] ?? ''}${lunarDay(date.day)}`
}

export const CALENDARS: Choice[] = [{ value: 'solar', label: '公历' }, { value: 'lunar', label: '农历' }]

export function monthChoices(calendar: string): Choice[] {
  return LUNAR_MONTHS.map((word, at) => ({ value: String(at + 1), label: calendar === 'lunar' ? word : `${at + 1} 月` }))
}

export function dayChoices(calendar: string, month: number): Choice[] {
  const last = calendar === 'lunar' ? 30 : month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31
  return Array.from({ length: last }, (_, at) => ({ value: String(at + 1), label: calendar === 'lunar' ? lunarDay(at + 1) : `${at + 1} 日` }))
}
