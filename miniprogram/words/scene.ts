/**
 * The `scene` of a 小程序码 and what a camera read: bytes of strangers. `r=` is the code of a receipt, `i=` the ticket of an
 * invitation. Whatever else it is, it is nothing, and never an error.
 */
const LONGEST = 512

export function sceneOf(query: Record<string, string | undefined>, kind: 'r' | 'i'): string | undefined {
  const scene = plain(query['scene'])
  return scene.startsWith(`${kind}=`) && /^[\w-]{1,64}$/.test(scene.slice(2)) ? scene.slice(2) : undefined
}

/** The code of a receipt in what was scanned: the page of a 小程序码, or the printed code by itself. */
export function scannedCode(result: string | undefined, path: string | undefined): string {
  const text = (path ?? result ?? '').slice(0, LONGEST)
  return grouped(/r(?:=|%3D)([\w-]+)/i.exec(text)?.[1] ?? (result ?? '').slice(0, LONGEST))
}

/** ABCD-EFGH-JKLM-NPQR, as printed; older receipts have twelve letters. */
export function grouped(text: string): string {
  const letters = text.slice(0, LONGEST).toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 16)
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

function plain(encoded: string | undefined): string {
  const text = (encoded ?? '').slice(0, LONGEST)
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that nobody encoded.
    return text
  }
}
