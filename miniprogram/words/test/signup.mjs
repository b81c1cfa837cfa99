// What a form for a new business complains of: node words/test/signup.mjs
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

const { signUpViolations } = await bundled('words/signup.ts')

const asked = []
const refuse = (wrong) => (form, field, value) => {
  asked.push([form, field, value])
  return value === wrong ? [{ field, code: 'phone_invalid', params: {}, detail: '电话号码不正确' }] : []
}
const named = (body, wrong) => signUpViolations(body, refuse(wrong)).map((one) => [one.field, one.code])

assert.deepEqual(named({ business: '山月茶行', name: ' 林静 ', phone: '0571-87651234' }), [])
assert.deepEqual(asked, [['new_customer', 'name', '山月茶行'], ['new_customer', 'name', '林静'], ['new_order', 'phone', '0571-87651234']])
assert.deepEqual(named({ business: '山月茶行', name: '林静' }), [], 'the phone may be left out')
assert.deepEqual(named({ business: '山月茶行', name: '林静', phone: '123' }, '123'), [['phone', 'phone_invalid']], 'named as this form calls it')
assert.deepEqual(named({ business: '  ', name: '' }), [['business', 'required'], ['name', 'required']])
assert.deepEqual(signUpViolations({ business: '', name: '林静', phone: '123' }, () => null).map((one) => one.field), ['business'], 'without the module the server decides')

console.log('signup: all of it holds')
