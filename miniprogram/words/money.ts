/** `¥1,234.50` of fen; stars for whoever does not see amounts. */
export function yuan(fen: number | null): string {
  if (fen === null) return '¥****'
  const sign = fen < 0 ? '-' : ''
  const whole = Math.abs(fen)
  const front = String(Math.floor(whole / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}¥${front}.${String(whole % 100).padStart(2, '0')}`
}

/** Fen of what a person typed (`68`, `68.5`, `1,234.50`), or null when it is no amount. */
export function fen(text: string): number | null {
  const plain = text.trim().replace(/[,，¥￥\s]/g, '')
  const parts = /^(\d{1,9})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!parts) return null
  return Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
}
