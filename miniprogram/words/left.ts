import type { Left } from '../api/types'

const WHY: Record<Left['why'], (business: string) => string> = {
  suspended: (business) => `你在“${business}”的账号已被停用，请联系店主。`,
  removed: (business) => `你已不在“${business}”的员工名单里，有疑问请联系店主。`,
  business_suspended: (business) => `“${business}”已停用，店里暂时没有人能登录。`,
}

/** Why somebody cannot work any more where they just did. */
export function whyLeft({ business, why }: Left): string {
  return WHY[why](business)
}
