import { query, request } from './client'
import type { CustomerOffer, CustomerOfferEvent, MyOffer, NewOffer, Offer, OfferChanges, Page } from './types'

export function listOffers(cursor: string | null, limit = 20): Promise<Page<Offer>> {
  return request('GET', `offers${query({ limit, cursor })}`)
}

/** Those that can be given now. */
export function listGiveable(cursor: string | null): Promise<Page<Offer>> {
  return request('GET', `offers${query({ giveable: 'true', limit: 20, cursor })}`)
}

/** All of them, also those that are not given any more: what was given is called by its name for ever. */
export async function allOffers(): Promise<Offer[]> {
  const all: Offer[] = []
  let cursor: string | null = null
  do {
    const page: Page<Offer> = await listOffers(cursor, 100)
    all.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return all
}

export function findOffer(id: string): Promise<Offer> {
  return request('GET', `offers/${id}`)
}

export function createOffer(body: NewOffer, idempotencyKey: string): Promise<Offer> {
  return request('POST', 'offers', { body, idempotencyKey })
}

export function updateOffer({ id, version }: Offer, body: OfferChanges): Promise<Offer> {
  return request('PATCH', `offers/${id}`, { body, ifMatch: version })
}

/** Not given any more; who has it keeps it. */
export function stopOffer({ id, version }: Offer): Promise<Offer> {
  return request('POST', `offers/${id}/stop`, { body: {}, ifMatch: version })
}

/** One that nobody was given. */
export function deleteOffer({ id, version }: Offer): Promise<void> {
  return request('DELETE', `offers/${id}`, { ifMatch: version })
}

/** What a customer was given, the newest first: so many at a time that what can be used is among the first. */
export function listCustomerOffers(customer: string, cursor: string | null): Promise<Page<CustomerOffer>> {
  return request('GET', `customers/${customer}/offers${query({ limit: 100, cursor })}`)
}

export function giveOffer(customer: string, offer: string, idempotencyKey: string): Promise<CustomerOffer> {
  return request('POST', `customers/${customer}/offers`, { body: { offer_id: offer }, idempotencyKey })
}

export function moveCustomerOffer({ customer_id: customer, id, version }: CustomerOffer, event: CustomerOfferEvent): Promise<CustomerOffer> {
  return request('POST', `customers/${customer}/offers/${id}/moves`, { body: { event }, ifMatch: version })
}

export function takeOfferBack({ customer_id: customer, id, version }: CustomerOffer): Promise<void> {
  return request('DELETE', `customers/${customer}/offers/${id}`, { ifMatch: version })
}

/** One's own, of all shops, what can be used first. */
export function listMyOffers(): Promise<{ items: MyOffer[] }> {
  return request('GET', 'me/offers')
}
