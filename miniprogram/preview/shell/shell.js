// Shows the service notifications each phone received, and opens their page in that phone on a tap.
const appid = encodeURIComponent(window.__mpConfig.appid)

async function poll(section) {
  try {
    const response = await fetch(`/sim-phone/${section.dataset.phone}/messages?appid=${appid}`)
    if (response.ok) draw(section, await response.json())
  } catch {
    // The simulator may be restarting; the next poll tells.
  }
}

const when = (time) => {
  const date = new Date(typeof time === 'number' && time < 1e12 ? time * 1000 : time)
  return Number.isNaN(date.getTime()) ? String(time ?? '') : date.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })
}

function draw(section, answer) {
  const messages = Array.isArray(answer) ? answer : answer.messages ?? []
  const signature = JSON.stringify(messages)
  if (section.signature === signature) return
  section.signature = signature
  section.querySelector('ol').replaceChildren(...messages.slice(0, 20).map((message) => {
    const item = document.createElement('li')
    const head = document.createElement('b')
    const time = document.createElement('time')
    head.textContent = message.title ?? '服务通知'
    time.textContent = when(message.at ?? message.time)
    head.append(time)
    item.append(head, ...(message.lines ?? []).map((line) => {
      const row = document.createElement('span')
      row.textContent = typeof line === 'string' ? line : `${line.name ?? line.label ?? ''}${line.name || line.label ? '：' : ''}${line.value ?? ''}`
      return row
    }))
    if (message.page) {
      item.className = 'link'
      item.title = '点开小程序'
      item.onclick = () => (section.querySelector('iframe').contentWindow.location.hash = '#/' + message.page.replace(/^\//, ''))
    }
    return item
  }))
}

const sections = [...document.querySelectorAll('.phone')]
const round = () => Promise.all(sections.map(poll)).finally(() => setTimeout(round, 2000))
round()
