import { query, request } from './client'
import type { NewTask, Page, Task, Today } from './types'

export function getToday(): Promise<Today> {
  return request('GET', 'today')
}

export function listTasks(customer: string): Promise<Page<Task>> {
  return request('GET', `tasks${query({ status: 'open', customer_id: customer, limit: 20 })}`)
}

export function createTask(body: NewTask, idempotencyKey: string): Promise<Task> {
  return request('POST', 'tasks', { body, idempotencyKey })
}

export function finishTask(id: string, ifMatch: number): Promise<Task> {
  return request('POST', `tasks/${id}/done`, { body: {}, ifMatch })
}

export function reopenTask(id: string, ifMatch: number): Promise<Task> {
  return request('POST', `tasks/${id}/reopen`, { body: {}, ifMatch })
}

export function snoozeTask(id: string, ifMatch: number, until: string): Promise<Task> {
  return request('POST', `tasks/${id}/snooze`, { body: { until }, ifMatch })
}
