import type { TagMark } from '../../api/types'

/** The tags of a customer: the first few, and how many more. */
Component({
  properties: {
    tags: { type: Array, value: [] as TagMark[] },
    max: { type: Number, value: 3 },
  },
  data: { shown: [] as TagMark[], rest: 0 },
  observers: {
    'tags, max'(tags: TagMark[], max: number) {
      this.setData({ shown: tags.slice(0, max), rest: Math.max(tags.length - max, 0) })
    },
  },
})
