import { request } from './client'
import type { BusinessChanges, BusinessSettings, SignUp, SignedUp } from './types'

export function getBusiness(): Promise<BusinessSettings> {
  return request('GET', 'business')
}

export function updateBusiness(ifMatch: number, body: BusinessChanges): Promise<BusinessSettings> {
  return request('PATCH', 'business', { body, ifMatch })
}

/** Opens a business and makes oneself its boss, where the installation lets anybody do so. */
export function signUp(body: SignUp): Promise<SignedUp> {
  return request('POST', 'auth/signup', { body })
}
