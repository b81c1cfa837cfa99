import type { OfferCard } from '../../words/offers'

/** An offer: what it gives, what it is called, until when, and how it stands. */
Component({
  properties: {
    row: { type: Object, value: {} as OfferCard },
  },
})
