/** Randomness comes from the platform's generator, never from Math.random. */

export function randomBytes(length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    wx.getRandomValues({
      length,
      success: (answer) => resolve(new Uint8Array(answer.randomValues)),
      fail: (reason) => reject(new Error(reason.errMsg)),
    })
  })
}

export async function randomHex(bytes: number): Promise<string> {
  return hex(await randomBytes(bytes))
}

/** A version 4 UUID, for idempotency keys. */
export async function uuid(): Promise<string> {
  const bytes = await randomBytes(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const text = hex(bytes)
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
