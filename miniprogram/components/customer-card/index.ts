/** A customer in a list: a card on the phone, a line of a table where there is room. */
Component({
  properties: {
    row: { type: Object, value: {} },
    /** Whether one chooses among the rows, and whether this one is chosen. */
    picking: { type: Boolean, value: false },
    on: { type: Boolean, value: false },
    /** Stays a card where there is room for a table. */
    card: { type: Boolean, value: false },
  },
})
