import { openAttachment, sendAttachment } from '../../api/attachments'
import { asProblem } from '../../api/problem'
import type { Attached } from '../../api/types'
import { sizeWord } from '../../words/custom'

interface FileRow extends Attached {
  size: string
}

/** A file that was chosen on the phone. */
interface Chosen {
  path: string
  name: string
}

/** Files that hang on a record: opened, and where one edits chosen, sent and taken away. */
Component({
  properties: {
    name: { type: String, value: '' },
    value: { type: Array, value: [] as Attached[] },
    editable: { type: Boolean, value: false },
    max: { type: Number, value: 5 },
  },
  data: { rows: [] as FileRow[], sending: '', percent: 0, opening: '', failure: '' },
  observers: {
    value(value: Attached[] | null) {
      this.setData({ rows: (value ?? []).map((one) => ({ ...one, size: sizeWord(one.bytes) })) })
    },
  },
  methods: {
    tell(value: Attached[]) {
      this.triggerEvent('change', { name: this.data.name, value })
    },
    add() {
      if (this.data.sending) return
      wx.showActionSheet({
        itemList: ['拍照或从相册选', '从聊天里选文件'],
        success: ({ tapIndex }) => (tapIndex === 0 ? this.pictures() : this.files()),
        fail: () => undefined,
      })
    },
    pictures() {
      wx.chooseMedia({
        count: this.data.max - this.data.rows.length, mediaType: ['image'], sizeType: ['compressed'],
        success: ({ tempFiles }) => void this.send(tempFiles.map((one) => ({ path: one.tempFilePath, name: '照片' }))),
        fail: () => undefined,
      })
    },
    files() {
      wx.chooseMessageFile({
        count: this.data.max - this.data.rows.length, type: 'all',
        success: ({ tempFiles }) => void this.send(tempFiles.map(({ path, name }) => ({ path, name }))),
        fail: () => undefined,
      })
    },
    /** One after the other; what was sent before one is refused stays. */
    async send(chosen: Chosen[]) {
      this.triggerEvent('busy', { busy: true })
      this.setData({ failure: '' })
      const held = (): Attached[] => this.data.value as Attached[]
      try {
        for (const { path, name } of chosen) {
          if (held().length >= this.data.max) break
          this.setData({ sending: name, percent: 0 })
          const sent = await sendAttachment(path, name, (percent) => this.setData({ percent }))
          // Beside what is held now: one may have been taken away while this was sent.
          this.tell([...held(), sent])
        }
      } catch (thrown) {
        const why = asProblem(thrown)
        this.setData({ failure: why.errors[0]?.detail ?? why.sentence })
      } finally {
        this.setData({ sending: '' })
        this.triggerEvent('busy', { busy: false })
      }
    },
    remove(event: WechatMiniprogram.TouchEvent) {
      const { id } = event.currentTarget.dataset as { id: string }
      this.tell((this.data.value as Attached[]).filter((one) => one.id !== id))
    },
    async open(event: WechatMiniprogram.TouchEvent) {
      const { id } = event.currentTarget.dataset as { id: string }
      const one = (this.data.value as Attached[]).find((held) => held.id === id)
      if (!one || this.data.opening) return
      this.setData({ opening: id })
      try {
        await openAttachment(one)
      } catch (thrown) {
        const why = asProblem(thrown)
        // The server does not say whether a file is gone or only not for whoever asks; what failed on the phone says so itself.
        wx.showToast({ icon: 'none', title: why.status ? '打不开这个文件，可能已被删除，或者你只能查看资料' : why.sentence })
      } finally {
        this.setData({ opening: '' })
      }
    },
  },
})
