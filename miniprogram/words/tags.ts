import type { TagRuleEffect, TagUses } from '../api/types'

/** Tags and categories as the settings say them. */

function upTo(count: number, capped: boolean): string {
  return capped ? `${count}+` : String(count)
}

/** 3 位客户、1 个视图在用. */
export function usesWord({ customers, capped, views, rules, bulk }: TagUses): string {
  const parts = [
    customers ? `${upTo(customers, capped)} 位客户` : '',
    views ? `${views} 个视图` : '',
    rules ? `${rules} 条规则` : '',
    bulk ? `${bulk} 个批量操作` : '',
  ].filter(Boolean)
  return parts.length ? `${parts.join('、')}在用` : '还没有人用'
}

/** Which rules are switched off with a tag, or with the tags of a group; they stay off when it comes back. */
export function stopsWord({ stops }: TagUses, group: boolean): string {
  return stops ? `条件里靠${group ? '这些' : '这个'}标签的 ${stops} 条规则会停用，撤销后要自己重新启用。` : ''
}

/** What would happen if the rule were on. */
export function effectWord({ meets, gains, loses, capped }: TagRuleEffect): string {
  const more = capped ? '（超过 1000 位的按 1000 位算）' : ''
  return `现在有 ${meets} 位客户符合；会给 ${gains} 位打上，从 ${loses} 位去掉。${more}`
}

/** The list with one of it moved a place up or down. */
export function moved(ids: string[], id: string, by: -1 | 1): string[] {
  const at = ids.indexOf(id)
  const other = ids[at + by]
  if (at < 0 || other === undefined) return ids
  const next = [...ids]
  next[at] = other
  next[at + by] = id
  return next
}
