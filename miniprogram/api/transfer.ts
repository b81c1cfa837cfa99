import { API_BASE } from '../config'
import { query, request, requestFile } from './client'
import type { Export, ExportLink, Import, ImportDetail, ImportStart, Page, Selection } from './types'

/** Tables that came in. */
export function listImports(cursor: string | null): Promise<Page<Import>> {
  return request('GET', `imports${query({ limit: 20, cursor })}`)
}

export function findImport(id: string): Promise<ImportDetail> {
  return request('GET', `imports/${id}`)
}

/** Sends a table as it is; nothing of it is imported yet. */
export function sendTable(name: string, bytes: ArrayBuffer): Promise<ImportDetail> {
  return request('POST', `imports${query({ name })}`, { bytes })
}

export function startImport(id: string, body: ImportStart): Promise<Import> {
  return request('POST', `imports/${id}/start`, { body })
}

/** The rows that are wrong, or those with a hint, as a file on the phone. */
export function wrongRows(id: string, hints: boolean): Promise<string> {
  return requestFile(`imports/${id}/errors${hints ? '?hints=true' : ''}`)
}

export function cancelImport(id: string): Promise<Import> {
  return request('POST', `imports/${id}/cancel`, { body: {} })
}

export function revertImport(id: string): Promise<Import> {
  return request('POST', `imports/${id}/revert`, { body: {} })
}

/** Lists that go out; every call asks for the second look. */
export function listExports(cursor: string | null): Promise<Page<Export>> {
  return request('GET', `exports${query({ limit: 20, cursor })}`)
}

export function findExport(id: string): Promise<Export> {
  return request('GET', `exports/${id}`)
}

/** Without columns all that one sees. */
export function exportCustomers(selection: Selection, format: Export['format'], columns: string[], idempotencyKey: string): Promise<Export> {
  return request('POST', 'exports', { body: { selection, format, ...(columns.length ? { columns } : {}) }, idempotencyKey })
}

/** An address that opens the file in any browser for an hour. */
export async function linkExport(id: string): Promise<string> {
  const { path } = await request<ExportLink>('POST', `exports/${id}/link`, { body: {} })
  return `${API_BASE}${path}`
}
