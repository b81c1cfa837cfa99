/** What stands where a page's content will be: skeleton, empty, failed, or no network. */
Component({
  properties: {
    /** loading · ready · failed · offline */
    phase: { type: String, value: 'loading' },
    /** Nothing to show although all went well. */
    empty: { type: Boolean, value: false },
    message: { type: String, value: '' },
    icon: { type: String, value: 'note' },
    title: { type: String, value: '' },
    text: { type: String, value: '' },
    action: { type: String, value: '' },
    /** rows · page */
    shape: { type: String, value: 'rows' },
  },
  data: { bones: [1, 2, 3, 4, 5] },
  methods: {
    retry() {
      this.triggerEvent('retry')
    },
    act() {
      this.triggerEvent('act')
    },
  },
})
