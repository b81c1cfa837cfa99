import type { Left } from '../api/types'

const WHY: Record<Left['why'], (business: string) => string> = {
  suspended: (business) => `你在“${business}”的账号已被停用，请联系店主。`,
  removed: (business) => `你已不在“${business}”的员工名单里，有疑问请联系店主。`,
  signed_out: (business) => `这台手机在别处被下线了。是你本人的话，从 我的 → 回到员工端 重新进入“${business}”，老板会收到提醒。`,
  business_suspended: (business) => `“${business}”已停用，店里暂时没有人能登录。`,
}

/** Why somebody is not where they just worked. */
export function whyLeft({ business, why }: Left): string {
  return WHY[why](business)
}
