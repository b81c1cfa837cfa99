/** What differs from one installation to the next. Nothing here is a secret. */

/** Address of the Shuke server, e.g. `https://crm.example.cn`. Empty: the server that serves this preview. */
export const API_BASE = ''

/** AppID of the mini-program, as in project.config.json. */
export const APPID = 'touristappid'

/** The name a person reads. */
export const BRAND = '熟客'

/** Shown under 我的; the release sets it. */
export const VERSION = '0.1.0'
