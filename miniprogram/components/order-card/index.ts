/** An order in a list: for staff with the customer's name, for the customer with the shop's. */
Component({
  properties: {
    row: { type: Object, value: {} },
    /** Stays a card where there is room for a table. */
    card: { type: Boolean, value: false },
  },
})
