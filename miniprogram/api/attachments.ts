import { query, requestFile, requestUpload } from './client'
import { problem } from './problem'
import type { Attached } from './types'

/** Sends a file of the phone's; it waits for a record that names it. */
export function sendAttachment(path: string, name: string, progress: (percent: number) => void): Promise<Attached> {
  return requestUpload(`attachments${query({ name })}`, path, progress)
}

const PICTURES: Attached['kind'][] = ['jpeg', 'png', 'webp', 'gif']

/** Shows a file as the phone shows files of its kind; refused as `unopenable` when it cannot. */
export async function openAttachment({ id, kind, name }: Attached): Promise<void> {
  const path = await requestFile(`attachments/${id}`)
  await new Promise<void>((resolve, reject) => {
    const ends = {
      success: () => resolve(),
      // Whoever thinks better of it has seen no failure.
      fail: ({ errMsg }: { errMsg: string }) => (errMsg.includes('cancel') ? resolve() : reject(problem('unopenable'))),
    }
    if (PICTURES.includes(kind)) wx.previewImage({ urls: [path], ...ends })
    // WeChat opens no plain texts: one goes to a chat, where the phone opens it.
    else if (kind === 'text') wx.shareFileMessage({ filePath: path, fileName: name, ...ends })
    else wx.openDocument({ filePath: path, fileType: kind as 'pdf' | 'docx' | 'xlsx', showMenu: true, ...ends })
  })
}
