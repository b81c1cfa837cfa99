import type { SpecialDate } from '../../../api/types'
import { CALENDARS, dayChoices, monthChoices } from '../../../words/dates'
import { rowKey } from '../../../words/key'
import type { Choice } from '../../../words/names'

/** A date as it is typed. */
export interface TypedDate {
  key: string
  label: string
  calendar: 'solar' | 'lunar'
  month: string
  day: string
  leap: boolean
  /** Empty where it is not known. */
  year: string
}

interface DateRow extends TypedDate {
  months: Choice[]
  days: Choice[]
  labelError: string
  dayError: string
  yearError: string
  yearHint: string
}

export function typedDate(date: SpecialDate): TypedDate {
  return { ...date, key: rowKey(), month: String(date.month), day: String(date.day), year: String(date.year ?? '') }
}

export function sentDates(dates: TypedDate[]): SpecialDate[] {
  return dates.map(({ label, calendar, month, day, leap, year }) => ({ label, calendar, month: Number(month), day: Number(day), leap: calendar === 'lunar' && leap, year: sentYear(year) }))
}

/** What is no number is sent as one that the rules refuse; nothing is lost unseen. A draft of before has no text here. */
function sentYear(typed: string | number | null): number | null {
  const text = String(typed ?? '').trim()
  return text === '' ? null : Number(text) || 0
}

function yearHint({ calendar, label }: TypedDate): string {
  const lunar = calendar === 'lunar' ? '按农历的年份填' : ''
  const age = label.endsWith('生日') ? '填了会写周岁' : ''
  return [lunar, age].filter(Boolean).join('；')
}

/** Days of the year that matter, by the sun or by the moon. */
Component({
  properties: {
    value: { type: Array, value: [] as TypedDate[] },
    errors: { type: Object, value: {} as Record<string, string> },
  },
  data: { rows: [] as DateRow[], calendars: CALENDARS },
  observers: {
    'value, errors'(value: TypedDate[], errors: Record<string, string>) {
      const rows = value.map((one, at) => ({
        ...one, months: monthChoices(one.calendar), days: dayChoices(one.calendar, Number(one.month)),
        labelError: errors[`dates.${at}.label`] ?? '', dayError: errors[`dates.${at}.day`] ?? errors[`dates.${at}.leap`] ?? '',
        yearError: errors[`dates.${at}.year`] ?? '', yearHint: yearHint(one),
      }))
      this.setData({ rows })
    },
  },
  methods: {
    tell(value: TypedDate[]) {
      this.triggerEvent('change', { name: 'dates', value })
    },
    change(at: number, change: Partial<TypedDate>) {
      this.tell((this.data.value as TypedDate[]).map((one, index) => (index === at ? { ...one, ...change } : one)))
    },
    onField(event: WechatMiniprogram.CustomEvent<{ name: string; value: string }>) {
      this.change(Number(event.currentTarget.dataset['index']), { [event.detail.name]: event.detail.value })
    },
    toggleLeap(event: WechatMiniprogram.TouchEvent) {
      const at = Number(event.currentTarget.dataset['index'])
      this.change(at, { leap: !(this.data.value as TypedDate[])[at]?.leap })
    },
    add() {
      this.tell([...(this.data.value as TypedDate[]), { key: rowKey(), label: this.data.value.length ? '' : '生日', calendar: 'lunar', month: '1', day: '1', leap: false, year: '' }])
    },
    drop(event: WechatMiniprogram.TouchEvent) {
      const at = Number(event.currentTarget.dataset['index'])
      this.tell((this.data.value as TypedDate[]).filter((_, index) => index !== at))
    },
  },
})
