/** A customer in a list: a card on the phone, a line of a table where there is room. */
Component({
  properties: { row: { type: Object, value: {} } },
})
