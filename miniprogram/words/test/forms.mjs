// What forms and sections do by themselves, without a page: node words/test/forms.mjs
import assert from 'node:assert/strict'
import { bundled } from './bundled.mjs'

// A number that is written twice, however it is written.
const { phoneKey, twinPhones } = await bundled('words/twins.ts')
for (const typed of ['13800138000', ' 138 0013 8000 ', '138-0013-8000', '+8613800138000', '+86 138 0013 8000', '008613800138000', '8613800138000', '１３８００１３８０００', '(138)00138000']) assert.equal(phoneKey(typed), '13800138000', typed)
assert.equal(phoneKey('0571-8888 6666'), '057188886666')
assert.equal(phoneKey('+1 415 555 0100'), '+14155550100')
assert.equal(phoneKey('  '), '')
assert.deepEqual(twinPhones(['13800138000', '+86 138-0013-8000', '', '', '057188886666', '138 0013 8000']), { 'phones.1.number': '与第 1 个号码相同', 'phones.5.number': '与第 1 个号码相同' })
assert.deepEqual(twinPhones(['', '13800138000', '13800138000']), { 'phones.2.number': '与第 2 个号码相同' })
assert.deepEqual(twinPhones(['13800138000', '1380013800']), {})

// What stops with a tag.
const { stopsWord } = await bundled('words/tags.ts')
const uses = (stops) => ({ customers: 0, capped: false, views: 0, rules: stops, stops, bulk: 0 })
assert.equal(stopsWord(uses(0), false), '')
assert.equal(stopsWord(uses(2), false), '条件里靠这个标签的 2 条规则会停用，撤销后要自己重新启用。')
assert.equal(stopsWord(uses(1), true), '条件里靠这些标签的 1 条规则会停用，撤销后要自己重新启用。')

// The highest of the refused fields is brought into sight, on the page or in its sheet.
const scrolled = []
globalThis.wx = { vibrateShort() {}, pageScrollTo: ({ scrollTop }) => scrolled.push(scrollTop) }
const { reveal } = await bundled('behaviors/reveal.ts')
const page = (places, sheet = null) => {
  const asked = []
  const query = {
    selectViewport: () => ({ scrollOffset: () => asked.push({ scrollTop: 1000 }) }),
    select: (place) => ({ boundingClientRect: () => asked.push(place in places ? { top: places[place] } : null) }),
    exec: (done) => done(asked),
  }
  return { createSelectorQuery: () => query, selectComponent: () => sheet }
}
const shown = (owner, fields) => {
  scrolled.length = 0
  reveal(owner, fields)
  return scrolled
}
assert.deepEqual(shown(page({ '#f-name': -500, '#f-company': 300 }), ['company', 'name']), [380])
assert.deepEqual(shown(page({ '#f-dates': 100, '#f-dates >>> #f-dates-1-year': 600 }), ['dates.1.year']), [1480])
assert.deepEqual(shown(page({ '#f-dates': 100, '#f-dates >>> #f-dates-1': 400 }), ['dates.1.leap']), [1280])
assert.deepEqual(shown(page({ '#f-phones-1-number': -1200 }), ['phones.1.number']), [0])
assert.deepEqual(shown(page({ '#failure': -900 }), ['']), [0])
assert.deepEqual(shown(page({}), ['name']), [])
assert.deepEqual(shown(page({ '#f-name': 10 }), []), [])
const told = []
assert.deepEqual(shown(page({ '#f-label': 250 }, { reveal: (at) => told.push(at) }), ['label']), [])
assert.deepEqual(told, [250])

// A section draws what it was answered last, and keeps what it shows when nothing comes.
globalThis.Behavior = (behavior) => behavior
const { section } = await bundled('behaviors/section.ts')
const host = { data: { ...section.data }, setData(change) { Object.assign(this.data, change) }, ...section.methods }
const answers = []
const ask = () => host.section(() => new Promise((yes, no) => answers.push({ yes, no })), (rows) => host.setData({ rows }))
const [old, young] = [ask(), ask()]
answers[1].yes('new')
assert.equal(await young, true)
answers[0].yes('old')
assert.equal(await old, true)
assert.equal(host.data.rows, 'new')
const lost = ask()
answers[2].no(new Error('lost'))
assert.equal(await lost, false)
assert.deepEqual([host.data.rows, host.data.why !== ''], ['new', true])
host.load = ask
const anew = host.again()
assert.equal(host.data.asking, true)
answers[3].yes('newer')
await anew
assert.deepEqual([host.data.rows, host.data.why, host.data.asking], ['newer', '', false])
console.log('forms: numbers written twice, what stops with a tag, what is brought into sight, sections')

// What is pasted finds its district.
const { readPaste } = await bundled('words/paste.ts')
const { regionNames, regionOf } = await bundled('features/customers/region/tree.ts')
for (const [address, names] of [
  ['浙江省杭州市西湖区龙井路1号', '浙江省 杭州市 西湖区'],
  ['浙江杭州西湖区龙井路1号', '浙江省 杭州市 西湖区'],
  ['浙江省金华市义乌市稠城街道', '浙江省 金华市 义乌市'],
  ['浙江省金华义乌稠城街道', '浙江省 金华市 义乌市'],
  ['浙江省杭州市某路1号', '浙江省 杭州市'],
  ['浙江省某路1号', '浙江省'],
  ['北京市北京市朝阳区建国路1号', '北京市 朝阳区'],
  ['上海浦东新区世纪大道1号', '上海市 浦东新区'],
  ['广西壮族自治区南宁市青秀区民族大道', '广西壮族自治区 南宁市 青秀区'],
  ['内蒙古自治区包头市昆都仑区', '内蒙古自治区 包头市 昆都仑区'],
  ['吉林省吉林市船营区', '吉林省 吉林市 船营区'],
  ['吉林市船营区某路', '吉林省 吉林市 船营区'],
  ['北京市朝阳区建国路', '北京市 朝阳区'],
  ['杭州市西湖区龙井路1号', '浙江省 杭州市 西湖区'],
  ['杭州西湖区龙井路1号', '浙江省 杭州市 西湖区'],
  ['杭州市龙井路1号', '浙江省 杭州市'],
  ['长春路8号', ''],
  ['龙井路1号', ''],
]) {
  const read = readPaste(`沈知夏 15464008123 ${address}`)
  assert.equal(regionNames(regionOf(read)), names, address)
}
console.log('forms: a pasted address finds its district')
