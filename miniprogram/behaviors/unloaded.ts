import { asProblem } from '../api/problem'

/** Why a section did not come, as a sentence. Of one that somebody may not see nothing is said: it is not theirs to miss. */
export function unloaded(thrown: unknown): string {
  const why = asProblem(thrown)
  return why.code === 'forbidden' ? '' : why.sentence
}
