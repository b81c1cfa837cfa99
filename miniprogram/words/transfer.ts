import type { Export, Import } from '../api/types'
import { ago } from './when'

/** Imports and exports 导入导出 as a list says them. */

export interface TransferRow {
  [field: string]: unknown
  id: string
  what: string
  line: string
  state: string
  tone: 'calm' | 'brand' | 'quiet'
  running: boolean
  /** One's own that can be stopped, taken back, or fetched. */
  stoppable: boolean
  undoable: boolean
  fetchable: boolean
}

type Tone = TransferRow['tone']

const COMING: Record<Import['state'], [string, Tone]> = {
  reading: ['读取中', 'calm'], ready: ['待开始', 'quiet'], checking: ['试运行中', 'calm'], checked: ['已试运行', 'quiet'], running: ['进行中', 'calm'],
  done: ['已完成', 'brand'], cancelled: ['已取消', 'quiet'], reverting: ['撤回中', 'calm'], reverted: ['已撤回', 'quiet'],
}
const GOING: Record<Export['state'], [string, Tone]> = { running: ['进行中', 'calm'], done: ['已完成', 'brand'], cancelled: ['已取消', 'quiet'] }

function count(number: number, said: string): string {
  return number ? `${said} ${number} 位` : ''
}

export function importRow(one: Import, staff: Map<string, string>, me: string, now = Date.now()): TransferRow {
  const [state, tone] = COMING[one.state]
  const own = one.staff_id === me
  const who = own ? '我' : staff.get(one.staff_id) ?? ''
  const done = one.created + one.updated + one.skipped + one.failed
  const parts = [
    who, ago(one.created_at), one.state === 'running' || one.state === 'checking' ? `${done} / ${one.rows} 行` : `${one.rows} 行`, count(one.created, '新建'),
    count(one.updated, '更新'), one.skipped ? `跳过 ${one.skipped} 行` : '', one.failed ? `${one.failed} 行有误` : '', count(one.reverted, '撤回'),
  ]
  const ended = one.state === 'done' || one.state === 'cancelled'
  return {
    id: one.id, what: one.name || '客户名单', line: parts.filter(Boolean).join(' · '), state, tone,
    running: ['checking', 'running', 'reverting'].includes(one.state), stoppable: own && ['checking', 'running'].includes(one.state),
    undoable: own && ended && one.created + one.updated > 0 && Date.parse(one.expires_at) > now, fetchable: false,
  }
}

export function exportRow(one: Export, staff: Map<string, string>, me: string, now = Date.now()): TransferRow {
  const [state, tone] = GOING[one.state]
  const own = one.staff_id === me
  const gone = Date.parse(one.expires_at) <= now
  const line = [own ? '我' : staff.get(one.staff_id) ?? '', ago(one.created_at), one.format.toUpperCase(), gone ? '文件已过期' : ''].filter(Boolean).join(' · ')
  return {
    id: one.id, what: `${one.rows} 位客户`, line, state, tone, running: one.state === 'running', stoppable: false, undoable: false,
    fetchable: own && one.state === 'done' && !gone,
  }
}
