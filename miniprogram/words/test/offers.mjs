// What an offer gives, in the words of a shop; and what a person types for a discount.
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { daysWord, gives, givenCard, percentOf, usableFirst, zhe } = await bundled('words/offers.ts')

const nothing = { amount_fen: null, percent: null, gift: null, min_spend_fen: null }
const said = (more) => gives({ ...nothing, ...more })
assert.equal(said({ kind: 'amount_off', amount_fen: 2_000, min_spend_fen: 10_000 }), '满 100 减 20')
assert.equal(said({ kind: 'amount_off', amount_fen: 550 }), '立减 5.5 元')
assert.equal(said({ kind: 'percent_off', percent: 85 }), '8.5 折')
assert.equal(said({ kind: 'percent_off', percent: 80, min_spend_fen: 20_000 }), '满 200 打 8 折')
assert.equal(said({ kind: 'gift', gift: '茶杯一只' }), '送茶杯一只')
assert.equal(said({ kind: 'gift', gift: '茶杯一只', min_spend_fen: 19_990 }), '满 199.9 送茶杯一只')
assert.equal(zhe(9), '0.9 折')

const typed = { '8.5': 85, '8.5折': 85, '8.5 折': 85, 85: 85, 8: 80, 0.5: 5, 9.9: 99, 99: 99, 11: 11, 10: null, '8.55': null, '85.5': null, 0: null, '0.0': null, 100: null, '': null, 折: null, '-8': null }
for (const [text, percent] of Object.entries(typed)) assert.equal(percentOf(text), percent, text)
// What is shown of a percent is read back as the same.
for (let percent = 1; percent < 100; percent += 1) assert.equal(percentOf(zhe(percent)), percent, zhe(percent))

const now = Date.parse('2026-11-28T12:00:00+08:00')
const days = { first_day: '2026-12-10', last_day: '2026-12-31' }
assert.equal(daysWord(days, false, now), '12月10日至12月31日')
assert.equal(daysWord(days, true, now), '12月31日截止')
assert.equal(daysWord({ ...days, last_day: '2026-11-28' }, true, now), '今天截止')
assert.equal(daysWord({ ...days, last_day: '2037-12-31' }, true, now), '2037-12-31 截止')
assert.equal(daysWord({ first_day: '2026-12-12', last_day: '2026-12-12' }, false, now), '12月12日当天')

const hand = (id, state, last_day, given_at = '2026-11-01T00:00:00Z') => ({ ...nothing, id, state, last_day, given_at, first_day: '2026-11-01', kind: 'gift', gift: '茶', name: id, given_by_name: '林静', used_at: null, used_by_name: null, moves: state === 'open' ? ['use'] : [], terms: null })
const hands = [hand('over', 'over', '2026-11-02'), hand('used', 'used', '2026-12-01'), hand('late', 'open', '2026-12-31'), hand('coming', 'coming', '2026-12-30'), hand('soon', 'open', '2026-11-30')]
assert.deepEqual(usableFirst(hands).map((one) => one.id), ['soon', 'late', 'coming', 'used', 'over'])
const card = givenCard(hands[2])
assert.deepEqual([card.badge, card.mayUse, card.mayUnuse, card.mayTake, card.past], ['given-open', true, false, true, false])
console.log('offers: what they give, and what is typed for it')
