/** A picture beside a word. Its colour is the text's, its size a token of app.wxss. */
Component({
  properties: {
    name: { type: String, value: '' },
    size: { type: String, value: 'var(--icon)' },
    colour: { type: String, value: '' },
  },
})
