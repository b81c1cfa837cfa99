// A field of files: a picture from the album and a contract from a chat hang on a customer, are opened and taken away.
import { arrived, delayed, settled } from '../actions.mjs'
import { measure } from '../measure.mjs'
import { equal, until } from '../runner.mjs'
import { BOSS } from '../world.mjs'

export const title = 'Files on a customer: chosen, sent, opened, taken away'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export async function tell({ step, open, world }) {
  const session = await world.signIn(BOSS)
  const options = { storageState: world.storage(session) }
  const phone = await open(BOSS, options)
  const ask = (path) => world.call(session, 'GET', path)
  const name = `宋怀玉${String(Date.now()).slice(-5)}`
  const complaints = []
  const look = async (of, shot) => {
    await arrived(of)
    await of.shot(shot)
    complaints.push(...(await measure(of)).map((one) => `${shot}: ${one}`))
  }
  const hand = (queue, file, data) => phone.page.evaluate(([queue, name, data]) => {
    window.__mp.state[queue].push({ name, data: data.startsWith('%') ? data : Uint8Array.from(atob(data), (one) => one.charCodeAt(0)).buffer })
  }, [queue, file, data])
  const choose = async (from) => {
    await phone.tap('[data-testid=add-attachment]')
    await phone.tapText(from)
  }
  let field
  let id

  await step('a field of files is defined', async () => {
    await phone.goto('/features/customers/fields/index')
    await settled(phone)
    await phone.tap('[data-testid=new-field]')
    await phone.fill('[data-testid=field-label]', '证照合同')
    await phone.tap('[data-testid=kind-file]')
    await look(phone, 'f0-field')
    await phone.tap('[data-testid=save-field]')
    await until('it is there', async () => (field = (await ask('custom-fields')).items.find((one) => one.label === '证照合同')))
  })

  await step('a picture and a document are sent while the customer is written down', async () => {
    await phone.goto('/features/customers/form/index')
    await phone.fill('[data-testid=field-name]', name)
    const required = (await ask('custom-fields')).items.filter((one) => one.rules.required && one.kind === 'choice')
    for (const one of required) await phone.tap(`[data-testid="custom.${one.key}-${one.rules.choices[0].key}"]`)
    await phone.tap('[data-testid=more]')
    await hand('imageQueue', 'tmp.png', PIXEL)
    await choose('拍照或从相册选')
    await phone.waitText('照片.png')
    await hand('fileQueue', '年度合同.pdf', '%PDF-1.7 contract')
    await choose('从聊天里选文件')
    await phone.waitText('年度合同.pdf')
    await hand('fileQueue', '页面.html', '%html')
    await choose('从聊天里选文件')
    // The server's name for it: no page of the business's own origin.
    await phone.waitText('页面.html.txt')
    await look(phone, 'f1-form')
    await phone.tap('[data-testid=save]')
    await phone.waitRoute('/features/customers/detail/index')
    const [row] = (await ask(`customers?q=${encodeURIComponent(name)}`)).items
    id = row.id
    equal(row.custom[field.key].map((one) => [one.name, one.kind]), [['照片.png', 'png'], ['年度合同.pdf', 'pdf'], ['页面.html.txt', 'text']], 'files')
  })

  await step('the record shows them, and the phone opens each in its own way', async () => {
    await phone.waitText('年度合同.pdf')
    await look(phone, 'f2-detail')
    const opened = async (at, call) => {
      await phone.visible('[data-testid=open-attachment]').nth(at).tap()
      await until(`${call} was called`, async () => (await phone.calls(call)).length === 1)
    }
    await opened(0, 'previewImage')
    await opened(1, 'openDocument')
    equal((await phone.calls('openDocument'))[0].fileType, 'pdf', 'kind of the document')
    await opened(2, 'shareFileMessage')
    await phone.page.evaluate(() => void (wx.openDocument = ({ fail }) => fail({ errMsg: 'openDocument:fail filetype not supported' })))
    await phone.visible('[data-testid=open-attachment]').nth(1).tap()
    await phone.waitText('这部手机打不开这个文件')
  })

  await step('one is taken away while another is sent', async () => {
    await phone.tap('[data-testid=edit-customer]')
    await phone.waitText('年度合同.pdf')
    const upload = await delayed(phone, '**/api/v1/attachments?*')
    await hand('fileQueue', '补充协议.pdf', '%PDF-1.7 more')
    await choose('从聊天里选文件')
    await until('it is on its way', upload.waiting)
    await phone.visible('[data-testid=remove-attachment]').nth(2).tap()
    await upload.letGo()
    await phone.waitText('补充协议.pdf')
    await phone.visible('[data-testid=add-attachment]').waitFor()
    await phone.tap('[data-testid=save]')
    await until('it is saved', async () => (await ask(`customers/${id}`)).custom[field.key].some((one) => one.name === '补充协议.pdf'))
    equal((await ask(`customers/${id}`)).custom[field.key].map((one) => one.name), ['照片.png', '年度合同.pdf', '补充协议.pdf'], 'files')
  })

  await step('on a wide screen and in the dark', async () => {
    for (const [shot, page, size] of [['f3-wide', 'form', { width: 1024, height: 768 }], ['f4-dark', 'detail', { dark: true }]]) {
      const other = await open(BOSS, { ...options, ...size })
      await other.goto(`/features/customers/${page}/index?id=${id}`)
      await other.waitText('年度合同.pdf')
      await look(other, shot)
      await other.close()
    }
  })

  await world.call(session, 'DELETE', `custom-fields/${field.id}`, { version: field.version })
  equal(complaints, [], 'what is wrong with the pages')
  await phone.close()
}
