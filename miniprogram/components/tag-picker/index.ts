import { asProblem } from '../../api/problem'
import { listTagGroups } from '../../api/tags'
import type { TagGroup } from '../../api/types'

interface GroupRow {
  id: string
  name: string
  tags: { id: string; name: string; colour: string; on: boolean }[]
}

/** All tags by group; a tap puts one on or takes it off. */
Component({
  properties: {
    chosen: { type: Array, value: [] as string[] },
    /** Asks for the tags each time it comes to be seen. */
    active: { type: Boolean, value: false },
  },
  data: { phase: 'loading', message: '', groups: [] as GroupRow[], known: [] as TagGroup[] },
  observers: {
    chosen() {
      this.draw()
    },
    active(active: boolean) {
      if (active) void this.load()
    },
  },
  methods: {
    async load() {
      if (this.data.phase !== 'ready') this.setData({ phase: 'loading' })
      try {
        const { items } = await listTagGroups()
        this.data.known = items
        this.draw()
        this.setData({ phase: 'ready' })
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },
    draw() {
      const chosen = new Set(this.data.chosen as string[])
      const groups = this.data.known
        .filter((group) => group.tags.length > 0)
        .map(({ id, name, tags }) => ({ id, name, tags: tags.map((tag) => ({ id: tag.id, name: tag.name, colour: tag.colour, on: chosen.has(tag.id) })) }))
      this.setData({ groups })
    },
    toggle(event: WechatMiniprogram.TouchEvent) {
      const id = String(event.currentTarget.dataset['id'])
      const chosen = this.data.chosen as string[]
      const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]
      const names = this.data.known.flatMap((group) => group.tags).filter((tag) => next.includes(tag.id))
      this.triggerEvent('change', { value: next, tags: names })
    },
  },
})
