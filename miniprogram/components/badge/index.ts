import { ownTypeNames } from '../../api/custom-fields'
import { STATUSES, STATUS_ICONS, TYPES } from '../../words/names'
import { standing } from '../../words/offers'

const TONES: Record<string, string> = {
  placed: 'warn', processing: 'calm', shipped: 'brand', delivered: 'brand', completed: 'quiet', cancelled: 'quiet',
  potential: 'warn', new: 'calm', existing: 'brand', lost: 'quiet',
}

/** A status as colour, word and icon: an order's, a customer's type, or an offer's (`offer-open`). */
Component({
  properties: { value: { type: null, value: '' } },
  data: { word: '', icon: '', tone: 'quiet' },
  observers: {
    value(value: string | undefined = '') {
      const words: Record<string, string> = { ...TYPES, ...STATUSES }
      const icons: Record<string, string> = STATUS_ICONS
      if (/^t[0-9a-f]{8}$/.test(value)) void ownTypeNames().then((names) => value === this.data.value && this.setData({ word: names.get(value) ?? '' }))
      const known = standing(value)
      if (known) return this.setData(known)
      this.setData({ word: words[value] ?? (/^t[0-9a-f]{8}$/.test(value) ? '' : value), icon: icons[value] ?? '', tone: TONES[value] ?? 'quiet' })
    },
  },
})
