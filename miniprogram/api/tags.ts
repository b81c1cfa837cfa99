import { request } from './client'
import type { Tag, TagGroup } from './types'

export function listTagGroups(): Promise<{ items: TagGroup[] }> {
  return request('GET', 'tag-groups')
}

export function createTagGroup(name: string, idempotencyKey: string): Promise<TagGroup> {
  return request('POST', 'tag-groups', { body: { name }, idempotencyKey })
}

export function renameTagGroup(group: TagGroup, name: string): Promise<TagGroup> {
  return request('PATCH', `tag-groups/${group.id}`, { body: { name }, ifMatch: group.version })
}

export function deleteTagGroup(group: TagGroup): Promise<void> {
  return request('DELETE', `tag-groups/${group.id}`, { ifMatch: group.version })
}

export function createTag(group: string, name: string, colour: string, idempotencyKey: string): Promise<Tag> {
  return request('POST', 'tags', { body: { group_id: group, name, colour }, idempotencyKey })
}

export function updateTag(tag: Tag, name: string, colour: string): Promise<Tag> {
  return request('PATCH', `tags/${tag.id}`, { body: { name, colour }, ifMatch: tag.version })
}

export function deleteTag(tag: Tag): Promise<void> {
  return request('DELETE', `tags/${tag.id}`, { ifMatch: tag.version })
}
