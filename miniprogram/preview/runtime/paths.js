// Package paths (/assets/x.png, ../x.png) as addresses the preview serves; others stay what they are.
const base = new URL('.', document.currentScript?.src ?? location.href)

export function packageUrl(path, from = '') {
  if (/^(https?:|data:|blob:|wxfile:|\/\/)/.test(path)) return path
  if (path.startsWith('/')) return new URL('.' + path, base).href
  return new URL(path, new URL('./' + from, base)).href
}
