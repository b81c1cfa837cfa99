import type { CustomField, Export, Import, ImportDetail, ImportStart } from '../api/types'
import type { Choice } from './names'
import { ago, stamp } from './when'

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
  /** How a file is fetched, and until when. */
  how: string
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
    count(one.updated, '更新'), one.skipped ? `跳过 ${one.skipped} 行` : '', one.failed ? `${one.failed} 行有误` : '', one.hinted ? `${one.hinted} 行有提示` : '', count(one.reverted, '撤回'), one.kept ? `${one.kept} 行没撤回` : '',
  ]
  const ended = one.state === 'done' || one.state === 'cancelled'
  return {
    id: one.id, what: one.name || '客户名单', line: parts.filter(Boolean).join(' · '), state, tone,
    running: ['checking', 'running', 'reverting'].includes(one.state), stoppable: own && ['checking', 'running'].includes(one.state),
    undoable: own && ended && one.created + one.updated > 0 && Date.parse(one.expires_at) > now, fetchable: false, how: '',
  }
}

export function exportRow(one: Export, staff: Map<string, string>, me: string, now = Date.now()): TransferRow {
  const [state, tone] = GOING[one.state]
  const own = one.staff_id === me
  const gone = Date.parse(one.expires_at) <= now
  const line = [own ? '我' : staff.get(one.staff_id) ?? '', ago(one.created_at), one.format.toUpperCase(), gone ? '文件已过期' : ''].filter(Boolean).join(' · ')
  const fetchable = own && one.state === 'done' && !gone
  return {
    id: one.id, what: `${one.rows} 位客户`, line, state, tone, running: one.state === 'running', stoppable: false, undoable: false, fetchable,
    how: fetchable ? `把链接粘贴到手机或电脑的浏览器里打开，就能下载；链接一小时内有效。文件保留 24 小时，${stamp(one.expires_at, now)} 删除。` : '',
  }
}

/** What a column can be meant for; the business's own fields follow. */
const FIELDS: [string, string][] = [
  ['name', '姓名'], ['phone', '手机'], ['company', '公司'], ['title', '职位'], ['kind', '个人/企业'], ['type', '客户类型'], ['tags', '标签'], ['source', '来源'],
  ['region', '地区'], ['address', '地址'], ['email', '邮箱'], ['wechat', '微信号'], ['industry', '行业'], ['size', '公司规模'], ['birthday', '生日'], ['dates', '纪念日'],
  ['needs', '需求'], ['remark', '备注'], ['owner', '负责人'], ['helpers', '协作人'], ['interaction', '跟进记录'], ['interaction_at', '跟进时间'], ['interaction_by', '跟进人'],
  ['interaction_channel', '跟进方式'], ['created_at', '创建时间'], ['created_by', '创建人'], ['id', '客户编号'],
]

export function meanings(own: CustomField[]): Choice[] {
  const named = [...FIELDS, ...own.map((field): [string, string] => [`custom.${field.key}`, field.label])]
  return [{ value: '', label: '不导入' }, ...named.map(([value, label]) => ({ value, label }))]
}

/** What only a file that goes out has, and what only one that comes in has. */
const ONLY_OUT: [string, string][] = [['pool', '公海'], ['last_contact_at', '上次联系'], ['next_contact_at', '下次联系']]
const ONLY_IN = ['interaction', 'interaction_at', 'interaction_by', 'interaction_channel']
/** What follows the right to phones, as they do. */
const AS_PHONES = ['phone', 'wechat', 'address']

export const FORMATS: Choice<Export['format']>[] = [{ value: 'xlsx', label: 'Excel（XLSX）' }, { value: 'csv', label: 'CSV' }]
export const WHICH: Choice[] = [{ value: 'all', label: '全部' }, { value: 'some', label: '自己选' }]

/** Columns that a list can go out with, in their order; what one does not see is not offered. */
export function exportColumns(own: CustomField[], sees: { phones: boolean; emails: boolean }): Choice[] {
  const seen = (name: string): boolean => !ONLY_IN.includes(name) && (sees.phones || !AS_PHONES.includes(name)) && (sees.emails || name !== 'email')
  const named = [...FIELDS.filter(([name]) => seen(name)), ...ONLY_OUT, ...own.map((field): [string, string] => [`custom.${field.key}`, field.label])]
  return named.map(([value, label]) => ({ value, label }))
}

/** Those that were chosen, in the order in which they are offered: tapping one late does not put it last. */
export function columnsOf(options: Choice[], chosen: string[]): string[] {
  return options.map((one) => one.value).filter((value) => chosen.includes(value))
}

/** Where tags go that there are none of yet: a group, or nowhere, and then such a row is wrong. */
export function tagPlaces(groups: { id: string; name: string }[]): Choice[] {
  return [{ value: '', label: '不新建，算作有误' }, ...groups.map(({ id, name }) => ({ value: id, label: `建在“${name}”里` }))]
}

export const MODES: Choice[] = [{ value: 'create', label: '只新建' }, { value: 'create_or_update', label: '新建，已有的更新' }, { value: 'update', label: '只更新已有的' }]
export const KNOWN: Choice[] = [{ value: 'skip', label: '跳过' }, { value: 'refuse', label: '算作有误' }]

/** By what a customer is recognised: what some column says of them, and no two have the same. */
export function keys(meant: string[], own: CustomField[]): Choice[] {
  const unique = own.filter((field) => field.rules.unique).map((field) => ({ value: `custom.${field.key}`, label: field.label }))
  return [{ value: 'phone', label: '手机' }, { value: 'id', label: '客户编号' }, ...unique].filter((one) => meant.includes(one.value))
}

/** A column of the file as the page asks about it. */
export interface ColumnRow {
  column: number
  header: string
  sample: string
  field: string
}

export function columnRows(detail: ImportDetail): ColumnRow[] {
  return detail.headers.map((header, column) => {
    const cells = detail.preview.map((row) => (row.cells[column] ?? '').trim()).filter(Boolean)
    return {
      column, header: header.trim() || `第 ${column + 1} 列`, sample: cells.length ? `如 ${[...new Set(cells)].slice(0, 2).join('、')}` : '这一列前面几行没有内容',
      field: detail.columns.find((one) => one.column === column)?.field ?? '',
    }
  })
}

/** The first rows, cell by cell. */
export function previewRows(detail: ImportDetail, most: number): { id: number; cells: { id: number; text: string }[] }[] {
  return detail.preview.slice(0, most).map((row) => ({ id: row.line, cells: detail.headers.map((_, id) => ({ id, text: row.cells[id] ?? '' })) }))
}

/** What an import did, or would do, as lines of a card. */
export function outcome(one: Import): { label: string; value: number; tone: '' | 'danger' | 'warn' }[] {
  const trial = one.state === 'checked' || one.state === 'checking'
  const lines: { label: string; value: number; tone: '' | 'danger' | 'warn' }[] = [
    { label: trial ? '会新建' : '新建', value: one.created, tone: '' }, { label: trial ? '会更新' : '更新', value: one.updated, tone: '' },
    { label: '跳过', value: one.skipped, tone: '' }, { label: '有误', value: one.failed, tone: 'danger' }, { label: '有提示', value: one.hinted, tone: 'warn' },
    { label: '已撤回', value: one.reverted, tone: '' }, { label: '没撤回', value: one.kept, tone: 'warn' },
  ]
  return lines.filter((line, at) => line.value > 0 || at === 0)
}

/** How far it is, of a hundred. */
export function percent(one: Import): number {
  const done = one.state === 'reverting' ? one.reverted : one.created + one.updated + one.skipped + one.failed
  const all = one.state === 'reverting' ? one.created + one.updated : one.rows
  return all ? Math.min(100, Math.round((done / all) * 100)) : 0
}

export function startOf(rows: ColumnRow[], typed: { mode: string; known: string; key: string; tags: string }, trial: boolean): ImportStart {
  const meant = rows.filter((row) => row.field).map(({ column, field }) => ({ column, field }))
  const key = typed.mode !== 'create' && typed.key ? { key: typed.key } : {}
  const duplicates = typed.mode === 'create' ? { duplicates: typed.known as 'skip' | 'refuse' } : {}
  const tags = typed.tags && meant.some(({ field }) => field === 'tags') ? { tag_group_id: typed.tags } : {}
  return { columns: meant, mode: typed.mode as ImportStart['mode'], dry_run: trial, ...key, ...duplicates, ...tags }
}
