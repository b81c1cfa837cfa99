/** A section of a page that did not come, why, and asking for it once more: the rest of the page is still of use. */
Component({
  properties: {
    /** What did not come, as its title says it. */
    what: { type: String, value: '' },
    /** The sentence that says why; empty: it came, and nothing is shown. */
    why: { type: String, value: '' },
    /** What the section is called where it is looked for: its plural word. */
    kind: { type: String, value: '' },
    asking: { type: Boolean, value: false },
  },
  methods: {
    again() {
      if (!this.data.asking) this.triggerEvent('again')
    },
  },
})
