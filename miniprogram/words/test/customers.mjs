// Which of the business's own fields a row of a list shows.
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { columnFields, customerCard } = await bundled('words/customers.ts')
const field = (key, kind) => ({ id: key, key, label: `字段${key}`, kind, order: 0, writable: true, version: 1, rules: { required: false, unique: false, secret: false, choices: [], hidden_from: [], read_only_for: [] } })
const fields = [field('a', 'long_text'), field('b', 'text'), field('c', 'money'), field('d', 'yes_no'), field('e', 'file')]
const row = (custom) => ({ id: 'x', name: '苏文清', type: 'new', tags: [], pool_id: null, owner_id: null, phone_count: 0, phone_masked: null, starred: false, last_contact_at: null, next_contact_at: null, company: null, title: null, custom })

assert.deepEqual(columnFields(fields).map((one) => one.key), ['b', 'c'])
const card = customerCard(row({ a: '很长', b: '清香', d: true, e: [] }), new Map(), true, fields, true)
assert.equal(card.own, '字段b：清香 · 字段d：是')
assert.deepEqual(card.cells.map((one) => one.text), ['清香', ''])
const listed = customerCard(row({ b: '****1234', c: 500 }), new Map(), true, fields)
assert.equal(listed.own, '字段b：****1234 · 字段c：¥5.00')
assert.deepEqual(listed.cells, [])
// A field that one does not see is not among the fields, whatever a row carries.
assert.equal(customerCard(row({ b: '清香' }), new Map(), true, []).own, '')
console.log('customers: own fields of a row')
