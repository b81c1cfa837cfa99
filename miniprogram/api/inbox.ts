import { announce } from './changes'
import { query, request } from './client'
import { may } from './session'
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

let templates: SubscriptionTemplate[] = []

/** The reminders WeChat may send, with the credit left. Loaded before the tap that asks for more. */
export async function loadSubscriptions(): Promise<SubscriptionTemplate[]> {
  if (!may('tasks.read')) return []
  const answer = await request<{ items: SubscriptionTemplate[] }>('GET', 'subscriptions')
  templates = answer.items
  return templates
}

/**
 * Asks for one more reminder. Must run inside a tap, before anything is awaited. The answer is a hint
 * only: credit grows by WeChat's own event.
 */
export function askForReminders(): Promise<boolean> {
  const ids = templates.map((one) => one.template_id).slice(0, 3)
  if (ids.length === 0) return Promise.resolve(false)
  return new Promise((resolve) => {
    wx.requestSubscribeMessage({
      tmplIds: ids,
      success: (answer) => resolve(ids.some((id) => String((answer as unknown as Record<string, unknown>)[id]).startsWith('accept'))),
      fail: () => resolve(false),
    })
  })
}
