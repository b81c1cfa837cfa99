import { takeTurn } from './turns'
import { unloaded } from './unloaded'

/** A section of a page that is asked for by itself. Its host has a `load`, which asks with `section`; what is said when nothing came is `unloaded`'s. */
export const section = Behavior({
  data: { why: '', asking: false },
  methods: {
    /** Asks, and draws what the newest question was answered. What was shown stays when nothing came, and it can be asked for once more; false then. */
    async section<T>(question: () => Promise<T>, draw: (answer: T) => void): Promise<boolean> {
      const newest = takeTurn(this, 'section')
      try {
        const answer = await question()
        if (!newest()) return true
        this.setData({ why: '' })
        draw(answer)
        return true
      } catch (thrown) {
        if (newest()) this.setData({ why: unloaded(thrown) })
        return !newest()
      }
    },
    async again(): Promise<void> {
      this.setData({ asking: true })
      await (this as unknown as { load: () => Promise<unknown> }).load()
      this.setData({ asking: false })
    },
  },
})
