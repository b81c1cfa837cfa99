/**
 * UTF-8 for the glue: mini-programs have neither TextEncoder nor TextDecoder. Half a surrogate pair
 * becomes U+FFFD, as the standard says.
 */

export class TextEncoder {
  encode(text: string): Uint8Array {
    const bytes = new Uint8Array(text.length * 3)
    return bytes.subarray(0, this.encodeInto(text, bytes).written)
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let read = 0
    let written = 0
    while (read < text.length) {
      let scalar = text.charCodeAt(read)
      let units = 1
      if (scalar >= 0xd800 && scalar < 0xe000) {
        const second = text.charCodeAt(read + 1)
        if (scalar < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
          scalar = 0x10000 + ((scalar - 0xd800) << 10) + (second - 0xdc00)
          units = 2
        } else {
          scalar = 0xfffd
        }
      }
      const more = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3
      if (written + more >= target.length) break
      // The first byte says how many follow: 0xxxxxxx, 110xxxxx, 1110xxxx, 11110xxx.
      target[written++] = more === 0 ? scalar : ((0xff00 >> (more + 1)) & 0xff) | (scalar >> (6 * more))
      for (let left = more - 1; left >= 0; left--) target[written++] = 0x80 | ((scalar >> (6 * left)) & 0x3f)
      read += units
    }
    return { read, written }
  }
}

/** Decodes what the module wrote, which is always valid UTF-8. */
export class TextDecoder {
  decode(bytes?: Uint8Array): string {
    let text = ''
    if (!bytes) return text
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at++]!
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
      let scalar = more === 0 ? first : first & (0x3f >> more)
      for (let left = more; left > 0; left--) scalar = (scalar << 6) | (bytes[at++]! & 0x3f)
      text += scalar < 0x10000
        ? String.fromCharCode(scalar)
        : String.fromCharCode(0xd800 + ((scalar - 0x10000) >> 10), 0xdc00 + ((scalar - 0x10000) & 0x3ff))
    }
    return text
  }
}
