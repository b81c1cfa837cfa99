/** What was read out of a pasted line such as `张三 13800138000 浙江省杭州市西湖区文三路 8 号`. */
export interface Pasted {
  name: string
  phone: string
  address: string
  /** GB/T 2260 code of the province the address begins with. */
  region: string
  /** What follows the province there: the city, as a rule. */
  beyond: string
}

const PHONE = /(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)|(0\d{2,3}-?\d{7,8})(?!\d)/
const LABELS = /(收货人|收件人|联系人|姓名|名字|手机号码|手机号|联系电话|电话|手机|收货地址|详细地址|所在地区|地址)\s*[:：]?/g

const PROVINCES: [string, string][] = [
  ['北京', '110000'], ['天津', '120000'], ['河北', '130000'], ['山西', '140000'], ['内蒙古', '150000'], ['辽宁', '210000'],
  ['吉林', '220000'], ['黑龙江', '230000'], ['上海', '310000'], ['江苏', '320000'], ['浙江', '330000'], ['安徽', '340000'],
  ['福建', '350000'], ['江西', '360000'], ['山东', '370000'], ['河南', '410000'], ['湖北', '420000'], ['湖南', '430000'],
  ['广东', '440000'], ['广西', '450000'], ['海南', '460000'], ['重庆', '500000'], ['四川', '510000'], ['贵州', '520000'],
  ['云南', '530000'], ['西藏', '540000'], ['陕西', '610000'], ['甘肃', '620000'], ['青海', '630000'], ['宁夏', '640000'],
  ['新疆', '650000'], ['台湾', '710000'], ['香港', '810000'], ['澳门', '820000'],
]

/** Splits a pasted line, or answers null when there is no phone number in it. */
export function readPaste(text: string): Pasted | null {
  const plain = text.replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)).replace(LABELS, ' ')
  const found = PHONE.exec(plain)
  if (!found) return null
  const phone = (found[1] ?? found[2] ?? '').replace(/[- ]/g, '')
  const rest = `${plain.slice(0, found.index)} ${plain.slice(found.index + found[0].length)}`
  const parts = rest.split(/[\s,，;；、|]+/).filter(Boolean)
  const place = parts.findIndex((part) => looksLikePlace(part))
  const name = parts.find((part, at) => at !== place && part.length <= 10 && !/\d/.test(part) && !looksLikePlace(part)) ?? ''
  const address = parts.filter((part) => part !== name).join('')
  return { name, phone, address, region: provinceOf(address), beyond: afterProvince(address) }
}

function looksLikePlace(part: string): boolean {
  return provinceOf(part) !== '' || /[省市区县镇乡村路街道巷弄号楼室苑园]/.test(part.slice(1))
}

function provinceOf(text: string): string {
  return PROVINCES.find(([name]) => text.startsWith(name))?.[1] ?? ''
}

/** 杭州市西湖区… of 浙江省杭州市西湖区…; 朝阳区… of 北京市北京市朝阳区…. 吉林市 is no province. */
function afterProvince(text: string): string {
  const name = PROVINCES.find(([known]) => text.startsWith(known))?.[0] ?? ''
  if (/^(北京|天津|上海|重庆)$/.test(name)) return text.replace(new RegExp(`^(${name}市?)+`), '')
  const rest = text.slice(name.length)
  return rest.startsWith('市') ? text : rest.replace(/^(省|(壮族|回族|维吾尔)?自治区|特别行政区)/, '')
}
