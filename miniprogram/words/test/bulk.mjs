// How far a bulk action is, and whom it left alone: no total and no share that nobody knows.
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { bulkRow, failureLines, firstOnes, progress, totalOf, unlisted } = await bundled('words/bulk.ts')

const run = (more) => ({ state: 'running', deletes: false, done: 0, failed: 0, undone: 0, ...more })
assert.equal(totalOf('200'), 200)
for (const unknown of ['1000+', '', 'x']) assert.equal(totalOf(unknown), null)
assert.deepEqual(progress(run({ done: 40, failed: 10 }), 200), { text: '50 / 200 位', share: 25 })
assert.deepEqual(progress(run({ done: 1000 }), null), { text: '已处理 1000 位', share: null })
assert.deepEqual(progress(run({ done: 201 }), 200), { text: '已处理 201 位', share: null })
assert.deepEqual(progress(run({ done: 0 }), 0), { text: '已处理 0 位', share: null })
assert.deepEqual(progress(run({ state: 'undoing', done: 8, undone: 2 }), null), { text: '2 / 8 位', share: 25 })
const failures = Array.from({ length: 7 }, (_, at) => ({ customer_id: `c${at}`, code: 'changed_since' }))
const names = new Map([['c0', '苏文清'], ['c6', '王芳']])
assert.deepEqual(firstOnes(failures), ['c0', 'c1', 'c2', 'c3', 'c4'])
const [line] = failureLines(failures, names, new Map())
assert.equal(line.who, '苏文清 等 7 位')
assert.equal(line.more, true)
assert.equal(line.people.filter((one) => one.name).length, 2)
assert.equal(line.nameless, '另有 5 位已删除，或者你看不到')
assert.deepEqual([new Map(), new Map(failures.map((one) => [one.customer_id, '客']))].map((all) => failureLines(failures, all, new Map())[0].nameless), ['7 位已删除，或者你看不到', ''])
const [unmet, taken] = failureLines([{ customer_id: 'c0', code: 'required', fields: ['custom.k'] }, { customer_id: 'c0', code: 'unheard_of' }], names, new Map([['k', '会员号']]))
assert.deepEqual([unmet.why, unmet.more, taken.why], ['要先填写 会员号', false, '没有成功'])
assert.equal(unlisted(7, 7), '')
assert.match(unlisted(250, 100), /已列出 100 位/)
// An offer is given, not changed; and left alone for reasons of its own.
const none = { staff: new Map(), tags: new Map(), types: new Map(), fields: new Map(), offers: new Map([['o', '老客立减']]) }
const given = bulkRow({ ...run({ done: 2, failed: 1, state: 'done' }), id: 'b', staff_id: 's', created_at: '2026-11-28T00:00:00Z', undo_until: null, changes: { add_tags: [], remove_tags: [], fields: [], offer_id: 'o' } }, none, 's')
assert.deepEqual([given.what, given.changed, given.left], ['发放给 2 位客户', '发优惠 老客立减', '没有发'])
// What could not be taken back was done: it is not said to have been left alone.
const back = (more) => bulkRow({ ...run({ done: 2, state: 'undone', ...more }), deletes: true, id: 'b', staff_id: 's', created_at: '2026-11-28T00:00:00Z', undo_until: null, changes: null }, none, 's')
assert.deepEqual([back({}).left, back({}).failed, back({}).line.split(' · ').at(-1)], ['没有撤销', 2, '撤销了 0 位'])
assert.deepEqual([back({ failed: 1, undone: 1 }).left, back({ failed: 1, undone: 1 }).failed], ['没有删、没有撤销', 2])
assert.deepEqual([back({}), back({ undone: 1 }), back({ undone: 2 })].map((row) => row.state), ['没有撤销', '撤销了一部分', '已撤销'])
assert.deepEqual([back({ undone: 2 }).left, back({ undone: 2 }).failed], ['没有删', 0])
const changed = [{ customer_id: 'c0', code: 'offer_used' }, { customer_id: 'c6', code: 'ads_refused' }, { customer_id: 'c6', code: 'offer_ended' }]
assert.deepEqual(failureLines(changed, names, new Map()).map((one) => one.why), ['已经用掉了，没有收回', '拒收营销信息', '优惠已停发或已过期，不能再发'])
console.log('bulk: how far, and who not')
