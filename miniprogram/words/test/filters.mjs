// What the filter sheet asks for, and what it makes of what others wrote: both ways, nothing may be lost.
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { filterOf, regionsOf, saying, wantedOf, without, NOTHING } = await bundled('words/filters.ts')
const { chosen, ends, ownQuestion, shows, toggled, typedSaid } = await bundled('words/conditions.ts')
const { filterChips, testWord } = await bundled('words/filter-words.ts')

const field = (kind, more = {}) => ({ id: kind, key: kind, label: `我的${kind}`, kind, order: 0, writable: true, version: 1, rules: { required: false, unique: false, secret: false, choices: [], hidden_from: [], read_only_for: [], ...more } })
const one = (name, op, ...values) => ({ any: [{ field: name, op, values }] })
// Regions of clauses that the sheet has no control for are named as well.
const placed = { all: [{ any: [{ field: 'region', op: 'any_of', values: ['330106', '330200'] }] }, { any: [{ field: 'name', op: 'set' }, { field: 'region', op: 'none_of', values: ['110000'] }] }, { any: [{ field: 'region', op: 'empty' }] }] }
assert.deepEqual(regionsOf(placed), ['330106', '330200', '110000'])
const { regionNames } = await bundled('features/customers/region/tree.ts')
assert.deepEqual(['330106', '330200', '330000', '110101', '659001'].map(regionNames), ['浙江省 杭州市 西湖区', '浙江省 宁波市', '浙江省', '北京市 东城区', '新疆维吾尔自治区 石河子市'])

const known = { tags: new Map(), staff: new Map([['s1', '陈晓']]), regions: new Map(), types: new Map(), fields: [field('phone'), field('money'), field('date'), field('file'), field('choice', { choices: [{ key: 'a', label: '清晨' }] })] }

// What stands in a filter is there after the sheet had it, whoever wrote it.
for (const clause of [
  one('industry', 'any_of', 'A', 'B'), one('company', 'contains', '茶'), one('company', 'begins_with', '茶'), one('email', 'set'), one('created_by', 'any_of', 's1'),
  one('created', 'at_least', 'today-6'), one('created', 'between', '2026-01-01', '2026-02-01'), one('created', 'between', 'month', 'today'), one('next_contact', 'less', 'today'),
  one('birthday', 'between', '2026-05-04', '2026-06-01'), one('last_contact', 'set'), one('custom.a', 'set'),
  { any: [one('birthday', 'between', '2026-05-04', '2026-06-01').any[0], one('dates', 'between', '2026-05-04', '2026-06-01').any[0]] },
  { any: [one('birthday', 'between', '2026-05-04', '2026-06-01').any[0], one('dates', 'between', '2026-05-04', '2026-07-01').any[0]] },
  { any: [one('custom.text', 'set').any[0], one('company', 'set').any[0]] },
  one('custom.money', 'between', '100000', '200000'), one('custom.number', 'at_least', '-1.5'), one('custom.text', 'empty'), one('custom.text', 'none_of', 'x'), one('search', 'contains', '王'),
  { any: [one('type', 'any_of', 'new').any[0], one('company', 'set').any[0]] },
]) {
  assert.deepEqual(filterOf(wantedOf({ all: [clause] })), { all: [clause] })
  assert.equal(filterChips({ all: [clause] }, known).length, 1, JSON.stringify(clause))
}
const twice = { all: [one('company', 'contains', '茶'), one('company', 'contains', '山')] }
assert.deepEqual(filterOf(wantedOf(twice)), twice)
assert.equal(wantedOf({ all: [one('created', 'at_least', 'today-6')] }).created, 'week')

// A chip takes off what it says, and nothing else.
const both = wantedOf({ all: [one('created', 'at_least', '2026-01-01'), one('custom.text', 'set'), one('name', 'contains', '王')] })
assert.deepEqual(filterOf(without(both, 'own.created')).all.length, 2)
assert.deepEqual(filterOf(without(without(both, 'custom.text'), 'rest-0')), { all: [one('created', 'at_least', '2026-01-01')] })

// Days of one's own ask of birthdays and of special dates alike, as the days beside them do.
const either = (...values) => ({ all: [{ any: ['birthday', 'dates'].map((name) => one(name, 'between', ...values).any[0]) }] })
const coming = wantedOf(either('2026-12-20', '2027-01-10'))
assert.deepEqual([coming.rest, Object.keys(coming.own)], [[], ['birthday+dates']])
assert.deepEqual(filterChips(either('2026-12-20', '2027-01-10'), known), [{ id: 'own.birthday+dates', text: '生日、纪念日：12 月 20 日 到 1 月 10 日' }])
assert.deepEqual(filterOf(without(coming, 'own.birthday+dates')), { all: [] })
assert.deepEqual(wantedOf({ all: [one('last_contact', 'set')] }).rest.length, 1, 'two dates have no place for it')

// What is typed.
const money = ownQuestion(field('money'))
assert.deepEqual(typedSaid(money, ['1,500', '99.5']), { said: { op: 'between', values: ['9950', '150000'] }, errors: ['', ''] })
assert.deepEqual(typedSaid(money, ['', '8']).said, { op: 'at_most', values: ['800'] })
const wrong = typedSaid(money, ['3', '很多'])
assert.deepEqual(wrong.said, { op: 'at_least', values: ['300'] })
assert.equal(wrong.errors[0], '')
assert.notEqual(wrong.errors[1], '')
assert.deepEqual(ends(money, { op: 'between', values: ['9950', '150000'] }), ['99.50', '1500'])
assert.deepEqual(typedSaid(ownQuestion(field('number')), ['-2.5', '']).said, { op: 'at_least', values: ['-2.5'] })
assert.deepEqual(typedSaid(ownQuestion(field('date')), ['2026-03-01', '2026-02-01']).said, { op: 'between', values: ['2026-02-01', '2026-03-01'] })
assert.deepEqual(typedSaid({ field: 'birthday', label: '生日', by: 'yearday', options: [] }, ['2026-05-04', '']).said, { op: 'between', values: ['2026-05-04', '2026-05-04'] })
assert.deepEqual(typedSaid(ownQuestion(field('text')), ['  王 芳 ', '']).said, { op: 'contains', values: ['王 芳'] })
for (const typed of ['138 0013 8000', '+8613800138000', '8613800138000', '0086-13800138000']) {
  assert.deepEqual(typedSaid(ownQuestion(field('phone')), [typed, '']).said, { op: 'any_of', values: ['+8613800138000'] })
}

// What is tapped, and what has no place in the control.
const file = ownQuestion(field('file'))
assert.deepEqual(file.options.map((option) => option.value), ['set', 'empty'])
assert.deepEqual(toggled(file, { op: 'set', values: [] }, 'empty'), { op: 'empty', values: [] })
assert.equal(toggled(file, { op: 'empty', values: [] }, 'empty'), null)
const choice = ownQuestion(known.fields[4])
assert.deepEqual(chosen(choice, toggled(choice, undefined, 'a')), ['a'])
assert.equal(shows(choice, { op: 'empty', values: [] }), false)
assert.equal(shows(ownQuestion(field('text', { secret: true })), { op: 'contains', values: ['1'] }), false)
assert.deepEqual(saying(NOTHING, 'custom.text', null).own, {})

// Words.
const said = (clause) => testWord(clause.any[0], known)
assert.equal(said(one('custom.money', 'between', '500000', '800000')), '我的money：¥5,000.00 到 ¥8,000.00')
assert.equal(said(one('custom.phone', 'any_of', '+8613800138000')), '我的phone：13800138000')
assert.equal(said(one('custom.file', 'empty')), '我的file：没有文件')
assert.equal(said(one('custom.choice', 'any_of', 'a')), '我的choice：清晨')
assert.equal(said(one('custom.date', 'at_least', 'today-30')), '我的date：30 天前起')
assert.equal(said(one('created', 'at_least', '2026-01-01')), '建档：2026-01-01 起')
assert.equal(said(one('custom.date', 'at_most', '2026-01-01')), '我的date：2026-01-01 为止')
assert.equal(said(one('created_by', 'any_of', 's1')), '建档人：陈晓')
assert.equal(said(one('industry', 'any_of', 'A')), '行业：农林牧渔')
assert.equal(filterChips({ all: [one('next_contact', 'less', 'today')] }, known)[0].text, '下次联系：已经过期')
console.log('filters: both ways')
