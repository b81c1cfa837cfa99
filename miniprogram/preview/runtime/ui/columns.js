// The wheel of a native picker, drawn as lists that scroll and whose options can be tapped.
import { button, el, show } from './layer.js'

/** @param linked a choice puts the columns after it back to their first option, as regions do */
export function columnsSheet({ title, columns, at, onChange, linked }) {
  const picked = [...at]
  return show('picker', (box, done, mask) => {
    mask.addEventListener('click', (e) => e.target === mask && done(null))
    box.append(el('div', { className: 'mp-picker-head' },
      button('取消', 'mp-picker-cancel', () => done(null)),
      el('span', { textContent: title ?? '' }),
      button('确定', 'mp-picker-confirm', () => done(picked))))
    const body = box.appendChild(el('div', { className: 'mp-picker-columns' }))
    const draw = () => {
      const lists = columns(picked)
      lists.forEach((list, c) => (picked[c] = Math.min(picked[c] ?? 0, Math.max(0, list.length - 1))))
      picked.length = lists.length
      lists.forEach((list, c) => {
        const old = body.children[c]
        const signature = list.join('\n')
        if (old?.signature === signature) return mark(old, picked[c])
        const column = el('div', { className: 'mp-picker-column' })
        column.signature = signature
        column.append(...list.map((text, i) => button(text, 'mp-picker-option', () => choose(c, i))))
        if (old) old.replaceWith(column)
        else body.append(column)
        mark(column, picked[c])
      })
      while (body.children.length > lists.length) body.lastChild.remove()
    }
    const choose = (column, index) => {
      picked[column] = index
      if (linked) picked.fill(0, column + 1)
      onChange?.(column, index)
      draw()
      // The page may answer columnchange with new columns in its next tick.
      setTimeout(draw, 50)
    }
    draw()
  })
}

function mark(column, index) {
  ;[...column.children].forEach((option, i) => option.toggleAttribute('selected', i === index))
  requestAnimationFrame(() => {
    const chosen = column.children[index]
    if (chosen) column.scrollTop = chosen.offsetTop - column.clientHeight / 2 + chosen.clientHeight / 2
  })
}
