import { request } from './client'
import type { Invitation, InvitationView, NewInvitation, OfferedPlace, OpenInvitation } from './types'

export function createInvitation(body: NewInvitation): Promise<Invitation> {
  return request('POST', 'invitations', { body })
}

export function listInvitations(): Promise<{ items: OpenInvitation[] }> {
  return request('GET', 'invitations')
}

export function takeInvitationBack(id: string): Promise<void> {
  return request('DELETE', `invitations/${id}`)
}

/** Whose invitation a ticket is; a wrong, a used and an expired one are the same answer. */
export function lookAtInvitation(ticket: string): Promise<InvitationView> {
  return request('POST', 'auth/invitation', { body: { ticket } })
}

export function acceptInvitation(ticket: string, name: string): Promise<{ tenant_id: number; staff_id: string }> {
  return request('POST', 'auth/invitation/accept', { body: { ticket, ...(name ? { name } : {}) } })
}

/** Places that shops keep for a phone one proved; their tickets are accepted like an invitation's. */
export async function listOffers(): Promise<OfferedPlace[]> {
  return (await request<{ items: OfferedPlace[] }>('GET', 'auth/invitations')).items
}

export function declinePlace(ticket: string): Promise<void> {
  return request('POST', 'auth/invitation/decline', { body: { ticket } })
}
