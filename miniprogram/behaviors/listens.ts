/** Listeners that end with the page or component. They are no data: the template never sees them. */
const held = new WeakMap<object, (() => void)[]>()

export const listens = Behavior({
  lifetimes: {
    detached() {
      held.get(this)?.forEach((off) => off())
      held.delete(this)
    },
  },
  methods: {
    /** Keeps what `listen` answered, until this goes away. */
    during(...offs: (() => void)[]): void {
      held.set(this, [...(held.get(this) ?? []), ...offs])
    },
  },
})
