// page-meta and navigation-bar: they change the page around them instead of showing anything.
import { define } from './define.js'
import { changeBar } from '../bar.js'

define('page-meta', {
  props: { pageStyle: String, rootFontSize: String, rootBackgroundColor: String, backgroundColor: String, backgroundTextStyle: String, backgroundColorTop: String, backgroundColorBottom: String, scrollTop: null, scrollDuration: null, pageFontSize: String, pageOrientation: String },
  render(host, data) {
    const page = host.closest('wx-page')
    if (!page) return
    page.style.cssText = data.pageStyle
    if (data.rootBackgroundColor || data.backgroundColor) page.style.backgroundColor = data.rootBackgroundColor || data.backgroundColor
    if (data.scrollTop !== null && data.scrollTop !== '') page.scrollTo({ top: Number.parseFloat(data.scrollTop) })
  },
})

define('navigation-bar', {
  props: { title: String, loading: Boolean, frontColor: String, backgroundColor: String, colorAnimationDuration: null, colorAnimationTimingFunc: null },
  render(host, data) {
    const page = host.closest('wx-page')
    if (page) changeBar(page, { title: data.title || undefined, front: data.frontColor || undefined, back: data.backgroundColor || undefined })
  },
})

