#!/usr/bin/env node
// One origin for everything: /preview/ from a folder, /sim-phone/* to the simulator, the rest to the API.
// node preview/serve.mjs --port P --dir DIR --api URL --sim URL --appid wx…
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', json: 'application/json', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif', wasm: 'application/wasm', map: 'application/json' }

function sendFile(dir, name, appid, res) {
  if (name === 'config.js' && appid) {
    res.writeHead(200, { 'content-type': TYPES.js, 'cache-control': 'no-store' })
    return res.end(`window.__mpConfig = ${JSON.stringify({ appid })}\n`)
  }
  const file = path.join(dir, name)
  const inside = file.startsWith(dir + path.sep)
  if (!inside || !fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
    res.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
    return res.end(`not in the preview: ${name}\n`)
  }
  res.writeHead(200, { 'content-type': TYPES[path.extname(file).slice(1)] ?? 'application/octet-stream', 'cache-control': 'no-store' })
  fs.createReadStream(file).pipe(res)
}

function forward(base, target, req, res, who) {
  const url = new URL(target, base)
  // The API sees the caller's address and host as behind any reverse proxy. One connection a request: on a kept one
  // the other side's closing may cross the next request, and a POST must not be sent again.
  const headers = { ...req.headers, connection: 'close', 'x-forwarded-for': req.socket.remoteAddress, 'x-forwarded-proto': 'http' }
  const out = http.request(url, { method: req.method, headers, agent: false }, (answer) => {
    const { connection: _, ...answered } = answer.headers
    res.writeHead(answer.statusCode, answered)
    answer.pipe(res)
  })
  out.on('error', (error) => {
    if (res.headersSent) return res.destroy()
    res.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' })
    res.end(`${who} at ${base} does not answer: ${error.code ?? error.message}\n`)
  })
  res.on('close', () => out.destroy())
  req.pipe(out)
}

/** Resolves to a running server with `url` and `close()`, or rejects with a sentence that names the port. */
export function serve({ port = 0, dir, api, sim, appid }) {
  const root = path.resolve(dir)
  const server = http.createServer((req, res) => {
    const { pathname, search } = new URL(req.url, 'http://localhost')
    if (pathname === '/' || pathname === '/preview') {
      res.writeHead(302, { location: '/preview/' })
      res.end()
    } else if (pathname.startsWith('/preview/')) sendFile(root, decodeURIComponent(pathname.slice(9)) || 'index.html', appid, res)
    else if (pathname.startsWith('/sim-phone/')) forward(sim, '/phone/' + pathname.slice(11) + search, req, res, 'the WeChat simulator')
    else forward(api, req.url, req, res, 'the API')
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is already in use: choose another with --port`) : error))
    server.listen(port, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`
      const close = () => new Promise((done) => {
        server.close(done)
        server.closeAllConnections()
      })
      resolve({ url, close })
    })
  })
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: {
    port: { type: 'string', default: '8090' }, dir: { type: 'string' }, appid: { type: 'string' },
    api: { type: 'string', default: 'http://127.0.0.1:8080' }, sim: { type: 'string', default: 'http://127.0.0.1:9090' },
  } })
  if (!values.dir) {
    console.error('usage: node preview/serve.mjs --dir DIR [--port P] [--api URL] [--sim URL] [--appid wx…]')
    process.exit(2)
  }
  try {
    const server = await serve({ ...values, port: Number(values.port) })
    console.log(`preview on ${server.url}/preview/`)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().then(() => process.exit(0)))
  } catch (error) {
    console.error(`error: ${error.message}`)
    process.exit(1)
  }
}
