// Mutants for what 小程序码 and cameras bring: nothing is thrown, nothing grows, and only what looks like a code is one.
// SHUKE_ENDURE_SECONDS says for how long (one by default); SHUKE_ENDURE_SEED repeats a run.
import { bundled } from './bundled.mjs'

const { sceneOf, scannedCode, grouped } = await bundled('words/scene.ts')

const SAMPLES = [
  'r%3DABCDEFGHJKLMNPQR', 'r=ABCD-EFGH-JKLM', 'i%3D7KQ2MX9DPA7KQ2MX9DPA', 'i=7KQ2MX9DPA7KQ2MX9DPA', 'ABCD-EFGH-JKLM', 'pages/home/index',
  'features/my-orders/claim/index?scene=r%3DABCDEFGHJKLM', 'https://example.com/?r=ABCDEFGHJKLM&x=%E5%B1%B1', 'WIFI:S:guest;T:WPA;P:secret;;', '',
]
const BITS = ['%', '%E4', '%00', '%3D', '%25', '=', 'r=', 'i=', '\u0000', '山', '😀', '\ud800', '-', '_', '{{', '<script>', '/../', 'A'.repeat(300), '\u202e']

let state = BigInt(process.env.SHUKE_ENDURE_SEED ?? Date.now()) | 1n
const seed = state
/** xorshift64*: the same seed brings the same mutants. */
function below(most) {
  state ^= (state >> 12n) & 0xffffffffffffffffn
  state ^= (state << 25n) & 0xffffffffffffffffn
  state ^= state >> 27n
  return Number(((state * 2685821657736338717n) & 0xffffffffffffffffn) % BigInt(most))
}

function mutant() {
  let text = SAMPLES[below(SAMPLES.length)]
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(text.length + 1)
    const end = at + below(text.length - at + 1)
    const bit = below(2) ? BITS[below(BITS.length)] : String.fromCharCode(below(0x10000))
    text = [text.slice(0, at) + bit + text.slice(at), text.slice(0, at) + text.slice(end), text.slice(0, at) + text.slice(at, end).repeat(1 + below(4)) + text.slice(end), text.slice(0, at) + bit + text.slice(at + 1)][below(4)]
    if (text.length > 20_000) text = text.slice(0, 20_000)
  }
  return text
}

function must(holds, what, text) {
  if (holds) return
  console.error(`${what}: ${JSON.stringify(text)} (SHUKE_ENDURE_SEED=${seed})`)
  process.exit(1)
}

for (const [code, shown] of [['ABCD-EFGH-JKLM', 'ABCD-EFGH-JKLM'], ['ABCDEFGHJKLM', 'ABCD-EFGH-JKLM'], ['ABCDEFGHJKLMNPQR', 'ABCD-EFGH-JKLM-NPQR']]) {
  must(sceneOf({ scene: encodeURIComponent(`r=${code}`) }, 'r') === code && sceneOf({ scene: `r=${code}` }, 'i') === undefined, 'a scene is not read', code)
  must(scannedCode(code, undefined) === shown && scannedCode('', `a/b?scene=r%3D${code}`) === shown, 'a scan is not read', code)
}
must(sceneOf({ scene: '%' }, 'r') === undefined && sceneOf({}, 'i') === undefined, 'a lone percent sign', '%')

const until = Date.now() + Number(process.env.SHUKE_ENDURE_SECONDS ?? 1) * 1000
let count = 0
while (Date.now() < until) {
  for (let turn = 0; turn < 500; turn++, count++) {
    const text = mutant()
    try {
      for (const kind of ['r', 'i']) {
        const found = sceneOf({ scene: text }, kind)
        must(found === undefined || /^[\w-]{1,64}$/.test(found), 'a scene that is none', text)
      }
      for (const code of [scannedCode(text, undefined), scannedCode(undefined, text), grouped(text)]) {
        must(/^([0-9A-Z]{1,4}(-[0-9A-Z]{1,4}){0,3})?$/.test(code), `"${code}" is no code`, text)
      }
    } catch (thrown) {
      must(false, String(thrown), text)
    }
  }
}
console.log(`scenes: ${count} mutants, seed ${seed}`)
