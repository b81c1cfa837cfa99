// What pages say, worked out without a page: node words/test/pure.mjs
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { age } = await bundled('words/when.ts')
const { customRow, dialled, nearBasics } = await bundled('words/custom.ts')
const { wholeAddress } = await bundled('words/customers.ts')

const at = (text) => Date.parse(text)
const ages = [
  ['1988-09-12', '2026-09-11T15:59:59Z', 37], // The last second of the day before, in China.
  ['1988-09-12', '2026-09-11T16:00:00Z', 38],
  ['1988-09-12', '2026-12-31T15:59:59Z', 38],
  ['2000-01-01', '2025-12-31T16:00:00Z', 26], // In China the year has begun.
  ['2004-02-29', '2026-02-28T04:00:00Z', 21],
  ['2004-02-29', '2026-03-01T04:00:00Z', 22],
  ['2004-02-29', '2028-02-29T04:00:00Z', 24],
  ['2026-11-27', '2026-11-27T04:00:00Z', 0],
  ['2026-11-28', '2026-11-27T04:00:00Z', null],
  ['', '2026-11-27T04:00:00Z', null],
  ['09-12', '2026-11-27T04:00:00Z', null],
]
for (const [birthday, now, years] of ages) assert.equal(age(birthday, at(now)), years, `${birthday} at ${now}`)

const { dateAge, dateText } = await bundled('words/dates.ts')
const noon = at('2026-11-28T04:00:00Z')
const born = (calendar, month, day, year, next_on, label = '生日') => ({ label, calendar, month, day, leap: false, year, next_on })
for (const [date, text, years] of [
  [born('lunar', 8, 15, 1958, '2027-09-15'), '1958 年农历八月十五', 68],
  [born('lunar', 10, 20, 1958, '2026-11-28'), '1958 年农历十月二十', 68], // It is today.
  [born('lunar', 12, 8, 1958, '2027-01-15'), '1958 年农历腊月初八', 67], // Of the lunar year 2026.
  [born('lunar', 1, 1, 1958, '2027-02-06'), '1958 年农历正月初一', 68],
  [born('lunar', 11, 20, 1958, '2026-12-28'), '1958 年农历冬月二十', 67],
  [born('lunar', 8, 15, null, '2027-09-15'), '农历八月十五', null],
  [born('lunar', 8, 15, 2027, '2027-09-15'), '2027 年农历八月十五', null],
  [born('solar', 5, 20, 1988, '2027-05-20', '孩子生日'), '1988 年 5 月 20 日', 38],
  [born('solar', 5, 20, 2010, '2027-05-20', '店庆'), '2010 年 5 月 20 日', null],
  [born('solar', 3, 8, null, '2027-03-08'), '3 月 8 日', null],
]) assert.deepEqual([dateText(date), dateAge(date, noon)], [text, years], text)

const { scanLine, toldApart } = await bundled('words/duplicates.ts')
const scan = { running: false, partial: false, customers: 20, pairs: 1, created_at: '2026-11-28T03:00:00Z', finished_at: '2026-11-28T03:00:00Z' }
assert.match(scanLine(scan, noon), /看了 20\u00a0位，新找到 1\u00a0对$/)
const { enableWord, termsLine } = await bundled('words/pools.ts')
const terms = { by: 'contact', days: 30, working_days: false, types: ['potential', 'k9'], tag_ids: ['t1', 't2'], spare_deals: true, warn_days: 3 }
const called = { types: new Map([['potential', '潜在']]), tags: new Map([['t1', '花茶']]) }
assert.equal(termsLine(terms, called), '潜在、已删除的类型 · 标签 花茶、已删除的标签 · 成交过的不收 · 提前 3 天提醒')
assert.equal(termsLine(terms), '2 种类型 · 2 个标签 · 成交过的不收 · 提前 3 天提醒')
const soon = { count: 12, capped: false, overdue: 3, overdue_capped: false, items: [] }
assert.equal(enableWord({ ...terms, types: ['potential'], tag_ids: [] }, called, soon), '潜在，30 天没有跟进的客户（成交过的除外）会自动回到公海，提前 3 天提醒负责人。未来 30 天预计回收 12 位，其中 3 位已到期。')
assert.equal(enableWord({ ...terms, types: [], tag_ids: [], spare_deals: false, warn_days: 0 }, called, null), '不分类型和标签，30 天没有跟进的客户会自动回到公海。')

const twin = (more) => ({ name: '赵明华', phone_masked: '186****3333', owner_id: 'a', pool_id: null, created_at: '2026-11-01T03:00:00Z', ...more })
const apart = (one, two) => toldApart(twin(one), twin(two), new Map([['a', '林静'], ['b', '陈晓']]))
assert.deepEqual(apart({}, { name: '赵明' }), ['赵明华', '赵明'])
assert.deepEqual(apart({}, { phone_masked: '139****4444' }), ['赵明华（尾号 3333）', '赵明华（尾号 4444）'])
assert.deepEqual(apart({}, { phone_masked: null }), ['赵明华（尾号 3333）', '赵明华（没有电话）'])
assert.deepEqual(apart({}, { owner_id: 'b' }), ['赵明华（林静负责）', '赵明华（陈晓负责）'])
assert.match(apart({}, { created_at: '2026-11-02T03:00:00Z' })[1], /建档）$/)

assert.equal(wholeAddress({ address: '龙井路1号', region_name: '浙江省杭州市西湖区' }), '浙江省杭州市西湖区龙井路1号')
assert.equal(wholeAddress({ address: '浙江省杭州市龙井路1号', region_name: '浙江省' }), '浙江省杭州市龙井路1号')
assert.equal(wholeAddress({ address: '龙井路1号', region_name: null }), '龙井路1号')
assert.equal(wholeAddress({ address: null, region_name: '浙江省' }), '')

assert.deepEqual(['+8613800138000', '+85291234567'].map(dialled), ['13800138000', '+85291234567'])

const secret = { key: 'k1', label: '证件号', kind: 'text', writable: true, rules: { secret: true, required: false, choices: [] } }
const row = (typed, known, emptied, rules = {}) => {
  const { clearable, cleared, hint } = customRow({ ...secret, rules: { ...secret.rules, ...rules } }, typed, '', known, emptied)
  return [clearable, cleared, hint]
}
assert.deepEqual(row('', '***1234'), [true, false, '现在是 ***1234，不改就留空'])
assert.deepEqual(row('', '***1234', true), [true, true, '原来是 ***1234，保存后清空'])
assert.deepEqual(row('5678', '***1234', true), [true, false, '现在是 ***1234，不改就留空'], 'what was typed over it wins')
assert.deepEqual(row('', '***1234', false, { required: true }), [false, false, '现在是 ***1234，不改就留空'], 'what must be filled cannot be emptied')
assert.deepEqual(row('', undefined, true), [false, false, ''], 'there is nothing to empty')

const asked = (key, required, on) => ({ key, rules: { required, choices: [], ...(on ? { condition: { field: on, op: 'set' } } : {}) } })
const own = [asked('taste', true), asked('pet', false), asked('petname', true, 'pet'), asked('level', true, 'customer-type'), asked('trade', true, 'customer-industry'), asked('shade', true, 'taste'), asked('one', true, 'two'), asked('two', true, 'one')]
assert.deepEqual(own.filter((one) => nearBasics(own, one.key)).map((one) => one.key), ['taste', 'level', 'shade'], 'what comes up by an answer further down stays there')
const { actorChoices } = await bundled('words/people.ts')
const lin = { id: 'a', name: '林静' }
assert.deepEqual(actorChoices([lin], { b: '周远', a: '林静' }), [{ value: 'a', label: '林静' }, { value: 'b', label: '周远（不在员工名单）' }])
assert.deepEqual(actorChoices([], { b: '周远' }), [{ value: 'b', label: '周远' }], 'who may not see colleagues is not told who left')


const { letterName, stillOpen } = await bundled('words/privacy.ts')
assert.equal(letterName('沈怡', 'html'), '个人信息副本-沈怡.html')
assert.equal(letterName(' 甲/乙: "丙" ', 'json'), '个人信息副本-甲乙 丙.json')
assert.equal(letterName('/', 'html'), '个人信息副本.html')
assert.equal(stillOpen({ errors: [{ field: 'with_open_orders', code: 'orders_open', params: { count: 2 }, detail: '' }] }).title, '还有 2 笔订单没有送达')

console.log('pure: all of it holds')

const { planRow, shifted, stageBodies, typedStages } = await bundled('words/plans.ts')
const stages = [{ name: '一', goal: '加微信', tasks: [{ title: '打招呼', after_days: 0, at: '09:30' }, { title: '回访', after_days: 3 }] }]
assert.deepEqual(stageBodies(typedStages(stages)), stages, 'what is read is what is sent')
const typed = typedStages(stages)
typed[0].tasks[0].days = '三'
typed[0].goal = ' '
assert.deepEqual(stageBodies(typed)[0].tasks[0].after_days, '三', 'no number stays as it was typed, for the rule to refuse')
assert.ok(!('goal' in stageBodies(typed)[0]))
assert.deepEqual(['a', 'b', 'c'].map((_, at) => shifted(['a', 'b', 'c'], at, 1).join('')), ['bac', 'acb', 'abc'])
const run = { id: 'r', name: '跟进', stage: 2, stages: 3, stage_name: '邀约', goal: '到店', waiting: false, tasks: 2, done: 1, next: null }
assert.deepEqual(planRow(run), { id: 'r', name: '跟进', stage: '阶段 2/3 · 邀约 · 完成 1/2', goal: '目标：到店', next: '' })
assert.equal(planRow({ ...run, waiting: true }).next, '在公海，有人领取后从这个阶段继续')
