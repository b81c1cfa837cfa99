// What a change of rights opens and closes, as people say it: node words/test/rights.mjs
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { previewLines } = await bundled('words/rights.ts')

const counted = (count, capped = false) => ({ count, capped })
const rows = [
  { resource: 'customers', opens: counted(12), closes: counted(0) },
  { resource: 'orders', opens: counted(0), closes: counted(3) },
  { resource: 'opportunities', opens: counted(2), closes: counted(1000, true) },
]
assert.deepEqual(previewLines({ staff: 1, capped: false, rows, fields: [] }), ['将多看到 客户 12 位、商机 2 个', '将少看到 订单 3 张、商机 1000+ 个'])

console.log('rights: all of it holds')
