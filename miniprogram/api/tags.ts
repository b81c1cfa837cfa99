import { request } from './client'
import { actor } from './session'
import type { Tag, TagGroup } from './types'

let known: { actor: string; names: Map<string, string> } | null = null

export async function listTagGroups(): Promise<{ items: TagGroup[] }> {
  const answer = await request<{ items: TagGroup[] }>('GET', 'tag-groups')
  known = { actor: actor(), names: new Map(answer.items.flatMap((group) => group.tags).map((tag) => [tag.id, tag.name])) }
  return answer
}

/** What the tags were called when somebody asked last, for a line that is drawn at once. */
export function knownTags(): Map<string, string> {
  return known?.actor === actor() ? known.names : new Map()
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
