/** What a page asks of a tab page, whose address takes no parameters. */
interface Intents {
  /** To begin with the search, or with choosing whom to give an offer; or to offer to take a deletion back. */
  customers: { search: true } | { give: string } | { removed: { run: string; name: string } }
  /** A customer: the orders of them alone. */
  orders: { status: string; customer?: { id: string; name: string } }
}

const asked: Partial<Intents> = {}

export function intend<K extends keyof Intents>(page: K, what: Intents[K]): void {
  asked[page] = what
}

/** Answers once. */
export function takeIntent<K extends keyof Intents>(page: K): Intents[K] | undefined {
  const what = asked[page]
  delete asked[page]
  return what
}
