import { announce } from './changes'
import { query, request } from './client'
import { actor, may } from './session'
import type { InboxItem, Page, SubscriptionTemplate } from './types'

export async function listInbox(cursor: string | null): Promise<Page<InboxItem>> {
  const page = await request<Page<InboxItem> & { unread: number }>('GET', `inbox${query({ limit: 20, cursor })}`)
  announce('inbox', { unread: page.unread })
  return page
}

/** The number on the tab, without the list. */
export async function countUnread(): Promise<void> {
  if (!may('tasks.read')) return
  const { unread } = await request<{ unread: number }>('GET', 'inbox?limit=1')
  announce('inbox', { unread })
}

export function readItem(id: string): Promise<void> {
  return request('POST', `inbox/${id}/read`, { body: {} })
}

export function readAll(): Promise<void> {
  return request('POST', 'inbox/read-all', { body: {} })
}

/** Whose reminders are asked for already. */
let prepared = ''

/** Where the ids of the reminders are kept: the tap that asks for one more may wait for nothing. */
function place(): string {
  return `reminders:${actor()}`
}

/** The reminders WeChat may send, with the credit left. */
export async function loadSubscriptions(): Promise<SubscriptionTemplate[]> {
  if (!may('tasks.read')) return []
  const where = place()
  const { items } = await request<{ items: SubscriptionTemplate[] }>('GET', 'subscriptions')
  wx.setStorageSync(where, items.map((one) => one.template_id))
  return items
}

/** Asks for them once a start, on the pages that lead to the forms: whoever saves quickly is asked as well. */
export function prepareReminders(): void {
  // A phone that was wiped keeps nothing, whoever it was.
  if (!may('tasks.read') || (prepared === actor() && wx.getStorageSync(place()))) return
  prepared = actor()
  void loadSubscriptions().catch(() => (prepared = ''))
}

/**
 * Asks for one more reminder. Must run inside a tap, before anything is awaited. The answer is a hint
 * only: credit grows by WeChat's own event.
 */
export function askForReminders(): Promise<boolean> {
  const kept: unknown = wx.getStorageSync(place())
  const ids = Array.isArray(kept) ? (kept as string[]).slice(0, 3) : []
  if (ids.length === 0) return Promise.resolve(false)
  return new Promise((resolve) => {
    wx.requestSubscribeMessage({
      tmplIds: ids,
      success: (answer) => resolve(ids.some((id) => String((answer as unknown as Record<string, unknown>)[id]).startsWith('accept'))),
      fail: () => resolve(false),
    })
  })
}
