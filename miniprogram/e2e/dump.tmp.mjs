import fs from 'node:fs'
import { World } from './world.mjs'
const demo = JSON.parse(fs.readFileSync('../data/dev/demo.json', 'utf8'))
const w = new World({ base: 'http://127.0.0.1:8383', api: 'http://127.0.0.1:8381', sim: 'http://127.0.0.1:8382', appid: demo.appid, demo })
const s = await w.signIn('staff')
let cursor = ''
const seen = new Map()
do {
  const page = await w.call(s, 'GET', 'audit?limit=100' + (cursor ? '&cursor=' + cursor : ''))
  for (const e of page.items) {
    const k = `${e.resource} ${e.action} ${e.fields.map((f) => f.name).sort().join(',')}`
    if (!seen.has(k)) seen.set(k, e)
  }
  cursor = page.next_cursor
} while (cursor)
for (const [k, e] of [...seen].sort()) console.log(k, '\n    ', JSON.stringify(e.changes).slice(0, 200), JSON.stringify(e.fields.map((f) => [f.name, f.kind, f.old, f.new, f.readable])).slice(0, 900))
