import { request } from './client'
import { actor } from './session'
import type { Filter, Tag, TagGroup, TagGroupUses, TagRule, TagRuleEffect, TagUses } from './types'

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

export function createTagGroup(body: { name: string; single: boolean }, idempotencyKey: string): Promise<TagGroup> {
  return request('POST', 'tag-groups', { body, idempotencyKey })
}

/** `single`: a category, of which a customer has one. */
export function updateTagGroup(group: TagGroup, body: { name?: string; single: boolean }): Promise<TagGroup> {
  return request('PATCH', `tag-groups/${group.id}`, { body, ifMatch: group.version })
}

export function orderTagGroups(ids: string[]): Promise<{ items: TagGroup[] }> {
  return request('POST', 'tag-groups/order', { body: { ids } })
}

export function orderTags(group: string, ids: string[]): Promise<TagGroup> {
  return request('POST', `tag-groups/${group}/order`, { body: { ids } })
}

/** With its tags, which customers lose. */
export function deleteTagGroup(group: TagGroup): Promise<void> {
  return request('DELETE', `tag-groups/${group.id}?with_tags=true`, { ifMatch: group.version })
}

export function tagGroupUses(id: string): Promise<TagGroupUses> {
  return request('GET', `tag-groups/${id}/uses`)
}

/** Its tags move; one whose name the other group has becomes that one. */
export function mergeTagGroup(group: TagGroup, into: string): Promise<TagGroup> {
  return request('POST', `tag-groups/${group.id}/merge`, { body: { into }, ifMatch: group.version })
}

/** Brings back a group that was deleted or merged in the last half hour, with its tags. */
export function restoreTagGroup(id: string): Promise<TagGroup> {
  return request('POST', `tag-groups/${id}/restore`, { body: {} })
}

export function createTag(group: string, name: string, colour: string, idempotencyKey: string): Promise<Tag> {
  return request('POST', 'tags', { body: { group_id: group, name, colour }, idempotencyKey })
}

export function updateTag(tag: Tag, body: { name?: string; colour: string; group_id?: string }): Promise<Tag> {
  return request('PATCH', `tags/${tag.id}`, { body, ifMatch: tag.version })
}

export function deleteTag(tag: Tag): Promise<void> {
  return request('DELETE', `tags/${tag.id}`, { ifMatch: tag.version })
}

export function tagUses(id: string): Promise<TagUses> {
  return request('GET', `tags/${id}/uses`)
}

/** Whoever has the tag has the other one from then on. */
export function mergeTag(tag: Tag, into: string): Promise<Tag> {
  return request('POST', `tags/${tag.id}/merge`, { body: { into }, ifMatch: tag.version })
}

/** Brings back a tag that was deleted or merged in the last half hour. */
export function restoreTag(id: string): Promise<Tag> {
  return request('POST', `tags/${id}/restore`, { body: {} })
}

export function listTagRules(): Promise<{ items: TagRule[] }> {
  return request('GET', 'tag-rules')
}

export function createTagRule(body: { tag_id: string; filter: Filter; enabled: boolean }, idempotencyKey: string): Promise<TagRule> {
  return request('POST', 'tag-rules', { body, idempotencyKey })
}

export function changeTagRule(rule: TagRule, body: { filter?: Filter; enabled?: boolean }): Promise<TagRule> {
  return request('PATCH', `tag-rules/${rule.id}`, { body, ifMatch: rule.version })
}

export function deleteTagRule(rule: TagRule): Promise<void> {
  return request('DELETE', `tag-rules/${rule.id}`, { ifMatch: rule.version })
}

/** What a rule would do, before it is switched on. */
export function previewTagRule(tag_id: string, filter: Filter): Promise<TagRuleEffect> {
  return request('POST', 'tag-rules/preview', { body: { tag_id, filter } })
}
