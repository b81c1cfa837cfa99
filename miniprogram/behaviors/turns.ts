/** How many questions of each kind a page or component has begun. They are no data: the template never sees them. */
const begun = new WeakMap<object, Map<string, number>>()

/** Says, whenever it is asked, whether no newer question of this kind was begun since: answers to an older one are dropped. */
export function thisTurn(asker: object, kind: string): () => boolean {
  const count = (): number => begun.get(asker)?.get(kind) ?? 0
  const mine = count()
  return () => mine === count()
}

/** Begins a question. What happens meanwhile may take a turn as well, when it makes the answer an old one. */
export function takeTurn(asker: object, kind: string): () => boolean {
  const kinds = begun.get(asker) ?? new Map<string, number>()
  begun.set(asker, kinds.set(kind, (kinds.get(kind) ?? 0) + 1))
  return thisTurn(asker, kind)
}
