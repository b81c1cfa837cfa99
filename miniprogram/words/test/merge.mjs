// What was typed, what it was typed over and what there is now become one form: node words/test/merge.mjs
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { alike, mergedRows, met } = await bundled('behaviors/merge.ts')

// Rows are the same whatever the form calls them, and blanks around a text are nothing.
assert.ok(alike([{ key: '1', label: ' 生日' }], [{ key: '2', label: '生日' }]))
assert.ok(alike({ a: 1, b: ['x'] }, { b: ['x'], a: 1 }))
assert.ok(!alike([], null))

const base = { name: '许若兰', remark: '白茶', company: '', region: '330106', region_text: '西湖区', custom: { size: '1', note: '' }, phones: null }
const newest = { ...base, company: '茶舍', custom: { size: '2', note: '' } }
const typed = { ...base, remark: '岩茶', region: '330108', region_text: '滨江区', custom: { size: '1', note: '靠窗' } }
const one = met(base, typed, newest)
assert.deepEqual([one.form, one.clashes, one.theirs], [{ ...newest, remark: '岩茶', region: '330108', region_text: '滨江区', custom: { size: '2', note: '靠窗' } }, [], true])
assert.deepEqual(one.base, newest)

// Both changed it, each to something else: mine stays in the form, and what it was typed over in the base.
const both = { ...newest, remark: '龙井', region: '310101', region_text: '黄浦区', custom: { size: '2', note: '靠门' } }
const clash = met(base, typed, both)
assert.deepEqual(clash.clashes, ['remark', 'region', 'custom.note'])
assert.deepEqual([clash.form.remark, clash.base.remark, clash.form.region_text, clash.base.custom.note], ['岩茶', '白茶', '滨江区', ''])
// Asked again later it is the same clash; what nobody typed follows the newest.
const again = met(clash.base, clash.form, { ...both, company: '茶庄' })
assert.deepEqual([again.clashes, again.form.company], [clash.clashes, '茶庄'])
for (const [side, remark, region] of [['mine', '岩茶', '滨江区'], ['theirs', '龙井', '黄浦区']]) {
  const ended = met(clash.base, clash.form, both, [], side)
  assert.deepEqual([ended.form.remark, ended.form.region_text, ended.base.remark], [remark, region, '龙井'], side)
}
// The same on both sides is no clash: it may be one's own save whose answer was lost.
const own = met(base, typed, { ...base, ...typed })
assert.deepEqual([own.clashes, own.theirs, alike(own.form, own.base)], [[], false, true])
// What is masked says nothing of whether it changed: typed over, it is asked about.
assert.deepEqual(met(base, typed, newest, ['remark', 'company']).clashes, ['remark'])
assert.equal(met(base, typed, newest, ['remark'], 'theirs').form.remark, '白茶')
// A draft of before knew fewer fields: nobody changed the new one.
assert.deepEqual([met({ name: '甲' }, { name: '乙' }, { name: '甲', needs: '' })].map(({ form, theirs }) => [form, theirs]), [[{ name: '乙', needs: '' }, false]])

const rows = (...texts) => texts.map((text, at) => ({ key: String(at), text: text.split(':')[0], label: text.split(':')[1] ?? '' }))
const merged = (a, b, c, most) => mergedRows(rows(...a), rows(...b), rows(...c), (row) => row.text, most)?.map(({ text, label }) => (label ? `${text}:${label}` : text)) ?? null
for (const [began, mine, theirs, result] of [
  [['1'], ['1', '2'], ['1', '3'], ['1', '3', '2']],
  [[], ['2'], ['3'], ['3', '2']],
  [['1', '2'], ['1'], ['1', '2', '3'], ['1', '3']],
  [['1', '2'], ['2', '1'], ['1', '2', '3'], ['2', '1', '3']],
  [['1', '2'], ['1:家里', '2'], ['1', '2:公司'], ['1:家里', '2:公司']],
  [['1'], ['2'], ['1', '3'], ['2', '3']],
  [['1', '2'], ['1'], ['1'], ['1']],
  // Both dropped some, moved another one up, or called it otherwise: nobody can say which.
  [['1'], ['2'], ['3'], null],
  [['1', '2', '3'], ['2', '1', '3'], ['3', '1', '2'], null],
  [['1'], ['1:家里'], ['1:公司'], null],
  [['1', '2', '3'], ['1', '2', '3', '4'], ['1', '2', '3', '5', '6'], null],
]) assert.deepEqual(merged(began, mine, theirs), result, JSON.stringify([began, mine, theirs]))
console.log('merge: three versions of a form become one')
