import { request } from './client'
import type { BusinessChanges, BusinessSettings } from './types'

export function getBusiness(): Promise<BusinessSettings> {
  return request('GET', 'business')
}

export function updateBusiness(ifMatch: number, body: BusinessChanges): Promise<BusinessSettings> {
  return request('PATCH', 'business', { body, ifMatch })
}
