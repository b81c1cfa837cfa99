import { deleteCustomers, ended, listBulkFailures, undoBulk } from '../api/bulk'
import { problem, Problem } from '../api/problem'
import type { BulkAction } from '../api/types'
import { failureLines } from '../words/bulk'

/** Deletes one customer as a bulk action, which can be taken back for half an hour. The same key deletes once. */
export async function removeByRun(id: string, key: string): Promise<BulkAction> {
  const run = await ended(await deleteCustomers({ ids: [id] }, key))
  if (run.state === 'running') throw problem('timeout')
  if (!run.done) throw await leftAlone(run, '没有删除')
  return run
}

/** Takes it back; throws why when that was not possible. */
export async function bringBack(run: string): Promise<void> {
  const now = await ended(await undoBulk(run))
  if (!now.undone) throw await leftAlone(now, '没有恢复')
}

async function leftAlone(run: BulkAction, said: string): Promise<Problem> {
  const { items } = await listBulkFailures(run.id).catch(() => ({ items: [] }))
  const why = failureLines(items, new Map(), new Map())[0]?.why
  return new Problem({ code: 'left_alone', status: 0, title: why ? `${said}：${why}` : said })
}
