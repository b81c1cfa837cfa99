let made = 0

/** Tells rows of a form apart that have no id yet. */
export function rowKey(): string {
  made += 1
  return `${Date.now()}-${made}`
}
