// What goes out with which columns, and what an import is told about new tags.
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { columnsOf, exportColumns, exportRow, startOf, tagPlaces } = await bundled('words/transfer.ts')
const names = (sees) => exportColumns([{ key: 'k', label: '会员号' }], sees).map((one) => one.value)

const all = names({ phones: true, emails: true })
for (const name of ['name', 'phone', 'pool', 'last_contact_at', 'custom.k']) assert.ok(all.includes(name), name)
assert.ok(!all.some((name) => name.startsWith('interaction')))
const few = names({ phones: false, emails: false })
for (const name of ['phone', 'wechat', 'address', 'email']) assert.ok(!few.includes(name), name)
assert.deepEqual(columnsOf(exportColumns([], { phones: true, emails: true }), ['type', 'gone', 'name']), ['name', 'type'])

const typed = { mode: 'create', known: 'skip', key: 'phone', tags: 'g1' }
const rows = [{ column: 0, header: '姓名', sample: '', field: 'name' }, { column: 1, header: '标签', sample: '', field: 'tags' }]
assert.equal(startOf(rows, typed, true).tag_group_id, 'g1')
assert.ok(!('tag_group_id' in startOf(rows, { ...typed, tags: '' }, true)))
assert.ok(!('tag_group_id' in startOf(rows.slice(0, 1), typed, true)))
assert.deepEqual(tagPlaces([{ id: 'g1', name: '口味' }]).map((one) => one.value), ['', 'g1'])
const went = { id: 'e', staff_id: 'me', state: 'done', rows: 3, format: 'xlsx', created_at: '2026-11-28T04:00:00Z', expires_at: '2026-11-29T04:00:00Z' }
const now = Date.parse('2026-11-28T05:00:00Z')
assert.match(exportRow(went, new Map(), 'me', now).how, /浏览器.*24 小时，.*12:00 删除。$/)
assert.equal(exportRow(went, new Map(), 'other', now).how, '', 'only who made it fetches it')
assert.equal(exportRow(went, new Map(), 'me', now + 86_400_000).how, '', 'it is gone')
console.log('transfer: columns and tags')
