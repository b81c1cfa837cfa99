import { fetchFile, send, sendFile } from './http'
import type { Method, Options } from './http'
import { asProblem, problem } from './problem'
import { secondLook } from './second-look'
import { me, obeyWipe, renew, token } from './session'

export { query } from './http'
export { Problem, asProblem } from './problem'

/** Refusals that a new token cures. */
const STALE = ['unauthenticated', 'token_expired']

/** A request of whoever is signed in. What needs a second look is sent again after the person gave it. */
export async function request<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  try {
    return await renewed((held) => send<T>(method, path, options, held))
  } catch (thrown) {
    const why = asProblem(thrown)
    if (why.code === 'wiped') obeyWipe()
    if (why.code !== 'step_up_required') throw thrown
    await secondLook(why.methods)
    return renewed((held) => send<T>(method, path, options, held))
  }
}

/** A file that only whoever is signed in may have, as the path of a copy on the phone. */
export function requestFile(path: string): Promise<string> {
  return renewed((held) => fetchFile(path, held))
}

/** Sends a file of the phone's, and says how far it is. */
export function requestUpload<T>(path: string, file: string, progress: (percent: number) => void): Promise<T> {
  return renewed((held) => sendFile<T>(path, file, held, progress))
}

/** An expired token is renewed and the request sent once more. */
async function renewed<T>(ask: (held: string | null) => Promise<T>): Promise<T> {
  try {
    return await ask(await token())
  } catch (thrown) {
    if (!STALE.includes(asProblem(thrown).code)) throw thrown
    if (!me()) throw problem('unauthenticated', 401)
    await renew()
    return ask(await token())
  }
}
