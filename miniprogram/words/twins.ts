/** What is written twice in one form: the server keeps it once, so the form says so before it is sent. */

/** A number as the server compares it, however it is written: without what divides it, in half width, without the code of China. */
export function phoneKey(typed: string): string {
  const narrow = typed.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
  const digits = narrow.replace(/[\s()-]/g, '').replace(/^(\+86|0086)/, '')
  return /^86\d{11}$/.test(digits) ? digits.slice(2) : digits
}

/** 与第 1 个号码相同, beside each number that stands there before. */
export function twinPhones(numbers: string[]): Record<string, string> {
  const keys = numbers.map(phoneKey)
  const twins: Record<string, string> = {}
  keys.forEach((key, at) => {
    const first = keys.indexOf(key)
    if (key && first < at) twins[`phones.${at}.number`] = `与第 ${first + 1} 个号码相同`
  })
  return twins
}
