import type { DeviceSession } from '../api/types'
import { ago } from './when'

/** A login as people recognise it: on which device, where, and when it was used last. */
export interface DeviceRow {
  id: string
  name: string
  when: string
  place: string
  current: boolean
  /** Somebody ended it; what the device keeps may still be cleared. */
  ended: boolean
}

export function deviceRow(one: DeviceSession): DeviceRow {
  return {
    id: one.id, current: one.current, ended: one.ended,
    name: deviceName(one.label ?? '') || (one.method === 'password' ? '网页或程序' : '微信小程序'),
    when: one.current ? '正在使用' : one.ended ? '已下线，手机上的资料还在' : `上次使用 ${ago(one.used_at)}`,
    place: one.network ? `网络 ${one.network}` : '网络未知',
  }
}

/** Apple iPhone 15, and iPhone 13 where a phone says its brand and then the same word again in its model. */
export function deviceName(words: string): string {
  return words.replace(/\s+/g, ' ').trim().replace(/^(\S+) (?=\1( |$))/i, '')
}

/** How a device is told to go, in the words of whose it is. */
export interface Farewell {
  choice: string
  title: string
  content: string
  confirm: string
  done: string
}

/** @param whose  the colleague's name; empty for one's own device */
export function farewell(row: DeviceRow, whose: string, wipe: boolean): Farewell {
  if (!whose) {
    return {
      choice: wipe ? '移除并清除上面的资料' : '移除这台设备', title: wipe ? '移除并清除资料' : '移除设备', confirm: wipe ? '清除' : '移除', done: `已移除 ${row.name}`,
      content: wipe ? `“${row.name}”下次联网时会退出登录，并删掉存在上面的草稿和资料。` : `“${row.name}”会立刻退出员工端，要在上面重新进入才能再用，你和老板会收到提醒。`,
    }
  }
  return {
    choice: wipe ? '清除手机数据' : '下线', title: wipe ? '清除手机数据' : '下线', confirm: wipe ? '清除' : '下线', done: wipe ? `${row.name} 联网后会清除` : `${row.name} 已下线`,
    content: wipe
      ? `${whose} 的“${row.name}”下次联网时会退出登录，并删掉熟客存在上面的草稿和资料，没有交上来的会丢。店里的客户和订单不受影响。`
      : `${whose} 的“${row.name}”会立刻退出登录，要在上面重新进入员工端才能再用，到时会提醒你。要让这个人进不来，请停用。`,
  }
}
