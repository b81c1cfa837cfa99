// How the mini-program was opened: #/pages/x/x?id=1 names the page, ?scene=1047 in the address the scene.
export function parseUrl(url) {
  const [path, search = ''] = url.replace(/^[#/]+/, '').split('?')
  const query = {}
  for (const part of search.split('&').filter(Boolean)) {
    const at = part.indexOf('=')
    // WeChat hands a page its query undecoded.
    query[at < 0 ? part : part.slice(0, at)] = at < 0 ? '' : part.slice(at + 1)
  }
  return { path, query }
}

let first

export function launchOptions() {
  if (first) return first
  const { path, query } = parseUrl(location.hash)
  const scene = Number(new URLSearchParams(location.search).get('scene') ?? 1001)
  first = { path, query, scene, shareTicket: '', referrerInfo: {}, apiCategory: 'default' }
  return first
}

export function setLaunchPath(path) {
  const options = launchOptions()
  if (!options.path) options.path = path
}
